"""The sample, read once from YAML."""

from functools import lru_cache
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).with_name("dialogues.yaml")


#: One person for every role, in the order the demonstration prints them.
PERSONAS = ("st-host", "st-coord", "ch1", "kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch", "st-travel")


@lru_cache(maxsize=1)
def sample() -> dict[str, Any]:
    """Return the whole sample: parties, persons, staff, dialogues, notes, archive and test fixtures."""
    import yaml  # Imported here because web processes do not need it.

    content: dict[str, Any] = yaml.safe_load(SAMPLE.read_text("utf-8"))
    return content


def address(person: dict[str, Any]) -> str | None:
    """Return the email address of a sample person, or None if someone else registers them."""
    return None if person.get("registered_by") else f"{person['id']}@example.invalid"
