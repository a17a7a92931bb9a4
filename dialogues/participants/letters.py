"""The emails of this feature; an invitation link's secret is made when its email leaves; the older one ends soon."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues.common.presentation import day, moment
from dialogues.common.refusal import Unseen
from dialogues.common.text import unlinked
from dialogues.outbox.composing import own_base_url
from dialogues.outbox.rules import Composed, Composer, LetterKind, OwedLetter
from dialogues.participants import posting, queries
from dialogues.participants.queries import Invitation, changing, messages, office
from dialogues.participants.rules import link_address, link_expires, may_answer
from dialogues.participants.rules.messages import filled


def invitation(letter: OwedLetter, now: datetime) -> Composed | None:
    """The invitation, in the words its meeting allows; None when there is nothing to answer any more."""
    participation_id = UUID(str(letter.facts["participation_id"]))
    try:
        invited = queries.invitation(participation_id)
    except Unseen:
        return None
    words = invited.words
    if words.email is None or not may_answer(words.status, invited.gathering, now):
        return None
    secret = posting.mint_personal_link(participation_id, now)
    with force_locale(words.locale):
        return Composed(
            recipient=words.email,
            subject=_("Your personal link"),
            text=_text(words, link_address(own_base_url(), secret), link_expires(words.closes_at, now)),
            has_secret=True,
            language=words.locale,
        )


def _text(words: Invitation, link: str, expires_at: datetime) -> str:
    if words.dialogue_title:
        about = _(
            "you are invited to a meeting in %(city)s from %(first)s to %(last)s.",
            city=unlinked(words.city),
            first=day(words.days.first),
            last=day(words.days.last),
        )
    else:
        about = _("an invitation waits for your answer.")
    text: str = _(
        "Dear %(name)s,\n\n"
        "%(about)s\n\n"
        "Please open your personal link, read it there, and accept or decline:\n\n"
        "%(link)s\n\n"
        "Opening the link changes nothing; your answer uses it up. It works until\n%(until)s.\n"
        "After that, or for another answer, the same page sends you a new one while registration is open.\n\n"
        "The link is yours alone: please do not pass this letter on.\n",
        name=unlinked(words.name),
        about=about,
        link=link,
        until=moment(expires_at, words.zone),
    )
    return text


def approval(letter: OwedLetter, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """That the registration is approved, and nothing of what it is for; None if it is approved no longer."""
    told = office.approved(UUID(str(letter.facts["participation_id"])))
    if told is None:
        return None
    with force_locale(told.locale):
        return Composed(
            recipient=told.email,
            subject=_("Your registration"),
            text=_(
                "Dear %(name)s,\n\n"
                "the office has approved your registration. What comes next stands on your page:\n\n"
                "%(page)s\n\n"
                "From now on, changes of your details go to the office first, which answers them there.\n",
                name=unlinked(told.name),
                page=f"{own_base_url()}/meetings/{letter.listed_under}/registration",
            ),
            language=told.locale,
        )


def change_decided(letter: OwedLetter, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """That the office has answered, and nothing of what; None for someone who comes no more."""
    told = changing.decided(UUID(str(letter.facts["participation_id"])))
    if told is None:
        return None
    with force_locale(told.locale):
        return Composed(
            recipient=told.email,
            subject=_("Your registration"),
            text=_(
                "Dear %(name)s,\n\n"
                "there is an answer to what you asked to change. To read it, please sign in:\n\n"
                "%(page)s\n",
                name=unlinked(told.name),
                page=f"{own_base_url()}/meetings/{letter.listed_under}/registration/change",
            ),
            language=told.locale,
        )


def message(letter: OwedLetter, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """A message of the office in its own words; None for someone who has no address any more."""
    told = messages.to_person(UUID(str(letter.facts["message_id"])), letter.person_id)
    if told is None:
        return None
    with force_locale(told.locale):
        meeting = told.meeting or _("the meeting")
        return Composed(
            recipient=told.email,
            subject=told.subject or _("A message from the office"),
            text=filled(told.text, name=told.name, meeting=meeting) + "\n",
            language=told.locale,
        )


def lists_opened(letter: OwedLetter, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """That lists can be read now, without saying of what or of whom; None for someone who reads them no more."""
    return _news(letter, _l("the participants lists are open to each other now. To read them, please sign in:"))


def list_changed(letter: OwedLetter, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """That an opened list has changed, and nothing of how; None for someone who reads it no more."""
    return _news(letter, _l("a participants list has changed since it was opened. To read how, please sign in:"))


def exchange_set(letter: OwedLetter, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """That the time of the exchange was set or changed, without the time; None for someone whom it concerns no more."""
    words = _l("the time at which the participants lists open was set or changed. To read it, please sign in:")
    return _news(letter, words, page="")


def _news(letter: OwedLetter, words: Any, page: str = "/participants") -> Composed | None:
    told = queries.reader_of_news(letter.listed_under, letter.person_id, letter.kind)
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


COMPOSERS: dict[LetterKind, Composer] = {
    LetterKind.EXCHANGE_SET: exchange_set,
    LetterKind.LISTS_OPENED: lists_opened,
    LetterKind.LIST_CHANGED: list_changed,
    LetterKind.INVITATION: invitation,
    LetterKind.REGISTRATION_APPROVED: approval,
    LetterKind.CHANGE_DECIDED: change_decided,
    LetterKind.MESSAGE: message,
}
