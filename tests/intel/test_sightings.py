"""Who has seen what: the own organisation knows, others learn a number from three on, the ledger learns no name."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from noroshi.core.actor import Actor
from noroshi.core.models import LedgerEntry
from noroshi.intel.actions import record_sighting, withdraw_sighting
from noroshi.intel.models import Sighting, SightingSource
from noroshi.intel.queries import organisations_that_saw, own_sighting, said_seen, seen

ITEM = uuid4()
SYSTEM = Actor.system("test")


def see(organisation, source=SightingSource.LOGS, item=ITEM, **values):
    return record_sighting(SYSTEM, item_id=item, organisation=organisation.pk, source=source, **values)


@pytest.mark.parametrize(("names", "number"), [((), None), (("bank_a",), None), (("bank_a", "bank_b"), None)])
def test_a_number_below_three_is_not_told(cast, names, number):
    for name in names:
        see(cast.organisations[name])
    assert organisations_that_saw(ITEM) is number


def test_three_organisations_are_a_number(cast):
    for organisation in (cast.bank_a, cast.bank_b, cast.insurer):
        see(organisation)
    assert organisations_that_saw(ITEM) == 3
    assert organisations_that_saw(uuid4()) is None


def test_an_organisation_counts_once_whatever_its_sources(cast):
    for organisation in (cast.bank_a, cast.bank_b):
        see(organisation)
        see(organisation, SightingSource.PERSON)
    assert organisations_that_saw(ITEM) is None


def test_seeing_again_renews_the_row_and_is_not_new(cast):
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    assert see(cast.bank_a, count=2) is True
    assert see(cast.bank_a, count=5, first_seen=moment, last_seen=moment) is False
    row = Sighting.everything.get()
    assert (row.count, row.first_seen, row.last_seen) == (5, moment, moment)
    assert LedgerEntry.objects.filter(action="intel.sighting.recorded").count() == 1


def test_the_ledger_does_not_name_who_saw(cast):
    record_sighting(cast.actor("a1"), item_id=ITEM, organisation=cast.bank_a.pk, source=SightingSource.PERSON)
    entry = LedgerEntry.objects.get(action="intel.sighting.recorded")
    assert (entry.person, entry.organisation, entry.subject_id) == (None, None, None)
    assert str(cast.bank_a.pk) not in str(entry.payload)


def test_a_sighting_taken_back_counts_no_more_and_the_ledger_does_not_say_whose(cast):
    for organisation in (cast.bank_a, cast.bank_b, cast.insurer):
        see(organisation)
    see(cast.bank_b, SightingSource.PERSON)
    for _again in range(2):
        withdraw_sighting(SYSTEM, item_id=ITEM, organisation=cast.bank_a.pk, source=SightingSource.LOGS)
    assert organisations_that_saw(ITEM) is None
    assert own_sighting(cast.actor("a1"), ITEM) is None
    assert Sighting.everything.count() == 3
    entry = LedgerEntry.objects.get(action="intel.sighting.withdrawn")
    assert (entry.organisation, entry.payload) == (None, {"item": str(ITEM), "source": "logs"})


def test_a_sighting_is_read_by_its_own_need_to_know_people_alone(cast):
    see(cast.bank_a)
    readers = [name for name in cast.people if own_sighting(cast.actor(name), ITEM)]
    assert readers == ["a1", "a2"]


def test_what_the_logs_say_comes_before_what_a_person_says(cast):
    see(cast.bank_a, SightingSource.PERSON, count=1)
    see(cast.bank_a, SightingSource.LOGS, count=9)
    assert own_sighting(cast.actor("a1"), ITEM).count == 9


def test_only_a_persons_word_is_having_said_so(cast):
    see(cast.bank_a)
    assert said_seen(cast.actor("a1"), ITEM) is None
    see(cast.bank_a, SightingSource.PERSON)
    assert said_seen(cast.actor("a2"), ITEM).named is False
    assert said_seen(cast.actor("b1"), ITEM) is None


def test_a_name_that_is_given_or_taken_back_counts_from_then_on(cast, stopped_clock):
    days = []
    for named in (False, True, None, True, False):
        see(cast.bank_a, SightingSource.PERSON, named=named)
        days.append((Sighting.everything.get().named, Sighting.everything.get().at.day))
        stopped_clock.advance(days=1)
    assert days == [(False, 22), (True, 23), (True, 23), (True, 23), (False, 26)]
    assert LedgerEntry.objects.filter(action="intel.sighting.recorded").count() == 3


def test_a_name_is_told_to_those_for_whom_it_was_given(cast, stopped_clock):
    for house in (cast.bank_a, cast.bank_b):
        see(house, SightingSource.PERSON, named=True)
        stopped_clock.advance(hours=1)
    assert seen(ITEM).named == {cast.bank_a.pk, cast.bank_b.pk}
    later = seen(ITEM, named_after=stopped_clock.now - timedelta(minutes=90))
    assert (later.named, later.number) == (frozenset({cast.bank_b.pk}), None)
