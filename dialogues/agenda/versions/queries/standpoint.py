"""How much of the published agenda a viewer sees: version, scopes and own parts, loaded in one query."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from dialogues.agenda.versions.models import Release, ReleasePerson
from dialogues.agenda.versions.queries.published import ReleasedSession, is_newest, release_columns
from dialogues.agenda.versions.rules import Admits, Part, open_to
from dialogues.core.common.read_guard import limited_to_viewer
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.policy import AGENDA_SEE, INVITE_FILE, SESSION_PEOPLE_SEE, Scope


@dataclass(frozen=True, slots=True)
class Standpoint:
    """The published version and how much of it one viewer sees."""

    #: Row of `release_columns`.
    release: Any
    scopes: frozenset[Scope]
    sees_people: bool
    file_scopes: frozenset[Scope]
    open_to: frozenset[Admits]
    parts: frozenset[tuple[UUID, Part]]

    @property
    def own_sessions(self) -> int:
        """Number of sessions in which the viewer has a part."""
        return len({session_id for session_id, _part in self.parts})

    @property
    def sees_all(self) -> bool:
        return Scope.ALL in self.scopes

    def can_download(self, session: ReleasedSession) -> bool:
        """Returns whether the viewer can download a calendar file of the session; seeing a session is not enough."""
        if Scope.PLACES in self.file_scopes:
            return True
        named = any(session_id == session.session_id for session_id, _part in self.parts)
        return Scope.OWN in self.file_scopes and (named or session.admits in self.open_to)


def standpoint(viewer: Viewer) -> Standpoint | None:
    """Returns the viewer's standpoint in one query, or None before the first version."""
    if viewer.meeting_id is None:
        return None
    rows = db.session.execute(_newest_version(viewer.meeting_id, viewer.person_id)).all()
    if not rows:
        return None
    return Standpoint(
        release=rows[0],
        scopes=viewer.scopes(AGENDA_SEE),
        sees_people=viewer.may(SESSION_PEOPLE_SEE),
        file_scopes=viewer.scopes(INVITE_FILE),
        open_to=open_to(viewer.roles),
        parts=frozenset((row.session_id, row.part) for row in rows if row.session_id is not None),
    )


def _newest_version(meeting_id: UUID, person_id: UUID | None) -> Select[Any]:
    own = ReleasePerson
    return (
        select(*release_columns(), own.session_id, own.part)
        .outerjoin(own, and_(own.release_id == Release.id, limited_to_viewer(own.person_id == person_id)))
        .where(Release.meeting_id == meeting_id, is_newest())
    )
