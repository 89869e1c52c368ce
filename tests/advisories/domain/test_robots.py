import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noroshi.advisories.domain.robots import may_fetch


def allowed(text, path, agent="noroshi"):
    return may_fetch(text, agent, f"https://example.com{path}")


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        ("Disallow: /", "/a", False),
        ("Disallow:", "/a", True),
        ("Disallow: /a", "/ab", False),
        ("Disallow: /a", "/b", True),
        ("Disallow: /a/", "/a", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a\nDisallow: /a/b", "/a/b", False),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*.pdf$", "/x/a.pdf", False),
        ("Disallow: /*.pdf$", "/x/a.pdf?x", True),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /*/private*x", "/u/private/deep/x/y", False),
        ("Disallow: /*a*a$", "/aa", False),
        ("Disallow: /*aa$", "/a", True),
        ("Disallow: /a?x=1", "/a?x=1&y", False),
        ("Disallow: /a?x=1", "/a", True),
        ("Disallow: /%7Ejoe", "/~joe/x", False),
        ("Disallow: /a%2fb", "/a/b", True),
        ("Disallow: /a%2fb", "/a%2Fb", False),
        ("Disallow: /お知らせ", "/%E3%81%8A%E7%9F%A5%E3%82%89%E3%81%9B", False),
        ("disallow : /a # why", "/a", False),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /", "", False),
        ("Sitemap: /x\nDisallow: /a", "/a", False),
    ],
)
def test_a_rule_is_read_as_the_standard_says(rules, path, expected):
    assert allowed(f"User-agent: *\n{rules}", path) is expected


def test_the_group_of_ones_own_name_counts_alone_and_all_of_it():
    groups = ("*\nDisallow: /", "Other\nUser-agent: NOROSHI/1.0\nDisallow: /a", "noroshi\nDisallow: /b")
    text = "\n\n".join(f"User-Agent: {group}" for group in groups)
    assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]
    assert [allowed(text, path, "other") for path in ("/a", "/b")] == [False, True]
    assert allowed(text, "/c", "third") is False
    assert allowed("User-agent: *\nDisallow: /\nUser-agent: noroshi\nAllow:", "/a") is True
    assert allowed("User-agent: noroshiX\nDisallow: /", "/a") is True


def test_rules_that_belong_to_nobody_and_other_text_say_nothing():
    assert allowed("Disallow: /\nUser-agent: *\nAllow: /", "/a") is True
    assert allowed("<html>Not found</html>", "/a") is True
    assert allowed("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a") is False


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=30), st.text("/*$a%2é?#:\n", max_size=30), st.text("/a%2é?", max_size=30))
def test_whatever_stands_there_is_answered(text, pattern, path):
    assert isinstance(may_fetch(f"{text}\nUser-agent: *\nDisallow: {pattern}", "noroshi", f"https://h/{path}"), bool)
