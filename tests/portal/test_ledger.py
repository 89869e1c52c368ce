"""The ledger as auditors read it."""

import csv
import io

import pytest
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from factories.signals import make_signal
from noroshi.core import ledger
from noroshi.core.domain.worlds import exercise
from noroshi.core.errors import NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members.models import RoleAssignment
from noroshi.portal.actions import request_ledger_check
from noroshi.portal.queries import ledger_entries

TITLE = "Fake login pages of Bank Zebra"


@pytest.fixture
def write(cast):
    def record(name, action="test.thing.done", world="real", **payload):
        with transaction.atomic():
            actor = cast.actor(name, world=world)
            return ledger.record(actor, action, make_signal(cast.a1, title=TITLE), rule="grant", **payload)

    return record


@pytest.fixture
def member_auditor(cast):
    """An auditor of bank A."""
    RoleAssignment.objects.create(person=cast.a_reader, role="auditor")
    return cast.client("a_reader")


@pytest.mark.parametrize("name", ["a1", "a_admin", "hub_op", "hub_trusted", "sup", "b_reader"])
def test_ledger_when_no_auditor_asks_then_there_is_no_such_page(cast, write, name):
    write("a1")

    assert cast.client(name).get("/ledger/").status_code == 404
    assert cast.client(name).get("/ledger/?export=csv").status_code == 404
    assert cast.client(name).get("/ledger/check").status_code == 404
    with pytest.raises(NotFound):
        ledger_entries(cast.actor(name))


def test_ledger_when_a_supervisor_is_an_auditor_then_still_not(cast, write):
    RoleAssignment.objects.create(person=cast.sup, role="auditor")
    write("a1")

    assert cast.client("sup").get("/ledger/").status_code == 404


def test_ledger_when_the_auditor_reads_then_who_what_number_channel_and_rule_but_no_content(cast, write):
    entry = write("a1", note=TITLE)

    page = cast.client("auditor").get("/ledger/").text

    assert entry.subject_id is not None
    for told in ("a1 &lt;a1@bank-a.example&gt;", "test.thing.done", entry.subject_id.hex[-8:].upper(), "web", "grant"):
        assert told in page
    assert "Zebra" not in page


def test_ledger_when_a_member_s_auditor_reads_then_only_what_its_own_people_did(cast, write, member_auditor):
    write("a1", "test.own.done")
    write("b1", "test.others.done")
    write("hub_op", "test.others.done")

    page = member_auditor.get("/ledger/").text
    file = b"".join(member_auditor.get("/ledger/?export=csv").streaming_content).decode()

    assert ("test.own.done" in page, "test.others.done" in page) == (True, False)
    assert ("test.own.done" in file, "test.others.done" in file) == (True, False)
    assert "Check the chain" not in page
    assert member_auditor.post("/ledger/check").status_code == 404


def test_ledger_when_exported_then_the_numbers_are_whole_and_nothing_more_is_there(cast, write):
    entry = write("a1", note=TITLE)

    file = b"".join(cast.client("auditor").get("/ledger/?export=csv").streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(file))

    assert row["Number"] == f"sharing.signal {entry.subject_id}"
    assert list(row) == ["Entry", "When", "Who", "What", "Number", "Channel", "Rule", "Exported by, at"]
    assert "Zebra" not in file


def test_ledger_when_an_exercise_runs_then_its_entries_stay_in_its_world(cast, write):
    write("a1", "test.exercise.done", world=exercise("1"))

    assert "test.exercise.done" not in cast.client("auditor").get("/ledger/").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=b1", {"test.second.done"}),
        ("action=first", {"test.first.done"}),
        ("channel=web", {"test.first.done", "test.second.done"}),
        ("channel=taxii", set()),
        ("since=2999-01-01", set()),
        ("until=2999-01-01", {"test.first.done", "test.second.done"}),
    ],
)
def test_ledger_when_filtered_then_only_what_fits(cast, write, query, found):
    write("a1", "test.first.done")
    write("b1", "test.second.done")

    page = cast.client("auditor").get(f"/ledger/?{query}").text

    assert {name for name in ("test.first.done", "test.second.done") if name in page} == found


def test_check_when_the_chain_holds_then_the_page_says_how_long_it_is(cast, write, drain):
    write("a1")
    write("b1")
    client = cast.client("auditor")

    assert "is being checked" in client.post("/ledger/check", follow=True).text
    drain()

    page = client.get("/ledger/check").text
    assert f"{LedgerEntry.objects.count()} entries are intact." in page
    assert ledger.head()[1] in page
    assert "hx-trigger" not in page
    assert LedgerEntry.objects.filter(action="portal.ledger.check_requested", person=cast.auditor.pk).count() == 1


def test_check_when_an_entry_was_changed_behind_the_back_then_the_page_names_it(cast, write, drain):
    write("a1")
    broken = write("b1")
    drain()
    _forge(broken)
    client = cast.client("auditor")
    client.post("/ledger/check")
    drain()

    assert f"The chain is broken at entry {broken.pk}." in client.get("/ledger/check").text


def _forge(entry):
    """Change an entry as somebody with the database's own rights could, past what refuses it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            triggers = cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'core_ledgerentry'"
            ).fetchall()
            for (name,) in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("ALTER TABLE core_ledgerentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_ledgerentry SET rule = 'forged' WHERE id = %s", [entry.pk])


def test_check_when_it_runs_then_the_page_asks_again(cast):
    client = cast.client("auditor")
    client.post("/ledger/check")

    page = client.get("/ledger/check").text

    assert 'hx-trigger="every 2s"' in page
    assert "<html" not in page


@pytest.mark.parametrize("name", ["a1", "hub_op", "sup"])
def test_check_when_no_auditor_asks_then_none_is_made(cast, name):
    assert cast.client(name).post("/ledger/check").status_code == 404
    with pytest.raises(NotAllowed):
        request_ledger_check(cast.actor(name))

    assert DBTaskResult.objects.count() == 0
