"""Accounts, browsers, links and codes for the tests of accounts."""

import re
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pyotp
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from dialogues.core.accounts import operations as accounts_operations
from dialogues.core.accounts import queries as accounts_queries
from dialogues.core.accounts.models import Account, Factor, SignIn
from dialogues.core.accounts.rules import InstallationRole, LinkPurpose, Proof, Terms
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.core.outbox.models import Email
from dialogues.extensions import db
from dialogues.lib.auth.hashing import Hasher

PASSWORD = "velvet anchor tundra plumage"
OTHER_PASSWORD = "quarry lantern mosaic thimble"
BOTH = frozenset({Proof.PASSWORD, Proof.TOTP})
LINK = frozenset({Proof.LINK})


@lru_cache(maxsize=1)
def password_hash(folder: Path) -> str:
    """The hash of PASSWORD, computed once because hashing is slow on purpose."""
    return Hasher(folder).hash(PASSWORD)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person with an account and the secret of their authenticator app."""

    account_id: UUID
    email: str
    shared_secret: str = ""

    def code(self, ahead: int = 0) -> str:
        """The code the app shows now, or `ahead` steps of 30 seconds later."""
        return pyotp.TOTP(self.shared_secret).at(clock.real_now() + timedelta(seconds=30 * ahead))


class Browser:
    """A browser that fills in forms and sends them."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.tokens: dict[str, str] = {}

    def get(self, path: str) -> TestResponse:
        return self.send("GET", path)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request outside the application context of the test."""
        return self._remember(Context().run(self.client.open, path, method=method, **options))

    def press(self, path: str, **typed: str) -> TestResponse:
        """Send a form of the page that was opened last."""
        if not self.tokens:
            self.get("/sign-in")
        return self.send("POST", path, data={**self.tokens, **typed}, headers={"Sec-Fetch-Site": "same-origin"})

    def fill_in(self, path: str, **typed: str) -> TestResponse:
        self.get(path)
        return self.press(path, **typed)

    def sign_in(self, someone: Someone, ahead: int = 0) -> TestResponse:
        self.fill_in("/sign-in", email=someone.email, password=PASSWORD)
        return self.fill_in("/sign-in/second-factor", code=someone.code(ahead))

    @property
    def signed_in(self) -> bool:
        """Whether the page of the account opens."""
        return self.get("/account").status_code == 200

    @property
    def cookie(self) -> str:
        """The value of the session cookie."""
        cookie = self.client.get_cookie("s")
        return cookie.value if cookie else ""

    def with_cookie(self, value: str) -> "Browser":
        """Another browser with a copied cookie."""
        thief = Browser(self.client.application.test_client())
        thief.client.set_cookie("s", value)
        thief.tokens = dict(self.tokens)
        return thief

    def _remember(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.data:
            fields = BeautifulSoup(answer.data, "lxml").find_all("input", {"name": re.compile("csrf_token$")})
            self.tokens |= {str(field["name"]): str(field["value"]) for field in fields}
        return answer


@dataclass(slots=True)
class Desk:
    """An installation in normal operation, within its application context."""

    app: Flask

    def browser(self) -> Browser:
        """A browser without a sign-in."""
        return Browser(self.app.test_client())

    def participant(self, email: str = "guest@example.org") -> Someone:
        """A person who signs in by an emailed link."""
        with upkeep(system(Purpose.SIGN_IN)):
            return Someone(accounts_operations.account_for(email, clock.real_now()), email)

    def member(self, email: str = "desk@example.org", *roles: InstallationRole) -> Someone:
        """A member of staff with PASSWORD and an authenticator app."""
        folder = self.app.extensions["dialogues"].settings.instance
        kept, now = password_hash(folder), clock.real_now()
        with upkeep(system(Purpose.SIGN_IN)):
            account_id = accounts_operations.account_for(email, now)
            accounts_operations.make_staff(account_id, now)
            db.session.execute(update(Account).where(Account.id == account_id).values(password_hash=kept))
            for role in roles:
                accounts_operations.give_installation_role(account_id, role)
            accounts_operations.prepare_factor(account_id)
            factor = accounts_queries.factor_of(account_id, confirmed=False)
            assert factor is not None
            factor.confirmed_at = now
            shared_secret = accounts_operations.unseal_shared_secret(account_id, factor.id, factor.secret)
        return Someone(account_id, email, shared_secret)

    def host(self, email: str = "host@example.org") -> Someone:
        return self.member(email, InstallationRole.HOST)

    def signed_in_browser(self, someone: Someone, proofs: frozenset[Proof] = BOTH) -> Browser:
        """A browser with a sign-in that is written to the database directly."""
        browser = self.browser()
        with upkeep(system(Purpose.SIGN_IN)):
            handle = accounts_operations.open_sign_in(
                someone.account_id, proofs, now=clock.real_now(), longest=timedelta(hours=12), browser="Firefox · Linux"
            )
        with browser.client.session_transaction() as cookie:
            cookie["_user_id"] = handle
        return browser

    def viewer(self, browser: Browser) -> Viewer:
        """The viewer of this browser's sign-in."""
        with browser.client.session_transaction() as cookie:
            handle = cookie["_user_id"]
        day = timedelta(days=1)
        found = accounts_queries.load_sign_in(
            handle, Terms(day, day, day, day, demo=self.app.config["DEMO"]), clock.real_now()
        )
        assert found is not None
        db.session.rollback()
        return found.viewer

    def link(
        self,
        someone: Someone,
        purpose: LinkPurpose = LinkPurpose.SIGN_IN,
        expires_in: timedelta = timedelta(hours=1),
    ) -> str:
        """The path of a new emailed link."""
        now = clock.real_now()
        with upkeep(system(Purpose.SIGN_IN)):
            token = accounts_operations.mint_link(purpose, someone.account_id, expires_at=now + expires_in, now=now)
            return f"/links/{token}"

    def sign_ins(self, someone: Someone) -> list[SignIn]:
        """All sign-ins of a person, ended ones included."""
        db.session.rollback()
        return list(db.session.execute(select(SignIn).where(SignIn.account_id == someone.account_id)).scalars())

    def emails(self) -> list[Email]:
        """All emails in the queue that have a recipient."""
        db.session.rollback()
        return list(db.session.execute(select(Email).where(Email.account_id.is_not(None))).scalars())

    def account(self, email: str) -> Account | None:
        db.session.rollback()
        return accounts_queries.account_by_email(email)

    def factor(self, someone: Someone) -> Factor | None:
        """The second factor that is in use."""
        db.session.rollback()
        return accounts_queries.factor_of(someone.account_id, confirmed=True)

    def at(self, sign_in: SignIn, **moments: datetime) -> None:
        """Change when a sign-in was opened or last seen."""
        with upkeep(system(Purpose.SIGN_IN)):
            db.session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(**moments))
