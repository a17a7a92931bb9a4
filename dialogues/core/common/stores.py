"""The key store and the file store of the running application, made once by its factory."""

from flask import Flask

from dialogues.core.common.state import state
from dialogues.lib.encryption import master_key
from dialogues.lib.encryption.key_store import KeyStore
from dialogues.lib.encryption.stored_files import FileStore
from dialogues.settings import Settings


def install(app: Flask, settings: Settings) -> None:
    """Open both stores for the application; a demo makes its own master key, elsewhere a person does.

    :raises MasterKeyFault: there is a master key, and it cannot be used.
    """
    if settings.demo:
        master_key.ensure(settings.master_key)
    if settings.master_key.exists():
        master_key.read(settings.master_key)
    store = KeyStore(settings.keys_directory / "data", settings.master_key)
    here = state(app)
    here.key_store, here.file_store = store, FileStore(settings.files, store)


def key_store() -> KeyStore:
    """The key store of this application."""
    store: KeyStore = state().key_store
    return store


def file_store() -> FileStore:
    """The file store of this application."""
    store: FileStore = state().file_store
    return store
