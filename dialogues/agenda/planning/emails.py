"""The email about new time zone data. It names neither meeting nor sessions."""

from datetime import datetime

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.extensions import db
from dialogues.lib.mail.parts import Composed
from dialogues.lib.text import unlinked
from dialogues.meetings.dialogues.models import Person
from dialogues.people.participants.queries.news import holders
from dialogues.policy import Role


def zone_data_changed(due: DueEmail, _now: datetime) -> Composed | None:
    """Composes the email that tells a coordinator which sessions moved; None if they are no longer a coordinator."""
    held = holders(due.listed_under, due.person_id).get(due.person_id) if due.listed_under and due.person_id else None
    if held is None or Role.COORDINATOR not in held.roles:
        return None
    person = db.session.get_one(Person, due.person_id)
    if person.email is None:
        return None
    with force_locale(person.locale):
        sessions = int(due.facts["sessions"])
        return Composed(
            recipient=person.email,
            subject=_("The agenda and new time zone data"),
            text=_(
                "Dear %(name)s,\n\n%(sessions)s\n\n%(people)s\n\n%(page)s\n",
                name=unlinked(person.name),
                sessions=ngettext(
                    "a country changed its clocks. %(num)s session of the published agenda keeps its local time, so it "
                    "begins earlier or later for everyone in another time zone. A new version of the agenda shows "
                    "this; nothing else in it is new.",
                    "a country changed its clocks. %(num)s sessions of the published agenda keep their local times, so "
                    "they begin earlier or later for everyone in another time zone. A new version of the agenda shows "
                    "this; nothing else in it is new.",
                    sessions,
                ),
                people=_("The people concerned get an email. Please check flights and calls from abroad:"),
                page=f"{own_base_url()}/meetings/{due.listed_under}/agenda",
            ),
            language=person.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = {EmailKind.ZONE_DATA_CHANGED: zone_data_changed}
