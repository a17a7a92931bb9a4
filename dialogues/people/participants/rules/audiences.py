"""Visibility that people chose per audience, and the audiences that a viewer's roles belong to."""

from collections.abc import Iterable, Mapping

from dialogues.lib.refusal import N_, Refusal
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.policy import Action, Condition, Role, Scope, scopes

#: These roles work with the list, so personal visibility choices do not apply to them.
_SEES_ALL = frozenset({Role.HOST_LEAD, Role.COORDINATOR, Role.RAPPORTEUR, Role.LIAISON_DESK})
_AUDIENCE = {
    Role.CO_CHAIR: Audience.TABLE,
    Role.FOCAL_POINT: Audience.TABLE,
    Role.PARTICIPANT: Audience.TABLE,
    Role.OBSERVER: Audience.OBSERVERS,
    Role.INTERPRETER: Audience.INTERPRETERS,
}


def audiences(action: Action, roles: Iterable[Role], met: frozenset[Condition]) -> frozenset[Audience] | None:
    """Returns the audiences that a viewer with these roles belongs to for the action; None means no restriction.

    Only roles with full scope for the action count. An observer who is also a focal point counts as an observer.
    """
    role_set = frozenset(roles)
    if role_set & _SEES_ALL:
        return None
    considered = role_set - {Role.FOCAL_POINT} if Role.OBSERVER in role_set else role_set
    allowed = {role for role in considered if Scope.ALL in scopes(action, {role}, met)}
    return frozenset(_AUDIENCE[role] for role in allowed if role in _AUDIENCE)


def shown_to(chosen: Mapping[str, str], audience: Audience) -> Shown:
    """Returns how much of a person the audience sees: everything by default; at the table at least the name."""
    shown = Shown(chosen.get(audience.value, Shown.FULL.value))
    return Shown.NAME if audience is Audience.TABLE and shown is Shown.NOTHING else shown


def refuse_invisible(chosen: Mapping[Audience, Shown]) -> None:
    """:raises Refusal: the person hides their name from the people at the table."""
    if chosen.get(Audience.TABLE) is Shown.NOTHING:
        raise Refusal(
            N_("Everyone at the table is told who sits there: choose at least your name."), field=Audience.TABLE.value
        )
