"""`flask keys …`: the installation's master key."""

import click
from flask.cli import AppGroup

from dialogues.core.common.state import state
from dialogues.core.common.stores import key_store
from dialogues.core.keys import queries
from dialogues.lib.encryption.key_store import KeyStoreDamaged
from dialogues.lib.encryption.master_key import MasterKeyFault
from dialogues.settings import SettingsError

commands = AppGroup("keys", help="The master key: make it, rotate it.")


@commands.command("create-master")
def create_master() -> None:
    """Create the master key; without it nothing can be encrypted. Back it up apart from the database and key store."""
    try:
        _refuse_in_place_of_lost()
        path = key_store().create_master()
    except (SettingsError, OSError) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"The master key is in {path}. Back it up, apart from the database and the key store.")


@commands.command("rotate-master")
def rotate_master() -> None:
    """Wrap all data keys with a new master key and delete the old one; if interrupted, run it again."""
    try:
        count = key_store().rotate_master()
    except (MasterKeyFault, KeyStoreDamaged, OSError) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"{count} data keys are wrapped with the new master key. Back up the master key and the key store.")


def _refuse_in_place_of_lost() -> None:
    """:raises SettingsError: there are data keys, which a new master key cannot open."""
    settings = state().settings
    listed = max(queries.number_of_keys(settings), len(key_store().names()))
    if listed and not settings.master_key.exists():
        raise MasterKeyFault(
            f"The data is encrypted with {listed} keys that a new master key cannot open: put the copy of the lost one "
            f"at {settings.master_key}."
        )
