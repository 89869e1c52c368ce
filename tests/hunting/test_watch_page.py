"""How the watch stands: to members their own, to hub operators how far, to supervisors nothing."""

import pytest

from factories.lakes import EVIL_ADDRESS, EVIL_DOMAIN, event, fill_lake, share, to_people
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions, queries
from noroshi.hunting.lake import open_lake

PAGE = "/hunting/watch/"


def test_the_watch_page_says_for_how_much_and_how_far_and_what_was_hit(cast, drain):
    share(cast.actor("i1"), f"{EVIL_ADDRESS} http://{EVIL_DOMAIN}/login")
    drain()
    fill_lake(cast.bank_a, [event(src_ip=EVIL_ADDRESS)])
    waiting = queries.own_watch(cast.actor("a1"))
    assert (waiting.values, waiting.signals, waiting.standing.waiting, waiting.standing.watched_at) == (2, 1, 1, None)
    assert "1 delivery" in cast.client("a1").get(PAGE).text
    drain()
    up_to_date = queries.own_watch(cast.actor("a1")).standing
    assert (up_to_date.waiting, up_to_date.watched_at is None) == (0, False)
    page = cast.client("a1").get(PAGE).text
    assert "the watch is up to date" in page
    assert "45[.]155[.]205[.]66" in page
    assert "45[.]155" not in cast.client("b1").get(PAGE).text


def test_values_of_signals_that_somebody_does_not_see_are_not_among_those_counted(cast, drain):
    share(cast.actor("i1"), EVIL_ADDRESS, tlp=TLP.RED, entries=to_people(cast.a1), releaser=cast.actor("hub_op"))
    drain()
    counts = {name: queries.own_watch(cast.actor(name)).values for name in ("a1", "a2", "b1")}
    assert counts == {"a1": 1, "a2": 0, "b1": 0}


def test_hub_operators_see_how_far_each_watch_is_and_no_value(cast, drain):
    share(cast.actor("i1"), EVIL_ADDRESS)
    fill_lake(cast.bank_a, [event(src_ip=EVIL_ADDRESS)])
    fill_lake(cast.bank_b, [event()])
    standings = queries.watch_by_organisation(cast.actor("hub_op"))
    assert [(each.organisation.slug, each.waiting) for each in standings] == [("bank_a", 1), ("bank_b", 1)]
    drain()
    page = cast.client("hub_op").get(PAGE).text
    assert str(cast.bank_a) in page
    assert "45[.]155" not in page
    assert queries.watch_by_organisation(cast.actor("a1")) == []


@pytest.mark.parametrize(("name", "status"), [("a_admin", 403), ("sup", 404)])
def test_others_do_not_see_the_watch(cast, name, status):
    assert cast.client(name).get(PAGE).status_code == status


# The quarantine, read again.


@pytest.fixture
def unread(cast):
    """A log whose times no reader knows by their name."""
    fill_lake(cast.bank_a, [event(), {"いつのこと": "2026-11-20T01:00:00Z", "src_ip": EVIL_ADDRESS}])
    return cast


def test_lines_that_can_be_read_now_are_taken_in_and_watched_from_the_page(unread, drain):
    share(unread.actor("i1"), EVIL_ADDRESS)
    drain()
    actions.set_source(unread.actor("a1"), source="proxy", mapping="いつのこと: time\n", keep_days=None)
    client = unread.client("a1")
    assert "Read them again" in client.get("/hunting/lake/quarantine/proxy/").text
    answer = client.post("/hunting/lake/quarantine/proxy/replay", follow=True)
    assert "The lines are being read again." in answer.text
    drain()
    assert [(source.events, source.quarantined) for source in open_lake().status()] == [(2, 0)]
    assert [hit.value for hit in queries.hits_for(unread.actor("a1"))] == [EVIL_ADDRESS]
    entry = LedgerEntry.objects.get(action="hunting.quarantine.replayed")
    assert entry.payload == {"source": "proxy", "events": 1, "left": 0}


def test_a_replay_reads_the_own_quarantine_alone(unread, drain):
    for name, status in (("b1", 302), ("a_admin", 403), ("hub_op", 302), ("sup", 404)):
        answer = unread.client(name).post("/hunting/lake/quarantine/proxy/replay")
        assert answer.status_code == status, name
    drain()
    assert [(source.events, source.quarantined) for source in open_lake().status()] == [(1, 1)]
