"""A supervisor, the public and an outsider walk every address there is: what is hidden from them changes no answer.

The world is filled with shared signals of every kind and all that happens to them; every address of the resolver is
asked by GET and POST, filled with real identifiers; then the same without any of it, and each answer is compared.
"""

from typing import Final

import pytest
from django.core.cache import cache
from django.test import Client

from factories.audience import COMMUNITY
from factories.lakes import EVIL_ADDRESS, event, fill_lake
from noroshi.core.domain.tlp import TLP
from noroshi.members.actions import issue_token
from noroshi.members.domain.scopes import Scope
from noroshi.members.models import Person
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking

from .hidden import HIDDEN, ask_openly, live, marks
from .leak_channels import COMMON, differences, mentions, undone
from .routes import Walk, as_nobodys, questions, routes, values_of_rows

pytestmark = pytest.mark.slow

SHARED: Final = ("Open", "Common", "Kept")
RANDOM: Final = ("/account/2fa/", "/account/login/", "/account/reauthenticate/")
"""Addresses whose answers hold a challenge or a key made anew for each: searched for words, not compared."""


@pytest.fixture
def stage(cast, stopped_clock, settings):
    """The sector with logs to find things in, and nothing shared yet."""
    settings.MAIL_IN_DOMAIN = "in.noroshi.example"
    Person.objects.update(language="en")
    for name in ("bank_a", "bank_b"):
        fill_lake(cast.organisations[name], [event(src_ip=EVIL_ADDRESS)])
    return cast


def share_openly(cast) -> None:
    """What members share with each other and hide from nobody who takes part."""
    for title, tlp in zip(SHARED, (TLP.CLEAR, TLP.GREEN, TLP.AMBER), strict=True):
        words = Content("phishing", "customer", f"{title} {COMMON}", f"okapishared, seen from {EVIL_ADDRESS}")
        actions.share_signal(cast.actor("b1"), content=words, marking=Marking(tlp, entries=frozenset({COMMUNITY})))
    ask_openly(cast)


def share_everything(cast, drain, clock) -> None:
    """All that members share with each other, open and hidden, with comments, hits, notices and mail."""
    share_openly(cast)
    hide_something(cast, drain, clock)


def hide_something(cast, drain, clock) -> None:
    """What an outsider may not learn of."""
    address = actions.issue_mail_address(cast.actor("a1"), group=cast.wg_incident)[1]
    letter = f"From: a1@bank-a.example\nTo: {address}\nSubject: {marks('unsent')[0]} by mail\n\n{marks('unsent')[1]}"
    actions.take_mail(letter.encode())
    for name in HIDDEN:
        live(cast, clock, name)
    drain()


def walked(cast, reader: str, fill, within: str = "") -> tuple[dict[str, str], dict[str, str]]:
    """Every answer (of addresses that hold `within`) without what `fill` writes, and with it, by the same addresses.

    Without it, what it writes has nobody's number: all that is not there is asked for once at each address.
    """
    token = ""
    client = Client(headers={"Accept-Language": "en"})
    if reader != "visitor":
        client = cast.client(reader)
        token = issue_token(cast.actor(reader), person=cast.people[reader], label="walk", scopes=list(Scope))[1]
    walk, known = Walk(client, token), [route for route in routes() if within in route.template]
    there = {value for values in values_of_rows(known).values() for value in values}

    def with_it():
        fill()
        cache.clear()  # of rates, which would end the walk
        asked = list(questions(known, values_of_rows(known)))
        return asked, walk.over(asked)

    asked, full = undone(with_it)
    cache.clear()  # of rates, which would end the walk
    same = {f"{method} {path}": (method, as_nobodys(path, there)) for method, path in asked}
    missing = walk.over(dict.fromkeys(same.values()))
    return {question: missing[" ".join(instead)] for question, instead in same.items()}, full


def told_apart(empty: dict[str, str], full: dict[str, str]) -> dict[str, list[str]]:
    found = differences(empty, full)
    return {channel: lines for channel, lines in found.items() if not channel.split()[1].startswith(RANDOM)}


def words() -> list[str]:
    return [word for name in HIDDEN for word in marks(name)]


def test_supervisor_when_members_share_then_no_address_answers_otherwise(stage, drain, stopped_clock):
    empty, full = walked(stage, "sup", lambda: share_everything(stage, drain, stopped_clock))
    assert len(full) > 200
    assert mentions(full, [*words(), "okapishared"]) == {}
    assert told_apart(empty, full) == {}


def test_visitor_when_something_is_hidden_then_no_address_answers_otherwise(stage, drain, stopped_clock):
    share_openly(stage)
    drain()
    empty, full = walked(stage, "visitor", lambda: hide_something(stage, drain, stopped_clock))
    assert mentions(full, words()) == {}
    assert told_apart(empty, full) == {}


def test_outsider_when_something_is_hidden_then_no_address_answers_otherwise(stage, drain, stopped_clock):
    share_openly(stage)
    drain()
    empty, full = walked(stage, "o1", lambda: hide_something(stage, drain, stopped_clock), "_id")
    assert mentions(full, words()) == {}
    assert told_apart(empty, full) == {}


def test_walk_reaches_what_could_leak(stage, drain, stopped_clock):
    """An addressee, on the same walk, meets the words: so the walk would have found them."""

    def fill():
        share_everything(stage, drain, stopped_clock)
        known = routes()
        asked = questions([route for route in known if "signals/" in route.template], values_of_rows(known))
        return Walk(stage.client("b1")).over(asked)

    seen = undone(fill)
    assert {name for name in ("shut", "named", "circle", "early") if mentions(seen, [f"quokka{name}"])} == {
        "shut",
        "named",
        "circle",
        "early",
    }
