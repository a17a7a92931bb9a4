"""Emails about calendars, composed from immutable revisions: the umbrella entry as iMIP, everything else in words.

The texts of an entry are here too, because emails, files and feeds say the same.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.agenda.calendars.queries import emailed
from dialogues.agenda.entries.queries import guests
from dialogues.agenda.entries.rules import (
    NEUTRAL_WORD,
    Change,
    EntryContent,
    EntryObject,
    FiledEntry,
    Revision,
    change_between,
    entry_order,
    former_order,
)
from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.common.presentation import clock_time, day, utc_offset
from dialogues.core.outbox.queries import has_begun, is_being_sent, last_left, last_sequence_to, message_id_of
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.ical.calendar_file import EventFacts, calendar_file, mailed_event
from dialogues.lib.ical.content_lines import Address
from dialogues.lib.ical.parts import Answer, Method, Profile, State
from dialogues.lib.mail.parts import Composed, FailureKind, Undelivered
from dialogues.lib.refusal import N_, or_not_found
from dialogues.lib.text import unlinked

WAITS = N_("An earlier email about the same entry is still being sent.")


def event_facts(entry: FiledEntry) -> EventFacts:
    """Returns everything that the bytes of an event depend on, with its texts in the current language."""
    content, path = entry.content, entry.path
    if content.profile is Profile.DISCREET:
        return entry.facts(neutral_word())
    link = f"{own_base_url()}{path}" if path else None
    more = f"{_('To read more, please sign in:')}\n{link}" if link else ""
    return entry.facts(neutral_word(), description=f"{_times(content)}\n\n{more}".rstrip(), link=link)


def neutral_word() -> str:
    return str(_(NEUTRAL_WORD))


def _times(content: EntryContent) -> str:
    if content.all_day:
        return span(content.local_start.date(), content.local_end.date() - timedelta(days=1), content.zone)
    return when(content)


def calendar_entry(due: DueEmail, _now: datetime) -> Composed | None:
    """Composes the email that adds, updates or cancels the umbrella entry in the reader's calendar.

    Returns None if the reader has no address, if the last email sent said the same, and for a cancellation of an entry
    about which no email was sent.
    """
    reader = emailed.reader(due.person_id)
    mailed = emailed.mailed(UUID(str(due.facts["entry_id"])), int(due.facts["sequence"]))
    if reader is None or mailed is None:
        return None
    to_former_address = bool(due.facts.get("former"))
    recipient = Address(due.recipient or "" if to_former_address else reader.email, unlinked(reader.name))
    if to_former_address and is_being_sent(entry_order(mailed.entry_id), recipient.mail):
        # The entry itself must arrive first, because calendars ignore the cancellation of an unknown one.
        raise Undelivered(FailureKind.TEMPORARY, WAITS)
    if _cancels_unsent(due, mailed, recipient) or _was_already_sent(due, mailed, recipient):
        return None
    with force_locale(reader.language):
        return _entry_email(due, reader, recipient, mailed)


def _cancels_unsent(due: DueEmail, mailed: Revision, recipient: Address) -> bool:
    return (
        mailed.content.state is State.CANCELLED
        and mailed.first_email_id != due.id
        and not has_begun(entry_order(mailed.entry_id), due.sequence, recipient.mail)
    )


def _was_already_sent(due: DueEmail, mailed: Revision, recipient: Address) -> bool:
    entry_id = mailed.entry_id
    last_sent = last_left(entry_order(entry_id), due.sequence, recipient.mail)
    if last_sent is None or last_sequence_to(recipient.mail, former_order(entry_id)) > last_sent:
        return False
    previous = emailed.mailed(entry_id, last_sent)
    return previous is not None and previous.content == mailed.content


def _entry_email(due: DueEmail, reader: Any, recipient: Address, mailed: Revision) -> Composed:
    content, answer = mailed.content, emailed.stored_answer(mailed.person_id, mailed.meeting_id)
    desk = str(_("Meeting desk"))
    organizer = Address(mailed.organizer or "", desk)
    event = mailed_event(
        event_facts(mailed),
        organizer=organizer,
        recipient=recipient,
        answer=answer,
        role=content.role,
        asks=mailed.object_kind is EntryObject.MEETING,
    )
    method, changed = event.method or Method.REQUEST, _is_change(due, mailed, recipient)
    first = mailed.first_email_id
    return Composed(
        recipient=recipient.mail,
        subject=_subject(method, changed=changed),
        text=_entry_text(reader, mailed, changed=changed, asks=method is Method.REQUEST and answer is Answer.NONE),
        calendar=calendar_file([event], method=method),
        method=method.value,
        sender=organizer.mail,
        sender_name=desk if content.profile is Profile.FULL else "",
        in_reply_to=None if first == due.id else message_id_of(first),
        language=reader.language,
    )


def _is_change(due: DueEmail, mailed: Revision, recipient: Address) -> bool:
    """Whether the reader has the entry already; the first email about a session can have any SEQUENCE."""
    if mailed.object_kind is EntryObject.MEETING:
        return mailed.sequence > 0
    return has_begun(entry_order(mailed.entry_id), due.sequence, recipient.mail)


def _subject(method: Method, *, changed: bool) -> str:
    if method is Method.CANCEL:
        return str(_("%(word)s: cancelled", word=neutral_word()))
    return str(_("%(word)s: changed", word=neutral_word())) if changed else neutral_word()


def _entry_text(reader: Any, mailed: Revision, *, changed: bool, asks: bool) -> str:
    """Returns the email's own text; with `asks` it asks whether the reader can still come."""
    content = mailed.content
    facts = [content.title or content.short_code, content.place or content.city, _times(content)]
    if content.state is State.TENTATIVE:
        facts.append(str(_("These days are provisional.") if content.all_day else _("This time is provisional.")))
    if asks:
        closing, page = _("Please sign in and say whether you can come:"), f"/meetings/{mailed.meeting_id}/registration"
    else:
        closing, page = _("The calendar entry is attached. To read more, please sign in:"), "/"
    told = "\n".join(fact for fact in facts if fact)
    return _email_text(reader, _entry_words(mailed, changed=changed), told, str(closing), f"{own_base_url()}{page}")


def _entry_words(mailed: Revision, *, changed: bool) -> str:
    if mailed.content.state is State.CANCELLED:
        if emailed.is_replaced(mailed):
            return str(_("you get one calendar entry for each session from now on, instead of this one:"))
        return str(_("this appointment is cancelled, or you no longer take part in it:"))
    if changed:
        return str(_("this appointment has changed. From now on it is:"))
    return str(_("please keep these days:") if mailed.content.all_day else _("please keep this time:"))


def agenda_changed(due: DueEmail, _now: datetime) -> Composed | None:
    """Composes the email about the reader's own changes in a version; None if no change is left to report."""
    reader = emailed.reader(due.person_id)
    if reader is None:
        return None
    changes = emailed.release_changes(due.person_id, UUID(str(due.facts["release_id"])))
    if not changes:
        return None
    says_times = not guests.meeting_context(or_not_found(due.listed_under)).is_confidential
    with force_locale(reader.language):
        lines = (line(was, now, says_times=says_times) for was, now in changes)
        text = _email_text(
            reader,
            str(_("this is new or has changed for you:")),
            "\n".join(f"– {one}" for one in lines),
            str(_("To read the agenda, please sign in:")),
            f"{own_base_url()}/meetings/{due.listed_under}/agenda",
        )
        subject = str(_("Your times have changed"))
    return Composed(recipient=reader.email, subject=subject, text=text, language=reader.language)


def line(was: EntryContent | None, now: EntryContent, *, says_times: bool = True) -> str:
    """Returns one change in words: with the title if the reader's entries may have one, else with the short code.

    :param says_times: False for confidential meetings, whose emails tell only the short code.
    """
    facts = {"was": when(was or now), "now": when(now), "place": now.place}
    match change_between(was, now):
        case Change.INVITED | Change.INVITED_AGAIN:
            words = _("new: %(now)s", **facts) if says_times else _("new")
        case Change.TIME:
            words = _("moved from %(was)s to %(now)s", **facts) if says_times else _("moved")
        case Change.CANCELLED:
            words = _("cancelled: %(was)s", **facts) if says_times else _("cancelled")
        case _ if not says_times:
            words = _("changed")
        case _:
            words = _("changed: %(now)s, %(place)s", **facts) if now.place else _("changed: %(now)s", **facts)
    return f"{now.title or (was.title if was else '') or now.short_code}: {words}"


def when(content: EntryContent) -> str:
    starts, ends = content.starts, content.ends
    end_words = clock_time(ends) if ends.date() == starts.date() else f"{day(ends.date())}, {clock_time(ends)}"
    return f"{day(starts.date())}, {clock_time(starts)}–{end_words} {content.zone} ({_offsets((starts, ends))})"


def span(first: date, last: date, zone: str) -> str:
    """Returns first and last day, with the zone and its UTC offsets, which may differ between the two days."""
    noons = (datetime.combine(one, time(12), tzinfo=ZoneInfo(zone)) for one in (first, last))
    where = f"{zone} ({_offsets(noons)})"
    if first == last:
        return f"{day(first)}, {where}"
    return str(_("%(first)s to %(last)s, %(zone)s", first=day(first), last=day(last), zone=where))


def _offsets(instants: Iterable[datetime]) -> str:
    return ", ".join(dict.fromkeys(utc_offset(instant) for instant in instants))


def meeting_changed(due: DueEmail, _now: datetime) -> Composed | None:
    """Composes the email about a moved or cancelled meeting for people who get no umbrella entry by email.

    Returns None if the person has answered or left since the email was queued.
    """
    reader = emailed.reader(due.person_id)
    if reader is None or due.person_id is None or due.listed_under is None:
        return None
    asked = bool(due.facts.get("asked"))
    concerned: Collection[UUID]
    if asked:
        concerned = guests.unanswered(due.listed_under)
    else:
        concerned = guests.guests(guests.meeting_context(due.listed_under), {due.person_id}).keys()
    if due.person_id not in concerned:
        return None
    with force_locale(reader.language):
        return _invitation_changed(due, reader) if asked else _days_changed(due, reader)


def _invitation_changed(due: DueEmail, reader: Any) -> Composed:
    """Composes the email for someone who has not answered: it says only that the invitation changed or ended."""
    words = (
        _("the invitation that waited for your answer no longer stands. There is nothing for you to do.")
        if due.facts.get("cancelled")
        else _("the invitation that waits for your answer has changed. To read it, please open your personal link.")
    )
    text = f"{_salutation(reader)}\n\n{words}\n"
    return Composed(recipient=reader.email, subject=_("About your personal link"), text=text, language=reader.language)


def _days_changed(due: DueEmail, reader: Any) -> Composed:
    first, last = (date.fromisoformat(str(due.facts[name])) for name in ("first_day", "last_day"))
    cancelled = bool(due.facts.get("cancelled"))
    words = _("an appointment is cancelled:") if cancelled else _("an appointment has other days or another place:")
    return Composed(
        recipient=reader.email,
        subject=_subject(Method.CANCEL if cancelled else Method.REQUEST, changed=True),
        text=_email_text(
            reader,
            str(words),
            span(first, last, str(due.facts["zone"])),
            str(_("To read more, please sign in:")),
            f"{own_base_url()}/",
        ),
        language=reader.language,
    )


def _email_text(reader: Any, opening: str, facts: str, closing: str, link: str) -> str:
    return f"{_salutation(reader)}\n\n{opening}\n\n{unlinked(facts)}\n\n{closing}\n\n{link}\n"


def _salutation(reader: Any) -> str:
    return str(_("Dear %(name)s,", name=unlinked(reader.name)))


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.CALENDAR_REQUEST: calendar_entry,
    EmailKind.CALENDAR_CANCEL: calendar_entry,
    EmailKind.AGENDA_CHANGED: agenda_changed,
    EmailKind.MEETING_CHANGED: meeting_changed,
}
