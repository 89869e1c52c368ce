"""The cases of the research page (Japanese 15, defanged 11, plain 9, decoys), and what they taught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain.extract import MAX_TEXT, TextTooLong, extract

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def found(text: str) -> list[tuple[str, str]]:
    return [(proposal.observable.type.value, proposal.observable.value) for proposal in extract(text)]


def found_with_reason(text: str) -> list[tuple[str, str, str]]:
    return [(p.quoted, p.observable.value, p.reason) for p in extract(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Seen at 198.51.100.77. Then it stopped.", "198.51.100.77"),
        ("The site is evil.co.jp.\n\n### Next", "evil.co.jp"),
        ("See https://evil.example/a;https://other.example/", "https://evil.example/a"),
    ],
)
def test_a_value_at_the_end_of_a_sentence_is_one_on_every_python(text, value):
    """Before Python 3.11.5 a group that is repeated possessively and matches in part is no match at all."""
    assert found(text)[0][1] == value


JAPANESE = [
    ("攻撃元は203.0.113.5で、遮断済み", [("ipv4", "203.0.113.5")]),
    ("http://evil.example/aに誘導される", [("url", "http://evil.example/a")]),
    ("通信先はevil.exampleです。", [("domain", "evil.example")]),
    ("送信元アドレスはinfo@evil.exampleでした", [("email", "info@evil.example")]),
    ("送信元２０３．０．１１３．９を確認", [("ipv4", "203.0.113.9")]),
    ("ｈｔｔｐｓ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ／ａを確認", [("url", "https://evil.example/a")]),
    ("連絡先：ｉｎｆｏ＠ｅｖｉｌ．ｅｘａｍｐｌｅまで", [("email", "info@evil.example")]),
    ("偽サイト（https://login.evil.co.jp/x?y=1）を確認", [("url", "https://login.evil.co.jp/x?y=1")]),
    ("「evil.co.jp」、「evil2.co.jp」。", [("domain", "evil.co.jp"), ("domain", "evil2.co.jp")]),
    (f"ハッシュ値は{MD5}である", [("md5", MD5)]),
    (f"ファイル（SHA-256：{SHA256}）を検知", [("sha256", SHA256)]),
    ("2001:db8::5から198.51.100.0/24へ", [("ipv6", "2001:db8::5"), ("cidr", "198.51.100.0/24")]),
    ("http://日本語.jp/に誘導", [("url", "http://xn--wgv71a119e.jp/")]),
    ("h**ps://evil.example/b（偽）", [("url", "https://evil.example/b")]),
    ("http://evil.example/%E3%81%82?a=bと、その配下", [("url", "http://evil.example/%E3%81%82?a=b")]),
]
DEFANGED = [
    ("hxxp://evil[.]example/a", [("url", "http://evil.example/a")]),
    ("hXXps://evil(.)example/a", [("url", "https://evil.example/a")]),
    ("h**p://evil{.}example/a", [("url", "http://evil.example/a")]),
    ("hxxps[:]//evil[.]example", [("url", "https://evil.example")]),
    ("http[://]evil[.]example/a", [("url", "http://evil.example/a")]),
    ("evil[dot]example", [("domain", "evil.example")]),
    ("evil dot example", [("domain", "evil.example")]),
    ("user[@]evil[.]example", [("email", "user@evil.example")]),
    ("user[at]evil[dot]example", [("email", "user@evil.example")]),
    ("203[.]0[.]113[.]5", [("ipv4", "203.0.113.5")]),
    ("2001[:]db8[:][:]1", [("ipv6", "2001:db8::1")]),
]
MORE_DEFANGED = [
    ("ttp://evil.example/ と ttps://evil.example/", ["http://evil.example/", "https://evil.example/"]),
    ("hxxp:\\\\evil.example/a", ["http://evil.example/a"]),
    ("fxp://evil.example/a", ["ftp://evil.example/a"]),
    ("evil[.example と evil2.]example", ["evil.example", "evil2.example"]),
    ("evil\\.example", ["evil.example"]),
    ("evil [.] example", ["evil.example"]),
    ("evil（．）example", ["evil.example"]),
    ("user at evil dot com", ["user@evil.com"]),
    ("user＠evil．example", ["user@evil.example"]),
    ("198[.]51[.]100[.]0/24", ["198.51.100.0/24"]),
    ("http://ev\u00adil\u200b.example/", ["http://evil.example/"]),
    ("eﬃcient.example", ["efficient.example"]),
    ("https:///evil.example/a", ["https://evil.example/a"]),
    ("report[.]zip", ["report.zip"]),
]
PLAIN = [
    ("from 203.0.113.5:443 now", [("ipv4", "203.0.113.5")]),
    ("via 2001:db8::1.", [("ipv6", "2001:db8::1")]),
    ("block 198.51.100.7/24", [("cidr", "198.51.100.0/24")]),
    ("resolves EVIL.Example.", [("domain", "evil.example")]),
    ("see (http://evil.example/a_(b)).", [("url", "http://evil.example/a_(b)")]),
    ("mail <User@evil.example>", [("email", "user@evil.example")]),
    (f"md5={MD5.upper()}", [("md5", MD5)]),
    (f"sha1: {SHA1}", [("sha1", SHA1)]),
    (f"named {SHA256}.exe", [("sha256", SHA256)]),
]


@pytest.mark.parametrize(("text", "expected"), [*JAPANESE, *DEFANGED, *PLAIN])
def test_extract_of_the_page_cases_finds_each(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(("text", "values"), MORE_DEFANGED)
def test_extract_when_defanged_in_rarer_ways_finds_each(text, values):
    assert [value for _, value in found(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "version 10.0.19041.1 です",
        "version 1.2.3.4 です",
        "Ver.1.2.3.4とv1.2.3.4",
        "バージョン1.2.3.4から1.2.3.9まで",
        "1.2.3.4以前に影響する",
        "versions 1.2.3.4 and earlier",
        "第1.2.3.4章を参照",
        "FortiOS 7.0.1.5に影響、iOS 16.7.1.2も",
        "Firefox 120.0、Windows 11 23H2、Log4j 2.17.1",
        "請求書.pdf.exe",
        "Chrome/120.0.0.0 Safari/537.36",
        "2024.01.02 に 12:34:56 頃",
        "2024-01-02T12:34:56.789Z",
        "report.pdf、evil.exe、invoice.docx",
        "archive.zip, movie.mov, run.sh, setup.py, README.md, libc.so",
        "backup.tar.zip と lib.rs",
        "円周率は3.14、1,234.56円",
        "import os.path; asyncio.run(main()); collections.abc",
        "django.core.management と numpy.random",
        "std::vector と list[::2] と AB::CD",
        "03-1234-5678、+81.3.1234.5678",
        "CVE-2024-12345 と JVN#12345678",
        "aa:bb:cc:dd:ee:ff と 00:11:22:33:44:55:66:77",
        "ASP.NET と Example Co.Ltd",
        "攻撃を確認した．Microsoft社は対応中",
        "happened there.It was",
        "polka dot style, the dot product",
        r"CORP\taro.name が C:\work\site.dev を開いた",
        "e.g. 例、i.e. つまり、No.1",
        "999.1.1.1 と 1.2.3 と 1.2.3.4.5",
        "co.jp と .com は対象外",
        "12345678901234567890123456789012",
        "a@b と @someone",
        "http:// だけ、https://?",
    ],
)
def test_extract_of_a_decoy_proposes_nothing(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("https://evil.example/a。", ["https://evil.example/a"]),
        ("https://evil.example/a、", ["https://evil.example/a"]),
        ("https://evil.example/a」", ["https://evil.example/a"]),
        ("https://evil.example/a.", ["https://evil.example/a"]),
        ("https://evil.example/a?", ["https://evil.example/a"]),
        ("https://evil.example/a?に", ["https://evil.example/a?"]),
        ("https://evil.example/a？はい", ["https://evil.example/a"]),
        ("**https://evil.example/a**", ["https://evil.example/a"]),
        ("https://evil.example/*を遮断", ["https://evil.example/*"]),
        ("http://evil.exampleです", ["http://evil.example"]),
        ("http://evil.com.です", ["http://evil.com"]),
        ("http://intranetに接続", ["http://intranet"]),
        ("http://evil.comは日本", ["http://evil.com"]),
        ("http://cfg.evil.jp.aswtenmに", ["http://cfg.evil.jp.aswtenm"]),
        ("http://例え.みんなに", ["http://xn--r8jz45g.xn--q9jyb4c"]),
        ("http://evil日本.com/x", ["http://xn--evil-j79hm9d.com/x"]),
        ("[題](https://evil.example/a)", ["https://evil.example/a"]),
        ("[https://a.example/x](https://b.example/y)", ["https://a.example/x", "https://b.example/y"]),
        ("http://a.example/x,http://b.example/y", ["http://a.example/x", "http://b.example/y"]),
        ("2025/06/02,https://evil.example/,Amazon", ["https://evil.example/"]),
        ("http://yahoo.co.jp@evil.example/", ["http://yahoo.co.jp@evil.example/"]),
        ("http://[2001:DB8::1]:8080/x", ["http://[2001:db8::1]:8080/x"]),
        ("http://0xcb007105/", ["http://203.0.113.5/"]),
    ],
)
def test_extract_of_a_url_in_prose_ends_where_the_url_ends(text, values):
    assert [value for _, value in found(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("株式会社ABC.co.jpが", ["abc.co.jp"]),
        ("偽物は 三菱.com です", ["xn--ehq172k.com"]),
        ("確認は三菱.comで", []),  # no telling where the name begins
        ("みずほ銀行[.]com", ["xn--98j6ck4201gexk.com"]),
        ("www.evil.rs と evil.co.rs と evil.rs", ["www.evil.rs", "evil.co.rs"]),
        ("①203.0.113.5 ②203.0.113.6", ["203.0.113.5", "203.0.113.6"]),
        ("192.0.2.1-192.0.2.10", ["192.0.2.1", "192.0.2.10"]),
        ("192.0.2.1～192.0.2.10", ["192.0.2.1", "192.0.2.10"]),
        ("203.0.113.5/x", ["203.0.113.5"]),
        ("-evil.example\n・evil2.example", ["evil.example", "evil2.example"]),
        ("evil.com，evil2.com", ["evil.com", "evil2.com"]),
        ("＠evil.exampleから", ["evil.example"]),
        ("22:203.0.113.5", ["203.0.113.5"]),
        ("2001:db8::1: 応答なし", ["2001:db8::1"]),
        ("IP：2001:db8::1、src:2001:db8::2", ["2001:db8::1", "2001:db8::2"]),
        ("x 2001:db8:1:2:3:4:5:6:7", []),
        ("2001:db8::/32を遮断", ["2001:db8::/32"]),
        ("::ffff:203.0.113.5", ["::ffff:203.0.113.5"]),
    ],
)
def test_extract_of_names_and_addresses_in_prose_finds_their_edges(text, values):
    assert [value for _, value in found(text)] == values


def test_extract_gives_quotation_and_reason_in_order_of_appearance():
    text = "hxxp://evil[.]example/a、口座番号：１２３４５６７、203.0.113.5、UA: curl/8.5.0、２０３．０．１１３．６"
    assert found_with_reason(text) == [
        ("hxxp://evil[.]example/a", "http://evil.example/a", "defanged-url"),
        ("１２３４５６７", "1234567", "labelled-account"),
        ("203.0.113.5", "203.0.113.5", "plain-ipv4"),
        ("curl/8.5.0", "curl/8.5.0", "labelled-user-agent"),
        ("２０３．０．１１３．６", "203.0.113.6", "defanged-ipv4"),
    ]


REPORT = """\
件名：【注意喚起】インターネットバンキングを騙る偽サイトについて
1. 概要　2024.11.22 12:34:56 頃、当行を騙るメール（送信元：support＠evil-bank．example）を確認しました。
   誘導先は hxxps://login.evil-bank[.]example/ib/?id=%E3%81%82 で、203[.]0[.]113[.]5（TCP/443）に解決されます。
2. 検体　請求書_2024.pdf.exe（SHA-256：e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855）
   通信先は①198.51.100.7、②2001:db8::7です。Ver 10.0.19041.1以前のOSで動作します（CVE-2024-12345）。
3. 不正送金先　みなと支店（123）普通 口座番号 7654321
4. 痕跡　203.0.113.5 - - [22/Nov/2024:12:34:56 +0900] "GET /ib/index.html HTTP/1.1" 200 123
   User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0
問合せ先 03-1234-5678
"""


def test_extract_of_a_whole_report_gives_its_indicators_and_nothing_else():
    assert found(REPORT) == [
        ("email", "support@evil-bank.example"),
        ("url", "https://login.evil-bank.example/ib/?id=%E3%81%82"),
        ("ipv4", "203.0.113.5"),
        ("sha256", SHA256),
        ("ipv4", "198.51.100.7"),
        ("ipv6", "2001:db8::7"),
        ("account", "123-7654321"),
        ("user_agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0"),
    ]


def test_extract_of_a_whole_report_quotes_what_the_report_says():
    assert [REPORT[p.start : p.end] for p in extract(REPORT)][:3] == [
        "support＠evil-bank．example",
        "hxxps://login.evil-bank[.]example/ib/?id=%E3%81%82",
        "203[.]0[.]113[.]5",
    ]


def test_extract_of_a_value_written_twice_proposes_its_first_place():
    (proposal,) = extract("203.0.113.5 と 203[.]0[.]113[.]5")
    assert (proposal.start, proposal.end, proposal.reason) == (0, 11, "plain-ipv4")


def test_extract_when_a_user_agent_names_versions_and_addresses_reads_only_the_user_agent():
    text = "User-Agent: Bot/120.0.0.0 (+http://bot.example/) 1.2.3.4\n203.0.113.5"
    assert found(text) == [
        ("user_agent", "Bot/120.0.0.0 (+http://bot.example/) 1.2.3.4"),
        ("ipv4", "203.0.113.5"),
    ]


def test_extract_at_the_limit_stops():
    text = " ".join(f"203.0.113.{number}" for number in range(200))
    assert [p.observable.value for p in extract(text, limit=3)] == ["203.0.113.0", "203.0.113.1", "203.0.113.2"]


def test_extract_beyond_the_cap_refuses_before_reading():
    assert extract(" " * MAX_TEXT) == []
    with pytest.raises(TextTooLong, match="at most 2,000,000 are read"):
        extract(" " * (MAX_TEXT + 1))
    with pytest.raises(TextTooLong, match="has 11 characters; at most 10"):
        extract("203.0.113.5", max_text=10)


@pytest.mark.parametrize(
    "unit",
    [
        "http://",
        "a.",
        "a@",
        "1.",
        ":",
        "[.]",
        "h",
        "(",
        "あ.",
        "http://あ.",
        ",http://a.b",
        "口座番号",
        "支店123",
        "UA:",
        "0x",
        "a" * 63,
    ],
)
def test_extract_of_a_hostile_repetition_ends(unit):
    """No timing: a quadratic pattern would need hours for this much."""
    text = unit * (100_000 // len(unit))
    assert len(extract(text, limit=100)) <= 100


# Everything that a rule looks at, to be put together in every way.
FRAGMENTS = st.sampled_from(
    [
        *["は", "で、", "（", ")", "々", "𠮷", "①", "\u200b", "\u00ad", "ﬁ", "\n", " "],
        *["hxxp://", "http://", "ttp://", "[.]", "．", " dot ", "@", "＠", "/", ":"],
        *["evil", "example", "com", "203.0.113.5", MD5, "口座番号", "１２３４５６７", "User-Agent: "],
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=4), max_size=40).map("".join))
def test_extract_of_any_text_quotes_it_exactly_in_order_and_once(text):
    proposals = extract(text)
    assert [text[p.start : p.end] for p in proposals] == [p.quoted for p in proposals]
    assert [p.start for p in proposals] == sorted(p.start for p in proposals)
    assert len({p.observable for p in proposals}) == len(proposals)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see аpple.com now", ["xn--pple-43d.com"]),  # with a Cyrillic letter, here and below
        ("gооgle.com と書く", ["xn--ggle-55da.com"]),
        ("攻撃元はаpple.comです", ["xn--pple-43d.com"]),
        ("www.аpple.com, login.аpple.com", ["www.xn--pple-43d.com", "login.xn--pple-43d.com"]),
        ("a@аpple.com", ["a@xn--pple-43d.com"]),
        ("bücher.de und Straße.de", ["xn--bcher-kva.de", "strasse.de"]),
        ("攻撃元はevil.exampleです", ["evil.example"]),
        ("naïve.But so", []),
    ],
)
def test_host_with_letters_of_several_scripts_is_that_host_and_no_part_of_it(text, found):
    assert [proposal.observable.value for proposal in extract(text)] == found
