"""Decisions about raw notes and summaries: states, retention, comparison of texts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from enum import Enum
from itertools import zip_longest
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import Rule

#: Maximum number of characters. A summary may have fewer, because rendering it takes more time.
SUMMARY_LONGEST = 60_000
RAW_NOTES_LONGEST = 200_000


#: Retention of raw notes after the end of the meeting.
RAW_NOTES_RETENTION = timedelta(days=90)


#: The session rules that allow notes.
RULES_WITH_NOTES = tuple(rule for rule in Rule if rule.has_notes)


class DocumentKind(Labelled):
    """What a document is. Each kind has its own line of responsibility."""

    SUMMARY = "summary", N_("Summary")


class DocumentState(Labelled):
    DRAFT = "draft", N_("draft")
    FINISHED = "finished", N_("finished")
    FILED = "filed", N_("filed")


class Difference(Enum):
    """How a line of one text differs from the line next to it in another."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


#: Who is responsible for a text, printed under it.
RESPONSIBILITY: dict[DocumentKind, str] = {
    DocumentKind.SUMMARY: N_(
        "Rapporteur's report. The rapporteur alone answers for this text; it binds no participant and no institution."
    ),
}


@dataclass(frozen=True, slots=True)
class SessionRef:
    """The session that notes belong to, with its rule as published."""

    dialogue_id: UUID
    meeting_id: UUID
    session_id: UUID
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesChanged(DomainEvent):
    """Raw notes or the summary of a session changed; `about` is the session."""

    action: ClassVar[str] = "notes.changed"
    coarse: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryFinished(DomainEvent):
    """The summary of a session was marked finished; `about` is the session."""

    action: ClassVar[str] = "notes.summary_finished"
    coarse: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryReopened(DomainEvent):
    """A finished summary became a draft again; `about` is the session."""

    action: ClassVar[str] = "notes.summary_reopened"
    coarse: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RawNotesDestroyed(DomainEvent):
    """Raw notes of a session and their key were destroyed; `about` is the session."""

    action: ClassVar[str] = "notes.raw_destroyed"
    coarse: ClassVar[bool] = True


def refuse_without_notes(rule: Rule) -> None:
    """:raises Refusal: the rule allows no notes."""
    if not rule.has_notes:
        raise Refusal(N_("No notes and no summary are kept of this session: its rule does not allow it."))


def refuse_locked(state: DocumentState) -> None:
    """:raises Refusal: the summary is finished or filed, so that its text cannot be edited."""
    if state is DocumentState.FILED:
        raise Refusal(N_("This summary is filed and stays as it is. Keep a copy of your text if you need it."))
    if state is DocumentState.FINISHED:
        raise Refusal(N_("This summary was marked finished. Reopen it in another window, then send this again."))


def refuse_before_start(starts: datetime, now: datetime) -> None:
    """:raises Refusal: the session has not started."""
    if now < starts:
        raise Refusal(N_("This session has not begun: its summary is finished once it was held."))


def refuse_unfinished(state: DocumentState) -> None:
    """:raises Refusal: the summary is a draft, or is filed, so that it can be neither filed nor reopened."""
    if state is DocumentState.FILED:
        raise Refusal(N_("This summary is filed and stays as it is."))
    if state is not DocumentState.FINISHED:
        raise Refusal(N_("This summary is a draft: it is not finished, or was reopened meanwhile."))


def refuse_newer_text(saved: int, based_on: int) -> None:
    """:raises Refusal: another text than the edited one was saved meanwhile; the page then shows both."""
    if saved != based_on:
        raise Refusal(
            N_(
                "Another text was saved meanwhile. Both are shown below: bring them together in yours, then save again."
            ),
            field="version",
        )


def destruction_day(last_day: date, started: date) -> date:
    """Returns the day on which raw notes that were started on day `started` are destroyed."""
    return max(last_day, started) + RAW_NOTES_RETENTION


def compare_lines(left: str, right: str) -> list[tuple[str, str, Difference]]:
    """Compares two texts line by line; each row is (left, right, difference)."""
    ours, theirs = left.splitlines(), right.splitlines()
    rows: list[tuple[str, str, Difference]] = []
    for kind, i, j, k, m in SequenceMatcher(None, ours, theirs).get_opcodes():
        if kind == "equal":
            rows += [(line, line, Difference.SAME) for line in ours[i:j]]
        else:
            rows += [_compare_pair(one, other) for one, other in zip_longest(ours[i:j], theirs[k:m])]
    return rows


def _compare_pair(one: str | None, other: str | None) -> tuple[str, str, Difference]:
    if one is None:
        return "", other or "", Difference.ADDED
    if other is None:
        return one, "", Difference.REMOVED
    return one, other, Difference.CHANGED
