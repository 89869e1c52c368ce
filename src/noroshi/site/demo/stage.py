"""The installation of the demonstration: a folder of its own, its sector, its logs, its web server and worker."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import Final

import httpx

from noroshi.core.errors import Conflict, InvalidInput
from noroshi.site.commands.serving import web_command, worker_command
from noroshi.site.demo.sector import MEMBERS

MARK: Final = ".noroshi-demo"
KEYS: Final = "keys"
START_SECONDS: Final = 60


def clear(folder: Path) -> None:
    """Empty the folder of an earlier demonstration; refuse any other folder that has something in it.

    The keys stay: the settings of this very process have read, or just made, them.
    """
    contents = [path for path in folder.iterdir() if path.name != KEYS]
    if contents and not (folder / MARK).exists():
        raise Conflict(f"{folder} holds something else than a demonstration; it is left alone.")
    for path in contents:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (folder / MARK).touch()


def ingest(files: dict[str, list[Path]], source: str) -> int:
    """Read each institution's files into its lake, by the command a person would use; return how many events there are.

    One process a core: institutions are apart from each other in the lake, so they do not wait for each other.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return sum(pool.map(_ingest_one, files, files.values(), repeat(source)))


def _ingest_one(slug: str, paths: list[Path], source: str) -> int:
    arguments = ["lake", "ingest", "--org", slug, "--source", source, "--json", *map(str, paths)]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "noroshi.site", *arguments], stdout=subprocess.PIPE, check=True
    )
    return int(json.loads(done.stdout)["events"])


def dealt_out(folder: Path) -> dict[str, list[Path]]:
    """Deal a user's own log files out to the institutions, one after the other."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise InvalidInput("logs", f"There is no file in {folder}.")
    dealt: dict[str, list[Path]] = {}
    for number, path in enumerate(files):
        dealt.setdefault(MEMBERS[number % len(MEMBERS)].slug, []).append(path)
    return dealt


def free_port(wanted: int) -> int:
    """Return the wanted port, or a free one where it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Conflict("There is no free port.")


@contextmanager
def running(port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run the web server and the worker; yield them once the portal is ready; end them after the block.

    Told to stop (SIGTERM), the block is left as by Ctrl+C: else both would go on without whoever started them.
    """
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    commands = (web_command("127.0.0.1", port), worker_command())
    processes = [subprocess.Popen(command) for command in commands]  # noqa: S603 - our own commands
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz", processes)
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
        signal.signal(signal.SIGTERM, before)


def _wait_until_ready(url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if any(process.poll() is not None for process in processes):
            raise Conflict("The web server or the worker ended at once; see the lines above.")
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise Conflict(f"The portal was not ready within {START_SECONDS} seconds.")
