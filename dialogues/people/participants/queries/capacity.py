"""Finds nominations that need a coordinator's approval as participant.

Focal points cannot make themselves a participant, nor people whom their party has listed in another capacity.
"""

import re
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from dialogues.core.accounts import queries as accounts
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.textsearch.folding import folded
from dialogues.meetings.dialogues.models import MeetingParty, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import on_party_list, person_of
from dialogues.policy import NOMINATE, Scope

#: A name as its holder styles it, and in its own script.
Names = tuple[str, str]
NEEDS_APPROVAL = N_(
    "%(name)s becomes a participant after the coordinator's approval. Name them on the form “Name a person” first."
)


def own_person(viewer: Viewer, address: str | None) -> UUID | None:
    """Returns the viewer's person if the address belongs to the viewer, in this or another dialogue.

    An address that the viewer requested and did not confirm does not count, because the result would reveal whether
    another person uses it.
    """
    return viewer.person_id if address and same_address(address) in _own_addresses(viewer) else None


def needs_approval(viewer: Viewer, row: MeetingParty, names: Names, address: str | None) -> bool:
    return bool(_people_needing_approval(viewer, row, names, address))


def refuse_change_of_person(
    viewer: Viewer, participation: Participation, former: tuple[Names, str | None], updated: tuple[Names, str | None]
) -> None:
    """Compares names and address of a nominee before and after a change; a coordinator may change both.

    :raises Refusal: the edit would turn a participant into a person who needs approval as participant.
    """
    if participation.capacity is not Capacity.PARTICIPANT or Scope.ALL in viewer.scopes(NOMINATE):
        return
    known = _people_needing_approval(viewer, participation, *former, participation.id)
    if _people_needing_approval(viewer, participation, *updated, participation.id) - known:
        raise Refusal(NEEDS_APPROVAL, field="name", name=updated[0][0])


@reading(Purpose.CHECK)
def _people_needing_approval(
    viewer: Viewer, row: MeetingParty | Participation, names: Names, address: str | None, exclude: UUID | None = None
) -> set[UUID | None]:
    """Returns the matching participations for which only a coordinator may approve the capacity participant.

    None in the result stands for the viewer, matched by address or name. The others are present and former people on
    the party's list in another capacity. Names are compared without case, accents, order, spaces and punctuation,
    because one person may have two addresses. The viewer's own name may have extra words, such as a title.

    :param exclude: a participation to ignore.
    """
    same, written = same_address(address) if address else None, [_words(name) for name in names if name]
    own = db.session.execute(select(Person.name, Person.native).where(_is_own(viewer))).all()
    own_names = [_words(one) for known in own for one in known if one]
    account = accounts.account_in_use(viewer.account_id)
    requested = {same_address(account.wanted_email)} if account and account.wanted_email else set()
    is_own = same is not None and same in _own_addresses(viewer) | requested
    found: set[UUID | None] = (
        {None} if is_own or any(_is_name(one, words) for one in own_names for words in written) else set()
    )
    others = (
        select(Participation.id, Person.name, Person.email_norm, Participation.claimed_email)
        .join(Person, person_of())
        .where(on_party_list(row), Participation.capacity != Capacity.PARTICIPANT)
    )
    for other in db.session.execute(others):
        addresses = {other.email_norm, same_address(other.claimed_email) if other.claimed_email else None} - {None}
        is_same = any(_same_letters(_words(other.name), words) for words in written)
        if other.id != exclude and (same in addresses or is_same):
            found.add(other.id)
    return found


@reading(Purpose.CHECK)
def _own_addresses(viewer: Viewer) -> set[str]:
    account = accounts.account_in_use(viewer.account_id)
    persons = select(Person.email_norm).where(_is_own(viewer), Person.email_norm.is_not(None))
    written = (account.email, account.former_email) if account else ()
    return {*db.session.scalars(persons), *(same_address(one) for one in written if one)}


def _is_own(viewer: Viewer) -> ColumnElement[bool]:
    return and_(Person.account_id.is_not(None), Person.account_id == viewer.account_id)


def _is_name(name: frozenset[str], words: frozenset[str]) -> bool:
    return _same_letters(words, name) or (len(name) > 1 and name <= words)


def _same_letters(one: frozenset[str], other: frozenset[str]) -> bool:
    """Compares names without the order and the spaces of their words, because a space can be left out."""
    return sorted("".join(one)) == sorted("".join(other))


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", folded(name)))
