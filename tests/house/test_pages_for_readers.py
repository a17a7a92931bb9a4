"""README and CONTRIBUTING match the code: settings, folders, layers, commands, addresses and files."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from dialogues.settings import ROOT, Settings

README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
BOTH = pytest.mark.parametrize("page", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])


def section(title: str) -> str:
    """The text under a heading of the README."""
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def spans(page: str) -> list[str]:
    """The texts in backquotes."""
    return re.findall(r"`([^`\n]+)`", page)


def first_cells(part: str) -> Iterator[str]:
    for line in part.splitlines():
        if line.startswith("| `"):
            yield from spans(line.split(" | ")[0])


def test_the_table_contains_exactly_the_settings() -> None:
    documented = list(first_cells(section("Settings")))
    assert sorted(documented) == sorted(f"DIALOGUES_{field.name.upper()}" for field in fields(Settings))


def test_simple_defaults_in_the_table_are_correct() -> None:
    real = Settings()
    for line in section("Settings").splitlines():
        names, said = spans(line.split(" | ")[0]), line.split(" | ")[1:2]
        for name, value in zip(names, said[0].replace("`", "").split(", ") if said else [], strict=False):
            default = getattr(real, name.removeprefix("DIALOGUES_").lower())
            if isinstance(default, str) and default:
                assert value == default
            elif isinstance(default, int) and not isinstance(default, bool):
                assert int(value) == default
            elif hasattr(default, "total_seconds"):
                assert int(value) * 60 == default.total_seconds()


def test_the_table_contains_every_folder() -> None:
    documented = set(first_cells(section("Structure")))
    folders = [file.parent for file in (ROOT / "dialogues").glob("*/*/__init__.py") if file.parent.parent.name != "lib"]
    features = {f"dialogues/{folder.parent.name}/{folder.name}/" for folder in folders}
    assert features - documented == set()


def test_the_diagram_of_layers_matches_the_contracts() -> None:
    areas, features = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][:2]

    def features_of(area: str) -> list[str]:
        # The contract lists the features of all areas together, in brackets because each area has only some of them.
        names = [name.strip("()") for name in features["layers"]]
        return [name for name in names if (ROOT / "dialogues" / area / name / "__init__.py").exists()]

    picture = section("Structure").split("```")[1].strip().splitlines()
    assert picture == [f"{area:<16}{' › '.join(features_of(area))}".rstrip() for area in areas["layers"]]


@BOTH
def test_every_named_file_exists(page: str) -> None:
    named = [*spans(page), *re.findall(r"\]\(([^)]+)\)", page)]
    paths = [name for name in named if re.fullmatch(r"\.?[\w./-]+(/|\.(py|md|toml|txt|png))", name)]
    # A file that every feature has is named without its folder.
    places = (
        ROOT,
        ROOT / "dialogues",
        ROOT / "tests",
        *(ROOT / "dialogues").iterdir(),
        *(ROOT / "dialogues").glob("*/*"),
    )
    own = {"instance/settings.toml", "keys/", "files/", "master.key", "queue.db"}
    assert paths
    assert [path for path in paths if path not in own and not any((place / path).exists() for place in places)] == []


def is_a_command(words: list[str], app: Flask) -> bool:
    """Whether these words are a command; words after the command are its arguments."""
    command: click.Command | None = FlaskGroup()
    with click.Context(FlaskGroup(), obj=ScriptInfo(create_app=lambda: app)) as context:
        for word in words:
            if isinstance(command, click.Group):
                command = command.get_command(context, word)
    return command is not None


@BOTH
def test_every_named_command_exists(page: str, app: Flask) -> None:
    for words in re.findall(r"\bflask ((?:[a-z-]+ ?)+)", " ".join(spans(page))):
        assert is_a_command(words.split(), app), f"flask {words}"
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {target for span in spans(page) for target in re.findall(r"(?:^|=\d+ )make ([a-z]+)", span)} <= set(targets)


def test_every_address_in_the_walkthroughs_exists(app: Flask) -> None:
    ours = {re.sub(r"<[^>]+>", "<>", rule.rule): rule.methods or set() for rule in app.url_map.iter_rules()}
    walked = [span.split(" ", 1) for span in spans(CONTRIBUTING) if span.startswith(("GET /", "POST /"))]
    assert len(walked) == 2
    for method, address in walked:
        assert method in ours[re.sub(r"<[^>]+>", "<>", address)]


def test_the_picture_exists_and_is_small() -> None:
    picture = ROOT / "docs" / "agenda.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 200_000
