"""The order of names in a language, by ICU; loaded at its first use, for it is large."""

from functools import lru_cache
from typing import Any

#: The longest text that an order looks at; more does not tell two names apart.
_LONGEST = 200
#: What is kept of a key, as wide as its column: some signs sort as whole sentences.
_LONGEST_KEY = 2000


#: Doubled consonants after the simple ones and ieung last; compound vowels and doubled finals last. Unicode knows but
#: the order of Seoul, so this one is told in the letters that syllables are made of.
_OWN_RULES = {"ko-x-late-ieung": "&ᄒ<ᄁ<ᄄ<ᄈ<ᄊ<ᄍ<ᄋ&ᅵ<ᅢ<ᅤ<ᅦ<ᅨ<ᅬ<ᅱ<ᅴ<ᅪ<ᅯ<ᅫ<ᅰ&ᇂ<ᆩ<ᆻ"}


def collation_key(text: str, language: str = "") -> str:
    """What the text sorts by, in hexadecimal: comparing two keys letter by letter is the order on every database.

    :param language: as in BCP 47, with the keyword of a collation if need be; "" is the order of all languages.
    """
    return str(_collator(language).getSortKey(text[:_LONGEST]).hex())[:_LONGEST_KEY]


@lru_cache(maxsize=16)
def _collator(language: str) -> Any:
    import icu

    if language in _OWN_RULES:
        return icu.RuleBasedCollator(_OWN_RULES[language])
    return icu.Collator.createInstance(icu.Locale.forLanguageTag(language) if language else icu.Locale.getRoot())
