"""Checking the chain names the first entry that somebody changed, removed or slipped in."""

import pytest

from noroshi.core import ledger
from noroshi.core.models import LedgerEntry, Seal


def test_verify_of_an_untouched_chain_holds(say):
    for number in range(5):
        say(number=number, word="照合")
    ledger.seal(limit=4)
    found = ledger.verify()
    assert (found.holds, found.checked, found.head) == (True, 4, ledger.head()[1])


def test_verify_of_an_empty_ledger_holds(db):
    assert ledger.verify() == ledger.Verification(0, ledger.GENESIS)


def test_verify_of_more_than_a_batch_holds(say, monkeypatch):
    monkeypatch.setattr(ledger, "BATCH", 3)
    for number in range(8):
        say(number=number)
    ledger.seal(limit=8)
    assert (ledger.verify().holds, ledger.verify().checked) == (True, 8)


FORGERIES = {
    "at": "'2020-01-01 00:00:00+00:00'",
    "world": "'exercise:1'",
    "action": "'test.other'",
    "person": "'00000000000000000000000000000001'",
    "organisation": "'00000000000000000000000000000001'",
    "actor_label": "'somebody else'",
    "channel": "'web'",
    "rule": "'grant'",
    "subject": "'x.y'",
    "subject_id": "'00000000000000000000000000000001'",
    "reason": "'no reason'",
    "payload": """'{"number": 4.5}'""",
}


def test_forgeries_are_of_every_field():
    assert {*FORGERIES, "id"} == {field.name for field in LedgerEntry._meta.concrete_fields}


@pytest.mark.parametrize("column", FORGERIES)
def test_verify_when_any_field_was_changed_names_the_first_such_entry(say, tampering, column):
    entries = [say(number=number) for number in range(6)]
    ledger.seal()
    with tampering() as cursor:
        for entry in (entries[4], entries[2]):
            cursor.execute(f"UPDATE core_ledgerentry SET {column} = {FORGERIES[column]} WHERE id = %s", [entry.pk])
        found = ledger.verify()
    assert (found.broken_entry, found.checked, found.holds) == (entries[2].pk, 2, False)
    assert ledger.verify().holds


@pytest.mark.parametrize("index", [0, 2, 5])
def test_verify_when_an_entry_was_removed_names_it(say, tampering, index):
    entries = [say(number=number) for number in range(6)]
    ledger.seal()
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_ledgerentry WHERE id = %s", [entries[index].pk])
        found = ledger.verify()
    assert (found.broken_entry, found.checked, found.reason) == (entries[index].pk, index, "the entry was removed")


def test_verify_when_an_entry_was_removed_with_its_link_names_the_next(say, tampering):
    entries = [say(number=number) for number in range(6)]
    ledger.seal()
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_seal WHERE position = 3")
        cursor.execute("DELETE FROM core_ledgerentry WHERE id = %s", [entries[2].pk])
        found = ledger.verify()
    assert (found.broken_entry, found.checked) == (entries[3].pk, 2)


def test_verify_when_a_link_alone_was_removed_from_the_end_names_its_entry(say, tampering):
    entries = [say(number=number) for number in range(3)]
    ledger.seal()
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_seal WHERE position = 3")
        found = ledger.verify()
    assert (found.broken_entry, found.checked) == (entries[2].pk, 2)


def test_verify_when_the_end_was_removed_with_its_links_misses_what_was_delivered(say, tampering):
    entries = [say(number=number) for number in range(6)]
    ledger.seal()
    ledger.deliver(ledger.Subscription("test", frozenset({"test.said"}), lambda _: None, history=True))
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_seal WHERE position = 6")
        cursor.execute("DELETE FROM core_ledgerentry WHERE id = %s", [entries[5].pk])
        found = ledger.verify()
    assert (found.holds, found.broken_entry, found.checked) == (False, None, 5)
    assert found.reason == "links at the end were delivered and are missing"


def test_verify_when_an_entry_was_slipped_in_names_it(say, tampering):
    say()
    ledger.seal()
    with tampering():
        stray = LedgerEntry.objects.create(action="test.said", channel="cli")
        found = ledger.verify()
    assert (found.broken_entry, found.checked) == (stray.pk, 1)


def test_verify_when_an_entry_was_slipped_in_with_a_link_of_its_own_names_it(say, tampering):
    for _ in range(2):
        say()
    ledger.seal()
    with tampering() as cursor:
        forged = LedgerEntry.objects.create(action="test.forged", channel="cli")
        cursor.execute("UPDATE core_seal SET position = 3 WHERE position = 2")
        Seal.objects.create(position=2, entry=forged, digest=ledger.chained(ledger.GENESIS, forged))
        found = ledger.verify()
    assert (found.broken_entry, found.checked) == (forged.pk, 1)


def test_verify_when_two_entries_were_exchanged_names_the_first(say, tampering):
    first, second = say(), say()
    ledger.seal()
    with tampering() as cursor:
        cursor.execute("UPDATE core_seal SET entry_id = -1 WHERE position = 1")
        cursor.execute("UPDATE core_seal SET entry_id = %s WHERE position = 2", [first.pk])
        cursor.execute("UPDATE core_seal SET entry_id = %s WHERE position = 1", [second.pk])
        found = ledger.verify()
    assert (found.broken_entry, found.checked) == (second.pk, 0)
