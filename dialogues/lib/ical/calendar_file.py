"""Calendar files (RFC 5545): bytes of single events, joined into a file, a feed or the part of an email."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from dialogues.lib.ical import vtimezone
from dialogues.lib.ical.content_lines import Address, clean_line, clean_lines, escaped, folded, quoted
from dialogues.lib.ical.parts import Answer, Method, Profile, Role, State, Words, words_for
from dialogues.lib.text import unlinked

#: Part of ETags: increase it when the same facts give other bytes.
RENDERER_VERSION = 3

# A neutral PRODID, so that files of both profiles look alike from outside.
_HEAD = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Calendar//EN\r\nCALSCALE:GREGORIAN\r\n"
_TAIL = b"END:VCALENDAR\r\n"
_EMPTY_TZID = "Etc/UTC"
_UID = re.compile(r"[A-Za-z0-9._@-]{1,254}")
_LINK = re.compile(r"https?://[!-~]+")
_GREATEST_SEQUENCE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class EventFacts:
    """All facts that an event's bytes are made of: one immutable revision, and the texts its profile chooses from.

    `local_start` and `local_end` are naive, in whole seconds, in the zone `tzid`; `fold` and `end_fold` are 1 for the
    second of two equal times. All-day events start and end at midnight, the end excluded. `dtstamp` is the time of the
    revision, in whole seconds; `place` is room, building and city on one line; `neutral_word` is translated; `link`
    leads to a page that needs a sign-in.

    :raises ValueError: a fact is missing or wrong; the message says which.
    """

    uid: str
    sequence: int
    dtstamp: datetime
    local_start: datetime
    local_end: datetime
    tzid: str
    state: State
    profile: Profile
    neutral_word: str
    title: str | None = None
    place: str | None = None
    city: str | None = None
    description: str | None = None
    link: str | None = None
    short_code: str = ""
    fold: int = 0
    end_fold: int = 0
    all_day: bool = False
    transparent: bool = False

    def __post_init__(self) -> None:
        if not _UID.fullmatch(self.uid):
            raise ValueError("A UID has 1 to 254 letters, digits and . _ @ -")
        if not 0 <= self.sequence <= _GREATEST_SEQUENCE:
            raise ValueError(f"The SEQUENCE {self.sequence} must be a whole number from 0")
        _utc(self.dtstamp)
        if self.local_start.microsecond or self.local_end.microsecond:
            raise ValueError("An event begins and ends on a whole second")
        if not self.starts_at < self.ends_at:
            raise ValueError(f"The event ends at {self.local_end}, which is not after its start at {self.local_start}")
        if self.all_day and not (self.local_start.time() == self.local_end.time() == time(0)):
            raise ValueError("An all-day event begins and ends at midnight, its end excluded")
        if not (clean_line(self.words.summary) and clean_line(self.neutral_word)):
            raise ValueError("An event needs a word that can be seen")
        if self.link is not None and not _LINK.fullmatch(self.link):
            raise ValueError("A link begins with http:// or https:// and has no spaces")

    @property
    def starts_at(self) -> datetime:
        return vtimezone.instant(self.local_start, self.tzid, self.fold, skipped=self.all_day)

    @property
    def ends_at(self) -> datetime:
        return vtimezone.instant(self.local_end, self.tzid, self.end_fold, skipped=self.all_day)

    @property
    def words(self) -> Words:
        return words_for(
            self.profile,
            neutral_word=self.neutral_word,
            short_code=self.short_code,
            title=self.title,
            place=self.place,
            city=self.city,
            description=self.description,
            link=self.link,
        )


@dataclass(frozen=True, slots=True)
class EventBytes:
    """An event ready to be joined: its VEVENT, and its time zone with the VTIMEZONE, if it needs one.

    Events without a method never disagree about a zone within one tz version. They may be cached by revision, profile,
    language, `RENDERER_VERSION` and `vtimezone.tz_version()`.
    """

    body: bytes
    uid: str
    tzid: str | None = None
    zone: bytes = b""
    method: Method | None = None


def filed_event(facts: EventFacts) -> EventBytes:
    """The event for downloads and feeds: without METHOD, ORGANIZER and ATTENDEE.

    If the zone's lasting rule is wrong for this event (Jerusalem, or around a change of law), its times are in UTC,
    because a feed has one definition per zone for all its events.
    """
    zone = _zone_of(facts)
    lasting = zone is not None and zone == vtimezone.lasting_definition(facts.tzid)
    return _event(facts, zone if lasting else None, None, [])


def mailed_event(
    facts: EventFacts,
    *,
    organizer: Address,
    recipient: Address,
    answer: Answer,
    role: Role = Role.REQUIRED,
    asks: bool = True,
) -> EventBytes:
    """The event for one email: a REQUEST, or a CANCEL if it is cancelled, to exactly one person.

    Only the full profile adds names to the addresses and shows the role.

    :param organizer: the role address with the entry's token; constant for the lifetime of the UID.
    :param answer: the stored answer.
    :param asks: whether a request asks for an answer; False for a session of a meeting that was answered as a whole.
    :raises ValueError: organiser and recipient have the same mailbox; calendars would then offer no answer.
    """
    if organizer.same_mailbox(recipient):
        raise ValueError("The organiser's address must not be the recipient's own")
    method = Method.CANCEL if facts.state is State.CANCELLED else Method.REQUEST
    full = facts.profile is Profile.FULL
    reply = f";RSVP={str(asks).upper()}" if method is Method.REQUEST else ""
    shown_role = role if full else Role.REQUIRED
    part = f";CUTYPE=INDIVIDUAL;ROLE={shown_role.value};PARTSTAT={answer.value}{reply}"
    attendee_lines = [
        f"ORGANIZER{_name_parameter(organizer, full)}:{organizer.uri}",
        f"ATTENDEE{_name_parameter(recipient, full)}{part}:{recipient.uri}",
    ]
    return _event(facts, _zone_of(facts), method, attendee_lines)


def calendar_file(
    events: Iterable[EventBytes],
    *,
    method: Method | None = None,
    name: str | None = None,
    refresh: timedelta | None = None,
    uid: str | None = None,
    last_modified: datetime | None = None,
) -> bytes:
    """A complete calendar file: the zones in use by name, then the events in the given order.

    :param method: None for downloads and feeds; for an email its method, with exactly one event.
    :param name: the display name of a feed, translated and as neutral as its profile.
    :param refresh: how often clients should reload a feed, in whole minutes.
    :param uid: the stored UID of a feed.
    :param last_modified: the time of a feed's newest revision, aware, in whole seconds.
    :raises ValueError: events and method do not match, or two events need different definitions of one zone.
    """
    zones: dict[str, bytes] = {}
    bodies: list[bytes] = []
    for event in events:
        if event.method is not method:
            raise ValueError("The method of each event must be the method of the file")
        if event.tzid is not None and zones.setdefault(event.tzid, event.zone) != event.zone:
            raise ValueError(
                f"The events need different definitions of {event.tzid}; they were made with different tz data"
            )
        bodies.append(event.body)
    if not bodies:
        # RFC 5545 3.6: a calendar has at least one component. UTC tells nothing about its owner.
        zones[_EMPTY_TZID] = vtimezone.lasting_definition(_EMPTY_TZID) or b""
    if method is not None and len(bodies) != 1:
        raise ValueError(f"An email has exactly one event, not {len(bodies)}")
    head = _head(method, name, refresh, uid, last_modified)
    return b"".join([_HEAD, *head, *(zones[tzid] for tzid in sorted(zones)), *bodies, _TAIL])


def _head(
    method: Method | None, name: str | None, refresh: timedelta | None, uid: str | None, last_modified: datetime | None
) -> list[bytes]:
    lines = [f"METHOD:{method.value}"] if method else []
    if uid is not None:
        if not _UID.fullmatch(uid):
            raise ValueError("A feed's UID has 1 to 254 letters, digits and . _ @ -")
        lines.append(f"UID:{uid}")
    if last_modified is not None:
        lines.append(f"LAST-MODIFIED:{_utc(last_modified)}")
    if name is not None:
        shown = escaped(clean_line(name))
        lines += [f"NAME:{shown}", f"X-WR-CALNAME:{shown}"]
    if refresh is not None:
        every = _duration(refresh)
        lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{every}", f"X-PUBLISHED-TTL:{every}"]
    return [folded(line) for line in lines]


def _event(facts: EventFacts, zone: bytes | None, method: Method | None, attendee_lines: list[str]) -> EventBytes:
    words = facts.words
    lines = ["BEGIN:VEVENT", f"UID:{facts.uid}", f"DTSTAMP:{_utc(facts.dtstamp)}", f"SEQUENCE:{facts.sequence}"]
    lines += _times(facts, in_zone=zone is not None)
    lines.append(f"SUMMARY:{escaped(unlinked(clean_line(words.summary)))}")
    if words.description is not None and (description := clean_lines(words.description)):
        lines.append(f"DESCRIPTION:{escaped(description)}")
    if words.location is not None and (location := clean_line(words.location)):
        lines.append(f"LOCATION:{escaped(unlinked(location))}")
    if words.link is not None:
        lines.append(f"URL:{words.link}")
    lines += attendee_lines
    lines += [f"STATUS:{facts.state.name}", f"TRANSP:{'TRANSPARENT' if facts.transparent else 'OPAQUE'}"]
    lines.append(f"CLASS:{words.confidentiality}")
    if method is not None:
        lines += [f"X-MICROSOFT-CDO-BUSYSTATUS:{_busy_status(facts)}", "X-MICROSOFT-DISALLOW-COUNTER:TRUE"]
    lines += [f"LAST-MODIFIED:{_utc(facts.dtstamp)}", "END:VEVENT"]
    body = b"".join([folded(line) for line in lines])
    return EventBytes(body, facts.uid, facts.tzid if zone is not None else None, zone or b"", method)


def _zone_of(facts: EventFacts) -> bytes | None:
    if facts.all_day or facts.tzid in {"UTC", "Etc/UTC"} or _needs_fold(facts):
        return None
    return vtimezone.definition(facts.tzid, facts.starts_at, facts.ends_at)


def _needs_fold(facts: EventFacts) -> bool:
    """Whether the start or end is one of two equal times.

    A local time in a file cannot say which of them it is, and programs disagree about it.
    """
    return any(
        vtimezone.instant(local, facts.tzid, 0) != vtimezone.instant(local, facts.tzid, 1)
        for local in (facts.local_start, facts.local_end)
    )


def _times(facts: EventFacts, *, in_zone: bool) -> list[str]:
    if facts.all_day:
        return [f"DTSTART;VALUE=DATE:{facts.local_start:%Y%m%d}", f"DTEND;VALUE=DATE:{facts.local_end:%Y%m%d}"]
    if not in_zone:
        return [f"DTSTART:{_utc(facts.starts_at)}", f"DTEND:{_utc(facts.ends_at)}"]
    tzid = f";TZID={facts.tzid}"
    return [f"DTSTART{tzid}:{facts.local_start:%Y%m%dT%H%M%S}", f"DTEND{tzid}:{facts.local_end:%Y%m%dT%H%M%S}"]


def _busy_status(facts: EventFacts) -> str:
    if facts.transparent or facts.state is State.CANCELLED:
        return "FREE"
    return "TENTATIVE" if facts.state is State.TENTATIVE else "BUSY"


def _name_parameter(address: Address, full: bool) -> str:
    name = clean_line(address.name or "") if full else ""
    return f";CN={quoted(name)}" if name else ""


def _utc(at: datetime) -> str:
    if at.tzinfo is None or at.microsecond:
        raise ValueError(f"{at} must be an instant in whole seconds with its UTC offset")
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _duration(span: timedelta) -> str:
    minutes, rest = divmod(span, timedelta(minutes=1))
    if rest or minutes <= 0:
        raise ValueError("A feed is looked at again after whole minutes")
    hours, minutes = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
