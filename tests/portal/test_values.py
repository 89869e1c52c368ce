"""The page of a value: what its reader may be told of it, and nothing of what is hidden; votes that name nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.audience import COMMUNITY, WORDS, to_organisation
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.hunting.models import Hit, Hunt
from noroshi.intel.actions import record_sighting
from noroshi.intel.domain.observables import ObservableType, parse_observable
from noroshi.intel.models import FalsePositiveVote, SightingSource
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Receipt, Signal
from noroshi.sharing.queries import correlated, value_for
from noroshi.sharing.queries.values import MOST_CORRELATED

ADDRESS = parse_observable(ObservableType.IPV4, "45.155.205.66")


def digest(kind, raw):
    return parse_observable(ObservableType(kind), raw).digest


@pytest.fixture
def share(cast):
    """Send a signal that says this: of a1 to the community unless said otherwise."""

    def send(body, *entries, author="a1", tlp=TLP.AMBER, title="About a value", **marking):
        content = replace(WORDS, title=title, body=body)
        lines = frozenset(entries or [COMMUNITY])
        sent = actions.share_signal(cast.actor(author), content=content, marking=Marking(tlp, entries=lines, **marking))
        return actions.release_signal(cast.actor("hub_op"), sent) if sent.state == "held" else sent

    return send


def page(cast, name, of=ADDRESS.digest, language="en"):
    return cast.client(name, language).get(f"/observables/{of}/")


def told(cast, name, value=ADDRESS):
    return [(row.tie.value, row.signal.title) for row in correlated(cast.actor(name), value).rows]


def test_value_when_a_signal_that_one_reads_names_it_then_it_has_a_page_that_leads_back(cast, share):
    signal = share("45.155.205.66")
    detail = cast.client("b1").get(f"/signals/{signal.pk}/").content.decode()
    assert detail.count(f'href="/observables/{ADDRESS.digest}/"') == 1
    text = page(cast, "b1").content.decode()
    assert (text.count(f'href="/signals/{signal.pk}/"'), text.count("45[.]155[.]205[.]66")) == (2, 2)
    assert page(cast, "i1", language="ja").status_code == 200
    assert Receipt.everything.filter(signal=signal, person=cast.i1).exists()


def test_value_that_only_hidden_signals_name_is_as_if_nobody_had_named_it(cast, share):
    share("45.155.205.66", to_organisation(cast.bank_b))
    gone = share("198.18.7.7")
    actions.withdraw_signal(cast.actor("a1"), gone, reason="wrong")
    assert page(cast, "b1").status_code == 200
    nobody, hidden = page(cast, "i1", "f" * 64), page(cast, "i1")
    assert (nobody.status_code, hidden.status_code) == (404, 404)
    assert page(cast, "a1", digest("ipv4", "198.18.7.7")).status_code == 404
    assert page(cast, "sup").status_code == 404
    assert cast.client("i1").post(f"/observables/{ADDRESS.digest}/vote", {"reason": "shared"}).status_code == 404
    assert not FalsePositiveVote.everything.exists()


def test_signals_correlate_by_host_domain_above_and_network_around_and_only_upward(cast, share):
    share("evil-bank.com", title="the domain")
    share("login.evil-bank.com", title="a name below")
    share("hxxp://login.evil-bank[.]com/a?b", title="a page")
    share("45.155.205.0/24", title="a network")
    share("45.155.205.66", title="an address")
    assert told(cast, "b1", parse_observable(ObservableType.URL, "http://login.evil-bank.com/a?b")) == [
        ("same", "a page"),
        ("host", "a name below"),
        ("parent", "the domain"),
    ]
    assert told(cast, "b1", parse_observable(ObservableType.DOMAIN, "evil-bank.com")) == [("same", "the domain")]
    assert told(cast, "b1") == [("same", "an address"), ("network", "a network")]


def test_correlation_is_asked_after_the_policy(cast, share):
    share("45.155.205.66", title="to all")
    share("45.155.205.0/24", to_organisation(cast.bank_b), title="to one")
    assert told(cast, "b1") == [("network", "to one"), ("same", "to all")]
    assert told(cast, "i1") == [("same", "to all")]
    assert told(cast, "sup") == []
    assert "to one" not in page(cast, "i1").content.decode()
    assert "What belongs to this value" in page(cast, "b1").content.decode()
    assert "What belongs to this value" not in page(cast, "i1").content.decode()


def test_value_that_a_warning_list_makes_benign_ties_nothing_together(cast, draft_all):
    for title in ("one", "two"):
        draft_all("8.8.8.8 と www.smbc.co.jp", title)
    resolver = parse_observable(ObservableType.IPV4, "8.8.8.8")
    assert told(cast, "b1", resolver) == []
    assert told(cast, "b1", parse_observable(ObservableType.URL, "https://www.smbc.co.jp/x")) == []
    text = page(cast, "b1", resolver.digest).content.decode()
    assert ("List of known IPv4 public DNS resolvers" in text, "ties nothing together" in text) == (True, True)
    assert "/signals/0" not in text


@pytest.fixture
def draft_all(cast):
    """Send a signal with all values that it names, those too that a list calls harmless."""

    def send(body, title):
        words = Content("phishing", "customer", title, body)
        marking = Marking(TLP.AMBER, entries=frozenset({COMMUNITY}))
        draft = actions.draft_signal(cast.actor("a1"), content=words, marking=marking)
        kept = draft.observables.model.everything.filter(signal=draft).values_list("pk", flat=True)
        return actions.publish_signal(cast.actor("a1"), draft, observables=list(kept))

    return send


def test_correlation_is_capped_and_says_so(cast, share, monkeypatch):
    monkeypatch.setattr("noroshi.sharing.queries.values.MOST_CORRELATED", 2)
    for number in range(3):
        share("45.155.205.66", title=f"number {number}")
    found = correlated(cast.actor("b1"), ADDRESS)
    assert ([row.signal.title for row in found.rows], found.capped) == (["number 2", "number 1"], True)
    assert "these are the 2 newest" in page(cast, "b1").content.decode()
    assert MOST_CORRELATED == 50


def test_page_costs_the_same_with_one_signal_and_with_three(cast, share):
    client, costs = cast.client("b1"), []
    for number in (1, 3):
        while Signal.everything.count() < number:
            share("45.155.205.66")
        client.get(f"/observables/{ADDRESS.digest}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/observables/{ADDRESS.digest}/")
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_own_hits_are_on_the_timeline_and_renew_the_value_and_nobody_elses_are(cast, share, stopped_clock):
    signal = share("45.155.205.66")
    stopped_clock.advance(days=40)
    assert "Likely stale" in page(cast, "b1").content.decode()
    hunt = Hunt.everything.create(signal=signal)
    seen = {"first_seen": clock.now() - timedelta(days=2), "last_seen": clock.now(), "count": 1234}
    Hit.everything.create(hunt=hunt, organisation=cast.bank_b, type="ipv4", value="45.155.205.66", **seen)
    own, others = page(cast, "b1").content.decode(), page(cast, "i1").content.decode()
    marks = ("first event in your logs", "1,234 events", "Likely stale")
    assert [mark in own for mark in marks] == [True, True, False]
    assert [mark in others for mark in marks] == [False, False, True]


def test_sightings_are_told_from_three_organisations_on(cast, share):
    signal = share("45.155.205.66")
    for organisation in (cast.bank_a, cast.bank_b):
        record_sighting(
            Actor.system("test"), item_id=signal.pk, organisation=organisation.pk, source=SightingSource.PERSON
        )
    assert "3 or more" not in page(cast, "i1").content.decode()
    record_sighting(Actor.system("test"), item_id=signal.pk, organisation=cast.hub.pk, source=SightingSource.PERSON)
    assert "3 or more" in page(cast, "i1").content.decode()


def test_of_an_anonymous_signal_the_page_tells_no_author_and_the_hour_alone(cast, share):
    share("45.155.205.66", author_mode=AuthorMode.ANONYMOUS)
    text = page(cast, "b1").content.decode()
    assert (cast.bank_a.name in text, "anonymous · " in text) == (False, True)
    assert text.count("Of what is anonymous, only the hour is kept.") == 2


# Votes


def vote(cast, name, reason="shared"):
    return actions.vote_false_positive(cast.actor(name), digest=ADDRESS.digest, reason=reason)


def test_votes_are_told_from_three_organisations_on_and_one_counts_once(cast, share):
    share("45.155.205.66")
    assert [vote(cast, "a1"), vote(cast, "a2", "own"), vote(cast, "b1")] == [True, False, True]
    assert "say that it is a false positive" not in page(cast, "i1").content.decode()
    vote(cast, "i1")
    text = page(cast, "hub_op").content.decode()
    assert "3 or more organisations say that it is a false positive" in text
    names = [cast.bank_a.name, cast.bank_b.name, cast.insurer.name]
    assert [name in text.split("False positive?")[1] for name in names] == [False] * 3
    assert "It belongs to a known, harmless service" in page(cast, "a1").content.decode().split("Take the vote back")[0]
    actions.withdraw_vote(cast.actor("b1"), digest=ADDRESS.digest)
    assert "say that it is a false positive" not in page(cast, "hub_op").content.decode()


def test_the_ledger_says_of_which_value_and_names_nobody(cast, share):
    share("45.155.205.66")
    vote(cast, "b1")
    actions.withdraw_vote(cast.actor("b1"), digest=ADDRESS.digest)
    actions.withdraw_vote(cast.actor("b1"), digest=ADDRESS.digest)
    entries = LedgerEntry.objects.filter(action__startswith="intel.vote").order_by("id")
    row = value_for(cast.actor("b1"), ADDRESS.digest)
    assert [(entry.action, entry.person, entry.organisation, entry.payload) for entry in entries] == [
        ("intel.vote.cast", None, None, {"observable": str(row.pk)}),
        ("intel.vote.withdrawn", None, None, {"observable": str(row.pk)}),
    ]


def test_a_vote_needs_somebody_who_needs_to_know_sees_the_value_and_gives_a_reason(cast, share):
    share("45.155.205.66", to_organisation(cast.bank_b))
    with pytest.raises(NotFound):
        vote(cast, "i1")
    with pytest.raises(NotAllowed):
        vote(cast, "b_admin")
    with pytest.raises(InvalidInput):
        vote(cast, "b1", "because")
    assert not FalsePositiveVote.everything.exists()
    assert vote(cast, "b1")


def test_a_vote_is_cast_and_taken_back_on_the_page(cast, share):
    share("45.155.205.66")
    client = cast.client("b1")
    address = f"/observables/{ADDRESS.digest}/"
    assert "Choose one of the list." in client.post(f"{address}vote", {}, follow=True).content.decode()
    assert "vote counts" in client.post(f"{address}vote", {"reason": "over"}, follow=True).content.decode()
    assert "is taken back" in client.post(f"{address}vote/withdraw", follow=True).content.decode()
    assert "Take the vote back" not in client.get(address).content.decode()
