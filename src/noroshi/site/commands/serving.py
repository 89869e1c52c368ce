"""Running the portal: the web server, the worker, or both."""

import os
import signal
import subprocess
import sys
from types import FrameType

import click

from noroshi.site.commands.installation import prepare

PORT = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="TCP port.")
HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
WORKERS = click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")


def web_command(host: str, port: int, processes: int = 2) -> list[str]:
    """Return the command line of the web server."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn", "noroshi.site.wsgi"),
        *("--bind", bind, "--workers", str(processes), "--threads", "4", "--timeout", "60"),
        *("--log-level", "warning", "--max-requests", "20000", "--max-requests-jitter", "2000"),
    ]


def worker_command() -> list[str]:
    """Return the command line of the worker."""
    return [sys.executable, "-m", "noroshi.site", "worker"]


@click.command()
@HOST
@PORT
@WORKERS
def serve(host: str, port: int, processes: int) -> None:
    """Run the web server alone."""
    prepare()
    arguments = web_command(host, port, processes)
    os.execv(arguments[0], arguments)  # noqa: S606 - our own interpreter


@click.command()
def worker() -> None:
    """Run the worker alone: it delivers events, starts what is due, and does the long jobs."""
    from noroshi.kit.jobs import Worker

    Worker().run()


@click.command()
@HOST
@PORT
@WORKERS
def up(host: str, port: int, processes: int) -> None:
    """Run the web server and the worker together, until Ctrl+C. If one dies, both end."""
    prepare()
    click.echo(f"noroshi is up at http://{host}:{port}/ (Ctrl+C ends it)")
    sys.exit(run_together(web_command(host, port, processes), worker_command()))


def run_together(*commands: list[str]) -> int:
    """Run programs side by side until one ends or a signal comes; end the others; return the first one's code."""
    running = [subprocess.Popen(command) for command in commands]  # noqa: S603 - our own commands

    def end(_number: int, _frame: FrameType | None) -> None:
        for process in running:
            process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    first, status = os.wait()
    end(0, None)
    for process in running:
        if process.pid != first:
            process.wait()
    return os.waitstatus_to_exitcode(status)


commands = [serve, worker, up]
