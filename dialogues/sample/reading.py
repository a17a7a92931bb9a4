"""The sample as written in YAML, read once."""

from functools import lru_cache
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).with_name("dialogues.yaml")


#: One signed-in person for every role, in the order in which the demonstration prints them.
PERSONAS = {
    "st-host": "host lead",
    "st-coord": "coordinator",
    "ch1": "co-chair",
    "kr1": "focal point",
    "us4": "participant",
    "xo2": "observer",
    "in-ko1": "interpreter",
    "st-rap1": "rapporteur",
    "st-arch": "archivist",
    "st-travel": "travel desk",
}


@lru_cache(maxsize=1)
def sample() -> dict[str, Any]:
    """The whole sample: parties, persons, staff, dialogues, notes, archive and fixtures."""
    import yaml  # Only for who loads the sample: web processes do without.

    content: dict[str, Any] = yaml.safe_load(SAMPLE.read_text("utf-8"))
    return content


def address(person: dict[str, Any]) -> str | None:
    """The e-mail address of a person of the sample; None for those whom someone else registers."""
    return None if person.get("registered_by") else f"{person['id']}@example.invalid"
