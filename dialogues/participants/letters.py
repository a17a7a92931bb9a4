"""The letter with a personal registration link: the secret is made when it leaves, and voids the one before."""

from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.common.presentation import day, moment
from dialogues.common.refusal import Unseen
from dialogues.outbox.composing import own_base_url
from dialogues.outbox.rules import Composed, Composer, LetterKind, OwedLetter
from dialogues.participants import posting, queries
from dialogues.participants.queries import Invitation
from dialogues.participants.rules import link_address, link_expires, may_answer


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
            city=words.city,
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
        name=words.name,
        about=about,
        link=link,
        until=moment(expires_at, words.zone),
    )
    return text


COMPOSERS: dict[LetterKind, Composer] = {LetterKind.INVITATION: invitation}
