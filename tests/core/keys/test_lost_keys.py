"""A lost key store, or lost keys in it, are noticed; no key is made in place of a lost one."""

import shutil
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from dialogues.core.audit.commands import sign_head
from dialogues.core.common import clock, readiness, stores
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.lib.encryption import master_key
from dialogues.lib.encryption.names import KeyMissing, KeyName
from dialogues.settings import SettingsError
from tests.beds.database import Installation, opened, shell

pytestmark = pytest.mark.engine

RECORDS = KeyName("records", UUID(int=1))
MEDICAL = KeyName("medical", UUID(int=2))


@pytest.fixture
def app(empty_app: Flask) -> Flask:
    """An installation whose database lists one key."""
    with empty_app.app_context(), upkeep(system(Purpose.UPKEEP)):
        key_store().current(RECORDS)
    return empty_app


def keys_of(app: Flask) -> Path:
    return Path(app.extensions["dialogues"].settings.keys_directory)


def use(app: Flask, name: KeyName, *, fail: bool = False) -> None:
    with app.app_context(), upkeep(system(Purpose.UPKEEP)):
        key_store().current(name)
        if fail:
            raise ZeroDivisionError


def refusal(app: Flask) -> str:
    with app.app_context(), pytest.raises(SettingsError) as reason:
        readiness.refuse_unready()
    return str(reason.value)


def test_a_lost_key_stops_the_start_and_says_what_to_restore(app: Flask) -> None:
    (keys_of(app) / "data" / "records" / str(RECORDS.owner)).unlink()
    assert refusal(app) == (
        f"The key store {keys_of(app)} lacks 1 of the 1 keys that the database uses: restore it from its backup, or "
        "correct DIALOGUES_KEY_STORE. A lost key is never made again."
    )


def test_health_notices_a_lost_key_and_its_return(app: Flask) -> None:
    data = keys_of(app) / "data"
    data.rename(data.with_name("away"))
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.json["keys"]) == (503, "lost")
    data.with_name("away").rename(data)
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.json["keys"]) == (200, "ok")


def test_no_key_is_made_in_place_of_a_lost_one(app: Flask) -> None:
    shutil.rmtree(keys_of(app) / "data")
    with pytest.raises(KeyMissing):
        use(app, RECORDS)
    assert not (keys_of(app) / "data" / "records").exists()


def test_no_new_key_is_made_while_the_key_store_is_away(app: Flask) -> None:
    shutil.rmtree(keys_of(app) / "data")
    with pytest.raises(KeyMissing):
        use(app, MEDICAL)
    assert not (keys_of(app) / "data").exists()


def test_a_key_is_listed_with_the_first_change_that_is_kept(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError):
        use(app, MEDICAL, fail=True)
    use(app, MEDICAL)
    (keys_of(app) / "data" / "medical" / str(MEDICAL.owner)).unlink()
    assert "lacks 1 of the 2 keys" in refusal(app)


def test_an_erased_key_is_not_a_lost_one(app: Flask) -> None:
    with app.app_context():
        key_store().erase(RECORDS, now=clock.now())
        readiness.refuse_unready()


def test_a_master_key_that_opens_nothing_stops_the_start(app: Flask) -> None:
    settings = app.extensions["dialogues"].settings
    settings.master_key.unlink()
    master_key.create(settings.master_key)
    stores.install(app, settings)
    assert "restore the master key from its copy" in refusal(app)


@pytest.mark.parametrize("lost", ["master.key", "."])
def test_no_master_key_is_made_in_place_of_a_lost_one(app: Flask, lost: str) -> None:
    keys = keys_of(app)
    (shutil.rmtree if lost == "." else Path.unlink)(keys / lost)
    result = app.test_cli_runner().invoke(args=["keys", "create-master"])
    assert result.exit_code == 1
    assert "is encrypted with 1 keys that a new master key cannot open" in result.stderr
    assert not (keys / "master.key").exists()


def test_a_demonstration_makes_no_master_key_in_place_of_a_lost_one(empty_installation: Installation) -> None:
    settings = empty_installation.settings()
    with opened(settings) as app:
        use(app, RECORDS)
        settings.master_key.unlink()
    with opened(settings) as app:
        assert "There is no master key" in refusal(app)


def test_verifying_the_chain_makes_no_key(empty_app: Flask) -> None:
    before = sorted(keys_of(empty_app).rglob("*"))
    assert "is whole" in shell(empty_app, "audit", "verify")
    assert sorted(keys_of(empty_app).rglob("*")) == before


def test_verifying_the_chain_says_that_its_key_is_lost(empty_app: Flask) -> None:
    with empty_app.app_context():
        sign_head(system(Purpose.INSTALLATION), now=clock.now())
    shutil.rmtree(keys_of(empty_app) / "data" / "audit_signing")
    result = empty_app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert "lacks 1 of the 1 keys" in result.stderr
