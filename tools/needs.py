"""System packages that the tests need: Chromium, fonts for every script in the sample, and for some more nginx."""

import os
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

#: Debian keeps servers where only root looks for programs.
PROGRAM_FOLDERS = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
BROWSERS = ("chromium", "chromium-browser")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
#: A file of each font, and the Debian package that installs it.
FONTS = {"NotoSansCJK-Regular*": "fonts-noto-cjk", "NotoSans-Regular*": "fonts-noto-core"}


class NeedsMissingError(Exception):
    """A package is missing and cannot be installed; the message names it."""


def missing_packages(programs: Collection[str] = ()) -> list[str]:
    """Names of missing Debian packages; `programs` are needed in addition, and are packages of the same name."""
    missing = [] if any(shutil.which(name) for name in BROWSERS) else ["chromium"]
    missing += [name for name in programs if shutil.which(name, path=PROGRAM_FOLDERS) is None]
    folders = [folder for folder in FONT_FOLDERS if folder.is_dir()]
    for pattern, package in FONTS.items():
        if not any(True for folder in folders for _ in folder.rglob(pattern)):
            missing.append(package)
    return missing


def ensure_needs(programs: Collection[str] = ()) -> None:
    """Install missing packages, if running as root on Debian.

    :raises NeedsMissingError: something is still missing.
    """
    missing = missing_packages(programs)
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} …", flush=True)
        _install(missing)
        missing = missing_packages(programs)
    if missing:
        names = " ".join(missing)
        raise NeedsMissingError(f"The tests need {names}. On Debian, as root: apt-get install {names}")


def _install(packages: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "--quiet"], install):
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NeedsMissingError(f"{' '.join(command)} failed:\n{done.stderr or done.stdout}")
