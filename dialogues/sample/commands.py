"""Loads the sample into an empty database, as one change."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from dialogues.accounts import posting as accounts
from dialogues.accounts.models import Account
from dialogues.accounts.rules import LinkPurpose
from dialogues.common.refusal import N_, Refusal
from dialogues.common.transaction import transaction, upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.policy import DIALOGUE_OPEN
from dialogues.sample.gatherings import load_dialogue, load_venues
from dialogues.sample.people import Loaded, load_accounts
from dialogues.sample.reading import PERSONAS, sample
from dialogues.sample.rules import SampleLoaded

#: When the sample's dialogues were opened, and everyone in them invited.
OPENED = datetime(2027, 2, 1, 1, 0, tzinfo=UTC)


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return db.session.execute(select(func.count()).select_from(Account)).scalar_one() == 0


def load_sample(now: datetime) -> Loaded:
    """Load accounts, dialogues, agendas, notes and records of the sample.

    :raises Refusal: the database is not empty.
    """
    loaded = Loaded()
    with transaction(system(Purpose.SAMPLE), DIALOGUE_OPEN) as change:
        if not is_empty():
            raise Refusal(N_("The database is not empty: the sample goes into an empty one only."))
        load_accounts(loaded, OPENED)
        load_venues(loaded)
        for dialogue in sample()["dialogues"]:
            load_dialogue(loaded, dialogue, OPENED)
        change.happened(SampleLoaded(at=now, about=loaded.dialogues["TRD"]))
    return loaded


def persona_links(now: datetime) -> dict[str, str]:
    """One single-use sign-in token for each persona, by the persona's name in the sample."""
    expires_at = now + accounts.SAMPLE_LINK_LIFE
    with upkeep(system(Purpose.SAMPLE)):
        return {name: _sign_in_token(name, now, expires_at) for name in PERSONAS}


def _sign_in_token(name: str, now: datetime, expires_at: datetime) -> str:
    account: UUID = db.session.execute(
        select(Account.id).where(Account.email_norm == f"{name}@example.invalid")
    ).scalar_one()
    return accounts.mint_link(LinkPurpose.SIGN_IN, account, expires_at=expires_at, now=now)
