"""Every import contract fails when its rule is broken, and every feature is listed in the contracts."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: For each contract: a module, and a line that breaks the contract there.
BREACHES = {
    "Areas know only the areas below them": (
        "dialogues/meetings/venues/queries.py",
        "import dialogues.agenda.versions.models",
    ),
    "Features of an area know only the features below them": (
        "dialogues/meetings/venues/queries.py",
        "import dialogues.meetings.roles.models",
    ),
    "Files of a feature know only the files below them": (
        "dialogues/meetings/venues/models.py",
        "import dialogues.meetings.venues.commands",
    ),
    "Rules are plain Python": ("dialogues/meetings/venues/rules.py", "import sqlalchemy"),
    "Below the views, nobody knows there is a web": ("dialogues/meetings/venues/commands.py", "import flask"),
    "Views ask queries and commands, never the database": (
        "dialogues/meetings/venues/views.py",
        "import dialogues.meetings.venues.models",
    ),
    "Another feature's rows change only through its operations": (
        "dialogues/meetings/dialogues/operations.py",
        "import dialogues.core.outbox.models",
    ),
    "Only the outbox speaks SMTP": ("dialogues/meetings/venues/commands.py", "import smtplib"),
    "No cycles between siblings": ("dialogues/policy.py", "import dialogues.factory"),
}


def contracts() -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    return found


def features() -> set[str]:
    """All features with their areas; libraries and `core/common` have no feature files."""
    folders = {path.parent for path in (ROOT / "dialogues").glob("*/*/__init__.py")}
    return {f"dialogues.{one.parent.name}.{one.name}" for one in folders if one.parent.name != "lib"} - {
        "dialogues.core.common"
    }


def test_every_contract_has_a_breach_to_test() -> None:
    assert {contract["name"] for contract in contracts()} == set(BREACHES)


def test_every_feature_is_in_the_contract_on_files() -> None:
    inside = next(one for one in contracts() if str(one["name"]).startswith("Files of a feature"))
    assert {str(name) for name in inside["containers"]} == features()  # type: ignore[attr-defined]  # TOML is untyped.


def test_only_the_outbox_may_use_smtp() -> None:
    silent = next(one for one in contracts() if one["name"] == "Only the outbox speaks SMTP")
    named = {str(name) for name in silent["source_modules"]}  # type: ignore[attr-defined]  # TOML is untyped.
    loud = {name for name in features() if name not in named and name.rpartition(".")[0] not in named}
    assert loud == {"dialogues.core.outbox"}


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_of_a_contract_is_found(contract: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "dialogues", tmp_path / "dialogues", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    module, line = BREACHES[contract]
    with (tmp_path / module).open("a") as file:
        file.write(f"\n{line}\n")

    said = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=tmp_path, capture_output=True, text=True
    )

    assert said.returncode == 1
    assert f"{contract} BROKEN" in " ".join(said.stdout.split())
