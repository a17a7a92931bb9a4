"""What people answer to the questions of the office: for themselves, or for someone who has no address."""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogues.common.refusal import N_, Refusal, Unseen, refuse_stale
from dialogues.common.transaction import Change, transaction
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.keys.envelope import seal_text, unseal_text
from dialogues.keys.installed import key_store
from dialogues.keys.media_types import media_type_of
from dialogues.keys.models import StoredFile
from dialogues.keys.pictures import without_traces
from dialogues.keys.posting import drop_file, store_file
from dialogues.keys.stored_files import read_within
from dialogues.meetings.models import Meeting, Person
from dialogues.participants.models import Answer, Participation
from dialogues.participants.queries.answers import hidden_from, own_part, part_for, place_of
from dialogues.participants.queries.questioning import asked, key_of
from dialogues.participants.queries.registration import gathering_of
from dialogues.participants.queries.visibility import person_of
from dialogues.participants.rules import QuestionKind, Step, with_saved
from dialogues.participants.rules.questions import (
    Asked,
    QuestionsAnswered,
    Replies,
    refuse_odd_answer,
    refuse_unanswered,
    stamp,
)
from dialogues.policy import REGISTRATION_FOR, REGISTRATION_OWN


def answer_questions(
    viewer: Viewer, replies: Replies, *, version: int, limit: int, now: datetime, for_whom: UUID | None = None
) -> None:
    """Save the answers of the viewer, or of someone for whom they fill in; what is sent twice is saved once.

    :param version: the stamp that the page showed, of the questions and of the answers.
    :raises Unseen: there is no such registration for this viewer.
    :raises Refusal: registration is closed, an answer is missing or is none, a file is not taken in, or a question or
        an answer was changed meanwhile.
    """
    with transaction(viewer, REGISTRATION_FOR if for_whom else REGISTRATION_OWN) as change:
        participation = _part(change, for_whom)
        _refuse_late(participation, now)
        questions = asked(participation.meeting_id)
        kept = _answers(participation, questions)
        # An answer that is not shown is always replaced: keeping it where both are alike would confirm a guess.
        hidden = hidden_from(change.viewer, participation.id)
        texts = {
            one: text for one, text in _texts(questions, replies) if one.id in hidden or _is_new(kept.get(one.id), text)
        }
        files = {
            one: sent
            for one, sent in _files(questions, replies)
            if one.id in hidden or _is_new_file(kept.get(one.id), one, sent, limit)
        }
        gone = [one for one in questions if one.id in replies.dropped and one.id in kept and one not in files]
        if not (texts or files or gone) and Step.QUESTIONS.value in participation.steps:
            return
        if texts or files or gone:
            refuse_stale(stamp(questions, [(found, row.answered_at) for found, row in kept.items()]), version)
        for one in (*gone, *(one for one, text in texts.items() if not text)):
            _drop(kept.pop(one.id, None))
        for one, text in texts.items():
            if text:
                kept[one.id] = _write_text(kept.get(one.id), participation, one, text, now)
        for one, file in files.items():
            kept[one.id] = _write_file(kept.get(one.id), participation, one, file, limit, now)
        refuse_unanswered(questions, kept)
        participation.steps = with_saved(participation.steps, Step.QUESTIONS)
        change.happened(QuestionsAnswered.of(participation, now))


def _part(change: Change, for_whom: UUID | None) -> Participation:
    which = own_part(change.viewer) if for_whom is None else part_for(change.viewer, for_whom)
    found = db.session.execute(select(Participation).join(Person, person_of()).where(which)).scalar_one_or_none()
    if found is None:
        raise Unseen
    return found


def _refuse_late(participation: Participation, now: datetime) -> None:
    if not gathering_of(db.session.get_one(Meeting, participation.meeting_id)).is_open(now):
        raise Refusal(N_("Registration is closed: write to the office about what has changed."))


def _answers(participation: Participation, questions: Collection[Asked]) -> dict[UUID, Answer]:
    found = select(Answer).where(
        Answer.participation_id == participation.id, Answer.question_id.in_([one.id for one in questions])
    )
    return {answer.question_id: answer for answer in db.session.scalars(found)}


def _texts(questions: Collection[Asked], replies: Replies) -> list[tuple[Asked, str]]:
    typed = [(one, replies.texts[one.id]) for one in questions if one.id in replies.texts]
    found = [(one, text) for one, text in typed if one.kind is not QuestionKind.FILE]
    for one, text in found:
        if text:
            refuse_odd_answer(one, text)
    return found


def _files(questions: Collection[Asked], replies: Replies) -> list[tuple[Asked, IO[bytes]]]:
    sent = [(one, replies.files[one.id]) for one in questions if one.id in replies.files]
    return [(one, file) for one, file in sent if one.kind is QuestionKind.FILE]


def _is_new(kept: Answer | None, text: str) -> bool:
    return text != (_text_of(kept) if kept else "")


def _text_of(answer: Answer) -> str:
    if answer.value is None:
        return ""
    return unseal_text(key_store(), key_of(answer.question_id), place_of(answer), answer.value)


def _is_new_file(kept: Answer | None, one: Asked, sent: IO[bytes], limit: int) -> bool:
    """Whether another file is there, or none: compared as it would be kept, pictures without their metadata."""
    with _said_at(one):
        content = read_within(sent, limit)
        sent.seek(0)
        if kept is None or kept.file_id is None:
            return True
        as_kept = without_traces(media_type_of(content), content)
    return db.session.get_one(StoredFile, kept.file_id).sha256 != hashlib.sha256(as_kept).hexdigest()


@contextmanager
def _said_at(one: Asked) -> Iterator[None]:
    """Let what is refused of a file stand at the question that it answers."""
    try:
        yield
    except Refusal as refusal:
        raise Refusal(refusal.message, field=one.field, **refusal.facts) from refusal


def _write_text(kept: Answer | None, participation: Participation, one: Asked, text: str, now: datetime) -> Answer:
    answer = kept or _new(participation, one)
    answer.value = seal_text(key_store(), key_of(one.id), place_of(answer), text)
    answer.answered_at = now
    db.session.add(answer)
    db.session.flush()
    return answer


def _write_file(
    kept: Answer | None, participation: Participation, one: Asked, sent: IO[bytes], limit: int, now: datetime
) -> Answer:
    answer = kept or _new(participation, one)
    key, dialogue_id = key_of(one.id), participation.dialogue_id
    with _said_at(one):
        stored = store_file(db.session(), sent, key=key, dialogue_id=dialogue_id, limit=limit, now=now)
    before, answer.file_id, answer.answered_at = answer.file_id, stored.id, now
    db.session.add(answer)
    db.session.flush()
    if before is not None:
        drop_file(db.session(), db.session.get_one(StoredFile, before))
    return answer


def _new(participation: Participation, one: Asked) -> Answer:
    return Answer(
        id=uuid4(), dialogue_id=participation.dialogue_id, participation_id=participation.id, question_id=one.id
    )


def _drop(answer: Answer | None) -> None:
    if answer is None:
        return
    file_id = answer.file_id
    db.session.delete(answer)
    db.session.flush()
    if file_id is not None:
        drop_file(db.session(), db.session.get_one(StoredFile, file_id))
