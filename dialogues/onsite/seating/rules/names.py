"""Names on plates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dialogues.meetings.dialogues.rules.kinds import NameOrder

_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CYRILLIC = re.compile("[\u0400-\u052f]")


@dataclass(frozen=True, slots=True)
class StyledName:
    """A name as its holder writes it, split around the emphasised part `family`."""

    before: str
    family: str
    after: str


def styled(name: str, family: str, given: str, order: NameOrder) -> StyledName:
    """Return the name with its family name emphasised, or the given name for patronymic names.

    If that part is unknown or not found in the name, nothing is emphasised.
    """
    wanted = given if order is NameOrder.PATRONYMIC_GIVEN else family
    begin = name.casefold().rfind(wanted.casefold()) if wanted else -1
    if order is NameOrder.FAMILY_FIRST and wanted:
        begin = name.casefold().find(wanted.casefold())
    # Casefolding can change the length of a name; the positions would then not fit the name.
    if begin < 0 or len(name.casefold()) != len(name):
        return StyledName(name, "", "")
    end = begin + len(wanted)
    return StyledName(name[:begin], name[begin:end], name[end:])


def script_language(native: str, languages: Iterable[str] = ()) -> str:
    """Return the language code for the font of a native name, "" if there is none.

    Needed because Chinese and Japanese fonts draw the same Han characters differently.
    """
    if _HANGUL.search(native):
        return "ko"
    if _KANA.search(native):
        return "ja"
    if _HAN.search(native):
        return next((one for one in languages if one in {"zh", "ja", "ko"}), "zh")
    if _CYRILLIC.search(native):
        return next((one for one in languages if one in {"ru", "mn"}), "ru")
    return ""
