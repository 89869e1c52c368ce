"""The commands `noroshi organisation`, `noroshi person`, `noroshi token` and `noroshi group`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound

if TYPE_CHECKING:
    from noroshi.members.models import Organisation, Person

OPERATOR: Final = Actor.system("cli")


@click.group()
def organisation() -> None:
    """Organisations of the installation."""


@organisation.command("create")
@click.argument("slug")
@click.option("--kind", required=True, help="Kind of institution, such as regional_bank, insurer, vendor.")
@click.option("--membership", default="regular", show_default=True, help="Class: regular, affiliate, trial ...")
@click.option("--name-ja", default="", help="Name in Japanese; by default the short name.")
@click.option("--name-en", default="", help="Name in English.")
def create_organisation(slug: str, kind: str, membership: str, name_ja: str, name_en: str) -> None:
    """Take the organisation SLUG into the directory."""
    from noroshi.members import actions

    made = actions.create_organisation(
        OPERATOR, slug=slug, name_ja=name_ja or name_en or slug, name_en=name_en, kind=kind, membership=membership
    )
    click.echo(f"organisation {made.slug} created ({made.kind}, {made.membership})")


@click.group()
def person() -> None:
    """People of the organisations."""


@person.command("create")
@click.argument("email")
@click.option("--org", "slug", required=True, help="Short name of the organisation.")
@click.option("--role", "roles", multiple=True, help="A role, such as analyst or organisation_admin; may be repeated.")
@click.option("--name", default="", help="Name; by default the part of the address before the @.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input instead of inviting.")
def create_person(email: str, slug: str, roles: tuple[str, ...], name: str, password_stdin: bool) -> None:  # noqa: FBT001 - an option
    """Invite EMAIL and print the link of the invitation, or make the account at once with a password."""
    from noroshi.members import actions, mail

    home = organisation_named(slug)
    name = name or email.partition("@")[0]
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
        actions.check_password(password, email=email, name=name)
        made = actions.create_person(
            OPERATOR, email=email, name=name, organisation=home, roles=roles, password=password
        )
        click.echo(f"person {made.email} created in {home.slug}")
        return
    _, secret = actions.invite_person(OPERATOR, email=email, name=name, organisation=home, roles=roles)
    click.echo(mail.invitation_link(secret))


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("email")
@click.option("--scopes", required=True, help="Scopes, separated by commas, such as signals.read,hunting.read.")
@click.option("--days", default=90, show_default=True, help="For how many days it is valid.")
@click.option("--label", default="command line", show_default=True, help="Where it is used.")
def create_token(email: str, scopes: str, days: int, label: str) -> None:
    """Issue a token to the person EMAIL and print it alone; it is shown this once."""
    from noroshi.members import actions

    chosen = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    _, secret = actions.issue_token(OPERATOR, person=person_named(email), label=label, scopes=chosen, days=days)
    click.echo(secret)


@click.group()
def group() -> None:
    """Groups of people who share with each other."""


@group.command("create")
@click.argument("slug")
@click.option("--kind", required=True, help="Kind of group: working_group, community, ad_hoc.")
@click.option("--name-ja", default="", help="Name in Japanese; by default the short name.")
@click.option("--name-en", default="", help="Name in English.")
@click.option("--tlp", default="AMBER", show_default=True, help="Usual marking of what is shared with it.")
@click.option("--joining", default="invitation", show_default=True, help="How one joins: request, invitation, open.")
@click.option("--purpose-ja", default="", help="What it is for, in Japanese.")
@click.option("--purpose-en", default="", help="What it is for, in English.")
@click.option("--confidential", is_flag=True, help="Only its members and the hub's operators may know of it.")
def create_group(slug: str, confidential: bool, **given: str) -> None:  # noqa: FBT001 - an option
    """Make the group SLUG; members and charter come afterwards."""
    from noroshi.members import actions
    from noroshi.members.domain.groups import Terms

    terms = Terms(given["purpose_ja"], given["purpose_en"], given["joining"], (), confidential)
    made = actions.create_group(
        OPERATOR,
        slug=slug,
        name_ja=given["name_ja"] or given["name_en"] or slug,
        name_en=given["name_en"],
        kind=given["kind"],
        default_tlp=given["tlp"],
        terms=terms,
    )
    click.echo(f"group {made.slug} created ({made.kind}, {made.joining})")


@group.command("list")
def list_groups() -> None:
    """Print every group: short name, kind, how one joins, people, name."""
    from noroshi.members.queries import groups_for

    for row in groups_for(OPERATOR).order_by("slug"):
        marks = [mark for mark, is_so in (("confidential", row.confidential), ("closed", row.closed_at)) if is_so]
        people = vars(row)["people_count"]
        click.echo("\t".join([row.slug, row.kind, row.joining, str(people), row.name, *marks]))


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_groups(file: Path) -> None:
    """Make the groups of the CSV FILE, or bring those that are there in line with it; all of it or nothing."""
    from noroshi.members import actions

    for slug, what in actions.import_groups(OPERATOR, path=file).items():
        click.echo(f"{slug} {what}")


def organisation_named(slug: str) -> "Organisation":
    """Return the organisation of that slug; raise NotFound where there is none."""
    from noroshi.members.models import Organisation

    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(f"there is no organisation “{slug}”; `noroshi organisation create` makes one")
    return found


def person_named(email: str) -> "Person":
    """Return the active person of that mail address; raise NotFound where there is none."""
    from noroshi.members.queries import account_named

    found = account_named(email)
    if found is None:
        raise NotFound(f"There is no active person {email!r}.")
    return found


commands: Final = (organisation, person, token, group)
