"""Events and decisions about roles."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.policy import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEvent(DomainEvent):
    """Base of events about a role of one person, in a meeting or (without `meeting_id`) in the whole dialogue."""

    person_id: UUID
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleOffered(RoleEvent):
    action: ClassVar[str] = "role.offered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAccepted(RoleEvent):
    action: ClassVar[str] = "role.accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDeclined(RoleEvent):
    action: ClassVar[str] = "role.declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEnded(RoleEvent):
    """A coordinator ended a role or withdrew its offer."""

    action: ClassVar[str] = "role.ended"


#: Roles a coordinator offers directly; participants and observers are invited instead.
OFFERED_ROLES = tuple(role for role in Role if role not in {Role.PARTICIPANT, Role.OBSERVER})


def refuse_last_coordinator(role: Role, others: int) -> None:
    """:raises Refusal: nobody would be left to run the dialogue."""
    if role is Role.COORDINATOR and others == 0:
        raise Refusal(
            N_(
                "The dialogue would be left without a coordinator: offer the role to someone else first, "
                "and wait for the acceptance."
            )
        )
