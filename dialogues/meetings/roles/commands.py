"""Offer, accept, decline and end roles."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from dialogues.core.accounts import operations as accounts_operations
from dialogues.core.accounts import queries as accounts_queries
from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.operations import enqueue
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal, or_not_found
from dialogues.meetings.dialogues import operations as dialogues
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.roles import operations
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.queries import in_force
from dialogues.meetings.roles.rules import (
    OFFERED_ROLES,
    RoleAccepted,
    RoleDeclined,
    RoleEnded,
    RoleOffered,
    refuse_last_coordinator,
)
from dialogues.policy import OWN_ACCOUNT, ROLES_GRANT, STAFF_ROLES, Role

Event = TypeVar("Event", RoleOffered, RoleAccepted, RoleDeclined, RoleEnded)


def offer_role(
    viewer: Viewer, *, name: str, email: str, role: Role, party_id: UUID | None = None, now: datetime
) -> UUID:
    """Offer a role in the viewer's current meeting or dialogue; an email asks the person to answer.

    :raises Refusal: this role cannot be offered, it is a staff role and the person is not staff, the person already has
        it there, the party already has a focal point, or the email address is invalid.
    """
    with transaction(viewer, ROLES_GRANT) as change:
        place = or_not_found(change.viewer.place)
        if role not in OFFERED_ROLES:
            raise Refusal(N_("Participants and observers are invited, on the page of participants."), field="role")
        if role in STAFF_ROLES:
            _check_is_staff(place.dialogue_id, email)
        person_id = _find_or_add_person(place.dialogue_id, name, email, now)
        grant_id = operations.grant_role(
            person_id,
            role,
            dialogue_id=place.dialogue_id,
            meeting_id=place.meeting_id,
            party_id=_party_of_dialogue(place.dialogue_id, party_id) if role is Role.FOCAL_POINT else None,
            offered_at=now,
        )
        grant = db.session.get_one(RoleGrant, grant_id)
        enqueue(
            EmailRequest(
                kind=EmailKind.ROLE_OFFERED,
                dedup_key=f"role-offered:{grant_id}",
                queued_at=now,
                dialogue_id=grant.dialogue_id,
                listed_under=grant.meeting_id,
                person_id=person_id,
                facts={"grant": str(grant_id)},
            )
        )
        change.record(_event(RoleOffered, grant, now))
        return grant_id


def _check_is_staff(dialogue_id: UUID, email: str) -> None:
    """Refuse non-staff with the same words as an unknown address, so that accounts are not revealed."""
    person_id = dialogues.person_with_address(dialogue_id, email)
    account_id = db.session.get_one(Person, person_id).account_id if person_id else None
    if not accounts_queries.is_staff(account_id, email):
        raise Refusal(
            N_(
                "This role is for the staff, who sign in with a second factor, and %(email)s is not one of them: "
                "ask the host of the installation to invite this person as staff first."
            ),
            field="email",
            email=email,
        )


def _find_or_add_person(dialogue_id: UUID, name: str, email: str, now: datetime) -> UUID:
    person_id = dialogues.person_with_address(dialogue_id, email) or dialogues.add_person(dialogue_id, name, email)
    person = db.session.get_one(Person, person_id)
    if person.account_id is None and person.email is not None:
        dialogues.link_account(person_id, accounts_operations.account_for(person.email, now))
    return person_id


def _party_of_dialogue(dialogue_id: UUID, party_id: UUID | None) -> UUID | None:
    party = db.session.get(Party, party_id) if party_id else None
    return party.id if party is not None and party.dialogue_id == dialogue_id else None


def accept_role(viewer: Viewer, grant_id: UUID, *, now: datetime) -> None:
    """:raises NotFound: there is no such open offer for this account."""
    with transaction(viewer, OWN_ACCOUNT) as change:
        grant = _own_offer(change, grant_id)
        grant.accepted_at = now
        change.record(_event(RoleAccepted, grant, now))


def decline_role(viewer: Viewer, grant_id: UUID, *, now: datetime) -> None:
    """:raises NotFound: there is no such open offer for this account."""
    with transaction(viewer, OWN_ACCOUNT) as change:
        grant = _own_offer(change, grant_id)
        grant.revoked_at = now
        change.record(_event(RoleDeclined, grant, now))


def _own_offer(change: Change, grant_id: UUID) -> RoleGrant:
    offers = (
        select(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.id == grant_id,
            RoleGrant.role.in_(OFFERED_ROLES),
            RoleGrant.accepted_at.is_(None),
            RoleGrant.revoked_at.is_(None),
            Person.account_id == change.viewer.account_id,
        )
    )
    return or_not_found(db.session.execute(offers).scalar_one_or_none())


def end_role(viewer: Viewer, grant_id: UUID, *, now: datetime) -> None:
    """End a role or withdraw an offer in the viewer's current place; ends all sign-ins of the account.

    Sign-ins are ended only if the role was accepted.

    :raises NotFound: there is no such role exactly in this place.
    :raises Refusal: it belongs to the last coordinator of the dialogue.
    """
    with transaction(viewer, ROLES_GRANT) as change:
        place = or_not_found(change.viewer.place)
        grant = or_not_found(db.session.get(RoleGrant, grant_id))
        is_in_place = (grant.dialogue_id, grant.meeting_id) == (place.dialogue_id, place.meeting_id)
        if not is_in_place or grant.revoked_at is not None or grant.role not in OFFERED_ROLES:
            raise NotFound
        if grant.meeting_id is None and grant.accepted_at is not None:
            refuse_last_coordinator(grant.role, _other_coordinators(grant))
        grant.revoked_at = now
        account_id = db.session.get_one(Person, grant.person_id).account_id
        if account_id is not None and grant.accepted_at is not None:
            accounts_operations.end_sign_ins(account_id, now)
        change.record(_event(RoleEnded, grant, now))


def _other_coordinators(grant: RoleGrant) -> int:
    others = select(func.count()).where(
        RoleGrant.dialogue_id == grant.dialogue_id,
        RoleGrant.meeting_id.is_(None),
        RoleGrant.role == Role.COORDINATOR,
        RoleGrant.id != grant.id,
        in_force(),
    )
    return db.session.execute(others).scalar_one()


def _event(kind: type[Event], grant: RoleGrant, now: datetime) -> Event:
    return kind(
        about=grant.id,
        dialogue_id=grant.dialogue_id,
        meeting_id=grant.meeting_id,
        at=now,
        person_id=grant.person_id,
        role=grant.role,
    )
