"""What an installation decides: environment variables DIALOGUES_* over instance/settings.toml over defaults."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting that cannot be used; the message says which one and what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, as the application uses it; the README has one line for each."""

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

    def but(self, **changes: Any) -> Self:
        """The same settings with some of them changed."""
        return replace(self, **changes)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    :raises SettingsError: a value cannot be read, or is unsafe outside the demo.
    """
    environ = os.environ if environ is None else environ
    instance = Path(environ.get("DIALOGUES_INSTANCE", ROOT / "instance"))
    values = _from_file(instance / "settings.toml")
    known = {field.name for field in fields(Settings)}
    for name, text in environ.items():
        key = name.removeprefix("DIALOGUES_").lower()
        if name.startswith("DIALOGUES_") and key in known:
            values[key] = text
    values["instance"] = instance
    settings = Settings(**{key: _typed(key, value) for key, value in values.items()})
    return _checked(settings.but(secret_key=settings.secret_key or _own_secret(settings)))


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, OSError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}") from error


def _typed(key: str, value: Any) -> Any:
    default = next(field.default for field in fields(Settings) if field.name == key)
    try:
        if key == "now":
            return datetime.fromisoformat(value) if value else None
        if isinstance(default, timedelta):
            return timedelta(minutes=float(value))
        if isinstance(default, bool):
            return str(value).lower() in {"1", "true", "yes", "on"}
        if isinstance(default, int):
            return int(value)
        if isinstance(default, tuple):
            return tuple(value.split(",")) if isinstance(value, str) else tuple(value)
        if isinstance(default, Path):
            return Path(value)
    except ValueError as error:
        raise SettingsError(f"DIALOGUES_{key.upper()} cannot be read: {error}") from error
    return str(value)


def _own_secret(settings: Settings) -> str:
    """An installation without a secret of its own gets one, kept beside the database and readable by its user only."""
    path = settings.instance / "secret.key"
    try:
        if not path.exists():
            settings.instance.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text()
    except FileExistsError:
        return path.read_text()
    except OSError as error:
        raise SettingsError(f"The instance folder cannot be written: {error.strerror}.") from error


def _checked(settings: Settings) -> Settings:
    if len(settings.secret_key) < 32:
        raise SettingsError("DIALOGUES_SECRET_KEY is too short: give at least 32 characters.")
    if settings.now is not None and settings.now.tzinfo is None:
        raise SettingsError("DIALOGUES_NOW needs a UTC offset, as in 2027-05-26T08:00+08:00.")
    if not settings.base_url.startswith(("http://", "https://")):
        raise SettingsError("DIALOGUES_BASE_URL must begin with http:// or https://.")
    if not settings.demo and settings.base_url.startswith("http://") and "//localhost" not in settings.base_url:
        raise SettingsError("DIALOGUES_BASE_URL must begin with https:// unless the host is localhost.")
    return settings
