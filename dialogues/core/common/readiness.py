"""What must hold before the first page and before a command of the shell; each says in one sentence what does not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup

from dialogues.core.common.state import state
from dialogues.settings import SettingsError


def refuse_unready() -> None:
    """Look at everything that a page or a command needs.

    :raises SettingsError: the first thing that is missing.
    """
    for check in state().checks:
        check(state().settings)


class ReadyGroup(AppGroup):
    """A feature's commands of the shell: none begins before the installation is ready."""

    def command(  # type: ignore[override]  # As in AppGroup: always with parentheses.
        self, *arguments: Any, **options: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        """Declare a command, as in click."""
        declare = super().command(*arguments, **options)
        return lambda function: declare(_once_ready(function))


def _once_ready(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def command(*arguments: Any, **options: Any) -> Any:
        try:
            refuse_unready()
            return function(*arguments, **options)
        except SettingsError as reason:
            raise click.ClickException(str(reason)) from None

    return command
