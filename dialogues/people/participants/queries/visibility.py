"""SQL filters for the participations an action reaches, and for what people chose to show.

All personal visibility choices are applied here.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from dialogues.core.common.read_guard import limits_rows
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Institution, MeetingParty, Party, Person
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.audiences import audiences
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_SEE, Action, Scope


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: participations of the viewer's meeting that the action reaches.

    For PARTICIPANTS_SEE these are only confirmed people of submitted lists who do not hide from the viewer's audiences.
    """
    if viewer.is_system:
        return true()
    if viewer.meeting_id is None:
        return false()
    here = Participation.meeting_id == viewer.meeting_id
    shown = and_(is_listed(), named_to(viewer, action)) if action is PARTICIPANTS_SEE else true()
    return and_(here, shown, or_(false(), *(_reach(viewer, scope) for scope in viewer.scopes(action))))


def load_participation(
    viewer: Viewer, action: Action, participation_id: UUID, *conditions: ColumnElement[bool]
) -> Participation:
    """Returns a participation that the action reaches, with its person, party and meeting.

    :raises NotFound: missing, not permitted, or a condition does not hold.
    """
    found = (
        select(Participation)
        .options(joinedload(Participation.person), joinedload(Participation.party), joinedload(Participation.meeting))
        .where(visible(viewer, action), Participation.id == participation_id, *conditions)
    )
    return or_not_found(db.session.scalars(found).one_or_none())


@limits_rows
def may_read_changes_of(viewer: Viewer) -> ColumnElement[bool]:
    """Filter: participations whose list changes this viewer may read, including people who have left."""
    meeting_id = viewer.meeting_id
    scopes = (_reach(viewer, scope) for scope in viewer.scopes(PARTICIPANTS_SEE))
    return and_(Participation.meeting_id == meeting_id, named_to(viewer, PARTICIPANTS_SEE), or_(false(), *scopes))


def is_listed() -> ColumnElement[bool]:
    """Filter: confirmed people whose party has submitted its list."""
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
            # The other scopes (sealed data, counts, status, times, admitted sessions) give no access to persons.
            return false()


def named_to(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """SQL condition: the person shows at least their name to this viewer."""
    return _shown(viewer, action, {Audience.TABLE: true()}, lambda chosen: chosen != Shown.NOTHING.value)


def open_to(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """SQL condition: the person also shows native script and affiliation to this viewer."""
    return _shown(viewer, action, {}, lambda chosen: chosen == Shown.FULL.value)


def _shown(
    viewer: Viewer, action: Action, overrides: dict[Audience, ColumnElement[bool]], is_enough: Any
) -> ColumnElement[bool]:
    """Builds the condition for the viewer's audiences; it is enough if one audience passes.

    Coordinators, the focal points of the party and the person are not restricted.
    """
    reads_as = None if viewer.is_system else audiences(action, viewer.roles, viewer.conditions)
    if reads_as is None:
        return true()
    chosen = (
        overrides.get(audience, is_enough(_choice(audience))) for audience in sorted(reads_as, key=list(Audience).index)
    )
    own = Participation.person_id == viewer.person_id
    return or_(own, Participation.party_id.in_(viewer.parties), *chosen)


def _choice(audience: Audience) -> ColumnElement[str]:
    return func.coalesce(Participation.visibility[audience.value].as_string(), Shown.FULL.value)


def hides_name(viewer: Viewer, action: Action, person_id: Any) -> ColumnElement[bool]:
    """SQL condition: a person named elsewhere, such as on the agenda, must not be shown as attending to this viewer.

    True for people who hide from the viewer and for people who are not on a submitted list, except for viewers who
    manage that list.
    """
    known = or_(and_(is_listed(), named_to(viewer, action)), visible(viewer, NOMINATIONS_SEE))
    return _takes_part(viewer, person_id, ~known)


@limits_rows
def shows_name(viewer: Viewer, action: Action, person_id: Any) -> ColumnElement[bool]:
    """SQL condition: a person named elsewhere may be shown to this viewer. The opposite of `hides_name`."""
    return ~hides_name(viewer, action, person_id)


def hides_rest(viewer: Viewer, action: Action, person_id: Any) -> ColumnElement[bool]:
    """SQL condition: a person named elsewhere shows this viewer only their name."""
    return _takes_part(viewer, person_id, ~open_to(viewer, action))


def _takes_part(viewer: Viewer, person_id: Any, how: ColumnElement[bool]) -> ColumnElement[bool]:
    meeting_id = viewer.meeting_id
    return exists().where(Participation.meeting_id == meeting_id, Participation.person_id == person_id, how)


def native_script(viewer: Viewer, action: Action) -> ColumnElement[str]:
    """SQL expression: the name in native script if the viewer may see it, else an empty string."""
    return case((open_to(viewer, action), Person.native), else_="")


def affiliation(viewer: Viewer, action: Action) -> ColumnElement[str]:
    """SQL expression: the affiliation if the viewer may see it, else an empty string.

    The statement has to join `Institution`.
    """
    written = func.coalesce(func.nullif(Person.affiliation, ""), Institution.name, "")
    return case((open_to(viewer, action), written), else_="")


def on_party_list(row: MeetingParty | Participation) -> ColumnElement[bool]:
    """Filter: participations of the same party at the same meeting."""
    return and_(Participation.meeting_id == row.meeting_id, Participation.party_id == row.party_id)


def person_of() -> ColumnElement[bool]:
    """Join condition between `Participation` and `Person`."""
    return Person.id == Participation.person_id


def english() -> Any:
    """SQL expression: English name of the party; its code if there is none."""
    return func.coalesce(func.nullif(Party.names["en"].as_string(), ""), Party.code)
