"""Sort keys of names in a language, from ICU; imported at first use, because it is large."""

from functools import lru_cache
from typing import Any

#: The longest prefix that is compared; more is not needed to sort names.
_MAX_TEXT = 200
#: Limit of a key, as wide as its column, because some characters have very long keys.
_MAX_KEY = 2000

#: The South Korean order of Jamo, which Unicode's data lack: doubled consonants after all simple ones, compound vowels
#: and doubled finals last.
_OWN_RULES = {"ko-x-late-ieung": "&ᄒ<ᄁ<ᄄ<ᄈ<ᄊ<ᄍ<ᄋ&ᅵ<ᅢ<ᅤ<ᅦ<ᅨ<ᅬ<ᅱ<ᅴ<ᅪ<ᅯ<ᅫ<ᅰ&ᇂ<ᆩ<ᆻ"}


def collation_key(text: str, language: str = "") -> str:
    """The sort key in hexadecimal, so that plain text comparison gives the right order on every database.

    :param language: a BCP 47 tag, with a collation keyword if needed; "" is the order for all languages.
    """
    return str(_collator(language).getSortKey(text[:_MAX_TEXT]).hex())[:_MAX_KEY]


@lru_cache(maxsize=16)
def _collator(language: str) -> Any:
    import icu

    if language in _OWN_RULES:
        return icu.RuleBasedCollator(_OWN_RULES[language])
    return icu.Collator.createInstance(icu.Locale.forLanguageTag(language) if language else icu.Locale.getRoot())
