"""A throw-away PostgreSQL for one command, without a server, a password or a port.

    postgres.py run [-c NAME=VALUE ...] COMMAND ...
                            start a cluster, run COMMAND with NOROSHI_DATABASE_URL, remove the cluster
    postgres.py found       exit 0 if a PostgreSQL is installed, else 1

The cluster listens on a socket in its own folder only. Started by root, it runs as the system's `postgres`
account, because PostgreSQL refuses to run as root.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

DEBIAN: Final = Path("/usr/lib/postgresql")
# Nothing here outlives the command, so nothing waits for the disk.
SERVER: Final = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses= -k {folder}"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, of the newest version; None where none is installed."""
    newest_first = sorted(DEBIAN.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = [Path(folder) for folder in os.get_exec_path()]
    return next((folder for folder in [*newest_first, *on_path] if _is_complete(folder)), None)


def _is_complete(folder: Path) -> bool:
    return all((folder / program).exists() for program in ("initdb", "pg_ctl", "createdb"))


@contextmanager
def cluster(*settings: str) -> Iterator[str]:
    """Run a cluster with `settings` for the time of the block; yield the address for NOROSHI_DATABASE_URL."""
    binaries = programs()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt install postgresql")
    # Not below the checkout: the postgres account may not enter it, and a socket's path ends at 107 bytes.
    with tempfile.TemporaryDirectory(prefix="noroshi-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        data = folder / "data"
        _hand_over(folder)
        _call(
            folder,
            binaries / "initdb",
            "--username=postgres",
            "--auth=trust",
            *_initial(),
            f"--pgdata={data}",
        )
        control = (binaries / "pg_ctl", f"--pgdata={data}", "--silent", "--wait")
        options = " ".join([SERVER.format(folder=folder), *(f"-c {setting}" for setting in settings)])
        _call(folder, *control, f"--log={folder / 'log'}", f"--options={options}", "start")
        try:
            _call(folder, binaries / "createdb", f"--host={folder}", "--username=postgres", "noroshi")
            yield f"postgres:///noroshi?host={folder}&user=postgres"
        finally:
            _call(folder, *control, "--mode=immediate", "stop")


def _initial() -> tuple[str, ...]:
    """C.UTF-8: one order of text on every machine, and Japanese letters are letters in it."""
    return "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"


def _account() -> dict[str, Any]:
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")


def _call(folder: Path, *command: str | Path) -> None:
    result = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **_account(),
    )
    if result.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed:\n{result.stdout}")


def run(command: list[str], settings: list[str]) -> int:
    """Run `command` on a fresh cluster with `settings`; return its exit code."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the cluster is removed
    with cluster(*settings) as address:
        environment = {**os.environ, "NOROSHI_DATABASE_URL": address}
        return subprocess.run(command, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run the verb of the command line; return its exit code."""
    settings: list[str] = []
    while arguments[1:2] == ["-c"] and len(arguments) > 2:  # noqa: PLR2004 - the verb, -c and its setting
        settings.append(arguments[2])
        arguments = [arguments[0], *arguments[3:]]
    match arguments:
        case ["found"]:
            return 0 if programs() else 1
        case ["run", *command] if command:
            return run(command, settings)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
