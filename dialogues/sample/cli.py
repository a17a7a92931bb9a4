"""`flask sample …`: load the sample dialogues, or generate meetings."""

import json
from typing import Any

import click
from flask import current_app, url_for

from dialogues.core.common import clock
from dialogues.core.common.readiness import ReadyGroup
from dialogues.lib.refusal import Refusal
from dialogues.sample import commands as commands_module

commands = ReadyGroup("sample", help="Sample dialogues for the demonstration and for tests.")


@commands.command("load")
@click.option("--json", "as_json", is_flag=True, help="Print ids and addresses as JSON.")
def load(as_json: bool) -> None:
    """Load the sample dialogues into an empty database."""
    try:
        loaded = commands_module.load_sample(clock.now())
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    links = commands_module.persona_links(clock.real_now())
    registrations = commands_module.registration_links(clock.now())
    feeds = commands_module.feed_links(clock.real_now())
    found: dict[str, dict[str, Any]] = {
        "dialogues": loaded.dialogues,
        "meetings": loaded.meetings,
        "sessions": loaded.sessions,
        "people": {f"{code}:{name}": person for (code, name), person in loaded.people.items()},
        "sign_in": {name: address("accounts.open_link", token) for name, token in links.items()},
        "registration": {name: address("invitations.open_link", token) for name, token in registrations.items()},
        "feeds": {name: address("calendars.feed", token) for name, token in feeds.items()},
    }
    if as_json:
        click.echo(json.dumps(found, default=str, ensure_ascii=False, indent=2))
    else:
        for name, link in found["sign_in"].items():
            click.echo(f"{name:10} {link}")


@commands.command("generate")
@click.option("--sessions", default=60, show_default=True)
@click.option("--participants", default=200, show_default=True)
@click.option("--records", default=0, show_default=True, help="Records in the archive as well.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def generate(sessions: int, participants: int, records: int, seed: int, as_json: bool) -> None:
    """Add one made-up meeting of that size."""
    from dialogues.sample.generating import generate_meeting

    made: dict[str, Any] = generate_meeting(
        sessions=sessions, participants=participants, records=records, seed=seed, now=clock.now()
    )
    made["feed"] = commands_module.feed_token(made["participant_person"], clock.real_now())
    click.echo(
        json.dumps(made, default=str)
        if as_json
        else f"{made['meeting']}: {sessions} sessions, {participants} participants"
    )


def address(endpoint: str, token: str) -> str:
    """Return the URL of a secret link at the base URL of the installation."""
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        return str(current_app.config["BASE_URL"] + url_for(endpoint, token=token))
