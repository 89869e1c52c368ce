"""The pages of saved searches: kept from the search page, opened, changed, deleted; one's own alone."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.signals import make_signal
from noroshi.notify.models import Subscription
from noroshi.sharing.actions import save_search
from noroshi.sharing.domain.asked import Asked
from noroshi.sharing.models import SavedSearch

TYPED = {"name": "猫", "words": "猫", "alert": "", "at": "08:00", "weekday": "0"}


def _rows(client):
    page = client.get("/search/saved/").text
    cells = re.findall(r'<td data-label="([^"]+)"[^>]*><div class="cell">(.*?)</div></td>', page, re.DOTALL)
    plain = [(label, " ".join(re.sub(r"<[^>]+>", " ", value).split())) for label, value in cells]
    return [dict(plain[start : start + 4]) for start in range(0, len(plain), 5)]


def test_search_page_when_something_is_asked_then_it_can_be_kept_with_its_filters(cast):
    client = cast.client("b1")
    make_signal(cast.a1, title="猫", kind="fraud", tlp="AMBER")

    assert "/search/save?" not in client.get("/search").text
    address = re.search(r'href="(/search/save\?[^"]+)"', client.get("/search", {"q": "猫", "kind": "fraud"}).text)
    assert address is not None
    page = client.get(address.group(1).replace("&amp;", "&")).text
    assert re.findall(r' name="(?:name|words)" value="([^"]*)"', page) == ["猫", "猫"]
    assert '<option value="fraud" selected>' in page

    more = {"kind": "fraud", "tlp": "AMBER", "with_values": "on", "alert": "digest"}
    answer = client.post("/search/save", {**TYPED, **more})
    assert answer.url == "/search/saved/"
    kept = SavedSearch.everything.get()
    assert (kept.asked, kept.alert.delivery) == (Asked("猫", "fraud", "AMBER", None, True), "digest")
    assert _rows(client) == [
        {
            "Name": "猫",
            "Looks for": "“猫” · Fraud · TLP:AMBER · with values",
            "New or changed": "0",
            "Alert": "Daily digest at 08:00",
        }
    ]


def test_saved_search_when_opened_then_it_searches_and_begins_anew(cast):
    client = cast.client("b1")
    search = save_search(cast.actor("b1"), name="猫", asked=Asked("猫 <b>", kind="fraud"))
    make_signal(cast.a1, title="猫 <b>", kind="fraud")
    make_signal(cast.a1, title="猫 <b>", kind="malware")

    assert [row["New or changed"] for row in _rows(client)] == ["1"]
    assert client.get(f"/search/saved/{search.pk}/open").url == "/search?q=%E7%8C%AB+%3Cb%3E&kind=fraud"
    assert [row["New or changed"] for row in _rows(client)] == ["0"]


def test_saved_search_when_changed_or_deleted_then_it_is(cast):
    client = cast.client("b1", language="ja")
    search = save_search(cast.actor("b1"), name="猫", asked=Asked("猫"))
    page = f"/search/saved/{search.pk}/"

    refused = client.post(page, {**TYPED, "words": ""})
    assert "検索する語か、絞り込みの条件を指定してください。" in refused.text
    assert client.post(page, {**TYPED, "words": "犬", "alert": "at_once"}).status_code == 302
    assert (SavedSearch.everything.get().words, Subscription.objects.get().delivery) == ("犬", "at_once")
    assert client.post(f"{page}delete").status_code == 302
    assert (SavedSearch.everything.count(), Subscription.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["b2", "a_admin", "hub_op", "sup"])
def test_saved_search_when_it_is_somebody_else_s_then_it_is_not_there(cast, name):
    search = save_search(cast.actor("b1"), name="秘密の関心", asked=Asked("猫"))
    client, page = cast.client(name), f"/search/saved/{search.pk}/"

    answers = [client.get(page), client.post(page, TYPED), client.get(f"{page}open"), client.post(f"{page}delete")]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert "秘密の関心" not in client.get("/search/saved/").text
    assert SavedSearch.everything.get().words == "猫"


def test_saved_searches_when_a_supervisor_or_the_public_asks_then_there_are_none(cast, client):
    assert [cast.client("sup").get(path).status_code for path in ("/search/saved/", "/search/save")] == [404, 404]
    assert cast.client("sup").post("/search/save", TYPED).status_code == 404
    assert client.get("/search/saved/").status_code == 302
    assert SavedSearch.everything.count() == 0


def test_saved_searches_when_there_are_more_then_each_costs_one_query(cast):
    client, counts = cast.client("b1"), []
    client.get("/search/saved/")
    for more in (1, 2):
        for number in range(more):
            save_search(cast.actor("b1"), name=f"猫 {more} {number}", asked=Asked("猫"))
        with CaptureQueriesContext(connection) as queries:
            assert len(_rows(client)) in {1, 3}
        counts.append(len(queries))

    assert counts[1] - counts[0] == 2
