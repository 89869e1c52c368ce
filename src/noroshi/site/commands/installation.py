"""Making an installation, checking it, and Django's own commands."""

import json
import sys

import click

from noroshi.site.exits import Exit


def prepare() -> None:
    """Bring the database, the cache table, static files, warning lists and words to tag with up to date.

    Refuses an installation that is set up dangerously.
    """
    from django.core.management import call_command

    from noroshi.core import ledger
    from noroshi.core.actor import Actor
    from noroshi.intel.actions import import_knowledge, knowledge_is_current
    from noroshi.intel.domain import warning_lists

    _refuse_dangers()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    warning_lists.ready_file()
    ledger.enrol()
    if not knowledge_is_current():
        import_knowledge(Actor.system("cli"))


def _refuse_dangers() -> None:
    from django.core import checks

    dangers = [message for message in checks.run_checks() if message.is_serious() and not message.is_silenced()]
    for message in dangers:
        click.echo(f"noroshi: {message.id}: {message.msg} {message.hint or ''}", err=True)
    if dangers:
        sys.exit(Exit.BROKEN)


@click.command()
@click.option("--slug", default="hub", show_default=True, help="Short name of the hub organisation.")
@click.option("--name-ja", default="事務局", show_default=True, help="Its name in Japanese.")
@click.option("--name-en", default="Hub", show_default=True, help="Its name in English.")
@click.option("--node", is_flag=True, help="A member's node: its organisations come from its hub, by pairing.")
def init(slug: str, name_ja: str, name_en: str, *, node: bool) -> None:
    """Make an empty installation with its hub organisation. Run again, it only brings things up to date."""
    from django.conf import settings

    from noroshi.core.actor import Actor
    from noroshi.core.domain.membership import MembershipClass
    from noroshi.core.signing import public_key
    from noroshi.members.actions import create_organisation
    from noroshi.members.models import InstitutionKind, Organisation

    prepare()
    public_key()
    if node:
        click.echo(f"node in {settings.DATA_DIR} is ready; connect it: noroshi federation pair URL CODE")
        return
    hub = Organisation.objects.filter(membership=MembershipClass.HUB).first()
    if hub is None:
        hub = create_organisation(
            Actor.system("cli"),
            slug=slug,
            name_ja=name_ja,
            name_en=name_en,
            kind=InstitutionKind.CENTRE,
            membership=MembershipClass.HUB,
        )
    click.echo(f"installation in {settings.DATA_DIR} is ready; its hub is {hub.slug}")


@click.command()
@click.option("--settings", "show_settings", is_flag=True, help="List every setting, its value and its meaning.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(*, show_settings: bool, as_json: bool) -> None:
    """Check the installation: settings, database, migrations, attached files. Exit 4 if something is wrong."""
    if show_settings:
        _print_settings(as_json=as_json)
        return
    problems = _problems()
    if as_json:
        click.echo(json.dumps({"problems": problems}, ensure_ascii=False))
    else:
        click.echo("\n".join(problems) or "everything is in order")
    sys.exit(Exit.BROKEN if problems else Exit.OK)


def _problems() -> list[str]:
    from django.core import checks
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    messages = checks.run_checks(include_deployment_checks=True)
    found = [f"{message.id}: {message.msg}" for message in messages if not message.is_silenced()]
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            found.append("the database is not up to date: run `noroshi init`")
        else:
            found.extend(_damaged_files())
    except DatabaseError as error:
        found.append(f"the database does not answer: {error}")
    return found


def _damaged_files() -> list[str]:
    """Name the attached files whose bytes are missing or are not what they were."""
    from noroshi.sharing import blobs, queries

    return [
        f"an attached file is missing or damaged: {name}" for name in queries.blobs_needed() if not blobs.is_whole(name)
    ]


def _print_settings(*, as_json: bool) -> None:
    from django.conf import settings

    from noroshi.site.options import OPTIONS, PREFIX

    secret = {"SECRET_KEY", "LAKE_KEY", "OIDC_SECRET", "SMTP_URL", "MAIL_IN_IMAP_URL", "DATABASE_URL", "METRICS_TOKEN"}
    rows = [
        {
            "name": PREFIX + option.name,
            "value": "(set)" if option.name in secret and value else str(value),
            "help": option.help,
        }
        for option in OPTIONS
        for value in [settings.OPTIONS[option.name]]
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        click.echo("\n".join(f"{row['name']} = {row['value']}\n    {row['help']}" for row in rows))


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands: `noroshi manage shell`."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["noroshi manage", *arguments])


commands = [init, check, manage]
