"""The order that ranks nobody: parties by a language or by their cities, from the place that a lot drew."""

from collections.abc import Mapping

from dialogues.meetings.dialogues.rules.kinds import PartyOrder

#: How ICU calls the collation that each order of parties needs.
LANGUAGES = {
    PartyOrder.ENGLISH: "en",
    PartyOrder.FRENCH: "fr",
    PartyOrder.RUSSIAN: "ru",
    PartyOrder.PINYIN: "zh-u-co-pinyin",
    PartyOrder.KOREAN: "ko",
    PartyOrder.KOREAN_LATE_IEUNG: "ko-x-late-ieung",
    PartyOrder.CITY: "en",
}


#: The languages whose names a party is ordered by; by city, English is the language of both.
_LANGUAGE = {
    PartyOrder.ENGLISH: "en",
    PartyOrder.FRENCH: "fr",
    PartyOrder.RUSSIAN: "ru",
    PartyOrder.PINYIN: "zh",
    PartyOrder.KOREAN: "ko",
    PartyOrder.KOREAN_LATE_IEUNG: "ko",
    PartyOrder.CITY: "en",
}


def language_of(order: PartyOrder) -> str:
    """The language in which an order reads the names."""
    return _LANGUAGE[order]


def stands_as(order: PartyOrder, names: Mapping[str, str], city: str | None, code: str) -> str:
    """What a party is ordered by, from the dialogue's own list: where a name is missing the English one, then the code.

    A party without a city stands among the cities by its English name.
    """
    by_name = names.get(language_of(order)) or names.get("en") or code
    return city or by_name if order is PartyOrder.CITY else by_name
