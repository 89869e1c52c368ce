"""The commands `noroshi organisation`, `noroshi person` and `noroshi token`."""

import sys
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

    home = _organisation(slug)
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
    _, secret = actions.issue_token(OPERATOR, person=_person(email), label=label, scopes=chosen, days=days)
    click.echo(secret)


def _organisation(slug: str) -> "Organisation":
    from noroshi.members.models import Organisation

    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(f"There is no organisation {slug!r}.")
    return found


def _person(email: str) -> "Person":
    from noroshi.members.queries import account_named

    found = account_named(email)
    if found is None:
        raise NotFound(f"There is no active person {email!r}.")
    return found


commands: Final = (organisation, person, token)
