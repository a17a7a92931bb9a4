"""A storm: people work, emails are sent, and processes are killed at random; then everything is checked."""

import os
import random
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from threading import Event
from typing import Any

from sqlalchemy import Engine, create_engine, select, text, update

from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import UNSENT
from dialogues.meetings.dialogues.models import Person
from dialogues.settings import Settings
from faults.people import Browser, Work, at_work, invite_people, saved_note, write_notes
from faults.processes import children_of, command, environment_of, free_port, start_web, start_worker
from tests.beds.mail import MailServer

#: One of so many kills hits the whole web; one of so many a worker; the others hit one process of the web.
_WEB, _WORKER = 12, 4
_INVITERS = 3
#: The share of kills before which people get something done, and how many seconds that may take.
_KILLS_AFTER_WORK, _LONGEST_WAIT = 0.8, 30


@dataclass(slots=True)
class Outcome:
    """What a storm left behind. Everything after `repeated` must be 0."""

    kills: int
    acknowledged: int = 0
    emails: int = 0
    repeated: int = 0
    lost: int = 0
    without_email: int = 0
    different_bytes: int = 0
    phantom: int = 0
    wrong_answers: int = 0
    damage: list[str] = field(default_factory=list)

    @property
    def faults(self) -> dict[str, Any]:
        found = {
            "lost": self.lost,
            "without email": self.without_email,
            "different bytes": self.different_bytes,
            "phantom": self.phantom,
            "wrong answers": self.wrong_answers,
            "damage": self.damage,
        }
        return {name: number for name, number in found.items() if number}


@dataclass(slots=True)
class Processes:
    """The web and two workers of one installation."""

    environment: Mapping[str, str]
    port: int
    web: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]

    def kill_one(self, chance: random.Random) -> None:
        """Kill a web process, the whole web server or a worker, and restart what does not restart by itself."""
        number = chance.randrange(_WEB * _WORKER)
        if number % _WEB == 0:
            _kill(self.web)
            self.web = start_web(self.environment, self.port)
        elif number % _WORKER == 0:
            worker = self.workers.pop(0)
            _kill(worker)
            self.workers.append(start_worker(self.environment))
        else:
            for pid in chance.sample(sorted(children_of(self.web)), 1):
                os.kill(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        for process in (self.web, *self.workers):
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    # Each was started in a session of its own, so its group is the process and its children.
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def storm(settings: Settings, smtp: MailServer, sample: Mapping[str, Any], *, kills: int, seed: int) -> Outcome:
    """Run a storm on an installation with the sample. The seed decides whom each kill hits and when."""
    chance, stop, work, port = random.Random(seed), Event(), Work(), free_port()  # noqa: S311  no secret
    environment = environment_of(replace(settings, base_url=f"http://localhost:{port}"))
    notes = f"/meetings/{sample['meetings']['TRD-1']}/notes/{sample['sessions']['TRD-1-08']}/raw"
    links = [sample["sign_in"][name] for name in ("st-coord", "st-rap1")]
    with ExitStack() as ends:
        running = Processes(
            environment, port, start_web(environment, port), [start_worker(environment) for _one in range(2)]
        )
        ends.callback(running.kill_all)
        coordinator, rapporteur = (Browser.signed_in(port, link) for link in links)
        invite = partial(invite_people, coordinator, sample["meetings"]["LVR-1"], work)
        people = at_work(
            *(partial(invite, str(number), stop) for number in range(_INVITERS)),
            partial(write_notes, rapporteur, notes, work, stop),
        )
        ends.callback(stop.set)
        for _kill_number in range(kills):
            _let_them_work(work, chance)
            running.kill_one(chance)
        stop.set()
        for person in people:
            person.join()
        running.kill_all()
        running.web = start_web(environment, port)
        note = saved_note(rapporteur, notes)
    outcome = Outcome(kills, acknowledged=work.acknowledged, wrong_answers=len(work.wrong_answers))
    outcome.lost += note < work.last_note
    _deliver_the_rest(settings, environment)
    _check(outcome, settings, environment, work, smtp)
    return outcome


def _let_them_work(work: Work, chance: random.Random) -> None:
    """Mostly wait until something more is acknowledged; some kills hit processes that have just started."""
    before, until = work.acknowledged, time.monotonic() + _LONGEST_WAIT
    if chance.random() < _KILLS_AFTER_WORK:
        while work.acknowledged == before and time.monotonic() < until:
            time.sleep(0.02)
    time.sleep(chance.uniform(0, 0.3))


def _deliver_the_rest(settings: Settings, environment: Mapping[str, str]) -> None:
    """Send what killed workers have begun, as they would after the leases have ended."""
    engine = _engine(settings)
    with engine.begin() as connection:
        rest = update(Email).where(Email.state.in_(UNSENT))
        connection.execute(rest.values(lease_until=datetime(2000, 1, 1, tzinfo=UTC), due_at=None))
    engine.dispose()
    command(environment, "outbox", "deliver")


def _check(outcome: Outcome, settings: Settings, environment: Mapping[str, str], work: Work, smtp: MailServer) -> None:
    engine = _engine(settings)
    with engine.connect() as connection:
        persons = set(connection.scalars(select(Person.email_norm).where(Person.email_norm.like("storm-%"))))
        known = set(connection.scalars(select(Email.message_id)))
        if engine.dialect.name == "sqlite":
            outcome.damage += [line for line in connection.scalars(text("PRAGMA integrity_check")) if line != "ok"]
    engine.dispose()
    copies: dict[str, list[bytes]] = defaultdict(list)
    reached = Counter[str]()
    for email in smtp.emails:
        copies[str(email.message["Message-ID"])].append(email.content)
        reached.update(email.recipients)
    outcome.emails = len(smtp.emails)
    outcome.repeated = len(smtp.emails) - len(copies)
    outcome.lost += len(work.invited - persons)
    outcome.without_email = len(persons - set(reached))
    outcome.different_bytes = sum(len(set(contents)) > 1 for contents in copies.values())
    stormy = {address for address in reached if address.startswith("storm-")}
    outcome.phantom = len(set(copies) - known) + len(stormy - persons)
    try:
        command(environment, "audit", "verify")
    except subprocess.CalledProcessError as failed:
        outcome.damage.append(f"audit: {failed.stdout}")


def _engine(settings: Settings) -> Engine:
    if not settings.is_sqlite:
        return create_engine(settings.database)
    import pysqlite3.dbapi2

    return create_engine(settings.database, module=pysqlite3.dbapi2)
