"""Lists of thousands: what a page does not show is not read, and what it leaves out it names."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.tasks import FIREWALL, HEADINGS, read_in, tell
from noroshi.advisories import actions, queries

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
TWO_ASSETS = HEADINGS + FIREWALL + FIREWALL.replace("7.2.4", "7.2.3") + FIREWALL.replace("A001", "A002")


@pytest.fixture
def hit(cast, tmp_path):
    """Two assets, the first with two components, hit by two vulnerabilities each."""
    tell(tmp_path, 1001)
    tell(tmp_path, 1002)
    read_in(cast, text=TWO_ASSETS)
    return queries.assets_for(cast.actor("a1")).get(label="A001")


def asked(cast, address):
    with CaptureQueriesContext(connection) as seen:
        answer = cast.client("a1").get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(), [query["sql"] for query in seen]


@pytest.mark.parametrize("how", ["", "?export=csv"])
@pytest.mark.parametrize(("rows", "number"), [("tasks", 4), ("assets", 2)])
def test_what_is_installed_is_read_for_no_list(cast, hit, rows, number, how):
    body, statements = asked(cast, f"/advisories/{rows}/{how}")
    assert body.count("境界FW") == number
    assert [statement for statement in statements if '"advisories_asset"."components"' in statement] == []


def test_open_tasks_are_counted_where_they_are_shown_alone(cast, hit):
    actions.fix_task(cast.actor("a1"), queries.matches_for(cast.actor("a1")).filter(asset=hit).first())
    body, statements = asked(cast, "/advisories/assets/?export=csv")
    assert [row.rsplit(",", 3)[1] for row in body.splitlines()[1:]] == ["1", "2"]
    counting = [statement for statement in statements if "advisories_match" in statement]
    assert [" LIMIT " in statement for statement in counting] == [False]  # the one of the rows, not that of the keys
    ordered = cast.client("a1").get("/advisories/assets/?sort=-open").content.decode()
    assert list(dict.fromkeys(re.findall(r"A00\d", ordered))) == ["A002", "A001"]


def test_the_page_of_an_asset_says_how_much_it_leaves_out_and_where_it_is(cast, hit, monkeypatch):
    page = cast.client("a1").get(f"/advisories/assets/{hit.pk}/").content.decode()
    assert ("in all" in page, "?q=A001" in page) == (False, False)
    monkeypatch.setattr("noroshi.advisories.views.inventories.MOST_HITS", 1)
    monkeypatch.setattr("noroshi.advisories.views.inventories.MOST_COMPONENTS", 1)
    page = cast.client("a1").get(f"/advisories/assets/{hit.pk}/").content.decode()
    assert page.count("2 in all.") == 2
    assert re.findall(r'href="(/advisories/tasks/\?q=[^"]*)"', page) == ["/advisories/tasks/?q=A001"]
