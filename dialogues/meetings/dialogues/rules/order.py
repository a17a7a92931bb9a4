"""Neutral order of parties, by names in a language or by cities."""

from collections.abc import Mapping

from dialogues.meetings.dialogues.rules.kinds import PartyOrder

#: ICU collation for each order of parties.
LANGUAGES = {
    PartyOrder.ENGLISH: "en",
    PartyOrder.FRENCH: "fr",
    PartyOrder.RUSSIAN: "ru",
    PartyOrder.PINYIN: "zh-u-co-pinyin",
    PartyOrder.KOREAN: "ko",
    PartyOrder.KOREAN_LATE_IEUNG: "ko-x-late-ieung",
    PartyOrder.CITY: "en",
}


def language_of(order: PartyOrder) -> str:
    """Return the language of the names an order uses; cities and the names that replace them are in English."""
    return LANGUAGES[order].split("-")[0]


def stands_as(order: PartyOrder, names: Mapping[str, str], city: str | None, code: str) -> str:
    """Return the text a party is sorted by: its name in the order's language, else in English, else its code.

    By city, a party without a city is sorted by its English name.
    """
    by_name = names.get(language_of(order)) or names.get("en") or code
    return city or by_name if order is PartyOrder.CITY else by_name
