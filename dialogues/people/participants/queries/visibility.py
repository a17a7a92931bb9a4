"""Whom an action reaches and how much of each is shown, as SQL; the one place where what people chose is obeyed."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, true

from dialogues.core.common.viewer import Viewer
from dialogues.meetings.dialogues.models import Institution, MeetingParty, Party, Person
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.audiences import audiences
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_SEE, Action, Scope


def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """The participations that an action reaches, in the meeting the viewer stands in.

    The exchanged list shows who comes; who declined or has not answered stays between them, their party and the office,
    and whoever wants an audience not to know of them is not on its list.
    """
    if viewer.is_system:
        return true()
    if viewer.place is None or viewer.place.meeting_id is None:
        return false()
    here = Participation.meeting_id == viewer.place.meeting_id
    shown = _on_the_list(viewer) if action is PARTICIPANTS_SEE else true()
    return and_(here, shown, or_(false(), *(_reach(viewer, scope) for scope in viewer.scopes(action))))


def _on_the_list(viewer: Viewer) -> ColumnElement[bool]:
    return and_(is_listed(), named_to(viewer, PARTICIPANTS_SEE))


def of_the_list(viewer: Viewer) -> ColumnElement[bool]:
    """The participations of which opened lists may tell this viewer, whether the person still comes or has left."""
    meeting_id = viewer.place.meeting_id if viewer.place else None
    scopes = (_reach(viewer, scope) for scope in viewer.scopes(PARTICIPANTS_SEE))
    return and_(Participation.meeting_id == meeting_id, named_to(viewer, PARTICIPANTS_SEE), or_(false(), *scopes))


def is_listed() -> ColumnElement[bool]:
    """Who stands on a list: has accepted, and the party has lodged; one that has not when lists open is not there."""
    submitted = exists().where(
        MeetingParty.meeting_id == Participation.meeting_id,
        MeetingParty.party_id == Participation.party_id,
        MeetingParty.submitted_at.is_not(None),
    )
    return and_(Participation.status == ParticipationStatus.CONFIRMED, submitted)


def _reach(viewer: Viewer, scope: Scope) -> ColumnElement[bool]:
    match scope:
        case Scope.ALL:
            return true()
        case Scope.OWN_PARTY:
            return Participation.party_id.in_(viewer.parties)
        case Scope.CONSENTED:
            return and_(Participation.party_id.in_(viewer.parties), Participation.needs_shared)
        case Scope.OWN:
            return Participation.person_id == viewer.person_id
        case _:
            # Sealed, counts, status, times and admitted sessions name no person.
            return false()


def named_to(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Whether the person of a participation lets this viewer know that they come, when read by that action."""
    return _shown(viewer, action, {Audience.TABLE: true()}, lambda chosen: chosen != Shown.NOTHING.value)


def open_to(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Whether the person of a participation shows this viewer native script and affiliation as well."""
    return _shown(viewer, action, {}, lambda chosen: chosen == Shown.FULL.value)


def _shown(
    viewer: Viewer, action: Action, fixed: dict[Audience, ColumnElement[bool]], enough: Any
) -> ColumnElement[bool]:
    """The office, whoever speaks for the party and the person see all; of several audiences the better one counts."""
    reads_as = None if viewer.is_system else audiences(action, viewer.roles, viewer.met)
    if reads_as is None:
        return true()
    chosen = (fixed.get(audience, enough(_choice(audience))) for audience in sorted(reads_as, key=list(Audience).index))
    own = Participation.person_id == viewer.person_id
    return or_(own, Participation.party_id.in_(viewer.parties), *chosen)


def _choice(audience: Audience) -> ColumnElement[str]:
    return func.coalesce(Participation.visibility[audience.value].as_string(), Shown.FULL.value)


def hides_name(viewer: Viewer, action: Action, person_id: Any) -> ColumnElement[bool]:
    """Whether someone who is named elsewhere, as on the agenda, is not to be known as coming to this viewer.

    That is whoever wants it so, and whoever is on no list yet or any more, except to those who look after them.
    """
    known = or_(and_(is_listed(), named_to(viewer, action)), visible(viewer, NOMINATIONS_SEE))
    return _takes_part(viewer, person_id, ~known)


def hides_rest(viewer: Viewer, action: Action, person_id: Any) -> ColumnElement[bool]:
    """Whether someone who is named elsewhere shows this viewer no more than the name as styled."""
    return _takes_part(viewer, person_id, ~open_to(viewer, action))


def _takes_part(viewer: Viewer, person_id: Any, how: ColumnElement[bool]) -> ColumnElement[bool]:
    meeting_id = viewer.place.meeting_id if viewer.place else None
    return exists().where(Participation.meeting_id == meeting_id, Participation.person_id == person_id, how)


def native_script(viewer: Viewer, action: Action) -> ColumnElement[str]:
    """The name in its own script, to whom it is shown; else nothing."""
    return case((open_to(viewer, action), Person.native), else_="")


def affiliation(viewer: Viewer, action: Action) -> ColumnElement[str]:
    """The affiliation, to whom it is shown; else nothing. The statement joins institutions."""
    written = func.coalesce(func.nullif(Person.affiliation, ""), Institution.name, "")
    return case((open_to(viewer, action), written), else_="")


def person_of() -> ColumnElement[bool]:
    """How a participation finds its person."""
    return Person.id == Participation.person_id


def english() -> Any:
    """A party's name for readers of English."""
    return Party.names["en"].as_string()
