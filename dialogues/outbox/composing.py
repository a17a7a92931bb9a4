"""What the outbox is handed from above: who composes which letter, and how a person is called."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from dialogues.outbox.rules import Composer, LetterKind
from dialogues.settings import Settings

#: Who composes a letter of each kind; filled by the factory from the features' `letters.COMPOSERS`.
composers: dict[LetterKind, Composer] = {}


@dataclass(slots=True)
class Directory:
    """What lower code needs from above, handed over by the factory."""

    #: The names of persons, by their ids, for a reader who may see them; unknown ids are left out.
    names: Callable[[Collection[UUID]], Mapping[UUID, str]] = lambda _ids: {}


directory = Directory()


def own_address() -> str:
    """The installation's own address, from which letters come that name no sender."""
    settings: Settings = current_app.extensions["dialogues.settings"]
    return settings.mail_sender


def own_domain() -> str:
    """The domain in which letters are numbered."""
    return own_address().rpartition("@")[2]


def own_base_url() -> str:
    """Where this installation is reached; letters make links of such addresses and of no others."""
    settings: Settings = current_app.extensions["dialogues.settings"]
    return settings.base_url.rstrip("/")
