from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.records import Record, Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

TOKYO = Given(zone=ZoneInfo("Asia/Tokyo"), address="https://maker.example/news/", selector="#news li")
PAGE = """<!doctype html><meta charset="{}"><nav><ul><li><a href="/">home</a></ul></nav><ul id="news">
<li>2099年4月2日 <a href="1.html">髙企業の<b>脆弱性</b></a> CVE-2099-0001
<li><time datetime="2099-04-01T09:30:00+09:00">昨日</time><a href="2.html#top"><img src="x"></a><a href="2.html">次</a>
</ul>"""


def read(body, **given):
    return list(READERS[SourceKind.PAGE](body if isinstance(body, bytes) else body.encode(), replace(TOKYO, **given)))


def test_what_the_selector_finds_are_items_with_their_links_words_and_dates():
    first, second = read(PAGE.format("utf-8"))
    assert (first.native_id, first.title, first.names) == (
        "https://maker.example/news/1.html",
        "髙企業の 脆弱性",
        ("CVE-2099-0001",),
    )
    assert (first.published.at.isoformat(), first.published.written, first.published.zone_known) == (
        "2099-04-01T15:00:00+00:00",
        "2099年4月2日",
        False,
    )
    assert (second.link, second.published.at.isoformat()) == (
        "https://maker.example/news/2.html",
        "2099-04-01T00:30:00+00:00",
    )


def test_a_link_alone_has_its_date_from_beside_it_and_twice_it_is_one_item():
    first, second = read(PAGE.format("utf-8"), selector="#news a")
    assert (first.published.written, second.published) == ("2099年4月2日", None)


@pytest.mark.parametrize(("encoding", "named"), [("cp932", "shift_jis"), ("euc_jp", "euc-jp"), ("cp932", "utf-8")])
def test_japanese_is_read_in_the_encoding_that_it_is_in(encoding, named):
    body = PAGE.replace("髙", "高").format(named).encode(encoding)
    assert [each.title for each in read(body)] == ["高企業の 脆弱性", "昨日 次"]


def test_a_page_says_where_its_links_begin():
    (found,) = read('<base href="/other/"><a href="1">x</a>', selector="a")
    assert found.link == "https://maker.example/other/1"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "#below", "", "mailto:a@b.example"])
def test_an_item_without_a_link_to_elsewhere_is_refused_and_keeps_no_other_out(href):
    found = read(f'<ul id="news"><li><a href="{href}">x</a><li>y<li><a href="1">z</a></ul>')
    assert [each.reason if isinstance(each, Refused) else each.title for each in found] == [
        RefusedBecause.NO_IDENTITY,
        RefusedBecause.NO_IDENTITY,
        "z",
    ]


@pytest.mark.parametrize("selector", ["", "li[[", "#elsewhere li"])
def test_where_the_selector_finds_nothing_the_page_has_become_another(selector):
    assert [each.reason for each in read(PAGE, selector=selector)] == [RefusedBecause.SHAPE]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'<div a="</div>">' * 30_001, RefusedBecause.TOO_LARGE),
        (b" " * (5 * 1024 * 1024 + 1), RefusedBecause.TOO_LARGE),
        (b"\x81\xff\xfe\x80", RefusedBecause.ENCODING),
    ],
)
def test_what_would_take_a_parser_too_long_is_refused(body, reason):
    assert [each.reason for each in read(body)] == [reason]


PIECES = st.sampled_from(
    [b"<ul id=news>", b"<li>", b"<a href=1>", b"<a href='//[x'>", b"<time datetime=x>", b"</li>", b"<base href='//['>"]
)


@settings(max_examples=50)
@given(st.lists(PIECES | st.binary(max_size=10), max_size=12))
def test_whatever_comes_is_read_or_refused(pieces):
    assert [each for each in read(b"".join(pieces)) if not isinstance(each, Record | Refused)] == []
