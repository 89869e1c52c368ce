"""Markdown: what members write stays text, whatever they write."""

import re

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from noroshi.kit.markdown import MAX_CHARACTERS, headings_over_nothing, render

BLOCKS = {"p", "br", "hr", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "li"}
ALLOWED = BLOCKS | {"strong", "em", "code", "a", "table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**太字** と *斜体*", "<p><strong>太字</strong> と <em>斜体</em></p>\n"),
        ("# 概要", "<h3>概要</h3>\n"),
        ("##### 深い", "<h6>深い</h6>\n"),
        ("- 一\n- 二", "<ul>\n<li>一</li>\n<li>二</li>\n</ul>\n"),
        ("`203.0.113.7`", "<p><code>203.0.113.7</code></p>\n"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(source, html):
    assert render(source) == html


def test_table_loses_its_style_attributes():
    assert "<td>1</td>" in render("|a|\n|-:|\n|1|")


def test_link_is_told_not_to_vouch_or_to_tell():
    rel = 'rel="noopener noreferrer nofollow"'
    assert render("[手順](https://example.test/a)") == f'<p><a href="https://example.test/a" {rel}>手順</a></p>\n'


@pytest.mark.parametrize(
    "observable",
    [
        "https://evil.example/login",
        "<https://evil.example/login>",
        "www.evil.example",
        "evil@example.test",
        "<evil@example.test>",
        "203.0.113.7",
    ],
)
def test_observable_in_a_text_is_never_made_a_link(observable):
    assert "<a" not in render(f"見た: {observable} です")


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "<div style='position:fixed'>x</div>",
        "<!-- -->\n<style>*{}</style>",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_active_content_stays_words(source):
    tags = set(re.findall(r"<(\w+)", render(source)))
    assert tags <= {"p", "em"}


def test_image_is_shown_as_its_description_and_never_fetched():
    assert render("見て ![追跡 & 画素](https://tracker.example/p.png) ね") == "<p>見て 追跡 &amp; 画素 ね</p>\n"


def test_image_by_reference_is_not_fetched_either():
    assert render("![x][y]\n\n[y]: https://tracker.example/p.png") == "<p>x</p>\n"


def test_text_too_long_is_cut_and_says_so():
    with override("en"):
        html = render("a" * MAX_CHARACTERS + "SECRET")
    assert html.endswith("<p><em>The text is cut here: only its first 50,000 characters are shown.</em></p>")
    assert "SECRET" not in html


@pytest.mark.parametrize("source", [">" * 5000, "[" * 5000, "- " * 5000, "*a" * 5000, "`" * 5000, "\x00"])
def test_deep_nesting_is_flattened(source):
    assert len(render(source)) < 60_000


@given(st.text(alphabet=st.sampled_from("<>\"'&[]()!*_`#|\\\n :/ahrefsconimgxj"), max_size=200))
def test_any_text_yields_only_allowed_tags_and_attributes(source):
    html = render(source)
    tags = set(re.findall(r"<(\w+)", html))
    assert " ".join(sorted(tags - ALLOWED)) == ""
    assert not re.search(r"<[^>]*\b(on\w+|style|src)=", re.sub(r'"[^"]*"', '""', html))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("![図 <b>](image:flow)", '<p><img src="/pictures/flow" alt="図 &lt;b&gt;" loading="lazy"></p>\n'),
        ('![図](image:flow "t")', '<p><img src="/pictures/flow" alt="図" loading="lazy"></p>\n'),
        ("![図](image:other)", "<p>図</p>\n"),
        ("![図](flow)", "<p>図</p>\n"),
        ("![図](https://evil.example/flow)", "<p>図</p>\n"),
        ('<img src="/pictures/flow">', '<p>&lt;img src="/pictures/flow"&gt;</p>\n'),
    ],
)
def test_a_picture_at_hand_is_shown_and_no_other(source, html):
    assert render(source, pictures={"flow": "/pictures/flow"}) == html
    assert "<img" not in render(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("XYZ-1", "{XYZ-1}"),
        ("XYZ-1の**XYZ-1**", "{XYZ-1}の<strong>{XYZ-1}</strong>"),
        ("XYZ-12 aXYZ-1 XYZ-1-a", "XYZ-12 aXYZ-1 XYZ-1-a"),
        ("`XYZ-1`", "<code>XYZ-1</code>"),
    ],
)
def test_a_word_at_hand_becomes_a_link_and_no_part_of_a_longer_one(source, text):
    link = '<a href="/here" rel="noopener noreferrer nofollow">XYZ-1</a>'
    assert render(source, links={"XYZ-1": "/here"}) == f"<p>{text.replace('{XYZ-1}', link)}</p>\n"


def test_a_word_within_a_link_stays_what_it_is():
    html = render("[XYZ-1](https://x.example/)", links={"XYZ-1": "/here"})
    assert html == '<p><a href="https://x.example/" rel="noopener noreferrer nofollow">XYZ-1</a></p>\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("text", []),
        ("## A\n\ntext", []),
        ("## A", ["A"]),
        ("## A\n\n## B\n\ntext\n\n## C\n", ["A", "C"]),
        ("## A\n\n### B\n\ntext", []),
        ("## A\n\n### B\n\n## C\n\ntext", ["A", "B"]),
        ("## A\n\n### B\n\ntext\n\n### C\n\n# D\n\ntext", ["C"]),
        ("A\n=\n\nB\n-\n\ntext", []),
        ("## A\n\n---\n", ["A"]),
        ("## A\n\n- \n", ["A"]),
        ("## A\n\n- x\n", []),
        ("## A\n\n```\n# no heading\n```\n", []),
        ("## A\n\n> ## B\n", []),
        ("## A\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", []),
        ("## A\n\n![seen](image:x)\n", []),
        ("##\n", [""]),
    ],
)
def test_headings_over_nothing_are_found_at_every_depth(text, found):
    assert headings_over_nothing(text) == found
