"""Decisions about sessions, on given facts: when they are, who is admitted, what clashes, what a release changes."""

from dialogues.agenda.rules.admission import admitted, expected, open_to
from dialogues.agenda.rules.clashes import Booking, Clash, all_clashes, clashes, first_parts, refuse_clashes
from dialogues.agenda.rules.happenings import (
    AgendaReleased,
    SessionChanged,
    SessionPlanned,
    SessionRemoved,
    SessionRescheduled,
)
from dialogues.agenda.rules.plans import SessionPlan, refuse_empty_circle, refuse_notes_of_none
from dialogues.agenda.rules.releases import Difference, Snapshot, changed_facts, differences, in_order
from dialogues.agenda.rules.times import MeetingDays, TimeSlot, When, still_fits, time_slot, when_of
from dialogues.agenda.rules.words import CHATHAM_HOUSE_RULE, WORDS, Admits, ChangeKind, Fact, Part, SessionKind

__all__ = [
    "CHATHAM_HOUSE_RULE",
    "WORDS",
    "Admits",
    "AgendaReleased",
    "Booking",
    "ChangeKind",
    "Clash",
    "Difference",
    "Fact",
    "MeetingDays",
    "Part",
    "SessionChanged",
    "SessionKind",
    "SessionPlan",
    "SessionPlanned",
    "SessionRemoved",
    "SessionRescheduled",
    "Snapshot",
    "TimeSlot",
    "When",
    "admitted",
    "all_clashes",
    "changed_facts",
    "clashes",
    "differences",
    "expected",
    "first_parts",
    "in_order",
    "open_to",
    "refuse_clashes",
    "refuse_empty_circle",
    "refuse_notes_of_none",
    "still_fits",
    "time_slot",
    "when_of",
]
