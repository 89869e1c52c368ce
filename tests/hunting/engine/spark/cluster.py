"""A real Spark cluster on loopback: one master and two workers, each a process of its own."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For virtual machines that live a minute: they translate no code that they will not run again."""
PATIENCE = 120
"""Seconds. A virtual machine starts in five, on a machine that does nothing else."""


def lacking() -> str:
    """Return what is not here and a cluster needs; empty where it can be started."""
    missing = [name for name, here in (("java", shutil.which("java")), ("pyspark", find_spec("pyspark"))) if not here]
    return f"no Spark cluster without {' and '.join(missing)}" if missing else ""


@contextmanager
def running(folder: Path, workers: int = 2) -> Iterator[str]:
    """Run a cluster and yield the address of its master."""
    with ExitStack() as stack:
        master = stack.enter_context(_daemon(folder, "master.Master", "--port", "0", "--webui-port", "0"))
        address = _said(master, r"Starting Spark master at (spark://127\.0\.0\.1:\d+)")
        for number in range(workers):
            size = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work-{number}"))
            worker = stack.enter_context(_daemon(folder, "worker.Worker", *size, "--webui-port", "0", address))
            _said(worker, "(Successfully registered) with master")
        yield address


@contextmanager
def _daemon(folder: Path, name: str, *options: str) -> Iterator[Path]:
    """Run one of Spark's daemons and yield the file into which it logs."""
    home = Path(find_spec("pyspark").origin).parent
    log = folder / f"{name}-{time.monotonic_ns()}.log"
    places = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(folder)}
    places["SPARK_DAEMON_JAVA_OPTS"] = QUICK
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1", *options]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | places) as process,
    ):
        try:
            yield log
        finally:
            process.kill()


def _said(log: Path, pattern: str) -> str:
    """Wait until a daemon has written something, and return it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := re.search(pattern, log.read_text()):
            return found[1]
        time.sleep(0.1)
    raise TimeoutError(log.read_text()[-2000:])
