"""What is held about the one who asks: every field that is kept of them, and nothing about anyone else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from dialogues.accounts.models import Account, SignIn
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.models import Dialogue, Institution, Meeting, Party, Person, RoleGrant
from dialogues.outbox.models import Letter
from dialogues.participants.models import Participation


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One's account, persons, registrations, roles, letters and sign-ins, each as rows."""

    account: Any
    persons: Sequence[Any]
    registrations: Sequence[Any]
    roles: Sequence[Any]
    letters: Sequence[Any]
    sign_ins: Sequence[Any]


def held_about(viewer: Viewer) -> Held:
    """Everything held about the signed-in viewer; six queries.

    A registration or role that waits for an answer is left out: its words come with its own letter, not before.
    """
    own = Person.account_id == viewer.account_id
    account = select(Account.email, Account.locale, Account.zone, Account.created_at).where(
        Account.id == viewer.account_id
    )
    return Held(
        account=db.session.execute(account).one(),
        persons=_rows(_persons().where(own, Person.id.in_(_known_places(viewer)))),
        registrations=_rows(_registrations().where(own, Participation.answered_at.is_not(None))),
        roles=_rows(_roles().where(own, RoleGrant.accepted_at.is_not(None))),
        letters=_rows(
            select(Letter.kind, Letter.state, Letter.owed_at, Letter.sent_at)
            .join(Person, Person.id == Letter.person_id)
            .where(own)
            .order_by(Letter.owed_at.desc())
            .limit(200)
        ),
        sign_ins=_rows(
            select(SignIn.created_at, SignIn.last_seen_at, SignIn.ended_at, SignIn.browser)
            .where(SignIn.account_id == viewer.account_id)
            .order_by(SignIn.created_at.desc())
            .limit(50)
        ),
    )


def _rows(query: Any) -> Sequence[Any]:
    return db.session.execute(query).all()


def _known_places(viewer: Viewer) -> Any:
    """The persons in dialogues that the viewer has accepted to be in; others are not theirs to know of yet."""
    return (
        select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.account_id == viewer.account_id, RoleGrant.accepted_at.is_not(None))
    )


def _persons() -> Any:
    return (
        select(
            Dialogue.title.label("dialogue"),
            Person.name,
            Person.native,
            Person.family,
            Person.given,
            Person.sort_key,
            Person.aliases,
            Person.email,
            Person.languages,
            Person.zone,
            Person.affiliation,
            Person.always_discreet,
            Institution.name.label("institution"),
        )
        .join(Dialogue, Dialogue.id == Person.dialogue_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .order_by(Dialogue.title)
    )


def _registrations() -> Any:
    return (
        select(
            Meeting.code.label("meeting"),
            Party.names.label("party_names"),
            Participation.capacity,
            Participation.status,
            Participation.invited_at,
            Participation.answered_at,
            Participation.present_from,
            Participation.present_to,
            Participation.remote,
        )
        .join(Person, Person.id == Participation.person_id)
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .join(Party, Party.id == Participation.party_id)
        .order_by(Meeting.starts_on)
    )


def _roles() -> Any:
    return (
        select(
            Dialogue.title.label("dialogue"),
            Meeting.code.label("meeting"),
            RoleGrant.role,
            RoleGrant.accepted_at,
            RoleGrant.revoked_at,
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Dialogue, Dialogue.id == RoleGrant.dialogue_id)
        .outerjoin(Meeting, Meeting.id == RoleGrant.meeting_id)
        .order_by(Dialogue.title, RoleGrant.accepted_at)
    )
