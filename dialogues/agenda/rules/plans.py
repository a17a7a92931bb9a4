"""What a session is to be, as a coordinator has typed it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from dialogues.agenda.rules.times import When
from dialogues.agenda.rules.words import Admits, Part, SessionKind
from dialogues.common.refusal import N_, Refusal
from dialogues.meetings.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """A session to be; `people` None leaves everyone named in it as they are, for editors who may not know them."""

    title: str
    when: When
    code: str = ""
    kind: SessionKind = SessionKind.PLENARY
    rule: Rule = Rule.CHATHAM_HOUSE
    admits: Admits = Admits.PARTICIPANTS
    rooms: tuple[UUID, ...] = ()
    people: tuple[tuple[UUID, Part], ...] | None = ()
    languages: tuple[str, ...] = ()


def refuse_empty_circle(plan: SessionPlan) -> None:
    """:raises Refusal: only those who are named are admitted, and nobody is named."""
    if plan.admits is Admits.INVITED and plan.people is not None and not plan.people:
        raise Refusal(
            N_("Only those who are named would be admitted, and nobody is: name them, or admit the participants."),
            field="invited",
        )


def refuse_notes_of_none(rule: Rule, people: Iterable[tuple[UUID, Part]]) -> None:
    """:raises Refusal: a rapporteur is named for a session of whose kind no notes are kept."""
    if not rule.has_notes and any(part is Part.RAPPORTEUR for _person, part in people):
        raise Refusal(
            N_(
                "No notes are kept of a session that is off the record or closed, so it has no rapporteur. "
                "Choose nobody, or another rule."
            ),
            field="rapporteur",
        )
