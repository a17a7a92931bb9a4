"""The order of names in a language, by ICU; loaded at its first use, for it is large."""

from functools import lru_cache
from typing import Any

#: The longest text that an order looks at; more does not tell two names apart.
_LONGEST = 200


def collation_key(text: str, language: str = "") -> str:
    """What the text sorts by, in hexadecimal: comparing two keys letter by letter is the order on every database.

    :param language: as in BCP 47, with the keyword of a collation if need be; "" is the order of all languages.
    """
    return str(_collator(language).getSortKey(text[:_LONGEST]).hex())


@lru_cache(maxsize=16)
def _collator(language: str) -> Any:
    import icu

    return icu.Collator.createInstance(icu.Locale.forLanguageTag(language) if language else icu.Locale.getRoot())
