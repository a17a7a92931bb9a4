"""A short storm of kills; `make faults` runs a long one."""

from typing import Any

import pytest

from faults.storm import storm
from tests.beds.database import Installation
from tests.beds.mail import MailServer

pytestmark = pytest.mark.engine


def test_kills_of_processes_lose_and_invent_nothing(
    installation: Installation, smtp: MailServer, sample: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "seconds_to_answer", 0.1)
    outcome = storm(installation.settings(mail_url=smtp.url), smtp, sample, kills=8, seed=7)
    assert outcome.faults == {}
    assert outcome.acknowledged > 0
    assert outcome.emails > 0
    assert outcome.repeated <= outcome.kills
