"""What a signal is called and how sure its author is: chosen, shown, found, exported, kept, served."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories.audience import COMMUNITY, WORDS, to_organisation
from factories.program import program_of, refusal
from factories.travelling import arrived, make_peer, plain, read, written
from noroshi.core import clock, ids
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.federation.carriers import CARRIERS
from noroshi.federation.models import Copy, PeerKind
from noroshi.intel.actions import import_knowledge
from noroshi.intel.domain.grading import Credibility, Grading, Reliability
from noroshi.intel.domain.knowledge import misp
from noroshi.intel.domain.stix.names import stable_id
from noroshi.intel.models import StixObject
from noroshi.intel.queries.collections import EVERYTHING
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import Signal, SignalTag
from noroshi.sharing.queries.misp import events_for

SIGNAL = "sharing.signal"
SURE = Grading(Reliability.COMPLETELY, Credibility.CONFIRMED)
INJECTION, OVERLAY = "noroshi-bank-malware:web-injection", "noroshi-bank-malware:overlay"
GRADED = replace(WORDS, tags=frozenset({INJECTION}), grading=Grading(Reliability.USUALLY, Credibility.PROBABLY))
TYPED = {
    "title": "x", "kind": "phishing", "target": "customer", "tlp": "AMBER", "community": "on", "form": "free",
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_words(db, monkeypatch):
    monkeypatch.setattr(misp, "is_installed", lambda: False)
    import_knowledge(Actor.system("test"))


def signal_in_stix(signal):
    rows = StixObject.everything.filter(parcel=signal.pk, stix_id=stable_id("report", signal.pk)).order_by("position")
    return json.loads(bytes(rows.last().raw))


def refusal_of(cast, signal, **new):
    with pytest.raises(InvalidInput) as refused:
        actions.amend_signal(cast.actor("a1"), signal, title=signal.title, body=signal.body, reason="why", **new)
    return refused.value.field


def names(actor, signal):
    return [tag.name for tag in queries.tags_of(actor, signal)]


def html(client, name, *args, **query):
    return client.get(reverse(f"sharing:{name}", args=args), query).content.decode()


def table(client, **query):
    return client.get(reverse("sharing:list"), {"export": "csv", **query}).getvalue().decode("utf-8-sig")


def found(client, **query):
    page = html(client, "list", **query)
    return sorted(str(pk) for pk in Signal.everything.values_list("pk", flat=True) if f"/signals/{pk}/" in page)


def test_tags_and_grading_when_chosen_while_composing_then_readers_see_them(cast):
    client = cast.client("a1")
    chosen = {"tags": [INJECTION, OVERLAY], "reliability": "b", "credibility": "2"}
    address = client.post(reverse("sharing:compose"), {**TYPED, **chosen}).url
    draft = Signal.everything.get()
    edit = html(client, "edit", draft.pk)
    assert edit.count("checked><span>Web injection") == edit.count('value="b" selected') == 1
    assert "Usually reliable" not in client.get(address).content.decode()  # it is said as the code says it
    actions.publish_signal(cast.actor("a1"), draft)
    page = html(cast.client("b1"), "detail", draft.pk)
    assert (page.count("?tag=noroshi-bank-malware%3Aoverlay"), page.count("B: usually reliable")) == (1, 1)
    assert "オーバーレイ(偽画面)" in html(cast.client("b1", "ja"), "detail", draft.pk)


def test_finding_tags_keeps_what_is_chosen_with_and_without_a_script(cast):
    client = cast.client("a1")
    asked = {"tags": [OVERLAY], "tag": "改ざん"}
    choice = client.post(reverse("sharing:tags"), asked).content.decode()
    assert choice.index(f'value="{OVERLAY}" checked') < choice.index("Found for") < choice.index(f'value="{INJECTION}"')
    page = client.post(reverse("sharing:compose"), {**TYPED, "title": "", **asked, "find_tags": "1"}).content.decode()
    assert f'value="{OVERLAY}" checked' in page
    assert "Something is missing" not in page
    assert not Signal.everything.exists()
    assert "No other tag has" in client.post(reverse("sharing:tags"), {"tag": "<zz>"}).content.decode()
    assert cast.client("sup").post(reverse("sharing:tags"), asked).status_code == 404
    assert cast.client("a_reader").post(reverse("sharing:tags"), asked).status_code == 403


@pytest.mark.parametrize("tags", [{"no-such:tag"}, {f"x:{number}" for number in range(21)}])
def test_a_tag_that_nobody_knows_and_too_many_are_refused_and_nothing_is_written(cast, draft, tags):
    with pytest.raises(InvalidInput) as refused:
        draft("a1", content=replace(WORDS, tags=frozenset(tags)))
    assert refused.value.field == "tags"
    assert not Signal.everything.exists()


def test_signals_are_found_by_a_tag_and_never_beyond_the_policy(cast, draft):
    sent = [
        actions.publish_signal(cast.actor("a1"), draft("a1", entry, content=replace(GRADED, title=title)))
        for entry, title in ((COMMUNITY, "to all"), (to_organisation(cast.bank_b), "to one"))
    ]
    plain = actions.publish_signal(cast.actor("a1"), draft("a1"))
    everybody, one = (str(signal.pk) for signal in sent)
    assert found(cast.client("b1"), tag=INJECTION) == sorted([everybody, one])
    assert found(cast.client("i1"), tag="画面改ざん") == [everybody]
    assert found(cast.client("i1"), tag=OVERLAY) == []
    assert [row.pk for row in queries.matching(cast.actor("b1"), "webinject")] == [sent[1].pk, sent[0].pk]
    assert names(cast.actor("i1"), sent[1]) == []
    assert names(cast.actor("b1"), sent[1]) == [INJECTION]
    assert names(cast.actor("b1"), plain) == []
    actions.withdraw_signal(cast.actor("a1"), sent[0], reason="wrong")
    sent[0].refresh_from_db(from_queryset=Signal.everything.all())
    assert names(cast.actor("b1"), sent[0]) == []
    assert found(cast.client("i1"), tag=INJECTION) == []


def test_tags_and_grading_go_into_the_export_and_along_when_the_level_is_raised(cast, draft):
    signal = actions.publish_signal(cast.actor("a1"), draft("a1", content=GRADED))
    line = next(csv.DictReader(io.StringIO(table(cast.client("b1")))))
    assert (line["Grading"], line["Tags"]) == ("B2", INJECTION)
    marking = Marking(TLP.AMBER_STRICT, entries=frozenset({to_organisation(cast.bank_b)}))
    anew = actions.raise_marking(cast.actor("a1"), signal, marking=marking, reason="narrower")
    assert (names(cast.actor("b1"), anew), anew.grading.code) == ([INJECTION], "B2")


def test_amended_tags_and_grading_reach_readers_history_stix_and_events_of_misp(cast, share, draft, drain):
    signal = actions.publish_signal(cast.actor("a1"), draft("a1", content=GRADED))
    form = {"title": signal.title, "body": signal.body, "reason": "sure now"}
    page = html(client := cast.client("a1"), "amend", signal.pk)
    assert page.count(" checked") == 1
    found_more = client.post(reverse("sharing:amend", args=[signal.pk]), {**form, "find_tags": "1", "tag": "overlay"})
    assert OVERLAY in found_more.content.decode()
    called = {"tags": [OVERLAY], "reliability": "a", "credibility": "1"}
    assert client.post(reverse("sharing:amend", args=[signal.pk]), {**form, **called}).status_code == 302
    assert names(cast.actor("b1"), signal) == [OVERLAY]
    kept = queries.versions_of(cast.actor("b1"), signal).get()
    assert (kept.tags, kept.grading.code, kept.reason) == ([INJECTION], "B2", "sure now")
    read = html(cast.client("b1"), "detail", signal.pk)
    assert [read.count(f">{code}<") for code in ("B2", "A1")] == [1, 1]
    drain()
    assert signal_in_stix(signal)["labels"][2:] == [
        'admiralty-scale:source-reliability="a"', 'admiralty-scale:information-credibility="1"', OVERLAY,
    ]  # fmt: skip
    (event,) = events_for(cast.actor("b1", Channel.MISP), EVERYTHING)
    assert event.further[-1] == OVERLAY
    assert refusal_of(cast, signal, tags=frozenset({"no:such"})) == "tags"
    assert refusal_of(cast, signal, tags=frozenset({OVERLAY})) == "body"


def test_api_amends_half_of_a_grading_and_says_what_it_was(cast, draft):
    signal = actions.publish_signal(cast.actor("a1"), draft("a1", content=GRADED))
    writer, words = program_of(cast, "a1"), {"title": signal.title, "body": signal.body, "reason": "sure now"}
    assert writer.post(f"/signals/{signal.pk}/amend", {**words, "credibility": None}).status_code == 200
    whole = writer.get(f"/signals/{signal.pk}").json()
    assert (whole["reliability"], whole["credibility"], whole["tags"]) == ("b", None, [INJECTION])
    (before,) = writer.items(f"/signals/{signal.pk}/versions")
    assert (before["reliability"], before["credibility"], before["tags"]) == ("b", "2", [INJECTION])
    assert writer.post(f"/signals/{signal.pk}/amend", {**words, "tags": []}).status_code == 200
    assert names(cast.actor("b1"), signal) == []


def test_tags_and_grading_travel_to_who_reads_them_and_others_get_the_rest(cast, draft):
    node, hub = make_peer(PeerKind.NODE, cast.bank_b), make_peer(PeerKind.HUB, cast.bank_b)
    older = make_peer(PeerKind.NODE, cast.insurer, reads=[])
    signal = actions.publish_signal(cast.actor("a1"), draft("a1", content=GRADED))
    data = plain(written(older, signal))
    assert [name for name in ("reliability", "credibility", "tags") if name in data] == []
    late = arrived(hub, written(older, signal))
    assert (late.grading.code, names(cast.actor("b1"), late)) == ("", [])
    assert names(cast.actor("b1"), arrived(hub, written(node, signal), late.pk)) == [INJECTION]
    assert not queries.versions_of(cast.actor("b1"), late).exists()  # it is the same version, read whole
    actions.amend_signal(
        cast.actor("a1"), signal, title=signal.title, body=signal.body, reason="sure", grading=SURE, tags=frozenset()
    )
    late = arrived(hub, written(node, signal), late.pk)
    kept = queries.versions_of(cast.actor("b1"), late).get()
    assert (late.grading, names(cast.actor("b1"), late), kept.grading, kept.tags) == (
        SURE, [], GRADED.grading, [INJECTION],
    )  # fmt: skip
    Copy.objects.create(peer=older, subject=SIGNAL, subject_id=signal.pk)
    assert list(CARRIERS[SIGNAL].owed_to(older)) == [signal.pk]
    assert list(CARRIERS[SIGNAL].owed_to(node)) == []


def test_tag_that_is_not_known_where_it_arrives_is_left_out_and_recalled_ones_leave_nothing(cast, draft):
    node, hub = make_peer(PeerKind.NODE, cast.bank_b), make_peer(PeerKind.HUB, cast.bank_b)
    signal = actions.publish_signal(cast.actor("a1"), draft("a1", content=GRADED))
    data = plain(written(node, signal))
    number = ids.new_id()
    assert read(hub, number, {**data, "tags": ["tlp:clear", INJECTION]}) == "taken"
    copy = Signal.everything.get(pk=number)
    assert (names(cast.actor("b1"), copy), copy.tlp) == ([INJECTION], "AMBER")
    for broken in ({"reliability": "g"}, {"tags": ["x"] * 21}, {"tags": ["x" * 201]}):
        with pytest.raises(InvalidInput):
            read(hub, ids.new_id(), {**data, **broken})
    read(hub, number, {"state": "recalled"})
    copy.refresh_from_db()
    assert (copy.grading.code, SignalTag.everything.filter(signal=copy).exists()) == ("", False)


def test_draft_when_revised_or_thrown_away_then_its_tags_follow(cast, draft):
    signal = draft("a1", content=GRADED)
    marking = Marking(TLP.AMBER, entries=frozenset({COMMUNITY}))
    signal = actions.revise_draft(cast.actor("a1"), signal, content=replace(GRADED, tags=frozenset()), marking=marking)
    assert names(cast.actor("a1"), signal) == []
    actions.discard_draft(cast.actor("a1"), draft("a1", content=GRADED))
    assert not SignalTag.everything.exists()


def test_api_takes_and_gives_tags_and_grading(cast):
    writer = program_of(cast, "a1")
    body = {"kind": "phishing", "target": "customer", "title": "x", "tlp": "AMBER", "grants": {"community": True}}
    called = {"reliability": "c", "credibility": "3", "tags": [INJECTION]}
    sent = writer.post("/signals", {**body, **called}).json()
    reader = program_of(cast, "b1")
    whole = reader.get(f"/signals/{sent['id']}").json()
    assert {name: whole[name] for name in called} == called
    assert [line["id"] for line in reader.items("/signals", tag=INJECTION)] == [sent["id"]]
    assert reader.items("/signals", tag=OVERLAY) == []
    assert [tag["name"] for tag in reader.get("/tags", q="画面改ざん").json()["items"]] == [INJECTION]
    assert refusal(writer.post("/signals", {**body, "tags": ["x"]})) == (422, "There is no tag x.")
    assert writer.post("/signals", {**body, "reliability": "g"}).status_code == 422


def test_list_of_signals_costs_the_same_with_one_tagged_and_with_three(cast, draft):
    client = cast.client("b1")
    costs = []
    for number in (1, 3):
        while Signal.everything.count() < number:
            actions.publish_signal(cast.actor("a1"), draft("a1", content=GRADED))
        table(client)
        with CaptureQueriesContext(connection) as asked:
            table(client, tag=INJECTION)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_value_told_long_ago_is_called_stale_and_still_shown(cast, share):
    signal = share("a1")
    fresh = html(cast.client("b1"), "detail", signal.pk)
    Signal.everything.filter(pk=signal.pk).update(published_at=clock.now() - timedelta(days=40))
    old = html(cast.client("b1"), "detail", signal.pk)
    assert (fresh.count("likely stale"), old.count("likely stale"), old.count("45[.]155[.]205[.]66")) == (0, 2, 1)
