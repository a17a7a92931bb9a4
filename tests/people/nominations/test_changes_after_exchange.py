"""Changes of opened lists are announced to the readers of the lists."""

from datetime import timedelta

import pytest

from dialogues.core.common import clock
from dialogues.core.outbox.rules import EmailKind
from dialogues.people.invitations.commands import inviting as invitations
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.beds.forms import page
from tests.beds.web import set_clock
from tests.cast import Cast
from tests.people.conftest import Site
from tests.people.nominations.exchange import (
    MOMENT,
    changes,
    confirm,
    lvr,
    news,
    open_lists,
    opened_at,
    submit_lists,
    viewer,
)

pytestmark = pytest.mark.engine


def test_before_the_exchange_no_change_is_announced(cast: Cast) -> None:
    ru2 = next(
        line
        for line in nominations_nominations.party_lists(viewer(cast, "ru1"))[0].nominees
        if line.name.startswith("Pavel") or line.status is ParticipationStatus.CONFIRMED
    )

    invitations.take_back(viewer(cast, "st-coord"), ru2.id, now=clock.now())

    assert changes() == []
    assert news(EmailKind.LIST_CHANGED) == 0


def test_leaving_and_joining_is_announced_to_readers_of_the_list(site: Site) -> None:
    cast = site.cast
    open_lists(cast)
    now = clock.now()
    gone = next(
        line
        for line in nominations_nominations.party_lists(viewer(cast, "ru1", now))[0].nominees
        if line.status is ParticipationStatus.CONFIRMED and line.seat == 4
    )
    site.mail()

    invitations.take_back(viewer(cast, "st-coord", now), gone.id, now=now)

    shown = page(cast.client("us2").get(lvr(cast, "/participants"))).get_text(" ", strip=True)
    assert "Changes since the lists were opened" in shown
    assert gone.name in shown
    assert "comes no more" in shown
    emails = [email.message.get_content() for email in site.mail() if "calendar" not in str(email.message)]
    assert emails
    assert not any(gone.name in text for text in emails if "list has changed" in text)


def test_one_email_announces_many_changes(site: Site) -> None:
    cast = site.cast
    open_lists(cast)
    site.mail()
    now = clock.now()
    people = [
        line
        for line in nominations_nominations.party_lists(viewer(cast, "ru1", now))[0].nominees
        if line.status is ParticipationStatus.CONFIRMED and (line.seat or 0) > 2
    ]
    for line in people:
        invitations.take_back(viewer(cast, "st-coord", now), line.id, now=now)

    recipients = [email.recipients for email in site.mail() if "list has changed" in str(email.message.get_payload())]

    assert len(people) == 2
    assert recipients
    assert len(recipients) == len(set(recipients))


def test_list_submitted_after_the_exchange_time_joins_as_a_change_even_before_the_sweep(cast: Cast) -> None:
    confirm(cast, "KR")
    set_clock(cast.app, MOMENT + timedelta(seconds=1))

    submit_lists(cast, "KR")

    assert opened_at(cast) is not None
    assert [kind for kind, _who in changes()] == [ListChangeKind.JOINED]
