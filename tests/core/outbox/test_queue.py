"""The queue only wakes the worker: no request fails if it is lost, damaged or out of reach."""

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from dialogues.core.common.state import State, state
from dialogues.core.outbox import jobs as outbox
from dialogues.core.outbox.jobs import queue, wake, woken
from dialogues.settings import Settings, SettingsError

pytestmark = pytest.mark.engine


@pytest.fixture
def worker(tmp_path: Path) -> Flask:
    """An application with its own queue."""
    return with_queue(tmp_path, "")


def with_queue(instance: Path, url: str) -> Flask:
    app = Flask("worker")
    app.extensions["dialogues"] = State(Settings(instance=instance, queue_url=url, secret_key="x" * 32))
    return app


@pytest.fixture
def swept(worker: Flask, monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released each time the worker looks for due work."""
    looked = threading.Semaphore(0)
    monkeypatch.setattr(outbox, "_POLL_SECONDS", 0.01)
    state(worker).sweeps["look"] = lambda _stop: looked.release()
    return looked


def test_a_wake_up_is_received_once(worker: Flask) -> None:
    assert not woken(worker)
    wake(worker)
    assert woken(worker)
    assert not woken(worker)


def test_wake_ups_do_not_pile_up_without_a_worker(worker: Flask) -> None:
    for _request in range(50):
        wake(worker)
    assert queue(worker).pending_count() == 1


def test_wake_ups_reach_other_processes_on_the_same_file(tmp_path: Path) -> None:
    wake(with_queue(tmp_path, ""))
    assert woken(with_queue(tmp_path, ""))


def test_the_queue_is_one_file_readable_by_its_owner_only(worker: Flask, tmp_path: Path) -> None:
    wake(worker)
    (file,) = tmp_path.iterdir()
    assert file.name == "queue.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_deleted_queue_is_created_again(worker: Flask, tmp_path: Path) -> None:
    wake(worker)
    (tmp_path / "queue.db").unlink()
    for _twice in range(2):
        wake(worker)
        woken(worker)
    wake(worker)
    assert woken(worker)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"no database at all" * len(content),
        *(lambda content, size=size: content[:size] for size in (0, 1, 100, 1_000, 4_096, 5_000, 12_000)),
    ],
)
@pytest.mark.parametrize("first", [wake, woken])
def test_a_damaged_queue_is_created_again(
    worker: Flask, tmp_path: Path, damage: Callable[[bytes], bytes], first: Callable[[Flask], object]
) -> None:
    wake(worker)
    file = tmp_path / "queue.db"
    file.write_bytes(damage(file.read_bytes()))
    first(worker)
    wake(worker)
    assert woken(worker)


def test_no_request_fails_when_the_queue_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    app = with_queue(tmp_path, str(tmp_path / "in the way" / "queue.db"))
    wake(app)
    assert not woken(app)


def test_an_unknown_kind_of_queue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DIALOGUES_QUEUE_URL"):
        queue(with_queue(tmp_path, "amqp://localhost"))


def test_a_foreign_message_is_not_unpickled(worker: Flask, tmp_path: Path) -> None:
    stranger = with_queue(tmp_path, "")
    state(stranger).settings = Settings(instance=tmp_path, secret_key="y" * 32)
    wake(stranger)
    assert not woken(worker)


def test_a_worker_looks_for_work_at_start_and_on_wake_up_until_it_is_stopped(
    worker: Flask, swept: threading.Semaphore
) -> None:
    stop = threading.Event()
    working = threading.Thread(target=outbox.work, args=(worker, stop), kwargs={"periodic": False})
    working.start()
    assert swept.acquire(timeout=10)
    wake(worker)
    assert swept.acquire(timeout=10)
    stop.set()
    working.join(timeout=10)
    assert not working.is_alive()


def test_a_worker_also_looks_for_work_at_intervals(
    worker: Flask, swept: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_SWEEP_SECONDS", 0.05)
    stop = threading.Event()
    working = threading.Thread(target=outbox.work, args=(worker, stop))
    working.start()
    for _time in range(3):
        assert swept.acquire(timeout=10)
    stop.set()
    working.join(timeout=10)


def test_a_failed_sweep_runs_again(worker: Flask, swept: threading.Semaphore) -> None:
    def stumble(_stop: threading.Event) -> None:
        swept.release()
        raise ValueError("once")

    state(worker).sweeps["look"] = stumble
    stop = threading.Event()
    working = threading.Thread(target=outbox.work, args=(worker, stop), kwargs={"periodic": False})
    working.start()
    assert swept.acquire(timeout=10)
    wake(worker)
    assert swept.acquire(timeout=10)
    stop.set()
    working.join(timeout=10)
