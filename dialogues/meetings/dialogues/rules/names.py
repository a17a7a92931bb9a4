"""Sort keys and full names; telephone links."""

import re

from dialogues.meetings.dialogues.rules.kinds import NameOrder


def sort_key(name: str, family: str, given: str, order: NameOrder) -> str:
    """Return the text to sort a person by: family name first, but given name first for patronymic names."""
    parts = (given, family) if order is NameOrder.PATRONYMIC_GIVEN else (family, given)
    written = " ".join(part for part in parts if part) or name
    return written[:200]


_HAN_OR_HANGUL = "\u1100-\u11ff\u3005\u3007\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_EAST_ASIAN_FAMILY = re.compile(f"[{_HAN_OR_HANGUL}]+")
_EAST_ASIAN_GIVEN = re.compile(f"[{_HAN_OR_HANGUL}\u3040-\u30ff]+")


def is_east_asian(family: str, given: str) -> bool:
    """Whether the name is in Han or Hangul, where the family name comes first without a space."""
    return bool(_EAST_ASIAN_FAMILY.fullmatch(family) and _EAST_ASIAN_GIVEN.fullmatch(given))


def written_name(family: str, given: str, order: NameOrder) -> str:
    """Return the full name in this order; East Asian names have an order of their own."""
    if is_east_asian(family, given):
        return family + given
    parts = (given, family) if order is NameOrder.GIVEN_FIRST else (family, given)
    return " ".join(part for part in parts if part)


def dialling(telephone: str) -> str:
    """Return the digits of the number for a `tel:` link, with a leading "+" if it has one; "" if there is none."""
    digits = "".join(character for character in telephone if character.isascii() and character.isdigit())
    return ("+" if telephone.strip().startswith("+") else "") + digits if digits else ""
