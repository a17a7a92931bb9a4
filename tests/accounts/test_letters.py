"""Letters with a secret link."""

from datetime import timedelta
from uuid import uuid4

import pytest

from dialogues.accounts import posting, queries
from dialogues.accounts.letters import COMPOSERS
from dialogues.accounts.rules import LinkPurpose
from dialogues.common import clock
from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.outbox.rules import Composed, LetterKind, OwedLetter
from tests.accounts.desk import Desk, Someone

PURPOSES = {
    LetterKind.SIGN_IN_LINK: LinkPurpose.SIGN_IN,
    LetterKind.STAFF_INVITATION: LinkPurpose.STAFF_INVITATION,
    LetterKind.PASSWORD_RESET: LinkPurpose.PASSWORD_RESET,
}


def compose(kind: LetterKind, someone: Someone | None) -> Composed | None:
    owed = OwedLetter(
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
        return COMPOSERS[kind](owed, clock.now())


def token_in(letter: Composed | None) -> str:
    assert letter is not None
    return letter.text.split("/links/")[1].split()[0]


@pytest.mark.parametrize("kind", PURPOSES)
def test_a_letter_has_a_link_of_its_purpose(desk: Desk, kind: LetterKind) -> None:
    letter = compose(kind, desk.participant("guest@example.org"))
    assert letter is not None
    assert letter.recipient == "guest@example.org"
    assert letter.has_secret
    link = queries.link(token_in(letter), PURPOSES[kind], clock.real_now())
    assert link is not None
    assert link.live


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        (LetterKind.SIGN_IN_LINK, LinkPurpose.SIGN_IN),
        (LetterKind.PASSWORD_RESET, LinkPurpose.PASSWORD_RESET),
        (LetterKind.STAFF_INVITATION, LinkPurpose.STAFF_INVITATION),
    ],
)
def test_each_sending_makes_a_new_secret_and_ends_the_one_before_after_ten_minutes(
    desk: Desk, kind: LetterKind, purpose: LinkPurpose
) -> None:
    guest = desk.participant()
    tokens = [token_in(compose(kind, guest)) for _sending in range(2)]
    for minutes, live in ((9, [True, True]), (11, [False, True])):
        then = clock.real_now() + timedelta(minutes=minutes)
        states = [queries.link(token, purpose, then) for token in tokens]
        assert [state.live for state in states if state] == live


def test_asking_a_third_time_gives_the_first_link_no_more_time(desk: Desk) -> None:
    guest = desk.participant()
    first = token_in(compose(LetterKind.SIGN_IN_LINK, guest))
    compose(LetterKind.SIGN_IN_LINK, guest)
    with upkeep(system(Purpose.SIGN_IN)):
        posting.mint_only_link(LinkPurpose.SIGN_IN, guest.account_id, clock.real_now() + timedelta(minutes=9))
    found = queries.link(first, LinkPurpose.SIGN_IN, clock.real_now() + timedelta(minutes=11))
    assert found is not None
    assert not found.live


def test_subjects_are_neutral(desk: Desk) -> None:
    guest = desk.participant()
    subjects = {letter.subject for kind in PURPOSES if (letter := compose(kind, guest)) is not None}
    assert subjects == {"Your link to sign in", "Invitation", "Choose a new password"}


def test_nothing_is_owed_to_an_account_that_is_not_in_use(desk: Desk) -> None:  # noqa: ARG001  the tables
    assert compose(LetterKind.SIGN_IN_LINK, None) is None
