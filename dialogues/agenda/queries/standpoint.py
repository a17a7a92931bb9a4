"""From where a viewer sees the agenda: all that decides which page it is, in one query."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, literal, select

from dialogues.agenda.models import Release, ReleasePerson
from dialogues.agenda.queries.released import ReleasedSession, ReleaseHead, told_number
from dialogues.agenda.rules import Admits, Part, open_to
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.models import Person
from dialogues.participants.models import Participation
from dialogues.participants.rules import Audience, audiences
from dialogues.policy import AGENDA_SEE, INVITE_FILE, NOMINATIONS_SEE, SESSION_PEOPLE_SEE, Scope


@dataclass(frozen=True, slots=True)
class Standpoint:
    """All that decides which agenda a viewer sees: two viewers with equal standpoints see the same page."""

    release: ReleaseHead
    scopes: frozenset[Scope]
    sees_people: bool
    file_scopes: frozenset[Scope]
    open_to: frozenset[Admits]
    parts: frozenset[tuple[UUID, Part]]
    names_state: int
    #: As which readers the viewer is told names, None where all are; and whose names they are told whatever was chosen.
    reads_as: frozenset[Audience] | None
    also_told: frozenset[UUID]
    #: How far they know of people who are on no list yet.
    nominees: frozenset[Scope]
    locale: str
    zone: str | None

    @property
    def own_sessions(self) -> int:
        """In how many sessions the viewer has a part."""
        return len({session_id for session_id, _part in self.parts})

    @property
    def sees_all(self) -> bool:
        return Scope.ALL in self.scopes

    def takes_file_of(self, session: ReleasedSession) -> bool:
        """Whether the viewer has a calendar file of the session: what one may read is not always one's own."""
        if Scope.PLACES in self.file_scopes:
            return True
        named = any(session_id == session.session_id for session_id, _part in self.parts)
        return Scope.OWN in self.file_scopes and (named or session.admits in self.open_to)


def standpoint(viewer: Viewer) -> Standpoint | None:
    """From where the viewer sees the agenda, in one query; None before the first release."""
    if viewer.place is None or viewer.place.meeting_id is None:
        return None
    sees_people = viewer.may(SESSION_PEOPLE_SEE)
    rows = (
        db.session.connection()
        .execute(_standpoint_query(sees_people), {"meeting": viewer.place.meeting_id, "person": viewer.person_id})
        .all()
    )
    if not rows:
        return None
    first = rows[0]
    reads_as = audiences(SESSION_PEOPLE_SEE, viewer.roles, viewer.met) if sees_people else None
    # Oneself matters only to someone who stands on the agenda.
    own = frozenset(filter(None, (viewer.person_id,))) if first.session_id is not None else frozenset()
    return Standpoint(
        release=ReleaseHead(first.id, first.told, first.at, first.reason),
        scopes=viewer.scopes(AGENDA_SEE),
        sees_people=sees_people,
        file_scopes=viewer.scopes(INVITE_FILE),
        open_to=open_to(viewer.roles),
        parts=frozenset((row.session_id, row.part) for row in rows if row.session_id is not None),
        names_state=int(first.names_state),
        reads_as=reads_as,
        also_told=viewer.parties | own,
        nominees=viewer.scopes(NOMINATIONS_SEE),
        locale=viewer.locale,
        zone=viewer.zone,
    )


@lru_cache(maxsize=2)
def _standpoint_query(sees_people: bool) -> Select[Any]:
    """Built once, for every request for an agenda; a name corrected or hidden changes the sum of versions."""
    release, own, named, person, taking_part = (
        Release.__table__,
        ReleasePerson.__table__,
        ReleasePerson.__table__.alias("named"),
        Person.__table__,
        Participation.__table__,
    )
    versions = (
        select(func.coalesce(func.sum(person.c.version + func.coalesce(taking_part.c.version, 0)), 0))
        .select_from(named)
        .join(person, person.c.id == named.c.person_id)
        .outerjoin(
            taking_part,
            (taking_part.c.person_id == named.c.person_id) & (taking_part.c.meeting_id == release.c.meeting_id),
        )
        .where(named.c.release_id == release.c.id)
        .correlate(release)
        .scalar_subquery()
    )
    newest = select(func.max(release.c.number)).where(release.c.meeting_id == bindparam("meeting", type_=Uuid()))
    return (
        select(
            release.c.id,
            told_number(release).label("told"),
            release.c.at,
            release.c.reason,
            own.c.session_id,
            own.c.part,
            (versions if sees_people else literal(0)).label("names_state"),
        )
        .outerjoin(own, (own.c.release_id == release.c.id) & (own.c.person_id == bindparam("person", type_=Uuid())))
        .where(
            release.c.meeting_id == bindparam("meeting", type_=Uuid()),
            release.c.number == newest.correlate(None).scalar_subquery(),
        )
    )
