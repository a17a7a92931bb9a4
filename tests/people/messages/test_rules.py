"""Names in a message are found in every spelling."""

from uuid import uuid4

import pytest

from dialogues.people.messages.rules import NamedPerson, Reader, names_not_visible_to_all


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("\uf9e1明", "Please ask 李明 about it."),  # the Han letter of a Korean code page
        ("\ufa19谷 光", "神谷 光 asks."),
        ("王\U0002ebf1", "王\U0002ebf1が来ます。"),
        ("Jiří Dvořák", "Jir\u030ci\u0301 Dvor\u030ca\u0301k asks."),
        ("KIM Ji-won", "Ｋｉｍ Ｊｉ－ｗｏｎ asks."),
    ],
)
def test_a_name_is_found_in_another_spelling_of_its_letters(name: str, text: str) -> None:
    named = NamedPerson(person_id=uuid4(), party_id=uuid4(), names_used=(name,), is_listed=False)

    assert names_not_visible_to_all(text, [named], [Reader(person_id=uuid4())]) == {name: 1}
