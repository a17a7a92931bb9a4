"""The role address that an entry's letters come from and its answers come back to, minted once per entry."""

from uuid import UUID

from dialogues.invites.rules import answer_token, with_token
from dialogues.keys.installed import key_store
from dialogues.keys.rules import KeyName
from dialogues.outbox.composing import own_address

_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"


def mint_address(dialogue_id: UUID, *, uid: str, entry_id: UUID) -> str:
    """The installation's own address with the entry's token, under the dialogue's present key.

    :raises KeyErased: the dialogue's key was erased; it mails no invites any more.
    """
    key = key_store().current(KeyName("answers", dialogue_id))
    token = answer_token(key.secret, key_id(key.version), uid=uid, entry_id=str(entry_id))
    return with_token(own_address(), token)


def key_id(version: int) -> str:
    """The version of a key as one to four letters and digits that survive any mail system."""
    digits = ""
    while version or not digits:
        version, digit = divmod(version, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
