"""The ledger: written with the change, sealed in order, and refused to be rewritten by the database itself."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.models import Cursor, LedgerEntry, PendingEntry, Seal

ACTOR = Actor.system("test")


def test_record_outside_a_transaction_is_refused(committing):
    with pytest.raises(RuntimeError, match="in the transaction of the change"):
        ledger.record(ACTOR, "test.said")
    assert LedgerEntry.objects.count() == 0


def test_record_when_the_change_is_undone_leaves_nothing(db):
    with transaction.atomic():
        ledger.record(ACTOR, "test.said")
        transaction.set_rollback(True)
    assert (LedgerEntry.objects.count(), PendingEntry.objects.count()) == (0, 0)


def test_record_writes_who_did_what_to_what(cast):
    actor = cast.actor("b1", Channel.API)
    entry = ledger.record(actor, "test.did", cast.bank_a, rule="grant", reason="because", number=3, who=cast.a1.pk)
    row = LedgerEntry.objects.get(pk=entry.pk)
    assert (row.person, row.organisation, row.channel, row.world) == (cast.b1.pk, cast.bank_b.pk, "api", "real")
    assert (row.action, row.subject, row.subject_id) == ("test.did", "members.organisation", cast.bank_a.pk)
    assert (row.rule, row.reason) == ("grant", "because")
    assert row.payload == {"number": 3, "who": str(cast.a1.pk)}


def test_record_by_an_actor_with_a_long_name_and_address_cuts_the_label(db):
    entry = ledger.record(Actor(label="長" * 374), "test.said")
    assert LedgerEntry.objects.get(pk=entry.pk).actor_label == "長" * 200


CHANGES = [
    "UPDATE core_ledgerentry SET action = 'test.forged'",
    "DELETE FROM core_ledgerentry",
    "UPDATE core_seal SET digest = 'forged'",
    "DELETE FROM core_seal",
]
ON_SQLITE = [
    "INSERT OR REPLACE INTO core_ledgerentry SELECT * FROM core_ledgerentry",
    "REPLACE INTO core_seal SELECT * FROM core_seal",
    "REPLACE INTO core_seal (position, entry_id, digest) SELECT position + 100, entry_id, digest FROM core_seal",
    "UPDATE OR REPLACE core_seal SET digest = 'forged'",
]
ON_POSTGRESQL = [
    "TRUNCATE core_ledgerentry CASCADE",
    "TRUNCATE core_seal",
    "INSERT INTO core_seal SELECT * FROM core_seal ON CONFLICT (position) DO UPDATE SET digest = 'forged'",
]


@pytest.mark.parametrize("statement", [*CHANGES, *(ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL)])
def test_change_of_the_ledger_by_raw_sql_is_refused_by_the_database(say, statement):
    for _ in range(2):
        say()
    ledger.seal()
    before = _rows()
    with pytest.raises(DatabaseError, match="the ledger is append-only"):
        _execute(statement)
    assert _rows() == before


@transaction.atomic
def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE waits for the foreign keys of the insertion
        cursor.execute(statement)


def _rows():
    entries, links = LedgerEntry.objects.order_by("id"), Seal.objects.order_by("position")
    return list(entries.values()), list(links.values())


def test_seal_gives_places_in_order_and_empties_the_queue(say):
    entries = [say(number=number).pk for number in range(7)]
    assert [ledger.seal(limit=3), ledger.seal(limit=3), ledger.seal(limit=3), ledger.seal()] == [3, 3, 1, 0]
    assert list(Seal.objects.order_by("position").values_list("position", "entry_id")) == list(enumerate(entries, 1))
    assert PendingEntry.objects.count() == 0


def test_seal_chains_each_link_to_the_one_before(say):
    first, second = say(word="火"), say(word="狼煙")
    ledger.seal()
    one = ledger.chained(ledger.GENESIS, LedgerEntry.objects.get(pk=first.pk))
    two = ledger.chained(one, LedgerEntry.objects.get(pk=second.pk))
    assert list(Seal.objects.order_by("position").values_list("digest", flat=True)) == [one, two]
    assert ledger.head() == (2, two)


def test_seal_with_nothing_pending_takes_no_lock(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert ledger.seal() == 0
    assert Cursor.objects.count() == 0


def test_entry_that_enters_the_queue_late_is_sealed_after_those_with_higher_numbers(say):
    late, early = say(), say()
    PendingEntry.objects.filter(entry=late).delete()  # what the sealer sees while its transaction is still open
    ledger.seal()
    PendingEntry.objects.create(entry=late)
    heard = []
    reader = ledger.Subscription("test", frozenset({"test.said"}), lambda entry: heard.append(entry.pk), history=True)
    ledger.deliver(reader)
    ledger.seal()
    ledger.deliver(reader)
    assert heard == [early.pk, late.pk]
    assert ledger.verify().holds


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: nobody commits late")
def test_transaction_that_commits_late_with_a_lower_number_is_not_skipped(committing):
    written, sealed = threading.Event(), threading.Event()
    numbers: list[int] = []

    def slow_writer() -> None:
        try:
            with transaction.atomic():
                numbers.append(ledger.record(ACTOR, "test.said").pk)
                written.set()
                assert sealed.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert written.wait(20)
    with transaction.atomic():
        numbers.append(ledger.record(ACTOR, "test.said").pk)
    heard: list[int] = []
    reader = ledger.Subscription("test", frozenset({"test.said"}), lambda entry: heard.append(entry.pk), history=True)
    assert (ledger.seal(), ledger.deliver(reader)) == (1, 1)
    sealed.set()
    writer.join()
    assert (ledger.seal(), ledger.deliver(reader)) == (1, 1)
    assert numbers == sorted(numbers)
    assert heard == numbers[::-1]
