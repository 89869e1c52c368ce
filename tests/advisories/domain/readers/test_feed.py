import io
import json
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.records import ClaimKind, Language, Record, Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>'
END = "</channel></rss>"
JAPANESE = (
    '<?xml version="1.0" encoding="{}"?><rss version="2.0"><channel><title>見出し</title>'
    "<item><title>髙島①の脆弱性</title></item></channel></rss>"
)
TOKYO = Given(zone=ZoneInfo("Asia/Tokyo"), language=Language.JA, address="https://feeds.example/x")


def read(body, kind=SourceKind.FEED, given=TOKYO):
    return list(READERS[kind](body if isinstance(body, bytes) else body.encode(), given))


def rss(*items):
    return HEAD + "".join(f"<item>{item}</item>" for item in items) + END


def why(body):
    (found,) = read(body)
    return found.reason


def test_an_item_has_its_words_its_dates_and_what_it_names():
    (found,) = read(
        rss(
            "<title>&lt;b&gt;CVE-2099-0001&lt;/b&gt; 悪用</title><link>/a#top</link><guid>g1</guid>"
            "<category>注意</category><description>&lt;p&gt;詳細 CVE-2099-0002&lt;/p&gt;</description>"
            "<pubDate>Thu, 02 Apr 2099 09:30:00 JST</pubDate>"
        )
    )
    assert (found.native_id, found.title, found.link, found.summary) == (
        "g1",
        "CVE-2099-0001 悪用",
        "https://feeds.example/a",
        "詳細 CVE-2099-0002",
    )
    assert (found.names, found.categories) == (("CVE-2099-0001", "CVE-2099-0002"), ("注意",))
    assert (found.published.at.isoformat(), found.language) == ("2099-04-02T00:30:00+00:00", Language.JA)


def test_one_identifier_for_all_is_none_and_then_the_link_tells_and_then_the_words():
    same = "<guid>always</guid>"
    found = read(rss(f"{same}<link>https://x.example/1</link>", f"{same}<link>https://x.example/2</link>"))
    assert [each.native_id for each in found] == ["https://x.example/1", "https://x.example/2"]
    found = read(rss("<title>a</title>", "<title>b</title>", "<title>a</title>"))
    assert len({each.native_id for each in found}) == 3
    again = read(rss("<title>a</title>", "<title>b</title>", "<title>a</title>"))
    assert [each.native_id for each in again] == [each.native_id for each in found]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("cp932", "Shift_JIS"),
        ("cp932", "windows-31j"),
        ("cp932", "utf-8"),
        ("utf-16", "utf-16"),
    ],
)
def test_japanese_is_read_in_the_encoding_that_it_is_in_whatever_it_calls_itself(encoding, named):
    (found,) = read(JAPANESE.format(named).encode(encoding))
    assert found.title == "髙島①の脆弱性"


@pytest.mark.parametrize("text", ["お知らせ", "高い脆弱性の更新情報", "見出し"])
@pytest.mark.parametrize("encoding", ["euc_jp", "cp932"])
def test_japanese_that_names_no_encoding_is_read(encoding, text):
    (found,) = read(rss(f"<title>{text}</title>").encode(encoding))
    assert found.title == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_rotten_byte_keeps_no_item_out_and_spoils_no_other(encoding):
    good, rotten = "脆弱性に関する注意喚起のお知らせ", "更新情報"
    body = rss(f"<title>{good}</title>", f"<title>{rotten}</title>").replace("?>", f' encoding="{encoding}"?>', 1)
    first, second = read(body.encode(encoding).replace(rotten.encode(encoding), rotten.encode(encoding) + b"\xff"))
    assert (first.title, second.title[:4]) == (good, rotten)


@pytest.mark.parametrize(("sent", "title"), [(b"caf\xe9", "caf\ufffd"), ("\ufffd".encode(), "\ufffd")])
def test_one_letter_of_another_encoding_is_lost_and_nothing_else(sent, title):
    (found,) = read(rss("<title>x</title>").encode().replace(b">x<", b">" + sent + b"<"))
    assert found.title == title


def test_a_json_feed_says_the_same():
    item = {
        "id": "1",
        "url": "https://x.example/1",
        "title": "CVE-2099-0001",
        "content_html": "<p>x</p>",
        "tags": ["t"],
    }
    (found,) = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}))
    assert (found.native_id, found.names, found.summary, found.categories) == ("1", ("CVE-2099-0001",), "x", ("t",))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", RefusedBecause.NOT_XML),
        ("<html><body>down for maintenance</body></html>", RefusedBecause.NOT_XML),
        ("<rss", RefusedBecause.NOT_XML),
        ("{}", RefusedBecause.SHAPE),
        ("{", RefusedBecause.NOT_JSON),
        ('<!DOCTYPE r [<!ENTITY a "b">]>' + rss("&a;"), RefusedBecause.DANGEROUS_XML),
        ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss("&a;"), RefusedBecause.DANGEROUS_XML),
        ("<a>" * 20_000, RefusedBecause.DANGEROUS_XML),
        ("<a><!-- </a> -->" * 20_000, RefusedBecause.DANGEROUS_XML),
        ("<a><![CDATA[</a>]]>" * 20_000, RefusedBecause.DANGEROUS_XML),
        (b"\x81\xff\xfe\x80", RefusedBecause.ENCODING),
        (b"\x1f\x8b" + b"x" * 20, RefusedBecause.ENCODING),
        (b" " * (20 * 1024 * 1024 + 1), RefusedBecause.TOO_LARGE),
    ],
)
def test_what_is_no_feed_is_refused_by_its_reason(body, reason):
    assert why(body) is reason


def test_a_feed_without_items_is_no_failure():
    assert read(rss()) == []


def test_a_document_type_that_only_names_its_kind_does_no_harm():
    public = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/rss-0.91.dtd">'
    assert len(read(public + rss("<title>a &lt;!DOCTYPE b [</title>"))) == 1


def test_nothing_of_a_script_and_no_dangerous_link_stays():
    (found,) = read(rss("<title>a&lt;script&gt;alert(1)&lt;/script&gt;</title><link>javascript:alert(1)</link>"))
    assert (found.title, found.link) == ("a", "")


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(body):
    for kind in (SourceKind.FEED, SourceKind.JPCERT, SourceKind.JVN_RSS, SourceKind.EPSS):
        assert [each for each in read(body, kind) if not isinstance(each, Record | Refused)] == []


NOT_READ = {
    "wellformed/rss/entity_in_doctype.xml": RefusedBecause.DANGEROUS_XML,
    **{
        f"illformed/chardet/{name}.xml": RefusedBecause.ENCODING
        for name in ("windows1255", "gb2312", "koi8r", "tis620")
    },
}
"""What their parser guesses, or takes with its entities."""


def test_of_the_collected_feeds_no_item_is_lost(shared_data):
    folder, missing = shared_data / "advisories/feeds/feedparser", {}
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in (".xml", ".rdf", ".json")]
    for path in files:
        body = path.read_bytes()
        found = Counter(each.reason if isinstance(each, Refused) else "record" for each in read(body))
        if found["record"] != len(feedparser.parse(io.BytesIO(body)).entries):
            missing[str(path.relative_to(folder))] = next(iter(found))
    assert (len(files) > 500, missing) == (True, NOT_READ)


@pytest.mark.parametrize("name", ["at_v1.rdf", "at_v1_shift_jis.rdf", "at_v1_eucjp.rdf"])
def test_alerts_and_weekly_reports_are_told_apart_in_every_encoding(shared_data, name):
    body = (shared_data / "advisories/synthetic/jpcert-like" / name).read_bytes()
    found = read(body, SourceKind.JPCERT)
    assert [(each.names, each.categories, each.is_digest) for each in found] == [
        (("JPCERT-AT-2099-0007", "CVE-2099-10001"), ("注意喚起",), False),
        ((), ("Weekly Report",), True),
        (("JPCERT-AT-2099-0006", "CVE-2099-10010", "CVE-2099-10011"), ("注意喚起",), False),
    ]


def test_an_alert_that_is_published_again_is_the_same_with_other_words(shared_data):
    folder = shared_data / "advisories/synthetic/jpcert-like"
    first, second = (
        {each.native_id: each for each in read((folder / name).read_bytes(), SourceKind.JPCERT)}
        for name in ("at_v1.rdf", "at_v2_updated.rdf")
    )
    both = first.keys() & second.keys()
    changed = [first[name] for name in both if first[name].material != second[name].material]
    assert [each.names[0] for each in changed] == ["JPCERT-AT-2099-0007"]
    assert replace(second[changed[0].native_id], title="") != replace(changed[0], title="")


def test_what_repeats_in_an_item_of_jvn_is_all_read(shared_data):
    body = (shared_data / "advisories/synthetic/jvn-like/jvnrss_repeated_elements.rdf").read_bytes()
    (found,) = read(body, SourceKind.JVN_RSS)
    assert found.names == ("JVNDB-2099-000001", "CVE-2099-30001", "CVE-2099-30002", "CVE-2099-30003", "JVN#99999999")
    assert Counter(claim.kind for claim in found.claims) == {
        ClaimKind.SEVERITY: 2,
        ClaimKind.AFFECTED: 2,
        ClaimKind.WEAKNESS: 1,
    }
    assert [claim.value["score"] for claim in found.claims if claim.kind is ClaimKind.SEVERITY] == [9.8, 7.5]
    assert {claim.about for claim in found.claims} == {"JVNDB-2099-000001"}  # three CVEs: nobody says whose score it is


@pytest.mark.parametrize(
    ("head", "read_at"),
    [
        ("#model_version:v1,score_date:2099-12-26T12:55:00Z", "2099-12-26"),
        ("#model_version:v1,score_date:2099-12-26T12:55:00+0000", "2099-12-26"),
        ("#model_version:v1,score_date:2099-12-26", "2099-12-26"),
    ],
)
def test_scores_are_read_with_their_day_and_model_and_one_rotten_line_keeps_no_other_out(head, read_at):
    found = read(f"{head}\ncve,epss,percentile\nCVE-2099-0001,7e-05,0.5\nCVE-2099-0002,7,0.5\nx,0,0\n", SourceKind.EPSS)
    assert [each.claims[0].value if isinstance(each, Record) else each.reason for each in found] == [
        {"probability": 7e-05, "percentile": 0.5, "date": read_at, "model": "v1"},
        RefusedBecause.SHAPE,
        RefusedBecause.NO_IDENTITY,
    ]
    assert why_scores("cve,epss,percentile\n") is RefusedBecause.SHAPE


def why_scores(body):
    (found,) = read(body, SourceKind.EPSS)
    return found.reason
