"""`noroshi demo`: a whole sector on this machine, and the loop played in it."""

import json
import os
import sys
from pathlib import Path
from typing import Final

import click

from noroshi.site.exits import Exit

FOLDER: Final = "demo"


def set_stage() -> None:
    """Point the settings at the demonstration's own folder and database, before Django reads them.

    Whatever installation the environment names, a demonstration leaves it alone: of its settings only the folder is
    taken, and the demonstration lives in a folder inside. The cache beside that is shared: it says the same to both.
    """
    base = Path(os.environ.get("NOROSHI_DATA_DIR") or "./var")
    kept = {"NOROSHI_LOG_LEVEL", "NOROSHI_CACHE_DIR"}
    for name in [name for name in os.environ if name.startswith("NOROSHI_") and name not in kept]:
        del os.environ[name]
    os.environ.setdefault("NOROSHI_CACHE_DIR", str(base / "cache"))
    os.environ["NOROSHI_DATA_DIR"] = str(base / FOLDER)
    os.environ["NOROSHI_DEMO"] = "yes"
    os.environ.setdefault("NOROSHI_LOG_LEVEL", "WARNING")


@click.command()
@click.option("--once", is_flag=True, help="End after the timeline; exit 4 if a planted hit was missed.")
@click.option("--json", "as_json", is_flag=True, help="Print the timeline as one JSON object (implies --once).")
@click.option("--port", default=8000, show_default=True, help="Port of the portal; another one if it is taken.")
@click.option(
    "--logs",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Use your own log files in this folder instead of the sample ones.",
)
def demo(*, once: bool, as_json: bool, port: int, folder: Path | None) -> None:
    """Build a sample sector, play the loop from one signal to everybody's alerts, then serve the portal."""
    from django.conf import settings

    from noroshi.site.commands.installation import prepare
    from noroshi.site.demo import logs, sector, stage, stories
    from noroshi.site.demo.play import play
    from noroshi.site.demo.timeline import Timeline

    stage.clear(settings.DATA_DIR)
    timeline = Timeline(silent=as_json)
    with timeline.step("the installation is made"):
        prepare()
    with timeline.step("a sector of 12 institutions, a hub, a supervisor and a vendor moves in"):
        people = sector.build()
    if folder is None:
        with timeline.step("their logs of a week are written"):
            files = {slug: [path] for slug, path in logs.write(settings.DATA_DIR / "sample-logs").items()}
    else:
        files = stage.dealt_out(folder)
    with timeline.step("the logs go into each institution's lake"):
        events = stage.ingest(files, "web")
    story = stories.campaign() if folder is None else stories.of_own_logs(files)
    port = stage.free_port(port)
    with stage.running(port) as processes:
        outcome = play(f"http://127.0.0.1:{port}", story, timeline)
        if as_json:
            click.echo(json.dumps({"steps": timeline.steps, "events": events, **vars(outcome)}, ensure_ascii=False))
        else:
            click.echo(
                f"\n{events:,} log lines; {outcome.hits_found} of {outcome.hits_expected} planted values found, "
                f"{outcome.false_alerts} false alerts"
            )
        if not (once or as_json):
            _show_way_in(port, [person.email for person in people], sector.PASSWORD)
            processes[0].wait()
    sys.exit(Exit.OK if outcome.is_right else Exit.BROKEN)


def _show_way_in(port: int, emails: list[str], password: str) -> None:
    click.echo(f"\nThe portal is at http://127.0.0.1:{port}/ (Ctrl+C ends it). Everybody's password: {password}\n")
    click.echo("\n".join(f"  {email}" for email in emails))


commands = [demo]
