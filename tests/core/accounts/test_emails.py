"""Emails with a secret link."""

from datetime import timedelta
from uuid import uuid4

import pytest

from dialogues.core.accounts import operations as accounts_operations
from dialogues.core.accounts import queries as accounts_queries
from dialogues.core.accounts.emails import COMPOSERS
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.rules import DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from tests.core.accounts.desk import Desk, Someone

PURPOSES = {
    EmailKind.SIGN_IN_LINK: LinkPurpose.SIGN_IN,
    EmailKind.STAFF_INVITATION: LinkPurpose.STAFF_INVITATION,
    EmailKind.PASSWORD_RESET: LinkPurpose.PASSWORD_RESET,
}


def compose(kind: EmailKind, someone: Someone | None) -> Composed | None:
    due = DueEmail(
        id=uuid4(),
        kind=kind,
        dialogue_id=None,
        listed_under=None,
        person_id=None,
        account_id=someone.account_id if someone else None,
        facts={},
        sequence=0,
        message_id="<x@example.org>",
    )
    with upkeep(system(Purpose.DELIVERY)):
        return COMPOSERS[kind](due, clock.now())


def link_token_in(email: Composed | None) -> str:
    assert email is not None
    return email.text.split("/links/")[1].split()[0]


@pytest.mark.parametrize("kind", PURPOSES)
def test_an_email_has_a_link_for_its_purpose(desk: Desk, kind: EmailKind) -> None:
    email = compose(kind, desk.participant("guest@example.org"))
    assert email is not None
    assert email.recipient == "guest@example.org"
    assert email.has_secret
    link = accounts_queries.link(link_token_in(email), PURPOSES[kind], clock.real_now())
    assert link is not None
    assert link.live


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        (EmailKind.SIGN_IN_LINK, LinkPurpose.SIGN_IN),
        (EmailKind.PASSWORD_RESET, LinkPurpose.PASSWORD_RESET),
        (EmailKind.STAFF_INVITATION, LinkPurpose.STAFF_INVITATION),
    ],
)
def test_each_email_has_a_new_secret_and_the_previous_one_ends_after_ten_minutes(
    desk: Desk, kind: EmailKind, purpose: LinkPurpose
) -> None:
    guest = desk.participant()
    tokens = [link_token_in(compose(kind, guest)) for _sending in range(2)]
    for minutes, live in ((9, [True, True]), (11, [False, True])):
        then = clock.real_now() + timedelta(minutes=minutes)
        states = [accounts_queries.link(token, purpose, then) for token in tokens]
        assert [state.live for state in states if state] == live


def test_a_third_request_does_not_extend_the_first_link(desk: Desk) -> None:
    guest = desk.participant()
    first = link_token_in(compose(EmailKind.SIGN_IN_LINK, guest))
    compose(EmailKind.SIGN_IN_LINK, guest)
    with upkeep(system(Purpose.SIGN_IN)):
        accounts_operations.mint_only_link(
            LinkPurpose.SIGN_IN, guest.account_id, clock.real_now() + timedelta(minutes=9)
        )
    found = accounts_queries.link(first, LinkPurpose.SIGN_IN, clock.real_now() + timedelta(minutes=11))
    assert found is not None
    assert not found.live


def test_subjects_are_neutral(desk: Desk) -> None:
    guest = desk.participant()
    subjects = {email.subject for kind in PURPOSES if (email := compose(kind, guest)) is not None}
    assert subjects == {"Your link to sign in", "Invitation", "Choose a new password"}


def test_an_account_that_is_not_in_use_gets_no_email(desk: Desk) -> None:  # noqa: ARG001  the tables
    assert compose(EmailKind.SIGN_IN_LINK, None) is None
