"""The viewer: a frozen value, loaded once per request, that every query and command takes first."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Self
from uuid import UUID

from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.policy import (
    RUNS_THE_DIALOGUE,
    AccountKind,
    Action,
    Condition,
    Role,
    Scope,
    allows_account,
    limited,
    scopes,
)


class Purpose(Enum):
    """Why the service itself reads or writes; results shown to people must be reduced to what they may know."""

    CLASH_CHECK = "clash check"
    FOLLOW_UP = "follow-up"
    DELIVERY = "delivery"
    SIGN_IN = "sign-in"
    SECRET_LINK = "secret link"  # noqa: S105  a purpose, not a password
    FEED = "feed"
    SAMPLE = "sample"
    UPKEEP = "upkeep"
    INSTALLATION = "installation"
    #: Reads by ids that a filtered query returned before.
    VISIBLE_IDS = "rows of which the viewer may see the ids"
    #: The caller leaves out, before anything is shown, what the viewer may not see.
    FILTERED_LATER = "rows filtered after loading"
    #: The owner of an address that a nominee claims, for the coordinator who decides which of them has it.
    ADDRESS_DOUBT = "address in doubt"
    #: Only the decision is shown, for example a refusal.
    CHECK = "check of a right or a rule"


@dataclass(frozen=True, slots=True)
class Place:
    """The dialogue, and the meeting if any, that the viewer is in; for headings and conditions."""

    dialogue_id: UUID
    dialogue_title: str = ""
    meeting_id: UUID | None = None
    meeting_code: str = ""
    meeting_title: str = ""
    zone: str = "UTC"
    #: The row of the meeting. Held here so that a command finds it loaded, as it was read with the viewer's roles.
    meeting: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """An accepted role of one person: in the whole dialogue, or in one meeting (`meeting_id`)."""

    role: Role
    person_id: UUID
    party_id: UUID | None = None
    meeting_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person or system that makes a request: anyone, an account, a person in a dialogue or meeting, the system."""

    account_kinds: frozenset[AccountKind] = frozenset({AccountKind.ANYONE})
    account_id: UUID | None = None
    sign_in_id: UUID | None = None
    #: Whether the sign-in is strong enough for staff roles; an emailed link alone is not.
    as_staff: bool = False
    #: The one participation that a limited sign-in (by invitation link) may open; None for a full sign-in.
    limited_to: UUID | None = None
    place: Place | None = None
    person_id: UUID | None = None
    role_assignments: tuple[RoleAssignment, ...] = ()
    conditions: frozenset[Condition] = frozenset()
    purpose: Purpose | None = None
    locale: str = "en"
    zone: str | None = None
    _scopes: dict[Action, frozenset[Scope]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def dialogue_id(self) -> UUID | None:
        return self.place.dialogue_id if self.place else None

    @property
    def meeting_id(self) -> UUID | None:
        return self.place.meeting_id if self.place else None

    @property
    def here(self) -> UUID:
        """:raises NotFound: the viewer is not in a meeting."""
        return or_not_found(self.meeting_id)

    @property
    def is_limited(self) -> bool:
        """Whether this sign-in may only open the endpoints listed for limited sign-ins."""
        return self.limited_to is not None

    @property
    def is_system(self) -> bool:
        return self.purpose is not None

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(assignment.role for assignment in self.role_assignments)

    @property
    def parties(self) -> frozenset[UUID]:
        """The parties for which this viewer is focal point."""
        return frozenset(
            assignment.party_id
            for assignment in self.role_assignments
            if assignment.role is Role.FOCAL_POINT and assignment.party_id is not None
        )

    def scopes(self, action: Action) -> frozenset[Scope]:
        """The scopes of an action for this viewer; empty if not allowed, ALL for the system."""
        if self.is_system:
            return frozenset({Scope.ALL})
        if action not in self._scopes:
            reached = scopes(action, self._roles_for(action), self.conditions)
            self._scopes[action] = limited(action, reached) if self.is_limited else reached
        return self._scopes[action]

    def _roles_for(self, action: Action) -> frozenset[Role]:
        """The roles that count for an action: on dialogue pages, a role in one meeting does not run the dialogue."""
        around = self.place is not None and self.place.meeting_id is None
        return self.dialogue_roles if around and action in RUNS_THE_DIALOGUE else self.roles

    @property
    def dialogue_roles(self) -> frozenset[Role]:
        """The roles in the whole dialogue, without those in one meeting."""
        return frozenset(assignment.role for assignment in self.role_assignments if assignment.meeting_id is None)

    @property
    def roles_by_meeting(self) -> dict[UUID, frozenset[Role]]:
        """All roles that count in each meeting in which the viewer has a role of its own."""
        meetings = {assignment.meeting_id for assignment in self.role_assignments} - {None}
        return {
            meeting_id: frozenset(one.role for one in self.role_assignments if one.meeting_id in {None, meeting_id})
            for meeting_id in meetings
            if meeting_id is not None
        }

    def may_around(self, action: Action) -> bool:
        return self.is_system or (not self.is_limited and bool(scopes(action, self.dialogue_roles, self.conditions)))

    def may(self, action: Action) -> bool:
        """Whether the viewer may do this at all; `visible()` decides on which rows."""
        return allows_account(action, self.account_kinds) or bool(self.scopes(action))

    def must(self, action: Action) -> None:
        """:raises NotFound: the viewer may not do this."""
        if not self.may(action):
            raise NotFound

    def in_meeting(
        self,
        place: Place,
        person_id: UUID,
        role_assignments: Iterable[RoleAssignment],
        conditions: frozenset[Condition],
    ) -> Self:
        return replace(
            self,
            place=place,
            person_id=person_id,
            role_assignments=tuple(role_assignments),
            conditions=conditions,
            _scopes={},
        )


ANYONE = Viewer()


def system(purpose: Purpose) -> Viewer:
    return Viewer(account_kinds=frozenset({AccountKind.SYSTEM}), purpose=purpose)
