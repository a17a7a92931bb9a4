"""`flask outbox …`: its output, and how the worker stops."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dialogues.core.outbox.rules import EmailState
from dialogues.settings import ROOT
from tests.beds.database import Installation, shell
from tests.core.outbox.conftest import Post


def test_deliver_sends_due_emails_and_prints_no_names(post: Post) -> None:
    sent, refused = post.enqueue("a"), post.enqueue("b")
    post.server.data_answers += ["250 Taken", "554 No such person as bold@example.mn"]
    printed = shell(post.app, "outbox", "deliver")
    assert printed.splitlines() == [
        f"sent agenda_changed {sent}",
        f"failed agenda_changed {refused}",
        "1 of 2 sent",
    ]
    assert "@" not in printed


def test_deliver_with_nothing_due_says_so(post: Post) -> None:
    assert shell(post.app, "outbox", "deliver") == "0 of 0 sent\n"


def test_deliver_fails_visibly_while_the_server_is_down(post: Post) -> None:
    post.enqueue("a")
    settings = post.app.extensions["dialogues"].settings
    post.app.extensions["dialogues"].settings = replace(settings, mail_url="smtp://localhost:1")
    result = post.app.test_cli_runner().invoke(args=["outbox", "deliver"])
    assert result.exit_code == 1
    assert "No email can be sent" in result.stderr


def test_without_a_mail_server_emails_are_in_a_folder(post: Post) -> None:
    email_id = post.enqueue("a")
    settings = post.app.extensions["dialogues"].settings
    post.app.extensions["dialogues"].settings = replace(settings, mail_url="")
    shell(post.app, "outbox", "deliver")
    (file,) = (settings.instance / "outbox").iterdir()
    assert file.name == f"00001-{email_id}.eml"
    assert re.search(rb"^To: bold@example\.mn\r$", file.read_bytes(), re.MULTILINE)


def test_list_shows_emails_that_were_not_sent(post: Post) -> None:
    post.enqueue("a")
    refused = post.enqueue("b")
    post.server.data_answers += ["250 Taken", "554 5.7.1 <bold@example.mn> refused"]
    post.deliver()
    assert shell(post.app, "outbox", "list") == f"failed agenda_changed {refused} tries=1 554 5.7.1 … refused\n"
    assert post.state(refused) is EmailState.FAILED


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_stops_on_a_signal(empty_installation: Installation, how: signal.Signals) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIALOGUES_")} | {
        "DIALOGUES_INSTANCE": str(empty_installation.instance),
        "DIALOGUES_DATABASE_URL": empty_installation.database_url,
        "DIALOGUES_DEMO": "1",
    }
    worker = subprocess.Popen([sys.executable, "-m", "flask", "outbox", "work"], cwd=ROOT, env=environment)
    queue: Path = empty_installation.instance / "queue.db"
    while not queue.exists():
        assert worker.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(0.1)
    worker.send_signal(how)
    assert worker.wait(timeout=20) == 0
