"""Many rows in one statement: as they are kept one by one."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from noroshi.advisories.models import Fetch, Item, Mention, Revision, Source, Vulnerability
from noroshi.core import ids
from noroshi.kit import bulk

pytestmark = pytest.mark.django_db


def rows(number):
    return [
        Vulnerability(name=f"CVE-2099-{place}", score=9.8, exploited_since=date(2099, 1, 31)) for place in range(number)
    ]


def kept(model):
    fields = [field.attname for field in model._meta.concrete_fields]
    return {row.pk: {name: getattr(row, name) for name in fields} for row in model._base_manager.all()}


def test_what_is_written_is_what_one_by_one_would_be():
    made = rows(3)
    bulk.write(Vulnerability, made)
    found = kept(Vulnerability)
    Vulnerability.everything.all().delete()
    for row in made:
        row.save(force_insert=True)
    assert found == kept(Vulnerability)


def test_values_of_every_kind_come_back():
    source = Source.everything.create(name="x", kind="feed")
    fetch = Fetch.objects.create(source=source)
    item = Item.objects.create(source=source, native_id="1", material="m")
    at = datetime(2099, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    names, claims = ["髙", 'a"b', "100%"], [{"about": "x", "value": {"n": 1.5, "none": None, "is": True}}]
    bulk.write(
        Revision, [Revision(item=item, fetch=fetch, published_at=at, names=names, claims=claims, title="%s 100%")]
    )
    row = Revision.objects.get()
    assert (row.published_at, row.updated_at, row.names, row.claims, row.title) == (at, None, names, claims, "%s 100%")


def test_a_row_that_is_there_stays_or_is_given_what_is_named():
    (row,) = rows(1)
    row.save()
    again = Vulnerability(pk=row.pk, name="another", title="new", score=1.0)
    bulk.write(Vulnerability, [again], unless_there=True)
    assert kept(Vulnerability)[row.pk]["name"] == row.name
    bulk.write(Vulnerability, [again], update=("title", "score"))
    found = Vulnerability.everything.get()
    assert (found.name, found.title, found.score) == (row.name, "new", 1.0)


def test_a_row_that_is_there_is_no_silent_loss():
    (row,) = rows(1)
    row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.write(Vulnerability, [row])


def test_rows_whose_numbers_the_database_makes_are_written_once():
    source = Source.everything.create(name="x", kind="feed")
    item = Item.objects.create(pk=ids.new_id(), source=source, native_id="1", material="m")
    (row,) = rows(1)
    row.save()
    for _ in range(2):
        bulk.write(Mention, [Mention(vulnerability=row, item=item)], unless_there=True)
    assert Mention.objects.count() == 1


@pytest.mark.parametrize("number", [0, 1, 3])
def test_many_cost_one_statement(number):
    with CaptureQueriesContext(connection) as asked:
        bulk.write(Vulnerability, rows(number))
    assert (len(asked), Vulnerability.everything.count()) == (min(number, 1), number)


@pytest.mark.parametrize(
    ("number", "sizes"), [(0, []), (1, [1]), (500, [500]), (501, [500, 1]), (1_200, [500, 500, 200])]
)
def test_rows_come_part_by_part_in_their_order_and_none_twice(number, sizes):
    parts = list(bulk.parts(iter(range(number))))
    assert [len(part) for part in parts] == sizes
    assert [row for part in parts for row in part] == list(range(number))
