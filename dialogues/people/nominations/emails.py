"""Emails about lists and the exchange. They contain no names and no times."""

from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.lib.text import unlinked
from dialogues.people.participants.queries import news as participants


def lists_opened(due_email: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """Composes the email after the exchange; None if the recipient may no longer read the lists."""
    return _news(due_email, _l("the participants lists are open to each other now. To read them, please sign in:"))


def list_changed(due_email: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """Composes the email about a changed list, without the change; None if the recipient may no longer read it."""
    return _news(due_email, _l("a participants list has changed since it was opened. To read how, please sign in:"))


def exchange_set(due_email: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """Composes the email about a changed exchange time, without the time; None if it no longer concerns the person."""
    message = _l("the time at which the participants lists open was set or changed. To read it, please sign in:")
    return _news(due_email, message, page="")


def _news(due_email: DueEmail, message: Any, page: str = "/participants") -> Composed | None:
    recipient = participants.news_recipient(due_email.listed_under, due_email.person_id, due_email.kind)
    if recipient is None:
        return None
    with force_locale(recipient.locale):
        return Composed(
            recipient=recipient.email,
            subject=_("The participants list"),
            text=_(
                "Dear %(name)s,\n\n%(words)s\n\n%(page)s\n",
                name=unlinked(recipient.name),
                words=str(message),
                page=f"{own_base_url()}/meetings/{due_email.listed_under}{page}",
            ),
            language=recipient.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.EXCHANGE_SET: exchange_set,
    EmailKind.LISTS_OPENED: lists_opened,
    EmailKind.LIST_CHANGED: list_changed,
}
