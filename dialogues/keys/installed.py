"""The key store and the file store of the running application, made once by its factory."""

from flask import Flask, current_app

from dialogues.keys import master_key
from dialogues.keys.key_store import KeyStore
from dialogues.keys.stored_files import FileStore
from dialogues.settings import Settings

_KEYS = "dialogues.keys"
_FILES = "dialogues.files"


def install(app: Flask, settings: Settings) -> None:
    """Open both stores for the application; a demo makes its own master key, elsewhere a person does.

    :raises MasterKeyFault: there is a master key, and it cannot be used.
    """
    if settings.demo:
        master_key.ensure(settings.master_key)
    if settings.master_key.exists():
        master_key.read(settings.master_key)
    store = KeyStore(settings.keys_directory / "data", settings.master_key)
    app.extensions[_KEYS] = store
    app.extensions[_FILES] = FileStore(settings.files, store)


def key_store() -> KeyStore:
    """The key store of this application."""
    store: KeyStore = current_app.extensions[_KEYS]
    return store


def file_store() -> FileStore:
    """The file store of this application."""
    store: FileStore = current_app.extensions[_FILES]
    return store
