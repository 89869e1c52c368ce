"""What one bank allows in its logs changes no answer to anybody else: it is as if the values were not in them."""

import pytest

from factories.lakes import EVIL_ADDRESS, event, fill_lake, share
from noroshi.core import clock
from noroshi.hunting import actions, queries
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import Hunt, WatchMark

from .leak_channels import mentions
from .test_wall import told_apart, walked

pytestmark = pytest.mark.slow

NETWORK = "45.155.204.0/23"
WORDS = (NETWORK, "45[.]155[.]204[.]0/23", "okapipartner", "okapireason")


@pytest.fixture
def quiet(cast, drain, stopped_clock):
    """A signal that was hunted, and a log of bank_a with its value that nobody has looked at since."""
    fill_lake(cast.bank_b, [event(src_ip=EVIL_ADDRESS)])
    fill_lake(cast.bank_a, [event()])
    share(cast.actor("i1"), EVIL_ADDRESS)
    drain()
    fill_lake(cast.bank_a, [event("2026-11-21T00:00:00Z", src_ip=EVIL_ADDRESS)], name="later.ndjson")
    arrival = open_lake().arrived("bank_a", 0).number
    WatchMark.objects.filter(organisation=cast.bank_a).update(arrival=arrival, watched_at=clock.now())
    drain()
    return cast


def allow(cast, drain):
    """All that can happen to an allow-list, and the hunt that finds what it suppresses."""
    actor = cast.actor("a1")
    actions.allow_values(actor, text=f"{NETWORK}\nokapipartner.example.jp", reason="okapireason")
    actions.look_again(Hunt.everything.get(signal__isnull=False))
    actions.search_own_lake(actor, text=EVIL_ADDRESS)
    drain()
    (line, *_more) = queries.allowed_values_for(actor).filter(type="domain")
    actions.change_allowed(actor, line, reason="okapireason, still", until=None)
    assert queries.suppressed_for(actor).count() == 2
    drain()


@pytest.mark.parametrize("reader", ["a1", "a_reader", "b1", "hub_op", "sup"])
def test_an_allow_list_is_seen_by_its_own_analysts_and_changes_no_answer_to_others(quiet, drain, reader):
    empty, full = walked(quiet, reader, lambda: allow(quiet, drain), "hunting")
    if reader == "a1":
        assert len(mentions(full, WORDS)) > 5
    else:
        assert mentions(full, WORDS) == {}
        assert told_apart(empty, full) == {}


def test_without_the_list_the_hub_and_the_bank_would_have_seen_the_hit(quiet, drain):
    actions.look_again(Hunt.everything.get(signal__isnull=False))
    drain()
    signal = Hunt.everything.get(signal__isnull=False).signal
    counts = queries.counts_by_organisation(quiet.actor("hub_op"), signal)
    assert [count.organisation.slug for count in counts] == ["bank_a", "bank_b"]
    assert queries.hits_for(quiet.actor("a1")).count() == 1
