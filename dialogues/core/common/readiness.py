"""Checks that run before the first page and before each CLI command."""

from collections.abc import Callable
from functools import wraps
from tempfile import TemporaryFile
from typing import Any

import click
from flask.cli import AppGroup

from dialogues.core.common.state import state
from dialogues.settings import Settings, SettingsError, unwritable

#: A start needs room for this many bytes: a few keys and the first changes.
_ROOM = 64 * 1024


def refuse_unready(*, writes: bool = True) -> None:
    """:raises SettingsError: the first check that fails; its message says what to do."""
    if writes:
        refuse_full_disk(state().settings)
    for check in state().checks:
        check(state().settings)


def refuse_full_disk(settings: Settings) -> None:
    """:raises SettingsError: a disk that the installation writes to has no room."""
    for folder in {settings.instance, settings.database_file.parent, settings.keys_directory}:
        try:
            if folder.is_dir():
                with TemporaryFile(dir=folder) as file:
                    file.write(bytes(_ROOM))
        except OSError as error:
            raise unwritable(folder, error) from None


class ReadyGroup(AppGroup):
    """The CLI commands of a feature; they run only after the checks have passed."""

    def command(  # type: ignore[override]  # As in AppGroup: always with parentheses.
        self, *arguments: Any, writes: bool = True, **options: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        """Declare a command; one that only reads (`writes=False`) also runs when the disk is full."""
        declare = super().command(*arguments, **options)
        return lambda function: declare(_once_ready(function, writes))


def _once_ready(function: Callable[..., Any], writes: bool) -> Callable[..., Any]:
    @wraps(function)
    def command(*arguments: Any, **options: Any) -> Any:
        try:
            refuse_unready(writes=writes)
            return function(*arguments, **options)
        except SettingsError as reason:
            raise click.ClickException(str(reason)) from None

    return command
