"""System packages that the tests need: Chromium, and fonts for every script in the sample."""

import os
import shutil
import subprocess
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
#: A file of each font, and the Debian package that installs it.
FONTS = {"NotoSansCJK-Regular*": "fonts-noto-cjk", "NotoSans-Regular*": "fonts-noto-core"}


class NeedsMissingError(Exception):
    """A package is missing and cannot be installed; the message names it."""


def missing_packages() -> list[str]:
    """Names of missing Debian packages."""
    missing = [] if any(shutil.which(name) for name in BROWSERS) else ["chromium"]
    folders = [folder for folder in FONT_FOLDERS if folder.is_dir()]
    for pattern, package in FONTS.items():
        if not any(True for folder in folders for _ in folder.rglob(pattern)):
            missing.append(package)
    return missing


def ensure_needs() -> None:
    """Install missing packages, if running as root on Debian.

    :raises NeedsMissingError: something is still missing.
    """
    missing = missing_packages()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} …", flush=True)
        _install(missing)
        missing = missing_packages()
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
