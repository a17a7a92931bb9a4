"""Settings: environment variables DIALOGUES_* override instance/settings.toml, which overrides defaults."""

import errno
import os
import secrets
import sys
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

ROOT = Path(__file__).resolve().parent.parent

_DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})

#: Minimum length of a secret, in characters.
SECRET_LENGTH = 32
#: How many different characters, and differences between neighbours, a random secret has at least.
_FEWEST_CHARACTERS = 8

#: With this exit code of a worker gunicorn stops; after any other it restarts the worker endlessly.
CANNOT_START = 3


#: Errors of a disk, a quota or a file size limit that leaves no room.
FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class SettingsError(Exception):
    """A setting cannot be used; the message says which one and what to change."""


@contextmanager
def exit_on_settings_error() -> Iterator[None]:
    """:raises SystemExit: a settings error occurred, which is printed without a traceback."""
    try:
        yield
    except SettingsError as reason:
        sys.stderr.write(f"{reason}\n")
        raise SystemExit(CANNOT_START) from reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    instance: Path = ROOT / "instance"
    base_url: str = "http://localhost:8000"
    database_url: str = ""
    key_store: str = ""
    master_key_file: str = ""
    files_url: str = ""
    queue_url: str = ""
    secret_key: str = ""
    mail_url: str = ""
    mail_sender: str = "desk@localhost"
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    demo: bool = False
    now: datetime | None = None
    locale: str = "en"
    staff_idle: timedelta = timedelta(minutes=30)
    staff_longest: timedelta = timedelta(hours=12)
    participant_idle: timedelta = timedelta(hours=12)
    participant_longest: timedelta = timedelta(days=14)
    upload_limit: int = 16 * 1024 * 1024
    searches_an_hour: int = 100

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.instance / 'dialogues.db'}"

    @property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def database_file(self) -> Path:
        """The path of the SQLite file."""
        named = self.database_url.removeprefix("sqlite:///").partition("?")[0]
        return Path(named) if named else self.instance / "dialogues.db"

    @property
    def keys_directory(self) -> Path:
        return Path(self.key_store) if self.key_store else self.instance / "keys"

    @property
    def master_key(self) -> Path:
        return Path(self.master_key_file) if self.master_key_file else self.keys_directory / "master.key"

    @property
    def files(self) -> str:
        return self.files_url or str(self.instance / "files")

    @property
    def queue(self) -> str:
        return self.queue_url or str(self.instance / "queue.db")

    @property
    def over_https(self) -> bool:
        return self.base_url.startswith("https://")


@exit_on_settings_error()
def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; ends it with a message if they cannot be used."""
    return settings_of(os.environ if environ is None else environ)


def settings_of(environ: Mapping[str, str]) -> Settings:
    """:raises SettingsError: a value cannot be read, or is unsafe outside the demo."""
    instance = Path(environ.get("DIALOGUES_INSTANCE") or ROOT / "instance").absolute()
    values = _from_file(instance / "settings.toml")
    for name, text in environ.items():
        if name.startswith("DIALOGUES_"):
            values[_check_name(name.removeprefix("DIALOGUES_").lower(), name)] = text
    settings = Settings(**{key: _parse_value(key, value) for key, value in values.items()} | {"instance": instance})
    return _check(replace(settings, secret_key=settings.secret_key or _generated_secret(settings)))


def read_or_create(path: Path, text: str) -> str:
    """The content of a small file, created with `text` if it is missing; "" if it is damaged.

    Of several processes that start at once, one creates it, and none reads it half-written.

    :raises SettingsError: the folder cannot be written, or the file cannot be read.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _create_atomic(path, text)
    except OSError as error:
        raise unwritable(path.parent, error) from None
    try:
        return path.read_text("ascii")
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        return ""


def unwritable(folder: Path, error: OSError) -> SettingsError:
    if error.errno in FULL_DISK:
        return SettingsError(f"The disk of {folder} is full: free some space, then start again.")
    return SettingsError(
        f"The folder {folder} cannot be written ({error.strerror}): it must belong to the user that runs Dialogues."
    )


def _create_atomic(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _from_file(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    return {_check_name(key, f"{key} in {path}"): value for key, value in found.items()}


def _check_name(key: str, label: str) -> str:
    if key not in {field.name for field in fields(Settings)}:
        raise SettingsError(f"{label} is no setting of Dialogues; the README lists them.")
    return key


def _parse_value(key: str, value: Any) -> Any:
    default = next(field.default for field in fields(Settings) if field.name == key)
    try:
        if key == "now":
            return datetime.fromisoformat(str(value)) if value else None
        if isinstance(default, timedelta):
            return timedelta(minutes=float(value))
        if isinstance(default, bool):
            return _yes_or_no(value)
        if isinstance(default, int):
            return int(value)
        if isinstance(default, tuple):
            return tuple(part.strip() for part in (value.split(",") if isinstance(value, str) else value))
        if isinstance(default, Path):
            return Path(value)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise SettingsError(f"DIALOGUES_{key.upper()} cannot be {value!r}; the README says what it may be.") from None
    return str(value)


def _yes_or_no(value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise ValueError
    return word in _YES


def _generated_secret(settings: Settings) -> str:
    """The installation's generated secret, stored next to the database, readable by its user only."""
    path = settings.instance / "secret.key"
    secret = read_or_create(path, secrets.token_urlsafe(48))
    if len(secret) < SECRET_LENGTH:
        raise SettingsError(f"{path} is damaged: delete it, and a new one is made; everyone then signs in again.")
    return secret


def _check(settings: Settings) -> Settings:
    for refused, reason in _problems(settings):
        if refused:
            raise SettingsError(reason)
    _check_locale(settings.locale)
    return settings


def _problems(settings: Settings) -> Iterator[tuple[bool, str]]:
    """Values that no installation may have, with the reason; secrets are not repeated."""
    yield len(settings.secret_key) < SECRET_LENGTH, "DIALOGUES_SECRET_KEY is too short: give at least 32 characters."
    yield (
        _is_guessable(settings.secret_key),
        "DIALOGUES_SECRET_KEY is easy to guess: give 32 random characters, as `openssl rand -base64 32` prints.",
    )
    yield (
        settings.now is not None and settings.now.tzinfo is None,
        "DIALOGUES_NOW needs a UTC offset, as in 2027-05-26T08:00+08:00.",
    )
    yield (
        settings.now is not None and not settings.demo,
        "DIALOGUES_NOW is for the demonstration only: without DIALOGUES_DEMO the clock is the machine's.",
    )
    yield (
        not settings.database.startswith(_DATABASES),
        "DIALOGUES_DATABASE_URL must begin with postgresql+psycopg:// or sqlite:///.",
    )
    yield settings.proxy_hops < 0, "DIALOGUES_PROXY_HOPS counts the proxies in front: 0 or more."
    yield settings.upload_limit < 1, "DIALOGUES_UPLOAD_LIMIT must be 1 byte or more."
    yield settings.searches_an_hour < 1, "DIALOGUES_SEARCHES_AN_HOUR must be 1 or more."
    for name in ("staff_idle", "staff_longest", "participant_idle", "participant_longest"):
        yield getattr(settings, name) <= timedelta(0), f"DIALOGUES_{name.upper()} must be more than 0 minutes."
    yield from _address_problems(settings)


def _is_guessable(secret: str) -> bool:
    """Whether the key repeats itself, counts up, or has few different characters."""
    folded = secret.casefold()
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    # zlib finds repeated words at any distance; random text does not get shorter.
    squeezed = len(zlib.compress(folded.encode(), 9)) - len(zlib.compress(b"", 9))
    return len(set(folded)) < _FEWEST_CHARACTERS or len(steps) < _FEWEST_CHARACTERS or squeezed < SECRET_LENGTH * 2 // 3


def _address_problems(settings: Settings) -> Iterator[tuple[bool, str]]:
    try:
        address = urlsplit(settings.base_url)
        host, _port = address.hostname, address.port
    except ValueError:
        address, host = urlsplit(""), None
    yield (
        address.scheme not in {"http", "https"} or not host,
        "DIALOGUES_BASE_URL must be an address as in https://dialogues.example.org.",
    )
    yield (
        bool(address.path.strip("/") or address.query or address.fragment or address.username),
        "DIALOGUES_BASE_URL ends with the host and its port: nothing may follow.",
    )
    yield (
        settings.demo and host not in _LOOPBACK,
        "The demonstration is for this machine only: DIALOGUES_BASE_URL must name localhost.",
    )
    yield (
        address.scheme == "http" and host not in _LOOPBACK,
        "DIALOGUES_BASE_URL must begin with https:// unless the host is localhost.",
    )


def _check_locale(name: str) -> None:
    try:
        Locale.parse(name)
    except (ValueError, UnknownLocaleError):
        raise SettingsError(f"DIALOGUES_LOCALE cannot be {name!r}: name a language, as in en or mn.") from None
