"""Under what a person is listed and found, and how a telephone number is dialled."""

import unicodedata

from dialogues.meetings.dialogues.rules.kinds import NameOrder


def sort_key(name: str, family: str, given: str, order: NameOrder) -> str:
    """Under what a person stands in a list, as it is written: the family name, or the given where people go by that."""
    parts = (given, family) if order is NameOrder.PATRONYMIC_GIVEN else (family, given)
    written = " ".join(part for part in parts if part) or name
    return written[:200]


def folded(text: str) -> str:
    """The text as searches compare it: without case and accents."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in bare if not unicodedata.combining(character))[:400]


def dialling(telephone: str) -> str:
    """The number as a telephone dials it; empty when it holds no number."""
    digits = "".join(character for character in telephone if character.isascii() and character.isdigit())
    return ("+" if telephone.strip().startswith("+") else "") + digits if digits else ""
