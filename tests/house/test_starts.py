"""A program that cannot start prints one sentence of advice and exits; none creates an empty database silently."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dialogues.core.common import database, readiness
from dialogues.core.common.database import DatabaseFault
from dialogues.settings import ROOT, SettingsError, read_or_create, settings_of
from tests.beds.database import Installation, opened, shell
from tests.beds.web import free_port

pytestmark = pytest.mark.engine


BIN = Path(sys.executable).parent
WORKER = ("flask", "outbox", "work")
COMMAND = ("flask", "outbox", "list")
WEB = ("gunicorn", "--workers", "2", "--bind", "127.0.0.1:0", "app:app")
DEMONSTRATION = ("python", "-m", "tools.run")
EVERY_START = pytest.mark.parametrize("command", [WEB, WORKER, COMMAND], ids=["web", "worker", "command"])
#: Root ignores file permissions; without these capabilities it obeys them.
WITHOUT_POWERS = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


Spoil = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class End:
    """Exit code and output of a process."""

    code: int
    said: str


def start(instance: Path, *command: str, **settings: str) -> End:
    """Start one of the programs as an operator would, without other settings of the environment."""
    before = (*WITHOUT_POWERS, str(BIN / command[0]))
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DIALOGUES_", "FLASK_"))}
    done = subprocess.run(
        [*before, *command[1:]],
        cwd=ROOT,
        env={**clean, "DIALOGUES_INSTANCE": str(instance), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return End(done.returncode, done.stdout + done.stderr)


def assert_refused(end: End, sentence: str) -> None:
    assert end.code != 0
    assert sentence in end.said
    assert "Traceback" not in end.said


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with only an SQLite database and a master key."""
    instance = tmp_path_factory.mktemp("whole") / "instance"
    with opened(Installation(instance).settings()) as app:
        shell(app, "db", "upgrade")
    return instance


@pytest.fixture
def instance(whole: Path, tmp_path: Path) -> Path:
    """A copy of the folder for this test."""
    return Path(shutil.copytree(whole, tmp_path / "instance"))


@pytest.fixture
def sqlite_app(instance: Path) -> Iterator[Flask]:
    """The application on that copy."""
    with opened(Installation(instance).settings()) as app:
        yield app


def refusal(instance: Path, **settings: Any) -> str:
    """The reason why an application refuses to start with this folder."""
    with (
        pytest.raises(SettingsError) as reason,
        opened(Installation(instance).settings(**settings)) as app,
        app.app_context(),
    ):
        readiness.refuse_unready()
    return str(reason.value)


# The database


@EVERY_START
def test_no_program_starts_without_a_database_or_creates_one(command: tuple[str, ...], instance: Path) -> None:
    file = instance / "dialogues.db"
    file.unlink()
    assert_refused(start(instance, *command), f"There is no database yet ({file}): run flask db upgrade.")
    assert not file.exists()


@pytest.mark.parametrize("command", ["current", "check", "history --indicate-current", "downgrade"])
def test_only_flask_db_upgrade_creates_a_database(command: str, tmp_path: Path) -> None:
    with opened(Installation(tmp_path).settings()) as app:
        done = app.test_cli_runner().invoke(args=["db", *command.split()])
        assert done.exit_code == 1
        assert done.stderr.startswith("Error: There is no database yet")
        assert not (tmp_path / "dialogues.db").exists()
        shell(app, "db", "upgrade")
        assert (tmp_path / "dialogues.db").stat().st_mode & 0o077 == 0


def empty(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def replace_by_text(file: Path) -> None:
    file.write_text("This is no database.\n" * 500)


def damage_one_page(file: Path) -> None:
    with file.open("r+b") as pages:
        pages.seek(10 * 4096)
        pages.write(b"\xa5" * 4096)


@pytest.mark.parametrize("spoil", [empty, cut, replace_by_text, damage_one_page])
def test_a_damaged_database_is_refused_with_advice_on_backups(spoil: Spoil, instance: Path) -> None:
    spoil(instance / "dialogues.db")
    assert "restore it from a backup" in refusal(instance)


@pytest.mark.parametrize("spoil", [empty, cut, replace_by_text, damage_one_page])
def test_an_upgrade_does_not_change_a_damaged_database(spoil: Spoil, instance: Path) -> None:
    file = instance / "dialogues.db"
    spoil(file)
    before = file.read_bytes()
    with opened(Installation(instance).settings()) as app:
        done = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: The database ")
    assert "restore it from a backup" in done.stderr
    assert file.read_bytes() == before


def test_the_web_does_not_start_on_a_damaged_database(instance: Path) -> None:
    damage_one_page(instance / "dialogues.db")
    assert_refused(start(instance, *WEB), "is damaged: restore it from a backup.")


def test_a_database_without_tables_has_another_message_than_a_missing_one(instance: Path) -> None:
    file = instance / "dialogues.db"
    file.unlink()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE something (id)")
    other.close()
    assert refusal(instance) == "The database has no tables yet: run flask db upgrade."


def test_a_database_that_needs_an_upgrade_names_the_upgrade_command(bare_installation: Installation) -> None:
    with (
        opened(bare_installation.settings()) as app,
        app.app_context(),
        pytest.raises(DatabaseFault, match=r"run flask db upgrade\.$"),
    ):
        readiness.refuse_unready()


def test_a_database_of_another_application_is_not_changed(instance: Path) -> None:
    with sqlite3.connect(instance / "dialogues.db") as other:
        other.execute("UPDATE alembic_version SET version_num = 'from_afar'")
    other.close()
    assert "does not know (from_afar): install the Dialogues that made it" in refusal(instance)
    with opened(Installation(instance).settings()) as app:
        done = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert (done.exit_code, done.stderr.count("from_afar")) == (1, 1)


def test_an_older_database_names_the_upgrade_command(sqlite_app: Flask, tmp_path: Path) -> None:
    newer = Path(shutil.copytree(ROOT / "dialogues" / "migrations", tmp_path / "migrations"))
    with sqlite_app.app_context():
        head = database.newest_version()
        (newer / "versions" / "next.py").write_text(f"revision = 'next'\ndown_revision = {head!r}\n")
        sqlite_app.extensions["migrate"].directory = str(newer)
        with pytest.raises(DatabaseFault, match=rf"older version \({head}\): make a backup, then run flask db upgrade"):
            readiness.refuse_unready()


def test_a_sqlite_that_can_lose_changes_is_refused() -> None:
    with pytest.raises(DatabaseFault, match=r"^SQLite 3\.40\.1 can lose changes: install .* SQLite 3\.51\.3 or newer"):
        database.refuse_old_sqlite((3, 40, 1))


def test_an_unreachable_postgresql_is_named_without_its_password(instance: Path) -> None:
    url = f"postgresql+psycopg://desk:sesame@127.0.0.1:{free_port()}/dialogues"
    end = start(instance, *COMMAND, DIALOGUES_DATABASE_URL=url)
    assert_refused(end, "cannot be reached: start it, or correct its address.")
    assert "desk:***@127.0.0.1" in end.said
    assert "sesame" not in end.said


# The demonstration of `make run`


def test_the_demonstration_refuses_a_damaged_database(instance: Path) -> None:
    damage_one_page(instance / "dialogues.db")
    assert_refused(start(instance, *DEMONSTRATION, PORT=str(free_port())), "is damaged: restore it from a backup.")


def test_the_demonstration_refuses_a_folder_that_cannot_be_written(instance: Path) -> None:
    instance.chmod(0o500)
    assert_refused(start(instance, *DEMONSTRATION, PORT=str(free_port())), f"{instance} cannot be written")
    instance.chmod(0o700)


def test_the_demonstration_refuses_a_port_that_is_taken(instance: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert_refused(start(instance, *DEMONSTRATION, PORT=str(port)), f"Port {port} is taken: end what uses it")


# The folder, the master key, the settings


def test_an_instance_folder_that_cannot_be_written_is_named(instance: Path) -> None:
    instance.chmod(0o500)
    sentence = f"The folder {instance} cannot be written (Permission denied)"
    assert_refused(start(instance, *COMMAND), sentence)
    instance.chmod(0o700)


def test_a_database_that_cannot_be_written_is_named(instance: Path) -> None:
    (instance / "dialogues.db").chmod(0o400)
    assert_refused(start(instance, *COMMAND), "cannot be written: it must belong to the user that runs Dialogues.")


def test_without_a_master_key_only_the_demonstration_makes_its_own(instance: Path) -> None:
    (instance / "keys" / "master.key").unlink()
    assert_refused(start(instance, *COMMAND), "Make one with: flask keys create-master")


@EVERY_START
def test_an_invalid_setting_is_named(command: tuple[str, ...], instance: Path) -> None:
    assert_refused(start(instance, *command, DIALOGUES_PROXY_HOPS="two"), "DIALOGUES_PROXY_HOPS cannot be 'two'")


def test_debug_mode_is_allowed_only_in_the_demonstration(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert refusal(instance, demo=False).startswith("Debug mode is for the demonstration only")


def test_flask_run_makes_the_same_checks(instance: Path) -> None:
    (instance / "dialogues.db").unlink()
    assert_refused(start(instance, "flask", "run", "--port", "0"), "There is no database yet")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "http://dialogues.example"),
        ("BASE_URL", "http://localhost.dialogues.example"),
        ("BASE_URL", "dialogues.example"),
        ("BASE_URL", "https://dialogues.example/below"),
        ("BASE_URL", "https://dialogues.example:port"),
        ("DATABASE_URL", "mysql://localhost/dialogues"),
        ("SECRET_KEY", "sesame"),
        ("SECRET_KEY", "sesamesesamesesamesesamesesamesesame"),
        ("SECRET_KEY", "sesame-open sesame-open sesame-open 1"),
        ("SECRET_KEY", "s" * 64),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
        ("SECRET_KEY", "abcdefghijklmnopqrstuvwxyz0123456789"),
        ("PROXY_HOPS", "-1"),
        ("LOCALE", "Klingon"),
        ("NOW", "2027-05-26T08:00"),
        ("NOW", "2027-05-26T08:00+08:00"),
        ("NOW", "tomorrow"),
        ("DEMO", "perhaps"),
        ("STAFF_IDLE", "0"),
        ("STAFF_LONGEST", "nan"),
        ("PARTICIPANT_IDLE", "inf"),
        ("UPLOAD_LIMIT", "0"),
        ("SEARCHES_AN_HOUR", "many"),
        ("BASE_ADDRESS", "https://dialogues.example"),
    ],
)
def test_an_invalid_value_of_a_setting_is_refused_with_its_name(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of({"DIALOGUES_INSTANCE": str(tmp_path), f"DIALOGUES_{name}": value})
    assert f"DIALOGUES_{name}" in str(caught.value)
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mail_url", "mail.example.org"),
        ("queue_url", "amqp://localhost"),
        ("files_url", "nowhere://files"),
        ("database_url", "postgresql+psycopg://host:port/name"),
    ],
)
def test_an_invalid_address_is_refused_at_start(name: str, value: str, instance: Path) -> None:
    assert refusal(instance, **{name: value}).startswith(f"DIALOGUES_{name.upper()} ")


@pytest.mark.parametrize("secret", [token_hex(16), token_urlsafe(24), token_hex(64)], ids=["hex", "text", "long"])
def test_a_random_secret_is_taken(secret: str, tmp_path: Path) -> None:
    given = {"DIALOGUES_INSTANCE": str(tmp_path), "DIALOGUES_SECRET_KEY": secret}
    assert settings_of(given).secret_key == secret


@pytest.mark.parametrize("content", ["base_url = ", "base_address = 'x'", "proxy_hops = []", "\udcff"])
def test_a_settings_file_that_cannot_be_used_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingsError):
        settings_of({"DIALOGUES_INSTANCE": str(tmp_path)})


def test_the_demonstration_needs_a_loopback_address(tmp_path: Path) -> None:
    address = {"DIALOGUES_DEMO": "1", "DIALOGUES_BASE_URL": "https://dialogues.example"}
    with pytest.raises(SettingsError, match="must name localhost"):
        settings_of({"DIALOGUES_INSTANCE": str(tmp_path), **address})


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7", ""])
def test_the_demonstration_refuses_other_machines(client: FlaskClient, address: str) -> None:
    assert client.get("/sign-in", environ_base={"REMOTE_ADDR": address}).status_code == 403


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"])
def test_the_demonstration_serves_its_own_machine(client: FlaskClient, address: str) -> None:
    assert client.get("/sign-in", environ_base={"REMOTE_ADDR": address}).status_code == 200


def test_environment_variables_override_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('locale = "mn"\nproxy_hops = 1\ntrusted_hosts = ["one", "two"]\n')
    settings = settings_of({"DIALOGUES_INSTANCE": str(tmp_path), "DIALOGUES_LOCALE": "ko"})
    assert (settings.locale, settings.proxy_hops, settings.trusted_hosts) == ("ko", 1, ("one", "two"))


def test_concurrent_first_starts_use_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as starts:
        found = set(starts.map(lambda number: read_or_create(tmp_path / "secret.key", f"{number}" * 40), range(32)))
    assert len(found) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("name", ["secret.key", "clock-shift"])
def test_a_damaged_small_file_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("")
    demo = {"DIALOGUES_DEMO": "1", "DIALOGUES_NOW": "2027-05-26T08:00+08:00"}
    with (
        pytest.raises(SettingsError, match=f"{name} is damaged: delete it"),
        opened(settings_of({"DIALOGUES_INSTANCE": str(tmp_path), **demo})),
    ):
        pass
