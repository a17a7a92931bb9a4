"""The email with a personal attendance code. Its secret is created when the email is sent."""

from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.extensions import db
from dialogues.lib.mail.parts import Composed
from dialogues.lib.qr_code import png
from dialogues.lib.text import unlinked
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.dialogues.rules.kinds import OVER
from dialogues.onsite.attendance import operations
from dialogues.onsite.attendance.rules import code_address
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus


def attendance_code(email: DueEmail, now: datetime) -> Composed | None:
    """Return an email with a new code that names no meeting.

    Returns None if the person no longer takes part, the coordinator withdrew the approval, or the meeting is over.
    """
    participation = db.session.get(Participation, UUID(str(email.facts["participation_id"])))
    if participation is None or not participation.approved_at:
        return None
    if participation.status is not ParticipationStatus.CONFIRMED:
        return None
    person = db.session.get_one(Person, participation.person_id)
    meeting = db.session.get_one(Meeting, participation.meeting_id)
    expires_at = operations.meeting_codes_expire_at(meeting.id)
    if person.email is None or meeting.status in OVER or expires_at <= now:
        return None
    secret = operations.mint_code(participation.id, expires_at=expires_at, now=now)
    address = code_address(own_base_url(), secret)
    with force_locale(person.locale):
        text = _(
            "Dear %(name)s,\n\n"
            "Attached is your personal code. Please show it to the liaison desk when you come to the table,\n"
            "on your telephone or on paper; the desk then marks that you are there. Without it, say your name.\n\n"
            "The code says this address, which opens nothing except at the desk:\n\n"
            "%(address)s\n\n"
            "Please do not pass this letter on.\n",
            name=unlinked(person.name),
            address=address,
        )
        return Composed(
            recipient=person.email,
            subject=_("Your code"),
            text=text,
            picture=png(address),
            has_secret=True,
            language=person.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = {EmailKind.ATTENDANCE_CODE: attendance_code}
