"""`flask audit …`: verify the chain, and sign a head to store outside this host."""

from pathlib import Path

import click

from dialogues.core.audit import queries
from dialogues.core.audit.commands import sign_head
from dialogues.core.audit.queries import public_key
from dialogues.core.audit.rules import HeadUnreadable, SignedHead
from dialogues.core.common.clock import now
from dialogues.core.common.readiness import ReadyGroup
from dialogues.core.common.viewer import Purpose, system
from dialogues.settings import SettingsError

commands = ReadyGroup("audit", help="Who did what: check the chain, sign its head.")

_VIEWER = system(Purpose.INSTALLATION)


@commands.command("verify", writes=False)
@click.option(
    "--head", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A head kept elsewhere."
)
def verify(kept: Path | None) -> None:
    """Verify the chain against the signed heads; exits with 1 if it finds damage."""
    try:
        findings = queries.findings(_VIEWER, _heads_in(kept) if kept else [], now=now())
    except (HeadUnreadable, queries.ChainUnreadable, SettingsError) as fault:
        raise click.ClickException(str(fault)) from None
    for finding in findings:
        click.echo(str(finding))
    if findings:
        raise SystemExit(1)
    click.echo(f"The chain of {queries.size(_VIEWER)} entries is whole.")


@commands.command("head")
def head() -> None:
    """Sign the chain's current head and print it, to be stored outside this host."""
    click.echo(sign_head(_VIEWER, now=now()).printed(public_key()))


def _heads_in(file: Path) -> list[SignedHead]:
    return [SignedHead.read(line) for line in file.read_text("utf-8", "replace").splitlines() if line.strip()]
