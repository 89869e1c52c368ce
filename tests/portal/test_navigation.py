"""The way through the rooms: each reader's own, cheap, and ending at the wall."""

import re

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from factories.signals import make_signal
from noroshi.core.domain.audience import State
from noroshi.portal.navigation import context

COMMON = [
    "Home",
    "Signals",
    "Bulletins",
    "Explainers",
    "Vulnerabilities",
    "Patch tasks",
    "Advisory sources",
    "Consultations",
    "Hunting",
    "Sent in",
    "Inbox",
    "Groups",
]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def _context(cast, name, path="/"):
    request = RequestFactory().get(path)
    request.actor, request.user = cast.actor(name), cast.people[name]
    return context(request)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("b1", COMMON),
        (
            "b_reader",
            [
                "Home",
                "Signals",
                "Bulletins",
                "Explainers",
                "Vulnerabilities",
                "Advisory sources",
                "Consultations",
                "Inbox",
                "Groups",
            ],
        ),
        (
            "b_admin",
            [
                "Home",
                "Signals",
                "Bulletins",
                "Explainers",
                "Vulnerabilities",
                "Advisory sources",
                "Consultations",
                "Inbox",
                "People",
                "Alarms",
                "Groups",
            ],
        ),
        (
            "hub_op",
            [
                "Home",
                "Signals",
                "Bulletins",
                "Explainers",
                "Vulnerabilities",
                "Patch tasks",
                "Triage",
                "Advisory sources",
                "Consultations",
                "Release queue",
                "Hunting",
                "Sent in",
                "Inbox",
                "Organisations",
                "People",
                "Alarms",
                "Groups",
                "Connections",
            ],
        ),
        (
            "auditor",
            [
                "Home",
                "Signals",
                "Bulletins",
                "Explainers",
                "Vulnerabilities",
                "Advisory sources",
                "Consultations",
                "Inbox",
                "Groups",
                "Connections",
                "Ledger",
                "Who got what",
            ],
        ),
        ("sup", ["Home"]),
        ("sup_admin", ["Home", "People", "Alarms"]),
    ],
)
def test_rail_when_a_reader_looks_then_only_what_is_theirs(cast, name, labels):
    assert [entry.label for entry in _context(cast, name)["navigation"]] == labels


@pytest.mark.parametrize("name", ["b1", "b_admin", "hub_op", "auditor", "sup", "sup_admin"])
def test_rail_when_its_lines_are_followed_then_each_leads_somewhere(cast, name):
    client, found = cast.client(name), _context(cast, name)
    addresses = [entry.url for entry in (*found["navigation"], *found["account"].links)]

    closed = {address for address in addresses if client.get(address).status_code >= 400}

    assert closed == set()


def test_rail_when_nobody_is_signed_in_then_home_and_sign_in(client, db):
    page = client.get("/", headers={"Accept-Language": "en"}).text

    assert re.findall(r'rail-label">([^<]+)<', page) == ["Home", "Sign in"]
    assert 'role="search"' not in page


@pytest.mark.parametrize(
    ("path", "label"),
    [("/", "Home"), ("/signals/", "Signals"), ("/signals/drafts", "Signals"), ("/signals/release", "Release queue"),
     ("/inbox/rules", "Inbox"), ("/members/groups/x/", "Groups"), ("/search", None), ("/why/x/", None)],
)  # fmt: skip
def test_rail_when_on_a_page_then_the_nearest_line_is_current(cast, path, label):
    current = [entry.label for entry in _context(cast, "hub_op", path)["navigation"] if entry.current]

    assert current == ([label] if label else [])


def test_rail_when_notices_and_releases_wait_then_their_numbers_stand_there(cast):
    make_signal(cast.a1, state=State.HELD)
    make_signal(cast.hub_op, state=State.HELD)

    badges = {entry.label: entry.badge for entry in _context(cast, "hub_op")["navigation"]}

    assert (badges["Release queue"], badges["Inbox"]) == (1, 0)


def test_context_when_a_page_asks_for_nothing_then_no_query_is_made(cast):
    request = RequestFactory().get("/")
    request.actor, request.user = cast.actor("hub_op"), cast.people["hub_op"]
    with CaptureQueriesContext(connection) as queries:
        context(request)

    assert len(queries) == 0


def test_context_when_the_rail_is_drawn_then_four_counts(cast):
    found = _context(cast, "hub_op")
    with CaptureQueriesContext(connection) as queries:
        list(found["navigation"])

    assert ["COUNT(*)" in query["sql"] for query in queries] == [True, True, True, True]


@pytest.mark.parametrize(("name", "url"), [("b1", "/search"), ("sup", "")])
def test_search_box_when_there_is_nothing_to_search_then_there_is_none(cast, name, url):
    assert str(_context(cast, name)["search_url"]) == url


def test_search_box_when_on_the_search_page_then_it_keeps_the_words(cast):
    assert _context(cast, "b1", "/search?q=地銀")["search_text"] == "地銀"
    assert _context(cast, "b1", "/signals/?q=地銀")["search_text"] == ""
