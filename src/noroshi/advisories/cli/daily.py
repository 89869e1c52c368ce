"""`noroshi advisories sheet`: the daily sheet, looked at or issued."""

import json

import click


@click.command()
@click.option("--csv", "form", flag_value="csv", help="For a spreadsheet.")
@click.option("--json", "form", flag_value="json", help="As it is frozen when it goes out.")
@click.option("--issue", is_flag=True, help="Issue it: it gets its number, and every member is told.")
def sheet(*, form: str | None, issue: bool) -> None:
    """Show the daily sheet as it would be now: what has happened since the last one. --issue alone sends it out."""
    from django.utils import timezone

    from noroshi.advisories import actions
    from noroshi.advisories.daily_wording import as_csv, as_text
    from noroshi.core import clock
    from noroshi.core.actor import Actor

    actor = Actor.system("advisories sheet")
    prepared = actions.next_sheet(actor)
    said, reference = prepared.said, ""
    if issue:
        row = actions.issue_sheet(actor, after=prepared.before.pk if prepared.before else None)
        said, reference = row.frozen, row.reference
    if form == "json":
        click.echo(json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True))
    elif form == "csv":
        mark = f"{actor.label} {timezone.localtime(clock.now()).isoformat(timespec='seconds')}"
        click.echo("".join(as_csv(said, mark)), nl=False)
    else:
        click.echo("\n".join(filter(None, (reference, as_text(said)))))


commands = (sheet,)
