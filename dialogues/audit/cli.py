"""`flask audit …`: whether the chain holds, and the head that someone else should keep."""

from pathlib import Path

import click
from flask.cli import AppGroup

from dialogues.audit import queries
from dialogues.audit.chain_keys import public_key
from dialogues.audit.commands import sign_head
from dialogues.audit.signed_head import HeadUnreadable, SignedHead
from dialogues.common.clock import now
from dialogues.common.viewer import Purpose, system

commands = AppGroup("audit", help="Who did what: check the chain, sign its head.")

_VIEWER = system(Purpose.INSTALLATION)


@commands.command("verify")
@click.option(
    "--head", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A head kept elsewhere."
)
def verify(kept: Path | None) -> None:
    """Check the chain against the signed heads; exits with 1 when something is wrong."""
    try:
        heads = [SignedHead.read(line) for line in kept.read_text("utf-8").splitlines() if line.strip()] if kept else []
    except (HeadUnreadable, UnicodeDecodeError) as fault:
        raise click.ClickException(str(fault)) from None
    findings = queries.findings(_VIEWER, heads)
    for finding in findings:
        click.echo(str(finding))
    if findings:
        raise SystemExit(1)
    click.echo(f"The chain of {queries.size(_VIEWER)} entries is whole.")


@commands.command("head")
def head() -> None:
    """Sign the chain as it stands and print the head, for someone outside this host to keep."""
    click.echo(sign_head(_VIEWER, now=now()).printed(public_key()))
