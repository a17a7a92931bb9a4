"""What tests of deletion enter, and what is stored of it."""

from datetime import datetime

from flask import Flask
from sqlalchemy import select

from dialogues.extensions import db
from dialogues.people.documents.models import DestructionCertificate, SealedField
from tests.beds.forms import send
from tests.cast import Cast

CANARY = "CANARYwhimbrel83"
DAY_OF_PURGE = datetime.fromisoformat("2027-06-27T00:30+08:00")


def enter_documents(cast: Cast, trd: str, name: str = "us4", **typed: str) -> None:
    answers = {"diet_text": CANARY, "visa_note": CANARY, "flights_arrival": CANARY, **typed}
    assert send(cast.client(name), f"{trd}/registration/needs", **answers).status_code == 303


def stored_fields(app: Flask) -> list[SealedField]:
    with app.app_context():
        return list(db.session.scalars(select(SealedField)))


def certificates(app: Flask) -> list[DestructionCertificate]:
    with app.app_context():
        return list(db.session.scalars(select(DestructionCertificate).order_by(DestructionCertificate.at)))
