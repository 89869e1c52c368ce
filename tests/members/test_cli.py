import re
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from django.test import Client

from factories.members import PASSWORD, make_organisation, make_person
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.members.cli import commands
from noroshi.members.models import Organisation, Person
from noroshi.members.tokens import authenticate_token


def run(*arguments, standard_input=""):
    """Run a command; an error of the product comes out as itself, as the `noroshi` command expects."""
    group = {command.name: command for command in commands}[arguments[0]]
    return CliRunner().invoke(group, arguments[1:], input=standard_input, catch_exceptions=False)


def test_organisation_create_says_what_it_did_in_one_line(db):
    result = run("organisation", "create", "bank_z", "--kind", "regional_bank", "--name-ja", "ゼット銀行")
    assert (result.exit_code, result.output) == (0, "organisation bank_z created (regional_bank, regular)\n")
    assert Organisation.objects.get().name_ja == "ゼット銀行"


def test_organisation_create_without_names_uses_the_short_name(db):
    run("organisation", "create", "hub", "--kind", "centre", "--membership", "hub")
    assert (Organisation.objects.get().name_ja, Organisation.objects.get().membership) == ("hub", "hub")


def test_organisation_create_of_an_unknown_kind_is_refused(db):
    with pytest.raises(InvalidInput):
        run("organisation", "create", "bank_z", "--kind", "casino")


def test_person_create_prints_a_working_invitation_alone(db):
    make_organisation("bank")
    result = run("person", "create", "x@bank.example", "--org", "bank", "--role", "analyst")
    assert re.fullmatch(r"http://localhost:8000/members/invitation/[\w-]{43}/\n", result.output)
    assert Client().get(urlsplit(result.output.strip()).path).status_code == 200


def test_person_create_with_a_password_makes_the_account(db):
    make_organisation("bank")
    result = run(
        *("person", "create", "x@bank.example", "--org", "bank", "--role", "analyst", "--role", "coordinator"),
        "--password-stdin",
        standard_input=f"{PASSWORD}\n",
    )
    assert result.output == "person x@bank.example created in bank\n"
    person = Person.objects.get()
    assert person.check_password(PASSWORD)
    assert sorted(row.role for row in person.role_assignments.all()) == ["analyst", "coordinator"]


def test_person_create_with_a_weak_password_makes_nothing(db):
    make_organisation("bank")
    with pytest.raises(InvalidInput):
        run("person", "create", "x@bank.example", "--org", "bank", "--password-stdin", standard_input="short\n")
    assert Person.objects.count() == 0


def test_person_create_with_a_role_the_class_does_not_know_is_refused(db):
    make_organisation("bank")
    with pytest.raises(NotAllowed):
        run("person", "create", "x@bank.example", "--org", "bank", "--role", "hub_operator")


def test_person_create_in_no_organisation_names_it(db):
    with pytest.raises(NotFound, match="“nowhere”"):
        run("person", "create", "x@bank.example", "--org", "nowhere")


def test_token_create_prints_the_token_alone(db):
    person = make_person("x@bank.example", make_organisation("bank"), "analyst")
    result = run("token", "create", "X@bank.example", "--scopes", "signals.read, hunting.read", "--days", "1")
    assert re.fullmatch(r"nrs_[\w-]{43}\n", result.output)
    assert authenticate_token(result.output.strip(), scope="hunting.read").person == person.pk


def test_token_create_with_an_unknown_scope_names_those_there_are(db):
    make_person("x@bank.example", make_organisation("bank"), "analyst")
    with pytest.raises(InvalidInput, match=r"signals\.read"):
        run("token", "create", "x@bank.example", "--scopes", "everything")


def test_token_create_for_the_suspended_is_refused(db):
    make_person("x@bank.example", make_organisation("bank"), "analyst", standing="suspended")
    with pytest.raises(NotFound):
        run("token", "create", "x@bank.example", "--scopes", "signals.read")


@pytest.mark.parametrize("command", commands, ids=lambda command: command.name)
def test_command_helps(command):
    help_text = CliRunner().invoke(command, ["create", "--help"]).output
    assert "Usage:" in help_text
    assert "NotImplemented" not in help_text


def test_module_is_light_to_import():
    import subprocess
    import sys

    probe = "import sys, noroshi.members.cli; sys.exit('noroshi.members.models' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
