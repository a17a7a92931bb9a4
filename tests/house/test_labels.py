"""Labels of enums for people."""

import pytest

from dialogues.lib.labels import Labelled


@pytest.mark.usefixtures("app")
def test_every_value_has_a_label() -> None:
    assert len(Labelled.__subclasses__()) > 40
    assert [value for kind in Labelled.__subclasses__() for value in kind if not value.label] == []
