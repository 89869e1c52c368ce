"""The search page: only what the reader sees, shown safely."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.signals import COMMUNITY, make_signal, to_person, without
from noroshi.core.domain.audience import State
from noroshi.core.domain.membership import Standing
from noroshi.sharing.models import Signal


def _titles(client, **query):
    page = client.get("/search", query).text
    cells = re.findall(r'<div class="cell"><a href="/signals/[^>]+>(.*?)</a>', page)
    return [cell.replace("<mark>", "").replace("</mark>", "") for cell in cells]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("地銀", ["地銀を狙う攻撃"]),
        ("攻撃", ["地銀を狙う攻撃"]),
        ("狙う攻", ["地銀を狙う攻撃"]),
        ("銀地", []),
        ("VPN", ["VPN装置の侵入"]),
        ("ｖｐｎ", ["VPN装置の侵入"]),
        ("203.0.113.9", ["地銀を狙う攻撃"]),
        ("地銀 203.0.113.9", ["地銀を狙う攻撃"]),
        ("地銀 VPN", []),
        ("", []),
        ("!?", []),
        ("\x00", []),
        ("x" * 5000, []),
    ],
)
def test_search_when_words_are_asked_then_every_one_of_them_must_be_there(cast, query, found):
    make_signal(cast.a1, title="地銀を狙う攻撃", body="攻撃元は203.0.113.9です")
    make_signal(cast.a1, title="VPN装置の侵入", body="別件")

    assert _titles(cast.client("b1"), q=query) == found


@pytest.fixture
def hidden(cast):
    """Signals with the same word, of which each actor below sees just some."""
    for tlp, audience in {
        "CLEAR": [COMMUNITY],
        "GREEN": [COMMUNITY],
        "AMBER": [COMMUNITY, without(cast.insurer)],
        "AMBER+STRICT": [to_person(cast.b1)],
        "RED": [to_person(cast.b1)],
    }.items():
        make_signal(cast.a1, *audience, tlp=tlp, title=f"猫 {tlp}")
    make_signal(cast.a1, title="猫 draft", state=State.DRAFT)
    make_signal(cast.a1, title="猫 held", state=State.HELD)
    make_signal(cast.a1, title="猫 withdrawn", state=State.WITHDRAWN)


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("b1", ["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"]),
        ("b2", ["AMBER+STRICT", "AMBER", "GREEN", "CLEAR"]),
        ("b_reader", ["GREEN", "CLEAR"]),
        ("i1", ["GREEN", "CLEAR"]),
        ("hub_op", ["AMBER", "GREEN", "CLEAR"]),
        ("t1", ["GREEN", "CLEAR"]),
        ("v1", ["CLEAR"]),
        ("auditor", ["GREEN", "CLEAR"]),
    ],
)
def test_search_when_a_reader_may_not_see_something_then_it_is_neither_found_nor_counted(cast, hidden, name, levels):
    page = cast.client(name).get("/search", {"q": "猫"}).text

    assert _titles(cast.client(name), q="猫") == [f"猫 {level}" for level in levels]
    assert f"<strong>1–{len(levels)}</strong> of {len(levels)}" in page
    assert [word for word in ("draft", "held", "withdrawn") if f"猫</mark> {word}" in page] == []


def test_search_when_the_reader_is_suspended_then_it_is_closed(cast, hidden):
    client = cast.client("b1")
    cast.b1.standing = Standing.SUSPENDED
    cast.b1.save()

    assert "猫 " not in client.get("/search", {"q": "猫"}, follow=True).text.replace("<mark>猫</mark>", "猫")


def test_search_when_a_supervisor_or_the_public_asks_then_there_is_no_such_page(cast, client, hidden):
    assert cast.client("sup").get("/search", {"q": "猫"}).status_code == 404
    assert client.get("/search", {"q": "猫"}).url.startswith("/account/login/")


def test_search_when_narrowed_then_by_kind_and_level(cast):
    make_signal(cast.a1, title="猫 one", kind="fraud", tlp="GREEN")
    make_signal(cast.a1, title="猫 two", kind="malware", tlp="AMBER")
    client = cast.client("b1")

    assert _titles(client, q="猫", kind="fraud") == ["猫 one"]
    assert _titles(client, q="猫", tlp="AMBER") == ["猫 two"]
    assert _titles(client, q="猫", kind="fraud", tlp="AMBER") == []


def test_search_when_more_than_a_page_is_found_then_it_is_paged(cast):
    for number in range(30):
        make_signal(cast.a1, title=f"猫 {number}")
    client = cast.client("b1")

    first, second = _titles(client, q="猫"), _titles(client, q="猫", end=1)

    assert (len(first), len(second)) == (25, 5)
    assert len({*first, *second}) == 30


def test_search_when_a_text_has_markup_then_it_is_shown_as_text(cast):
    make_signal(cast.a1, title="<script>猫</script>", body='before <img src=x onerror="alert(1)"> 猫 & after')

    page = cast.client("b1").get("/search", {"q": "猫"}).text

    assert "&lt;script&gt;<mark>猫</mark>&lt;/script&gt;" in page
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt; <mark>猫</mark> &amp; after" in page


def test_search_when_the_query_has_markup_then_it_is_shown_as_text(cast):
    page = cast.client("b1").get("/search", {"q": "<script>alert(1)</script>"}).text

    assert "<script>alert(1)" not in page


def test_search_when_a_signal_is_withdrawn_then_its_words_do_not_find_it(cast):
    signal = make_signal(cast.a1, title="猫 secret")
    Signal.everything.filter(pk=signal.pk).update(state=State.WITHDRAWN)

    assert _titles(cast.client("a1"), q="secret") == []


def test_search_when_one_or_three_are_found_then_the_queries_are_the_same(cast):
    client, counts = cast.client("b1"), []
    client.get("/search")
    for more in (1, 2):
        for _ in range(more):
            make_signal(cast.a1, title="猫", body="猫 " * 50)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/search", {"q": "猫"}).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
