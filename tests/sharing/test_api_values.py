"""A value across signals over REST: what a program may be told, and its organisation's vote."""

from dataclasses import replace

import pytest

from factories.audience import COMMUNITY, WORDS, to_organisation
from factories.program import program_of, refusal
from noroshi.core.domain.tlp import TLP
from noroshi.intel.models import FalsePositiveVote
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import Receipt

VALUE = {"type": "ipv4", "value": "45[.]155.205.66"}
VOTES = "/observables/false-positives"


@pytest.fixture
def share(cast):
    def send(body, *entries, tlp=TLP.AMBER):
        marking = Marking(tlp, entries=frozenset(entries or [COMMUNITY]))
        return actions.share_signal(cast.actor("a1"), content=replace(WORDS, title="x", body=body), marking=marking)

    return send


def test_program_is_told_what_its_person_may_see_of_a_value(cast, share):
    alone, network = share("45.155.205.66"), share("45.155.205.0/24", to_organisation(cast.bank_b))
    told = program_of(cast, "b1").get("/observables", **VALUE).json()
    assert {name: told[name] for name in ("type", "value", "worth", "score", "benign", "lists", "more")} == {
        "type": "ipv4",
        "value": "45.155.205.66",
        "worth": "fresh",
        "score": 100,
        "benign": [],
        "lists": [],
        "more": False,
    }
    same = {"signal": str(alone.pk), "tie": "same", "value": "45.155.205.66"}
    around = {"signal": str(network.pk), "tie": "network", "value": "45.155.205.0/24"}
    assert told["signals"] == [around, same]
    assert program_of(cast, "i1").get("/observables", **VALUE).json()["signals"] == [same]
    assert Receipt.everything.filter(signal=network, person=cast.b1).exists()
    assert not Receipt.everything.filter(signal=network, person=cast.i1).exists()


def test_program_whose_way_does_not_carry_the_level_learns_nothing_of_the_value(cast, share):
    share("45.155.205.66", to_organisation(cast.bank_b), tlp=TLP.AMBER_STRICT)
    assert program_of(cast, "b1").get("/observables", **VALUE).status_code == 200
    assert program_of(cast, "bank_b").get("/observables", **VALUE).status_code == 404
    assert program_of(cast, "i1").get("/observables", **VALUE).status_code == 404


def test_program_votes_and_takes_it_back(cast, share):
    share("45.155.205.66")
    writer = program_of(cast, "b1", Scope.SIGNALS_WRITE)
    assert writer.post(VOTES, {**VALUE, "reason": "shared"}).json() == {"new": True}
    assert writer.post(VOTES, {**VALUE, "reason": "own"}).json() == {"new": False}
    told = program_of(cast, "b1").get("/observables", **VALUE).json()
    assert (told["own_vote"], told["false_positives"]) == ("own", None)
    assert program_of(cast, "i1").get("/observables", **VALUE).json()["own_vote"] is None
    assert writer.post(f"{VOTES}/withdraw", VALUE).status_code == 204
    assert not FalsePositiveVote.everything.exists()


def test_program_that_names_no_value_is_told_why(cast, share):
    share("45.155.205.66")
    writer = program_of(cast, "b1")
    wrong = {"type": "ipv4", "value": "45.155.205.660", "reason": "shared"}
    assert refusal(writer.post(VOTES, wrong)) == (422, "This is not an IPv4 address.")
    assert refusal(writer.post(VOTES, {**VALUE, "reason": "because"})) == (422, "Choose one of the list.")
    assert writer.get("/observables", type="ipv4", value="198.51.100.9").status_code == 404
