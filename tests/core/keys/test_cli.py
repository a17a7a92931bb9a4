"""`flask keys …`, and the checks of keys at start."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from dialogues.core.common import stores
from dialogues.core.common.state import State
from dialogues.core.keys.cli import commands
from dialogues.lib.encryption import master_key
from dialogues.lib.encryption.key_store import KeyStore
from dialogues.lib.encryption.master_key import MasterKeyFault
from dialogues.lib.encryption.names import KeyName
from dialogues.settings import Settings

NAME = KeyName("records", uuid4())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(instance=tmp_path / "instance")


def app_with(settings: Settings) -> Flask:
    app = Flask("dialogues")
    app.extensions["dialogues"] = State(settings)
    stores.install(app, settings)
    app.cli.add_command(commands)
    return app


def store_of(app: Flask) -> KeyStore:
    with app.app_context():
        return stores.key_store()


def test_a_demo_creates_its_master_key_once(settings: Settings) -> None:
    key = store_of(app_with(replace(settings, demo=True))).current(NAME)
    assert store_of(app_with(replace(settings, demo=True))).current(NAME) == key


def test_outside_the_demo_the_host_creates_the_master_key(settings: Settings) -> None:
    app = app_with(settings)
    with pytest.raises(MasterKeyFault, match="flask keys create-master"):
        store_of(app).current(NAME)
    result = app.test_cli_runner().invoke(args=["keys", "create-master"])
    assert result.exit_code == 0
    assert str(settings.master_key) in result.stdout
    assert store_of(app).current(NAME).version == 1


def test_a_second_master_key_is_refused_in_plain_words(settings: Settings) -> None:
    app = app_with(replace(settings, demo=True))
    result = app.test_cli_runner().invoke(args=["keys", "create-master"])
    assert result.exit_code == 1
    assert "There is a master key already" in result.stderr


def test_rotation_prints_its_result(settings: Settings) -> None:
    app = app_with(replace(settings, demo=True))
    before = store_of(app).current(NAME)
    result = app.test_cli_runner().invoke(args=["keys", "rotate-master"])
    assert result.stdout.startswith("1 data keys are wrapped")
    assert store_of(app).current(NAME) == before


def test_a_master_key_open_to_others_stops_the_start(settings: Settings) -> None:
    master_key.create(settings.master_key)
    settings.master_key.chmod(0o644)
    with pytest.raises(MasterKeyFault, match="chmod 600"):
        app_with(settings)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("a file where the folder should be")
    with pytest.raises(MasterKeyFault, match="cannot be written"):
        app_with(Settings(instance=tmp_path / "instance", demo=True))


def test_the_key_store_can_be_in_another_folder(settings: Settings, tmp_path: Path) -> None:
    elsewhere = replace(settings, demo=True, key_store=str(tmp_path / "apart"))
    store_of(app_with(elsewhere)).current(NAME)
    assert (tmp_path / "apart" / "data" / NAME.purpose / str(NAME.owner)).exists()
    assert not settings.instance.exists()
