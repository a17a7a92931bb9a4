"""Load the sample into an empty database, in one transaction."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.models import Account
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.transaction import transaction, upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Dialogue, Person
from dialogues.people.invitations.operations import mint_personal_link
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import DIALOGUE_OPEN
from dialogues.sample.agendas import load_agenda
from dialogues.sample.gatherings import load_dialogue, load_venues
from dialogues.sample.holdings import load_holdings
from dialogues.sample.papers import load_papers
from dialogues.sample.people import SampleIds, load_accounts
from dialogues.sample.reading import PERSONAS, sample
from dialogues.sample.rules import SampleLoaded

#: When the sample dialogues were created and everyone was invited.
OPENED = datetime(2027, 2, 1, 1, 0, tzinfo=UTC)
#: How long demonstration links are valid.
LINK_LIFE = timedelta(days=30)


def load_sample(now: datetime) -> SampleIds:
    """Load accounts, dialogues, agendas, notes and records of the sample.

    :raises Refusal: the database is not empty.
    """
    loaded = SampleIds()
    with transaction(system(Purpose.SAMPLE), DIALOGUE_OPEN) as change:
        if db.session.scalar(select(exists().select_from(Account))):
            raise Refusal(N_("The database is not empty: the sample goes into an empty one only."))
        load_accounts(loaded, OPENED)
        load_venues(loaded)
        for dialogue in sample()["dialogues"]:
            load_dialogue(loaded, dialogue, OPENED)
            db.session.flush()
            change.record(load_agenda(loaded, dialogue["id"], dialogue["meetings"][0]))
        load_papers(loaded)
        for event in load_holdings(loaded, OPENED):
            change.record(event)
        change.record(SampleLoaded(at=now, about=loaded.dialogues["TRD"]))
    return loaded


def persona_links(now: datetime) -> dict[str, str]:
    """Return a single-use sign-in token by name of the persona."""
    with upkeep(system(Purpose.SAMPLE)):
        return {name: _token(LinkPurpose.SIGN_IN, _account(name), now) for name in PERSONAS}


def registration_links(now: datetime) -> dict[str, str]:
    """Return a registration token by name, for each person with an account and an unanswered invitation.

    `now` is the application's clock, because registration uses that clock, too.
    """
    invited = (
        select(Participation.id, Person.name)
        .join(Person, Person.id == Participation.person_id)
        .where(Participation.status == ParticipationStatus.INVITED, Person.account_id.is_not(None))
        .order_by(Person.name)
    )
    with upkeep(system(Purpose.SAMPLE)):
        return {row.name: mint_personal_link(row.id, now) for row in db.session.execute(invited).all()}


def feed_links(now: datetime) -> dict[str, str]:
    """Return a calendar feed token by name of the persona, for personas with a feed in TRD."""
    with upkeep(system(Purpose.SAMPLE)):
        return {name: _feed_token(_person_in_trd(name), now) for name in PERSONAS if name != "st-arch"}


def feed_token(person_id: UUID, now: datetime) -> str:
    with upkeep(system(Purpose.SAMPLE)):
        return _feed_token(person_id, now)


def _account(name: str) -> UUID:
    return db.session.scalars(select(Account.id).where(Account.email_norm == f"{name}@example.invalid")).one()


def _person_in_trd(name: str) -> UUID:
    return db.session.scalars(
        select(Person.id)
        .join(Dialogue, Dialogue.id == Person.dialogue_id)
        .where(Dialogue.code == "TRD", Person.email_norm == f"{name}@example.invalid")
    ).one()


def _feed_token(person_id: UUID, now: datetime) -> str:
    return _token(LinkPurpose.FEED, person_id, now, single_use=False, name="demonstration")


def _token(purpose: LinkPurpose, subject: UUID, now: datetime, *, single_use: bool = True, name: str = "") -> str:
    return accounts.mint_link(purpose, subject, expires_at=now + LINK_LIFE, single_use=single_use, name=name, now=now)
