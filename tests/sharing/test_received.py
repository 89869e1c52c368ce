"""What was sent in becomes a signal: its words and values a draft, its objects out with it at no lower level."""

import json
from datetime import timedelta

import pytest

from factories.audience import to_organisation
from factories.stix_store import ids_of, indicator, polled, report, send_in
from noroshi.core import clock
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotFound, TooLarge
from noroshi.intel.actions import delete_received
from noroshi.intel.domain.stix.tlp import TLP_2
from noroshi.intel.models import StixObject
from noroshi.kit.jobs import run_until_idle
from noroshi.sharing import actions
from noroshi.sharing.actions import received
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Signal, SignalObservable

pytestmark = pytest.mark.django_db

LATER = clock.now() + timedelta(days=9)


def marked(level):
    return {"object_marking_refs": [TLP_2[level]]}


def arrived(cast, *objects, name="a1"):
    tally, _told = send_in(cast.actor(name), *objects, label="partner feed")
    (parcel,) = tally.parcels.values()
    return parcel


def drafted(cast, *objects, name="a1"):
    return actions.draft_from_parcel(cast.actor(name), arrived(cast, *objects, name=name))


def published(cast, draft, **marking):
    """Send a draft of a1 out, about what a person has to say."""
    actor = cast.actor("a1")
    now = actions.marking.marking_of(draft)
    words = Content("phishing", "customer", draft.title, draft.body)
    draft = actions.revise_draft(actor, draft, content=words, marking=now)
    for field, value in marking.items():
        setattr(draft, field, value)
    draft.save()
    sent = actions.publish_signal(actor, draft)
    run_until_idle()
    return sent


def values(signal):
    rows = SignalObservable.everything.filter(signal=signal).order_by("pk")
    return [(row.observable.value, row.reason) for row in rows.select_related("observable")]


def test_a_draft_has_the_words_of_reports_and_the_values_of_patterns(cast):
    unhunted = indicator(pattern="[file:size > 5]")
    gone = indicator("203.0.113.9", revoked=True)
    one = indicator("203.0.113.5", description="not in the text")
    draft = drafted(
        cast, one, unhunted, gone, report(one, unhunted, name="A wave", description="Seen at 198.51.100.77.")
    )
    assert (draft.title, draft.tlp, draft.kind, draft.state) == ("A wave", TLP.AMBER, "", "draft")
    unsaid = "- `file:size >`: Only whole values are looked for, no wildcards, ranges or expressions."
    assert draft.body == f"Seen at 198.51.100.77.\n\n### What is not looked for\n\n{unsaid}"
    assert values(draft) == [("203.0.113.5", "stix-pattern"), ("198.51.100.77", "plain-ipv4")]
    assert Signal.objects.visible_to(cast.actor("a1")).get() == draft
    assert not Signal.objects.visible_to(cast.actor("a2")).exists()


def test_values_of_patterns_stay_while_the_draft_is_revised(cast):
    draft = drafted(cast, indicator("203.0.113.5"))
    words = Content("phishing", "customer", "Ours", "no value here")
    again = actions.revise_draft(cast.actor("a1"), draft, content=words, marking=actions.marking.marking_of(draft))
    assert values(again) == [("203.0.113.5", "stix-pattern")]


def test_red_stays_with_its_person_until_they_name_others(cast):
    draft = drafted(cast, indicator(**marked(TLP.RED)))
    assert (draft.tlp, [entry.target for entry in draft.as_item().audience]) == (TLP.RED, [cast.a1.pk])


@pytest.mark.parametrize(
    "marking", [{"tlp": TLP.GREEN}, {"downgrade_tlp": TLP.CLEAR, "downgrade_at": "2031-01-01T00:00Z"}]
)
def test_it_goes_out_at_no_lower_level(cast, marking):
    draft = drafted(cast, indicator())
    with pytest.raises(InvalidInput, match="TLP:AMBER"):
        published(cast, draft, **marking)
    sent = published(cast, Signal.everything.get(pk=draft.pk), tlp=TLP.AMBER, downgrade_tlp="", downgrade_at=None)
    with pytest.raises(InvalidInput, match="TLP:AMBER"):
        actions.lower_marking(cast.actor("a1"), sent, tlp=TLP.GREEN, reason="known by all")


def test_its_objects_go_out_with_the_signal_marked_or_derived(cast):
    strict = indicator("203.0.113.5", **marked(TLP.AMBER))
    plain = indicator("203.0.113.6")
    draft = drafted(cast, strict, plain)
    assert ids_of(polled(cast.actor("b1"))) == []
    sent = published(cast, draft)
    rows = {row.stix_id: json.loads(row.raw) for row in polled(cast.actor("b1"))}
    assert (rows[strict["id"]], plain["id"] in rows) == (strict, False)
    (wave,) = (value for value in rows.values() if value["type"] == "report")
    (derived,) = (
        value
        for name, value in rows.items()
        if value.get("pattern") == plain["pattern"] and name in wave["object_refs"][-2:]
    )
    assert derived["object_marking_refs"] == [TLP_2[TLP.AMBER]]
    assert {strict["id"], derived["id"]} <= set(wave["object_refs"])
    assert not {strict["id"], derived["id"]} & set(ids_of(polled(cast.actor("v1"))))
    actions.withdraw_signal(cast.actor("a1"), sent, reason="wrong")
    run_until_idle()
    left = {row.stix_id: json.loads(row.raw) for row in polled(cast.actor("b1"))}
    assert strict["id"] not in left  # its creator alone could say that it is revoked
    assert (left[derived["id"]]["revoked"], plain["pattern"] in str(left)) == (True, False)
    assert left[derived["id"]]["modified"] > derived["modified"]


def test_what_was_derived_is_a_later_version_at_a_lower_level_and_revoked_though_its_original_is_gone(cast):
    draft = drafted(cast, one := indicator("203.0.113.6"))
    strict = Marking(TLP.AMBER_STRICT, entries=frozenset({to_organisation(cast.bank_b)}))
    words = Content("phishing", "customer", "Ours", "no value")
    draft = actions.revise_draft(cast.actor("a1"), draft, content=words, marking=strict)
    sent = actions.publish_signal(cast.actor("a1"), draft)
    run_until_idle()
    derived = StixObject.everything.filter(parcel=sent.pk, derived=True)
    before = json.loads(derived.get().raw)
    assert before["object_marking_refs"] == [TLP_2[TLP.AMBER_STRICT]]
    actions.lower_marking(cast.actor("a1"), sent, tlp=TLP.AMBER, reason="known by now")
    run_until_idle()
    after = json.loads(derived.get().raw)
    assert (after["id"], after["object_marking_refs"]) == (before["id"], [TLP_2[TLP.AMBER]])
    assert after["modified"] > before["modified"]
    delete_received(cast.actor("a1"), stix_id=one["id"])
    actions.withdraw_signal(cast.actor("a1"), sent, reason="wrong")
    run_until_idle()
    left = {row.stix_id: json.loads(row.raw) for row in polled(cast.actor("b1"))}
    assert (left[after["id"]]["revoked"], left[after["id"]]["modified"] > after["modified"]) == (True, True)


def test_what_is_said_later_leaves_foreign_objects_as_they_are(cast):
    draft = drafted(cast, one := indicator("203.0.113.5", **marked(TLP.AMBER)))
    sent = published(cast, draft)
    assert delete_received(cast.actor("a1"), stix_id=one["id"]) == 1
    actions.amend_signal(cast.actor("a1"), sent, title="Again", body=sent.body, reason="more")
    run_until_idle()
    assert [json.loads(row.raw) for row in polled(cast.actor("b1"), ids=frozenset({one["id"]}))] == [one]


def test_nobody_makes_a_draft_of_anothers_parcel_or_of_too_much(cast, monkeypatch):
    parcel = arrived(cast, indicator(), indicator())
    path = f"/signals/received/{parcel.pk}/draft"
    assert cast.client("b1").post(path).status_code == 404
    assert cast.client("a1").get(path).status_code == 405
    answer = cast.client("a1").post(path)
    assert answer["Location"] == f"/signals/{Signal.everything.get().pk}/edit"
    assert path in cast.client("a1").get(f"/intel/parcels/{parcel.pk}/").content.decode()
    monkeypatch.setattr(received, "MOST_OBJECTS", 1)
    with pytest.raises(TooLarge):
        actions.draft_from_parcel(cast.actor("a1"), parcel)
    with pytest.raises(NotFound):
        actions.draft_from_parcel(cast.actor("sup"), parcel)
