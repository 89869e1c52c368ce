"""Opinions from outside: on the object they are of, on the signal they concern, to who may see them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories.audience import COMMUNITY
from factories.signals import make_signal
from factories.stix_store import CREATED, indicator, send_in
from noroshi.core.models import LedgerEntry
from noroshi.intel.domain.observables import ObservableType, parse_observable
from noroshi.intel.domain.stix.names import stable_id
from noroshi.intel.models import Observable, StixObject
from noroshi.intel.queries import opinions_about
from noroshi.sharing import actions
from noroshi.sharing.models import SignalObservable
from noroshi.sharing.receivers.stix import say_who_doubts_it

LATER = "2026-11-03T03:04:05.678Z"


def opinion(about, word="disagree", **properties):
    return {
        "type": "opinion",
        "spec_version": "2.1",
        "id": f"opinion--{uuid4()}",
        "created": CREATED,
        "modified": CREATED,
        "opinion": word,
        "object_refs": [about],
        **properties,
    }


def test_opinion_stands_with_the_object_it_is_of_in_its_last_version(cast):
    target = indicator()
    maker = {
        "type": "identity", "spec_version": "2.1", "id": f"identity--{uuid4()}", "created": CREATED,
        "modified": CREATED, "name": "East CERT",
    }  # fmt: skip
    first = opinion(target["id"], explanation="A <b>shared</b> host.", created_by_ref=maker["id"])
    revoked = opinion(target["id"], "agree", revoked=True)
    (parcel,) = send_in(cast.actor("a1"), target, maker, first, revoked, opinion(f"indicator--{uuid4()}"))[
        0
    ].parcels.values()
    send_in(cast.actor("a1"), {**first, "opinion": "strongly-disagree", "modified": LATER})
    (found,) = opinions_about(cast.actor("a1"), [target["id"]])
    assert (found.word, found.by, found.made) == ("strongly-disagree", "East CERT", LATER)
    place = StixObject.everything.get(parcel=parcel, stix_id=target["id"]).position
    page = cast.client("a1").get(reverse("intel:object", args=[parcel.pk, place])).content.decode()
    assert ("Strongly disagrees" in page, "A &lt;b&gt;shared" in page, "<b>shared" in page) == (True, True, False)
    assert [opinions_about(cast.actor(name), [target["id"]]) for name in ("b1", "a_reader", "hub_op", "sup")] == [
        []
    ] * 4


def test_opinion_on_what_a_signal_says_stands_on_its_page_for_the_house_that_got_it(cast, drain):
    signal = make_signal(cast.a1, COMMUNITY)
    actions.say_in_stix(signal.pk)
    send_in(cast.actor("b1"), opinion(stable_id("report", signal.pk), authors=["Mallory"], explanation="Not so."))
    shown = {
        name: [
            word in cast.client(name).get(f"/signals/{signal.pk}/").content.decode() for word in ("Mallory", "Not so.")
        ]
        for name in ("b1", "a1", "i1")
    }
    assert shown == {"b1": [True, True], "a1": [False, False], "i1": [False, False]}


def test_own_opinions_are_not_called_ones_from_outside(cast, drain):
    signal = make_signal(cast.a1, COMMUNITY)
    actions.take_stance(cast.actor("b1"), signal, kind="affected", named=True)
    drain()
    assert StixObject.everything.filter(parcel=signal.pk, type="opinion").count() == 1
    assert "Opinions from outside" not in cast.client("i1").get(f"/signals/{signal.pk}/").content.decode()


def test_vote_on_a_value_of_many_signals_costs_no_more_than_on_one_until_jobs_say_it(cast):
    value = parse_observable(ObservableType.IPV4, "45.155.205.66")
    row = Observable.objects.create(type=value.type, value=value.value, digest=value.digest)
    entry = LedgerEntry(action="intel.vote.cast", payload={"observable": row.pk})
    costs = []
    for number in (1, 40):
        for _each in range(number):
            SignalObservable.everything.create(signal=make_signal(cast.a1, COMMUNITY), observable=row, reason="x")
        with CaptureQueriesContext(connection) as asked:
            say_who_doubts_it(entry)
        costs.append(len(asked))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_with_one_opinion_and_with_three(cast, number):
    signal = make_signal(cast.a1, COMMUNITY)
    actions.say_in_stix(signal.pk)
    about = stable_id("report", signal.pk)
    send_in(cast.actor("b1"), *(opinion(about) for _each in range(number)))
    reader = cast.actor("b1")
    with CaptureQueriesContext(connection) as asked:
        assert len(opinions_about(reader, [about])) == number
    assert len(asked) == 1
