"""`flask accounts …`: create the first account, print sign-in links."""

from collections.abc import Callable

import click
from flask import current_app

from dialogues.core.accounts.commands import installation
from dialogues.core.accounts.rules import link_address
from dialogues.core.accounts.views.cookie import this_moment
from dialogues.core.common.readiness import ReadyGroup
from dialogues.core.common.viewer import Purpose, system
from dialogues.lib.refusal import Refusal

commands = ReadyGroup("accounts", help="Who may sign in.")


@commands.command("create-host")
@click.argument("email")
def create_host(email: str) -> None:
    """Make EMAIL host of the installation; prints a single-use link to choose a password."""
    _print(installation.create_host, email)


@commands.command("sign-in-link")
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
def sign_in_link(emails: tuple[str, ...]) -> None:
    """Print a single-use sign-in link for the account of each EMAIL, one per line."""
    for email in emails:
        _print(installation.print_sign_in_link, email)


def _print(command: Callable[..., str], email: str) -> None:
    try:
        secret = command(system(Purpose.INSTALLATION), email, this_moment())
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(link_address(current_app.config["BASE_URL"], secret))
