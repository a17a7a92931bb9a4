"""Emails about lists and the exchange. They contain no names and no times."""

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.lib.text import unlinked
from dialogues.people.participants.queries.news import news_recipient

_TEXTS = {
    EmailKind.EXCHANGE_SET: _l(
        "the time at which the participants lists open was set or changed. To read it, please sign in:"
    ),
    EmailKind.LISTS_OPENED: _l("the participants lists are open to each other now. To read them, please sign in:"),
    EmailKind.LIST_CHANGED: _l("a participants list has changed since it was opened. To read how, please sign in:"),
}


def list_news(due_email: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """Composes an email about lists; None if it no longer concerns the recipient, or they may no longer read them."""
    person = news_recipient(due_email.listed_under, due_email.person_id, due_email.kind)
    if person is None or person.email is None:
        return None
    page = "" if due_email.kind is EmailKind.EXCHANGE_SET else "/participants"
    with force_locale(person.locale):
        return Composed(
            recipient=person.email,
            subject=_("The participants list"),
            text=_(
                "Dear %(name)s,\n\n%(words)s\n\n%(page)s\n",
                name=unlinked(person.name),
                words=str(_TEXTS[due_email.kind]),
                page=f"{own_base_url()}/meetings/{due_email.listed_under}{page}",
            ),
            language=person.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = dict.fromkeys(_TEXTS, list_news)
