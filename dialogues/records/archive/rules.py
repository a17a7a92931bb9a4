"""Decisions about records: kinds, embargoes, and what may be filed."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

import rfc8785

from dialogues.core.common.events import DomainEvent
from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.records.notes.rules import RESPONSIBILITY as OF_DOCUMENTS
from dialogues.records.notes.rules import DocumentKind

#: Maximum number of characters of a record's title, reference and text.
TITLE_LONGEST = 300
REFERENCE_LONGEST = 60
TEXT_LONGEST = 100_000
#: A longer embargo is refused, because it is probably a typing error.
#: Older records are rare, so their date is asked for twice.
OLD = timedelta(days=50 * 366)
MAX_EMBARGO = timedelta(days=150 * 366)


class RecordKind(Labelled):
    """What a record is. Each kind has its own line of responsibility."""

    SUMMARY = "summary", N_("Summary")
    STATEMENT = "statement", N_("Statement")
    CORRESPONDENCE = "correspondence", N_("Correspondence")
    SCAN = "scan", N_("Scan")


#: Kinds that can be uploaded; summaries come from their sessions.
UPLOADED_KINDS = tuple(kind for kind in RecordKind if kind is not RecordKind.SUMMARY)


class Listing(Labelled):
    """What a closed record shows in lists. An unlisted record is never listed, counted or found."""

    TITLE_VISIBLE = "title_visible", N_("Its line is shown at once to those who may read it later")
    UNLISTED_UNTIL_RELEASE = "unlisted_until_release", N_("Nothing is shown until it opens")
    UNLISTED = "unlisted", N_("It is never listed, counted or found; the archivist alone knows its line")


#: Who is responsible for a record, printed under it.
RESPONSIBILITY: dict[RecordKind, str] = {
    RecordKind.SUMMARY: OF_DOCUMENTS[DocumentKind.SUMMARY],
    RecordKind.STATEMENT: N_("Statement as received. Whoever made it answers for it; it binds nobody else."),
    RecordKind.CORRESPONDENCE: N_(
        "Correspondence as received. Its author answers for it; that it is kept here implies no opinion."
    ),
    RecordKind.SCAN: N_("Copy of a paper. The archive answers for the copy, its author for what it says."),
}


#: What the rule of the session means for readers, printed under a record.
RULE_LINES: dict[Rule, str] = {
    Rule.ON_THE_RECORD: N_("What is said may be used and, once the speaker has cleared the quotation, attributed."),
    Rule.CHATHAM_HOUSE: N_("What is said may be used; who said it, and who was there, may not be revealed."),
    Rule.OFF_THE_RECORD: N_("What is said may not be used outside, and nobody is named. No summary is kept."),
    Rule.CLOSED: N_("Nothing leaves the room, and no notes are kept."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What a record belongs to: a dialogue, a meeting, a session or, without a dialogue, the liaison office."""

    dialogue_id: UUID | None = None
    meeting_id: UUID | None = None
    session_id: UUID | None = None
    session_code: str = ""
    rule: Rule | None = None
    title: str = ""

    @property
    def key(self) -> str:
        """The value of this shelf in the form's select field."""
        if self.dialogue_id is None:
            return "office"
        return str(self.session_id or self.meeting_id or "dialogue")


@dataclass(frozen=True, slots=True)
class Embargo:
    """The end of an embargo: the instant, and the local time and zone as typed."""

    release_at: datetime
    release_local: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    kind: RecordKind
    reference: str
    title: str
    dated: date
    text: str = ""
    embargo: Embargo | None = None
    listing: Listing = Listing.TITLE_VISIBLE
    document_id: UUID | None = None
    file_id: UUID | None = None
    file_sha256: str | None = None

    def digest(self, shelf: Shelf) -> str:
        """SHA-256 of the whole content, including the digest of its file."""
        facts = {
            "reference": self.reference,
            "kind": self.kind.value,
            "title": self.title,
            "dated": self.dated.isoformat(),
            "session": shelf.session_code,
            "rule": shelf.rule.value if shelf.rule else None,
            "text": self.text,
            "file": self.file_sha256,
        }
        return hashlib.sha256(rfc8785.dumps(facts)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFiled(DomainEvent):
    """A record was filed; `about` is the record."""

    action: ClassVar[str] = "record.filed"
    kind: RecordKind
    opens_at: datetime | None = None


def refuse_future(dated: date, today: date) -> None:
    """:raises Refusal: the date of a record is in the future."""
    if dated > today:
        raise Refusal(N_("This day is still to come. Write the day the record itself bears."), field="dated")


def refuse_unlikely(dated: date, today: date, is_old: bool) -> None:
    """Ask once more about a very old date, because a filed record cannot be changed.

    :raises Refusal: the date is old, and nobody has said that it is right.
    """
    if not is_old and dated < today - OLD:
        raise Refusal(
            N_("Look at the year: %(dated)s. Correct it, or tick that the date is right."),
            field="is_old",
            dated=dated,
        )


def refuse_empty(text: str, has_file: bool) -> None:
    """:raises Refusal: there is neither text nor a file."""
    if not text and not has_file:
        raise Refusal(N_("Type the text or choose a file: a record needs one of them."), field="text")


def refuse_invalid_embargo(embargo: Embargo, now: datetime) -> None:
    """:raises Refusal: the embargo ends in the past, or too far in the future."""
    if embargo.release_at <= now:
        raise Refusal(N_("This moment is past. Leave day and time empty to file an open record."), field="release_day")
    if embargo.release_at > now + MAX_EMBARGO:
        raise Refusal(N_("This is more than 150 years away. Look at the year again."), field="release_day")


def refuse_foreign_reference(reference: str, meeting_code: str) -> None:
    """Checks the reference code of an archivist whose role covers this meeting only.

    The prefix of the meeting is required, so that the refusal "already in use" reveals nothing about other meetings.

    :raises Refusal: the reference code does not start with the code of the meeting.
    """
    if not reference.casefold().startswith(meeting_code.casefold()):
        raise Refusal(
            N_("The reference codes of this meeting begin with %(code)s."), field="reference", code=meeting_code
        )


def reference_in_use(reference: str) -> Refusal:
    return Refusal(
        N_("Another record has the reference code %(reference)s. Choose one of its own."),
        field="reference",
        reference=reference,
    )
