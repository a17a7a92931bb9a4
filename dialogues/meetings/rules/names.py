"""How a person is sorted, and how a telephone number is dialled."""

import unicodedata

from dialogues.meetings.rules.kinds import NameOrder


def sort_key(name: str, family: str, given: str, order: NameOrder) -> str:
    """By which a person stands in a list: the family name, or the given name where that is what people go by."""
    parts = (given, family) if order is NameOrder.PATRONYMIC_GIVEN else (family, given)
    written = " ".join(part for part in parts if part) or name
    bare = unicodedata.normalize("NFKD", written.casefold())
    return "".join(character for character in bare if not unicodedata.combining(character))[:200]


def dialling(telephone: str) -> str:
    """The number as a telephone dials it; empty when it holds no number."""
    digits = "".join(character for character in telephone if character.isascii() and character.isdigit())
    return ("+" if telephone.strip().startswith("+") else "") + digits if digits else ""
