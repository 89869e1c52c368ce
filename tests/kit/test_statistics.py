"""What a database is told of its tables, so that a page is looked for by its keys and not among all of a world."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.advisories.models import Vulnerability
from noroshi.kit import bulk
from noroshi.kit.cursors import read_in_order
from noroshi.kit.jobs import _recurring
from noroshi.kit.statistics import count_for_plans

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL counts by itself")


def written(number):
    rows = [Vulnerability(name=f"CVE-2099-{place}") for place in range(number)]
    bulk.write(Vulnerability, rows)
    return [row.pk for row in rows]


@on_sqlite
def test_a_page_of_a_large_table_is_looked_for_by_its_keys():
    rows = Vulnerability.everything.filter(world="real", pk__in=written(1_000)[:25]).order_by()
    assert "(world=?)" in rows.explain()
    _recurring["kit.count_for_plans"].function()
    assert "(id=?)" in rows.explain()


def test_postgresql_is_told_nothing(monkeypatch):
    monkeypatch.setattr("noroshi.kit.statistics.connection.vendor", "postgresql")
    with CaptureQueriesContext(connection) as asked:
        count_for_plans()
    assert len(asked) == 0


def test_rows_are_read_in_the_order_of_their_keys_without_asking_for_one():
    first, second, third = written(3)
    Vulnerability.everything.filter(pk=second).delete()
    with CaptureQueriesContext(connection) as asked:
        found = read_in_order(Vulnerability.everything.order_by("name"), [third, second, first])
    assert [row.pk for row in found] == [third, first]
    assert ["ORDER BY" in query["sql"] for query in asked] == [False]
    assert read_in_order(Vulnerability.everything.all(), []) == []
