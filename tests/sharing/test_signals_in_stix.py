"""Signals as STIX: what each says, who signs, and how the parcel follows what becomes of the signal."""

import json
from dataclasses import replace

import pytest
import stix2
import stix2validator

from factories.audience import to_group, to_organisation, to_person
from factories.stix_store import polled
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.grading import Credibility, Grading, Reliability
from noroshi.intel.domain.stix.check import check_object
from noroshi.intel.domain.stix.names import stable_id
from noroshi.intel.domain.stix.tlp import TLP_2
from noroshi.intel.models import SightingSource, Tag
from noroshi.intel.queries import Version
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning:stix2")

ALL = frozenset({Version.ALL})
OPTIONS = stix2validator.ValidationOptions(version="2.1", strict=False)


PHISHING = 'misp-galaxy:mitre-attack-pattern="Spearphishing Attachment - T1566.001"'


def import_knowledge_of(name):
    Tag.objects.create(name=name, family="mitre-attack-pattern", family_title="Attack Pattern", title=name, words=name)


def words(body="45.155.205.66", *, title="A wave of phishing", kind="phishing"):
    return {"content": Content(kind, "customer" if kind in ("fraud", "phishing") else "own_system", title, body)}


def got(actor, **wanted):
    """What an actor polls, by type, the last of each type; all identities aside."""
    rows = [json.loads(row.raw) for row in polled(actor, **wanted)]
    return [row for row in rows if row["type"] != "identity"]


def types(rows):
    return [row["type"] for row in rows]


def patterns(rows):
    return {row["pattern"] for row in rows if row["type"] == "indicator" and not row.get("revoked")}


def test_a_signal_is_a_report_that_holds_its_indicators(cast, share, drain):
    signal = share(
        "a1",
        **words("45.155.205.66 and https://evil-bank.com/login", title="銀行を狙うフィッシング", kind="incident"),
    )
    drain()
    rows = got(cast.machine("bank_b", Channel.TAXII))
    assert types(rows) == ["incident", "indicator", "indicator", "report"]
    assert patterns(rows) == {"[ipv4-addr:value = '45.155.205.66']", "[url:value = 'https://evil-bank.com/login']"}
    wave = rows[-1]
    assert (wave["name"], wave["lang"]) == ("銀行を狙うフィッシング", "ja")
    assert wave["object_refs"] == [row["id"] for row in rows[:-1]]
    assert wave["external_references"] == [{"source_name": "noroshi", "external_id": signal.reference}]
    assert {row["created_by_ref"] for row in rows} == {stable_id("identity", cast.bank_a.pk)}
    assert {tuple(row["object_marking_refs"]) for row in rows} == {(TLP_2[TLP.AMBER],)}


def test_every_object_is_accepted_by_our_checker_the_library_and_the_validator(cast, share, drain):
    for kind in ("incident", "fraud", "vulnerability", "question"):
        signal = share("a1", **words("45.155.205.0/24 evil-bank[.]com a@evil-bank.com " + "a" * 64, kind=kind))
    actions.comment_on_signal(cast.actor("b1"), signal, body="We block it.")
    for name in ("b1", "i1", "o1"):
        actions.report_seen(cast.actor(name), signal, named=name == "b1")
    share("a1", **words("", title="Nothing to look for"))
    drain()
    rows = [json.loads(row.raw) for row in polled(cast.actor("b1"))]
    assert {row["type"] for row in rows} == {"identity", "incident", "indicator", "report", "note", "sighting"}
    for row in rows:
        assert check_object(row) == []
        assert stix2validator.validate_instance(row, OPTIONS).errors == []
        stix2.parse(row)


def test_an_author_who_is_not_named_is_not_named_in_stix(cast, share, drain):
    signal = share("a1", author_mode=AuthorMode.ANONYMOUS)
    actions.comment_on_signal(cast.actor("a1"), signal, body="More to come.")
    drain()
    rows = polled(cast.actor("b1"))
    assert {json.loads(row.raw).get("created_by_ref") for row in rows} == {None, stable_id("identity", cast.hub.pk)}
    everything = b"".join(row.raw for row in rows).decode()
    named = {str(cast.bank_a.pk), cast.bank_a.name_en, stable_id("identity", cast.bank_a.pk), str(cast.a1.pk)}
    assert [word for word in named if word in everything] == []


@pytest.mark.parametrize(
    ("level", "readers", "strangers"),
    [
        ("RED", {"b1"}, {"b2", "a2", "hub_op", "i1"}),
        ("AMBER+STRICT", {"b1", "b2", "a2"}, {"i1", "b_reader", "hub_op"}),
    ],
)
def test_the_objects_are_seen_by_those_who_see_the_signal(cast, share, drain, level, readers, strangers):
    share("a1", to_person(cast.b1), tlp=TLP(level), **words())
    drain()
    assert {name for name in readers if got(cast.actor(name))} == readers
    assert {name for name in strangers if got(cast.actor(name))} == set()
    assert got(cast.machine("bank_b", Channel.TAXII)) == []  # neither level goes by a token of an organisation


def test_an_amendment_is_a_new_version_of_what_changed_alone(cast, share, drain):
    signal = share("a1", **words("45.155.205.66 and evil-bank.com"))
    drain()
    before = polled(cast.actor("b1"))
    actions.amend_signal(
        cast.actor("a1"), signal, title=signal.title, body="evil-bank.com, 45.155.205.99", reason="wrong"
    )
    drain()
    news = [json.loads(row.raw) for row in polled(cast.actor("b1"), after=before[-1].added)]
    assert [(row["type"], row.get("revoked", False)) for row in news] == [
        ("indicator", False), ("report", False), ("indicator", True),
    ]  # fmt: skip
    assert "45.155.205.66" not in json.dumps(news)
    assert patterns(got(cast.actor("b1"))) == {
        "[domain-name:value = 'evil-bank.com']",
        "[ipv4-addr:value = '45.155.205.99']",
    }
    assert all(row["modified"] > row["created"] for row in news if row["type"] == "report")


def test_lowered_it_reaches_new_readers_with_the_new_marking_and_nothing_of_before(cast, share, drain):
    signal = share("a1", to_organisation(cast.bank_b), **words(), tlp=TLP.AMBER_STRICT)
    drain()
    actions.amend_signal(cast.actor("a1"), signal, title="Less is said", body="45.155.205.99", reason="less")
    actions.comment_on_signal(cast.actor("b1"), signal, body="Said in confidence.")
    drain()
    assert got(cast.machine("bank_b", Channel.TAXII)) == []
    actions.lower_marking(cast.actor("a1"), signal, tlp="AMBER", reason="as agreed")
    drain()
    actions.comment_on_signal(cast.actor("b1"), signal, body="Said to all.")
    drain()
    rows = got(cast.machine("bank_b", Channel.TAXII), versions=ALL)
    assert {tuple(row["object_marking_refs"]) for row in rows} == {(TLP_2[TLP.AMBER],)}
    assert [row["content"] for row in rows if row["type"] == "note"] == ["Said to all."]
    assert patterns(rows) == {"[ipv4-addr:value = '45.155.205.99']"}
    assert "45.155.205.66" not in json.dumps(rows)


def test_what_is_withdrawn_is_hidden_at_once_and_then_revoked_without_its_content(cast, share, drain):
    signal = share("a1", **words("45.155.205.66 secret words", title="A secret name"))
    drain()
    before = polled(cast.actor("b1"))
    actions.withdraw_signal(cast.actor("a1"), signal, reason="wrong")
    assert got(cast.actor("b1")) == []
    drain()
    rows = got(cast.actor("b1"), versions=ALL, after=before[-1].added)
    assert sorted((row["type"], row["revoked"]) for row in rows) == [("indicator", True), ("report", True)]
    assert [word for word in ("45.155.205.66", "secret") if word in json.dumps(rows)] == []
    assert all(check_object(row) == [] for row in rows)
    assert got(cast.actor("v1")) == []


def test_a_number_of_sightings_moves_in_steps_of_three_and_names_only_who_lets_itself_be_named(cast, share, drain):
    signal = share("a1", **words())
    for name in ("b1", "i1"):
        actions.report_seen(cast.actor(name), signal)
    drain()
    assert "sighting" not in types(got(cast.actor("hub_op")))
    actions.report_seen(cast.actor("o1"), signal)
    actions.report_seen(cast.actor("hub_op"), signal, named=True)
    drain()
    sightings = [row for row in got(cast.actor("hub_op")) if row["type"] == "sighting"]
    assert [(row.get("count"), row.get("where_sighted_refs")) for row in sightings] == [
        (3, None), (None, [stable_id("identity", cast.hub.pk)]),
    ]  # fmt: skip
    actions.report_seen(cast.actor("hub_op"), signal, named=False)
    assert SightingSource.PERSON
    drain()
    assert [row.get("revoked", False) for row in got(cast.actor("b1")) if row["type"] == "sighting"] == [False, True]


def test_told_again_it_changes_nothing(cast, share, drain):
    signal = share("a1", to_group(cast.wg_incident), **words())
    drain()
    before = polled(cast.actor("b1"), versions=ALL)
    actions.say_in_stix(signal.pk)
    assert polled(cast.actor("b1"), versions=ALL) == before


def test_a_guest_gets_what_was_there_before(cast, share, drain):
    signal = share("a1", to_organisation(cast.bank_b), **words())
    drain()
    assert got(cast.actor("i1")) == []
    actions.invite_guest(cast.actor("a1"), signal, person=cast.i1)
    drain()
    assert types(got(cast.actor("i1"))) == ["indicator", "report"]


def graded(cast, share):
    import_knowledge_of(PHISHING)
    content = replace(
        words()["content"], tags=frozenset({PHISHING}), grading=Grading(Reliability.USUALLY, Credibility.PROBABLY)
    )
    return share("a1", content=content, tlp=TLP.GREEN)


def test_tags_and_grading_are_labels_confidence_and_a_reference_to_attack(cast, share, drain):
    graded(cast, share)
    drain()
    rows = got(cast.actor("b1"))
    wave = rows[-1]
    assert wave["labels"][-3:] == [
        'admiralty-scale:source-reliability="b"', 'admiralty-scale:information-credibility="2"', PHISHING,
    ]  # fmt: skip
    assert wave["external_references"][1:] == [
        {
            "source_name": "mitre-attack",
            "external_id": "T1566.001",
            "url": "https://attack.mitre.org/techniques/T1566/001/",
        }
    ]
    assert {row["confidence"] for row in rows} == {70}
    assert [problem for row in rows for problem in check_object(row)] == []


def test_who_is_affected_agrees_and_who_calls_a_value_a_false_positive_disagrees_from_three_on(cast, share, drain):
    signal = share("a1", **words(), tlp=TLP.GREEN)
    digest = signal.observables.model.everything.get(signal=signal).observable.digest
    actions.take_stance(cast.actor("b1"), signal, kind="affected", named=True)
    for number, name in enumerate(("i1", "t1", "o1"), 1):
        actions.take_stance(cast.actor(name), signal, kind="affected")
        actions.vote_false_positive(cast.actor(name), digest=digest, reason="shared")
        drain()
        rows = got(cast.actor("b1"))
        told = [(row["opinion"], row["created_by_ref"]) for row in rows if row["type"] == "opinion"]
        named = ("agree", stable_id("identity", cast.bank_b.pk))
        hub = stable_id("identity", cast.hub.pk)
        assert told == [named] if number < 3 else sorted(told) == sorted([named, ("agree", hub), ("disagree", hub)])
    found = {row["id"]: row["type"] for row in rows}
    about = [found[row["object_refs"][0]] for row in rows if row["type"] == "opinion"]
    assert sorted(about) == ["indicator", "report", "report"]
    assert [problem for row in rows for problem in check_object(row)] == []
    everything = json.dumps(rows)
    hidden = [stable_id("identity", house.pk) for house in (cast.insurer, cast.trial, cast.outsider)]
    assert [name for name in hidden if name in everything] == []
    actions.withdraw_vote(cast.actor("o1"), digest=digest)
    drain()
    left = [row for row in got(cast.actor("b1")) if row["type"] == "opinion" and row.get("revoked")]
    assert [(row["opinion"], "explanation" in row) for row in left] == [("neutral", False)]
