"""What is held about the one who asks: every field that is kept of them, and nothing about anyone else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, select

from dialogues.accounts.models import Account, SignIn
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings import queries as meetings
from dialogues.meetings.models import Dialogue, Institution, Meeting, Party, Person, RoleGrant
from dialogues.meetings.queries import MyPlaces
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


@dataclass(frozen=True, slots=True)
class _Named:
    """The dialogues and meetings that may be named: those open to the viewer in this sign-in, at this time."""

    places: MyPlaces

    @property
    def dialogue(self) -> ColumnElement[str]:
        return case((Dialogue.id.in_(self.places.dialogues), Dialogue.title), else_="").label("dialogue")

    @property
    def meeting(self) -> ColumnElement[str]:
        return case((Meeting.id.in_(self.places.meetings), Meeting.code), else_="").label("meeting")


def held_about(viewer: Viewer, now: datetime) -> Held:
    """Everything held about the signed-in viewer, in a constant number of queries.

    A registration or role that waits for an answer is left out: its words come with its own letter, not before. A
    dialogue or meeting that is not open to the viewer at present goes unnamed, for this page opens what others close.
    """
    own = Person.account_id == viewer.account_id
    named = _Named(meetings.my_places(viewer, now))
    account = select(Account.email, Account.locale, Account.zone, Account.created_at).where(
        Account.id == viewer.account_id
    )
    return Held(
        account=db.session.execute(account).one(),
        persons=_rows(_persons(named).where(own, Person.id.in_(_known_places(viewer)))),
        registrations=_rows(_registrations(named).where(own, Participation.answered_at.is_not(None))),
        roles=_rows(_roles(named).where(own, RoleGrant.accepted_at.is_not(None))),
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


def _persons(named: _Named) -> Any:
    return (
        select(
            named.dialogue,
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
        .order_by(named.dialogue, Person.id)
    )


def _registrations(named: _Named) -> Any:
    return (
        select(
            named.meeting,
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


def _roles(named: _Named) -> Any:
    return (
        select(
            named.dialogue,
            named.meeting,
            RoleGrant.meeting_id,
            RoleGrant.role,
            RoleGrant.accepted_at,
            RoleGrant.revoked_at,
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Dialogue, Dialogue.id == RoleGrant.dialogue_id)
        .outerjoin(Meeting, Meeting.id == RoleGrant.meeting_id)
        .order_by(named.dialogue, RoleGrant.accepted_at)
    )
