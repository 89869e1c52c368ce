"""A throw-away PostgreSQL for one command, without a server, a password or a port.

    postgres.py run [-k FOLDER] [-c NAME=VALUE ...] COMMAND ...
                            start a cluster, run COMMAND with NOROSHI_DATABASE_URL, remove the cluster;
                            with -k, keep it in FOLDER and begin with what is there
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
def cluster(*settings: str, kept: Path | None = None) -> Iterator[str]:
    """Run a cluster with `settings` for the time of the block; yield the address for NOROSHI_DATABASE_URL.

    What is written is gone afterwards, unless the cluster is `kept` in a folder, where the next one finds it.
    """
    binaries = programs()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt install postgresql")
    with _folder(kept) as folder:
        data = folder / "data"
        _hand_over(folder)
        fresh = not data.exists()
        if fresh:
            made = ("--username=postgres", "--auth=trust", *_initial(), f"--pgdata={data}")
            _call(folder, binaries / "initdb", *made)
        control = (binaries / "pg_ctl", f"--pgdata={data}", "--silent", "--wait")
        options = " ".join([SERVER.format(folder=folder), *(f"-c {setting}" for setting in settings)])
        _call(folder, *control, f"--log={folder / 'log'}", f"--options={options}", "start")
        try:
            if fresh:
                _call(folder, binaries / "createdb", f"--host={folder}", "--username=postgres", "noroshi")
            yield f"postgres:///noroshi?host={folder}&user=postgres"
        finally:
            _call(folder, *control, f"--mode={'fast' if kept else 'immediate'}", "stop")


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """Not below the checkout: the postgres account may not enter it, and a socket's path ends at 107 bytes."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="noroshi-postgres-", ignore_cleanup_errors=True) as name:
        yield Path(name)


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


def run(command: list[str], settings: list[str], kept: Path | None = None) -> int:
    """Run `command` on a cluster with `settings`, a fresh one unless one is `kept`; return its exit code."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the cluster is stopped
    with cluster(*settings, kept=kept) as address:
        environment = {**os.environ, "NOROSHI_DATABASE_URL": address}
        return subprocess.run(command, env=environment, check=False).returncode


def _read(rest: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Divide what follows the verb: the values of -c and -k, and the command."""
    options: dict[str, list[str]] = {"-c": [], "-k": []}
    while rest and rest[0] in options:
        options[rest[0]] += rest[1:2]
        rest = rest[2:]
    return options, rest


def main(arguments: list[str]) -> int:
    """Run the verb of the command line; return its exit code."""
    match arguments:
        case ["found"]:
            return 0 if programs() else 1
        case ["run", *rest]:
            options, command = _read(rest)
            if command and len(options["-k"]) <= 1:
                return run(command, options["-c"], *map(Path, options["-k"]))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
