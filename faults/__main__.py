"""`make faults`: a long storm on both engines, as a table; exits with 1 if anything was lost, doubled or invented."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from dialogues.settings import Settings
from faults.processes import command, environment_of
from faults.storm import Outcome, storm
from tests.beds.certificate import make_certificate
from tests.beds.mail import MailServer, mail_server
from tests.beds.postgres import postgres_server

KILLS = int(os.environ.get("FAULTS_KILLS", "500"))
SEED = int(os.environ.get("FAULTS_SEED", "1"))
ENGINES = os.environ.get("FAULTS_ENGINES", "sqlite postgres").split()


@contextmanager
def installation(engine: str) -> Iterator[tuple[Settings, MailServer, dict[str, Any]]]:
    """A demo installation with the sample, and a mail server that is slow enough to be interrupted."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        smtp = opened.enter_context(mail_server(make_certificate(folder)))
        smtp.seconds_to_answer = 0.2
        settings = Settings(
            instance=folder / "instance",
            database_url=opened.enter_context(postgres_server()) if engine == "postgres" else "",
            secret_key="a secret of the storm, long enough",  # noqa: S106  of a throw-away installation
            mail_url=smtp.url,
            demo=True,
            now=datetime.fromisoformat("2027-05-26T08:00+08:00"),
        )
        environment = environment_of(settings)
        command(environment, "db", "upgrade")
        yield settings, smtp, json.loads(command(environment, "sample", "load", "--json"))


def table(outcomes: dict[str, Outcome]) -> str:
    """One line per figure, one column per engine."""
    lines = [["", *outcomes]]
    for one in fields(Outcome):
        values = [getattr(outcome, one.name) for outcome in outcomes.values()]
        lines.append([one.name.replace("_", " "), *(str(value or 0) for value in values)])
    return "\n".join(f"{line[0]:<18}" + "".join(f"{value:>12}" for value in line[1:]) for line in lines)


def main() -> int:
    outcomes: dict[str, Outcome] = {}
    for engine in ENGINES:
        began = time.monotonic()
        with installation(engine) as (settings, smtp, sample):
            outcomes[engine] = storm(settings, smtp, sample, kills=KILLS, seed=SEED)
        print(f"{engine}: {time.monotonic() - began:.0f} s", flush=True)
    print(f"\n{table(outcomes)}")
    return 1 if any(outcome.faults for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
