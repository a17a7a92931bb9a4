"""Checks that run before the first page and before each CLI command."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup

from dialogues.core.common.state import state
from dialogues.settings import SettingsError


def refuse_unready() -> None:
    """:raises SettingsError: the first check that fails; its message says what to do."""
    for check in state().checks:
        check(state().settings)


class ReadyGroup(AppGroup):
    """The CLI commands of a feature; they run only after the checks have passed."""

    def command(  # type: ignore[override]  # As in AppGroup: always with parentheses.
        self, *arguments: Any, **options: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
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
