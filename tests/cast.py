"""The personas of the sample as viewers and signed-in browsers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dialogues.agenda.planning.models import DraftItem
from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.models import Account
from dialogues.core.accounts.queries import load_sign_in
from dialogues.core.accounts.rules import Proof, Terms
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Party, Person
from dialogues.meetings.roles.queries import viewer_in_meeting
from dialogues.people.invitations.operations import mint_personal_link
from dialogues.people.participants.models import Participation
from dialogues.sample.reading import sample
from tests.beds.forms import send

#: A sign-in with password and second factor.
BOTH = frozenset({Proof.PASSWORD, Proof.TOTP})
TERMS = Terms(
    staff_idle=timedelta(hours=1),
    staff_longest=timedelta(hours=12),
    participant_idle=timedelta(hours=12),
    participant_longest=timedelta(hours=24),
)
#: In the middle of TRD-1, when everyone has something to do.
MIDDLE_OF_TRD_1 = datetime(2027, 5, 26, 0, 0, tzinfo=UTC)
#: Before the exchange of LVR-1.
BEFORE_LVR_1 = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class Cast:
    """All personas by name: `cast.client("st-coord")`, `cast.viewer("kr1", meeting="TRD-1")`."""

    app: Flask

    def person(self, name: str, dialogue: str = "TRD") -> UUID:
        """The id of a person of the sample in that dialogue."""
        wanted = {person["id"]: person["name"] for person in [*sample()["persons"], *sample()["staff"]]}[name]
        return self._one(
            select(Person.id)
            .join(Dialogue, Dialogue.id == Person.dialogue_id)
            .where(Dialogue.code == dialogue, Person.name == wanted)
        )

    def dialogue(self, code: str = "TRD") -> UUID:
        return self._one(select(Dialogue.id).where(Dialogue.code == code))

    def meeting(self, code: str = "TRD-1") -> UUID:
        return self._one(select(Meeting.id).where(Meeting.code == code))

    def party(self, code: str, dialogue: str = "TRD") -> UUID:
        return self._one(
            select(Party.id)
            .join(Dialogue, Dialogue.id == Party.dialogue_id)
            .where(Dialogue.code == dialogue, Party.code == code)
        )

    def session(self, code: str) -> UUID:
        """The id of an agenda session by its code, such as TRD-1-04."""
        return self._one(select(DraftItem.session_id).where(DraftItem.code == code))

    def account(self, name: str) -> UUID:
        return self._one(select(Account.id).where(Account.email == f"{name}@example.invalid"))

    def viewer(
        self, name: str, *, dialogue: str | None = None, meeting: str | None = None, now: datetime = MIDDLE_OF_TRD_1
    ) -> Viewer:
        """The persona as a viewer of that dialogue or meeting.

        :raises LookupError: the persona has no role there.
        """
        account = self._signed_in(name)
        placed = (
            viewer_in_meeting(
                account,
                self.dialogue(dialogue) if dialogue else None,
                self.meeting(meeting) if meeting else None,
                now,
            )
            if dialogue or meeting
            else account
        )
        if placed is None:
            raise LookupError(f"{name} has no standing in {dialogue or meeting}")
        return placed

    def client(self, name: str | None) -> FlaskClient:
        """A browser signed in as the persona with every factor that the persona's roles need; None: not signed in."""
        client = self.app.test_client()
        if name is None:
            return client
        with self.app.app_context():
            handle = self._open_sign_in(name)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = handle
            cookie["_fresh"] = True
        return client

    def client_by_link(self, name: str, meeting: str = "TRD-1", client: FlaskClient | None = None) -> FlaskClient:
        """A browser in which the persona has accepted an invitation link to that meeting."""
        client = client or self.app.test_client()
        with self.app.app_context():
            now, here = clock.now(), self.participation(name, meeting)
            with upkeep(system(Purpose.SECRET_LINK)):
                secret = mint_personal_link(here, now)
        client.get(f"/r/{secret}")
        client.get(send(client, "/registration", answer="accept").location)
        return client

    def participation(self, name: str, meeting: str = "TRD-1") -> UUID:
        """The id of a persona's participation in that meeting."""
        of = (
            select(Participation.id)
            .join(Person, Person.id == Participation.person_id)
            .where(Participation.meeting_id == self.meeting(meeting), Person.email_norm == f"{name}@example.invalid")
        )
        return self._one(of)

    def _signed_in(self, name: str) -> Viewer:
        """The persona with an active sign-in, which every command requires."""
        found = load_sign_in(self._open_sign_in(name), TERMS, clock.real_now())
        assert found is not None
        db.session.rollback()
        return found.viewer

    def _open_sign_in(self, name: str) -> str:
        account = self.account(name)
        with upkeep(system(Purpose.SIGN_IN)):
            return accounts.open_sign_in(account, BOTH, now=clock.real_now(), longest=TERMS.staff_longest)

    def _one(self, query: Any) -> UUID:
        found = db.session.execute(query).scalar_one()
        db.session.rollback()
        return UUID(str(found))
