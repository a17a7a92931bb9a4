"""Compiles requirements/*.txt from pyproject.toml, or checks that they match it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copy, copytree

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements/runtime.txt", "requirements/dev.txt")
COMPILE = ("uv", "pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--generate-hashes")
SILENCE = ("--no-emit-index-url", "--no-header")


def compile_locks(root: Path) -> None:
    """Write both lock files in `root`; existing pins are kept if they still fit."""
    runtime, development = LOCKS
    arguments = (
        ["pyproject.toml", "--extra", "postgres", "--output-file", runtime],
        ["--group", "dev", "--constraints", runtime, "--output-file", development],
    )
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    for options in arguments:
        subprocess.run([*COMPILE, *SILENCE, *options], cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)


def stale_locks() -> list[str]:
    """The lock files that a new compilation, which prefers the current pins, would change."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        copy(ROOT / "pyproject.toml", scratch)
        copytree(ROOT / "requirements", scratch / "requirements")
        compile_locks(scratch)
        return [name for name in LOCKS if (scratch / name).read_bytes() != (ROOT / name).read_bytes()]


if __name__ == "__main__":
    compile_locks(ROOT)
