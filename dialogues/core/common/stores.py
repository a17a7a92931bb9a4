"""The key store and the file store of the current application; the factory creates them once."""

from flask import Flask

from dialogues.core.common.state import state
from dialogues.lib.encryption import master_key
from dialogues.lib.encryption.key_store import KeyStore
from dialogues.lib.encryption.stored_files import FileStore
from dialogues.settings import Settings


def install(app: Flask, settings: Settings) -> None:
    """Open both stores. The demo creates its own master key; elsewhere the administrator does.

    :raises MasterKeyFault: the master key exists but cannot be used.
    """
    here = state(app)
    store = KeyStore(
        settings.keys_directory / "data", settings.master_key, lambda store, name: here.list_key(store, name)
    )
    # A new master key does not open keys that exist.
    if settings.demo and store.is_empty():
        master_key.ensure(settings.master_key)
    if settings.master_key.exists():
        master_key.read(settings.master_key)
    here.key_store, here.file_store = store, FileStore(settings.files, store)


def refuse_unready(settings: Settings) -> None:
    """:raises MasterKeyFault: there is no usable master key."""
    master_key.read(settings.master_key)


def key_store() -> KeyStore:
    store: KeyStore = state().key_store
    return store


def file_store() -> FileStore:
    store: FileStore = state().file_store
    return store
