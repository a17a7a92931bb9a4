"""What a new record may belong to, and the finished summaries that wait to be filed."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from dialogues.agenda.versions.queries import published as versions
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Place, Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Dialogue, Meeting
from dialogues.meetings.dialogues.queries import meetings as dialogues
from dialogues.policy import AGENDA_SEE, OFFICE_RECORD_READ, RECORD_FILE, scopes
from dialogues.records.archive.models import Record
from dialogues.records.archive.rules import Shelf
from dialogues.records.notes import queries as notes
from dialogues.records.notes.queries import SessionNotes


def shelves(viewer: Viewer) -> list[Shelf]:
    """Returns what the viewer may file records under.

    In a meeting: the meeting and its sessions. Elsewhere: the dialogue and its meetings.

    :raises NotFound: the viewer may not file records here.
    """
    viewer.must(RECORD_FILE)
    place = or_not_found(viewer.place)
    return _in_meeting(viewer, place) if place.meeting_id is not None else _in_dialogue(viewer, place)


def shelf(viewer: Viewer, key: str) -> Shelf:
    """Returns the shelf with this key.

    :raises NotFound: there is none, or the viewer may not file records under it.
    """
    return or_not_found(next((one for one in shelves(viewer) if one.key == key), None))


def _in_meeting(viewer: Viewer, place: Place) -> list[Shelf]:
    whole = Shelf(
        dialogue_id=place.dialogue_id, meeting_id=place.meeting_id, title=place.meeting_title or place.meeting_code
    )
    return [whole] + [
        replace(whole, session_id=one.session_id, session_code=one.code, rule=one.rule, title=one.title)
        for one in versions.sessions_for(viewer, AGENDA_SEE)
        if one.in_full
    ]


def _in_dialogue(viewer: Viewer, place: Place) -> list[Shelf]:
    rows = db.session.execute(
        select(Meeting.id, Meeting.code, Meeting.title)
        .where(dialogues.visible(viewer, RECORD_FILE))
        .order_by(Meeting.starts_on, Meeting.code)
    )
    whole = Shelf(dialogue_id=place.dialogue_id, title=place.dialogue_title)
    found = [
        replace(whole, meeting_id=row.id, title=f"{row.code} · {row.title}" if row.title else row.code) for row in rows
    ]
    if scopes(RECORD_FILE, viewer.dialogue_roles, viewer.conditions):
        found.insert(0, whole)
    return [*found, Shelf()] if viewer.may(OFFICE_RECORD_READ) else found


def archive_zone(viewer: Viewer) -> str:
    found = select(Dialogue.archive_zone).where(Dialogue.id == viewer.dialogue_id)
    return db.session.execute(found).scalar_one()


def embargo_zone(viewer: Viewer) -> str:
    """Returns the suggested zone of an embargo: the meeting's if the viewer is in one, else the archive's."""
    place = viewer.place
    return place.zone if place is not None and place.meeting_id is not None else archive_zone(viewer)


def waiting(viewer: Viewer) -> list[SessionNotes]:
    """Returns the finished summaries of the meeting that the viewer may file; empty outside a meeting."""
    return notes.finished_summaries(viewer) if viewer.meeting_id and viewer.may(RECORD_FILE) else []


def waiting_summary(viewer: Viewer, document_id: UUID) -> SessionNotes:
    """Returns one of the summaries that wait.

    :raises NotFound: it does not wait, or the viewer may not file it.
    """
    return or_not_found(next((line for line in waiting(viewer) if line.document_id == document_id), None))


@reading(Purpose.CHECK)
def taken_references(dialogue_id: UUID | None, references: list[str]) -> set[str]:
    """Returns those of these reference codes that records of the same archive already have."""
    same_archive = Record.dialogue_id.is_(None) if dialogue_id is None else Record.dialogue_id == dialogue_id
    return set(db.session.scalars(select(Record.reference).where(same_archive, Record.reference.in_(references))))
