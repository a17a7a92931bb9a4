"""Emails that need a key which the key store has lost wait until it is back."""

from pathlib import Path
from uuid import UUID

import pytest

from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.lib.encryption.names import KeyName
from tests.core.outbox.conftest import Post

pytestmark = pytest.mark.engine


def keys_of(post: Post) -> Path:
    return Path(post.app.extensions["dialogues"].settings.keys_directory)


def test_an_email_waits_for_a_missing_key(post: Post) -> None:
    email_id = post.enqueue("a")
    post.server.data_answers += ["451 Try again"]
    post.deliver()
    data = keys_of(post) / "data"
    data.rename(data.with_name("away"))
    for _day in range(10):
        assert [state.value for state in post.deliver_later()] == ["ready"]
    assert post.row(email_id).last_error == "The letter waits: its key is missing in the key store."
    data.with_name("away").rename(data)
    assert [state.value for state in post.deliver_later()] == ["sent"]
    assert post.ids == [email_id]


def test_an_email_with_a_missing_key_holds_no_other_up(post: Post) -> None:
    with upkeep(system(Purpose.UPKEEP)):
        key_store().current(KeyName("records", UUID(int=1)))
    post.enqueue("a", dialogue_id=UUID(int=1))
    post.server.data_answers += ["451 Try again"]
    post.deliver()
    other = post.enqueue("b")
    (keys_of(post) / "data" / "letters" / str(UUID(int=1))).unlink()
    assert [state.value for state in post.deliver_later()] == ["sent", "ready"]
    assert post.ids == [other]
