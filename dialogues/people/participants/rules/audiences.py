"""Who sees how much of whom: what a person chose for each audience, and to which audiences a reader belongs."""

from collections.abc import Iterable, Mapping

from dialogues.lib.refusal import N_, Refusal
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.policy import Action, Condition, Role, Scope, scopes

#: These work with the list: of whomever they reach they see everything.
_SEES_ALL = frozenset({Role.HOST_LEAD, Role.COORDINATOR, Role.RAPPORTEUR, Role.LIAISON_DESK})
_AUDIENCE = {
    Role.CO_CHAIR: Audience.TABLE,
    Role.FOCAL_POINT: Audience.TABLE,
    Role.PARTICIPANT: Audience.TABLE,
    Role.OBSERVER: Audience.OBSERVERS,
    Role.INTERPRETER: Audience.INTERPRETERS,
}


def audiences(action: Action, roles: Iterable[Role], met: frozenset[Condition]) -> frozenset[Audience] | None:
    """The audiences as which someone with these roles reads by that action; None: they see everything.

    Of the others only roles to which the action is open count. An observer who speaks for a party stays an observer.
    """
    held = frozenset(roles)
    if held & _SEES_ALL:
        return None
    counting = held - {Role.FOCAL_POINT} if Role.OBSERVER in held else held
    opened = {role for role in counting if Scope.ALL in scopes(action, {role}, met)}
    return frozenset(_AUDIENCE[role] for role in opened if role in _AUDIENCE)


def shown_to(chosen: Mapping[str, str], audience: Audience) -> Shown:
    """How much of a person the audience sees: all, unless they chose otherwise; at the table always the name."""
    shown = Shown(chosen.get(audience.value, Shown.FULL.value))
    return Shown.NAME if audience is Audience.TABLE and shown is Shown.NOTHING else shown


def refuse_invisible(chosen: Mapping[Audience, Shown]) -> None:
    """:raises Refusal: the people at the table would not be told who sits there."""
    if chosen.get(Audience.TABLE) is Shown.NOTHING:
        raise Refusal(
            N_("Everyone at the table is told who sits there: choose at least your name."), field=Audience.TABLE.value
        )
