"""Web pages: fetched only where their sites let programs do so."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from factories.web import Page, web
from noroshi.advisories import actions
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.models import Item, Source
from noroshi.core import clock

pytestmark = pytest.mark.django_db

NEWS = b'<html><body><ul><li><a href="/news/1">One</a></li></ul></body></html>'
FORBIDDEN = "The robots.txt of 127.0.0.1 forbids this page to programs."


@pytest.fixture
def site():
    with web() as here:
        here.pages["/news"] = Page(NEWS, headers={"Content-Type": "text/html"})
        yield here


@pytest.fixture
def source(cast, site):
    said = SourceSaid(
        "News", "page", site.at("/news"), ports=(site.port,), networks=("127.0.0.0/8",), gap_seconds=0, selector="li a",
        secret="s3cret",
    )  # fmt: skip
    source = actions.add_source(cast.actor("hub_op"), said=said)
    actions.switch_source(cast.actor("hub_op"), source, on=True)
    return source


def collected(source):
    (fetch,) = actions.collect(Source.everything.get(pk=source.pk))
    return fetch


def paths(site):
    return [path for path, _headers in site.asked]


def test_a_page_that_is_forbidden_is_not_fetched_and_its_source_fails_at_once(source, site):
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /news")
    fetch = collected(source)
    assert (fetch.outcome, fetch.detail, paths(site)) == ("failed", FORBIDDEN, ["/robots.txt"])
    state = Source.everything.select_related("state").get(pk=source.pk).state
    assert (state.health, state.failures, Item.objects.count()) == ("failing", 3, 0)
    collected(source)
    assert paths(site) == ["/robots.txt"]  # what it said yesterday holds for a day
    cache.clear()
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /news\nAllow: /news$")
    assert (collected(source).outcome, Item.objects.count()) == ("good", 1)


@pytest.mark.parametrize("status", [404, 410, 403, 401])
def test_a_site_without_a_robots_txt_forbids_nothing(source, site, status):
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /", status=status)
    assert collected(source).outcome == "good"
    assert paths(site) == ["/robots.txt", "/news"]
    collected(source)
    assert paths(site) == ["/robots.txt", "/news", "/news"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_that_cannot_say_now_is_asked_again_later_and_nothing_is_fetched(source, site, status):
    site.pages["/robots.txt"] = Page(status=status)
    fetch = collected(source)
    assert fetch.detail == f"What 127.0.0.1 forbids to programs cannot be told now (robots.txt: HTTP {status})."
    state = Source.everything.select_related("state").get(pk=source.pk).state
    assert (paths(site), state.failures, state.due_at > clock.now() + timedelta(minutes=59)) == (
        ["/robots.txt"],
        1,
        True,
    )
    site.pages["/robots.txt"] = Page(b"")
    assert collected(source).outcome == "good"


def test_a_redirect_leads_nowhere_where_programs_may_not_go(source, site):
    site.pages |= {
        "/robots.txt": Page(b"User-agent: noroshi\nDisallow: /secret"),
        "/news": Page(status=302, headers={"Location": "/secret"}),
        "/secret": Page(NEWS),
    }
    assert collected(source).detail == FORBIDDEN
    assert paths(site) == ["/robots.txt", "/news"]


def test_another_site_is_asked_for_its_own_rules_and_gets_no_key(source, site):
    with web() as other:
        other.pages |= {"/robots.txt": Page(b"User-agent: *\nDisallow: /x"), "/there": Page(NEWS), "/x": Page(NEWS)}
        Source.everything.update(ports=[site.port, other.port])
        site.pages["/news"] = Page(status=301, headers={"Location": other.at("/there")})
        assert collected(source).outcome == "good"
        assert [(path, headers.get("authorization")) for path, headers in other.asked] == [
            ("/robots.txt", None), ("/there", None),
        ]  # fmt: skip
        assert [(path, headers.get("authorization")) for path, headers in site.asked] == [
            ("/robots.txt", None), ("/news", "Bearer s3cret"),
        ]  # fmt: skip
        site.pages["/news"] = Page(status=301, headers={"Location": other.at("/x")})
        assert collected(source).detail == FORBIDDEN


def test_a_page_that_leads_to_itself_is_left(source, site):
    site.pages["/news"] = Page(status=302, headers={"Location": "/news"})
    assert collected(source).detail == "The server sends us from one address to the next."
    assert paths(site) == ["/robots.txt", *["/news"] * 6]


def test_other_sources_are_asked_without_it(cast, source, site):
    Source.everything.update(kind="feed")
    collected(source)
    assert paths(site) == ["/news"]
