"""Sort keys and search forms of names; telephone links."""

import unicodedata

from dialogues.meetings.dialogues.rules.kinds import NameOrder


def sort_key(name: str, family: str, given: str, order: NameOrder) -> str:
    """Return the text to sort a person by: family name first, but given name first for patronymic names."""
    parts = (given, family) if order is NameOrder.PATRONYMIC_GIVEN else (family, given)
    written = " ".join(part for part in parts if part) or name
    return written[:200]


def folded(text: str) -> str:
    """Return the text as searches compare it: without case and accents, at most 400 characters."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))[:400]


def dialling(telephone: str) -> str:
    """Return the digits of the number for a `tel:` link, with a leading "+" if it has one; "" if there is none."""
    digits = "".join(character for character in telephone if character.isascii() and character.isdigit())
    return ("+" if telephone.strip().startswith("+") else "") + digits if digits else ""
