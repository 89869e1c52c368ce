"""The search page: only what the reader sees, shown safely."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.audience import to_group
from factories.files import pdf
from factories.signals import COMMUNITY, make_signal, to_person, without
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.membership import Standing
from noroshi.members.models import Group
from noroshi.sharing import queries
from noroshi.sharing.actions import (
    Upload,
    attach_file,
    attach_to_comment,
    comment_on_signal,
    lower_marking,
    remove_attachment,
    withdraw_signal,
)
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
    make_signal(cast.a1, title="猫", body="the first that is read")
    client.get("/search", {"q": "猫"})
    for more in (1, 2):
        for _ in range(more):
            signal = make_signal(cast.a1, title="猫", body="猫 " * 50)
            comment_on_signal(cast.actor("b2"), signal, body="猫 too")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/search", {"q": "猫"}).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def _evidence(client, **query):
    """What stands under each result beside its own words."""
    page = client.get("/search", query).text
    cells = re.findall(r'<div class="cell"><a href="/signals/.*?</div>', page, re.DOTALL)
    plain = [re.sub(r"<svg.*?</svg>|<a [^>]*>|</a>|</?span[^>]*>|</div>", "", cell, flags=re.DOTALL) for cell in cells]
    return [" ".join(line.split()) for cell in plain for line in cell.split("<br>")[1:] if "<mark>" in line]


def test_search_when_a_comment_has_the_words_then_its_signal_is_found_and_the_comment_shown(cast):
    signal = make_signal(cast.a1, title="攻撃の報告", body="別件")
    comment = comment_on_signal(cast.actor("b2"), signal, body='当社でも <b>狼煙台</b> & "狐" を確認しました')
    comment_on_signal(cast.actor("i1"), signal, body="狼煙台はこちらでも")
    client = cast.client("b1")

    assert _titles(client, q="狼煙台") == _titles(client, q="狼煙台 狐") == ["攻撃の報告"]
    assert _evidence(client, q="狼煙台 狐") == [
        "In a comment 当社でも &lt;b&gt;<mark>狼煙台</mark>&lt;/b&gt; &amp; &quot;<mark>狐</mark>&quot; を確認しました"
    ]
    assert _evidence(client, q="煙台")[0].endswith("を確認しました and in 1 other")
    assert f"/signals/{signal.pk}/#comment-{comment.pk}" in client.get("/search", {"q": "狐"}).text
    for address in ("/signals/", "/signals/?tlp=AMBER"):
        assert "攻撃の報告" in client.get(address, {"q": "狼煙台"}).text


def test_search_when_the_words_stand_in_several_comments_then_no_signal_is_found_by_them(cast):
    signal = make_signal(cast.a1, title="攻撃の報告")
    for body in ("狼煙台", "狐"):
        comment_on_signal(cast.actor("b2"), signal, body=body)

    assert _titles(cast.client("b1"), q="狼煙台 狐") == []


def test_search_when_a_comment_was_said_under_a_narrower_level_then_it_stays_there(cast, stopped_clock):
    signal = make_signal(cast.a1, title="攻撃の報告", tlp="AMBER")
    stopped_clock.advance(minutes=1)
    comment_on_signal(cast.actor("b1"), signal, body="狼煙台 among us")
    stopped_clock.advance(minutes=1)
    lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="public by now")
    member, newcomer = cast.client("b1"), cast.client("t1")

    assert (_titles(member, q="狼煙台"), _titles(newcomer, q="狼煙台")) == (["攻撃の報告"], [])

    stopped_clock.advance(minutes=1)
    comment_on_signal(cast.actor("b1"), signal, body="狼煙台 for all")

    assert _evidence(member, q="狼煙台") == ["In a comment <mark>狼煙台</mark> among us and in 1 other"]
    assert _evidence(newcomer, q="狼煙台") == ["In a comment <mark>狼煙台</mark> for all"]
    assert list(queries.matching(cast.actor("t1"), "among")) == []


def test_search_when_a_signal_is_public_then_visitors_find_it_by_its_own_words_alone(cast):
    signal = make_signal(cast.a1, title="攻撃の報告", tlp="CLEAR")
    comment_on_signal(cast.actor("b2"), signal, body="狼煙台")

    found = [list(queries.matching(actor, "狼煙台")) for actor in (Actor.visitor(), cast.actor("b1"))]

    assert found == [[], [signal]]
    assert list(queries.matching(Actor.visitor(), "報告")) == [signal]


def test_search_when_a_signal_is_withdrawn_then_no_comment_or_file_finds_it(cast):
    signal = make_signal(cast.a1, title="攻撃の報告")
    comment_on_signal(cast.actor("b2"), signal, body="狼煙台")
    withdraw_signal(cast.actor("a1"), signal, reason="a mistake")

    assert (_titles(cast.client("b1"), q="狼煙台"), _titles(cast.client("b2"), q="狼煙台")) == ([], [])


def test_search_when_a_file_has_the_words_in_its_name_then_its_signal_is_found_until_it_is_taken_away(cast):
    signal = make_signal(cast.a1, title="攻撃の報告")
    comment = comment_on_signal(cast.actor("b2"), signal, body="資料です")
    own = attach_file(cast.actor("a1"), signal, upload=Upload(pdf(), "狼煙台 <1>.pdf"))
    said = attach_to_comment(cast.actor("b2"), comment, upload=Upload(pdf(), "狐の手口.pdf"))
    client = cast.client("b1")

    assert (_titles(client, q="狼煙台"), _titles(client, q="狐の手口")) == (["攻撃の報告"], ["攻撃の報告"])
    assert _evidence(client, q="狼煙台") == ["<mark>狼煙台</mark> _1_.pdf"]
    assert _evidence(client, q="狐") == ["<mark>狐</mark>の手口.pdf"]

    for author, file in (("a1", own), ("b2", said)):
        remove_attachment(cast.actor(author), file)

    assert (_titles(client, q="狼煙台"), _titles(client, q="狐の手口")) == ([], [])


def test_search_when_groups_have_the_words_then_those_that_the_reader_knows_are_shown(cast):
    Group.objects.create(slug="secret", name_ja="内偵部会", name_en="Secret", kind="working_group", confidential=True)
    Group.objects.filter(slug="wg_incident").update(confidential=False, purpose_ja="内偵 <対応>", purpose_en="")
    client = cast.client("o1", language="ja")

    page = client.get("/search", {"q": "内偵"}).text

    assert re.findall(r'href="/members/groups/(\w+)/"><mark>|href="/members/groups/(\w+)/">wg', page) == [
        ("", "wg_incident")
    ]
    assert "<mark>内偵</mark> &lt;対応&gt;" in page
    assert "内偵部会" not in page.replace("<mark>", "").replace("</mark>", "")


def test_search_when_a_hidden_signal_was_commented_on_then_the_comment_is_neither_found_nor_counted(cast):
    hidden = make_signal(cast.a1, to_group(cast.wg_incident), title="秘", tlp="AMBER+STRICT", profile="f-isac-jp")
    comment_on_signal(cast.actor("b1"), hidden, body="狼煙台")
    seen = make_signal(cast.a1, title="見える")
    comment_on_signal(cast.actor("b1"), seen, body="狼煙台")

    assert _titles(cast.client("b1"), q="狼煙台") == ["見える", "秘"]
    page = cast.client("o1").get("/search", {"q": "狼煙台"}).text
    assert ("秘" in page, "<strong>1–1</strong> of 1" in page) == (False, True)
