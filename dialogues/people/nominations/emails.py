"""The emails of this feature; an invitation link's secret is made when its email leaves; the older one ends soon."""

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


def lists_opened(letter: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """That lists can be read now, without saying of what or of whom; None for someone who reads them no more."""
    return _news(letter, _l("the participants lists are open to each other now. To read them, please sign in:"))


def list_changed(letter: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """That an opened list has changed, and nothing of how; None for someone who reads it no more."""
    return _news(letter, _l("a participants list has changed since it was opened. To read how, please sign in:"))


def exchange_set(letter: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """That the time of the exchange was set or changed, without the time; None for someone whom it concerns no more."""
    words = _l("the time at which the participants lists open was set or changed. To read it, please sign in:")
    return _news(letter, words, page="")


def _news(letter: DueEmail, words: Any, page: str = "/participants") -> Composed | None:
    told = participants.news_recipient(letter.listed_under, letter.person_id, letter.kind)
    if told is None:
        return None
    with force_locale(told.locale):
        return Composed(
            recipient=told.email,
            subject=_("The participants list"),
            text=_(
                "Dear %(name)s,\n\n%(words)s\n\n%(page)s\n",
                name=unlinked(told.name),
                words=str(words),
                page=f"{own_base_url()}/meetings/{letter.listed_under}{page}",
            ),
            language=told.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.EXCHANGE_SET: exchange_set,
    EmailKind.LISTS_OPENED: lists_opened,
    EmailKind.LIST_CHANGED: list_changed,
}
