"""Which passwords are refused and which are accepted."""

import pytest

from dialogues.lib.auth.passwords import normal, refuse_weak
from dialogues.lib.refusal import Refusal


@pytest.mark.parametrize(
    "password",
    [
        "",
        "fourteen chars",
        "x" * 129,
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "password password password",
        "Password1234567890!",
        "qwertyuiopasdfghjkl",
        "123456789012345678",
        "abcdefghijklmnopqrstuvwxyz",
        "correct horse battery staple",
        "letmeinplease2026!!",
        "Dialogues Meeting Agenda 1",
        "Ulaanbaatar-Geneva-2027",
        "ines.mustermann@2027",
        "пароль пароль пароль1",
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(Refusal) as refused:
        refuse_weak(password, about=["ines.mustermann@example.org"])
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        "velvet anchor tundra plumage",
        "kK7#vX!q2Lm9$wZp",
        "лампа гранит облако телега",
        "한강 바람개비 도토리 우산 거북",
        "fifteen letterz",
    ],
)
def test_unrelated_words_or_random_characters_are_accepted(password: str) -> None:
    refuse_weak(password, about=["ines.mustermann@example.org"])


def test_no_kind_of_character_is_required() -> None:
    refuse_weak("velvetanchortundraplumage")


def test_a_password_is_the_same_in_each_unicode_form() -> None:
    assert normal("e\u0301") == normal("\u00e9")
