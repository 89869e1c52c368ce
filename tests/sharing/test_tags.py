"""What a signal is called and how sure its author is: chosen, shown, found, exported, kept, served."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories.audience import COMMUNITY, WORDS, to_organisation
from factories.program import program_of, refusal
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.intel.actions import import_knowledge
from noroshi.intel.domain.grading import Credibility, Grading, Reliability
from noroshi.intel.domain.knowledge import misp
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import Signal, SignalTag

INJECTION, OVERLAY = "noroshi-bank-malware:web-injection", "noroshi-bank-malware:overlay"
GRADED = replace(WORDS, tags=frozenset({INJECTION}), grading=Grading(Reliability.USUALLY, Credibility.PROBABLY))
TYPED = {
    "title": "x", "kind": "phishing", "target": "customer", "tlp": "AMBER", "community": "on", "form": "free",
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_words(db, monkeypatch):
    monkeypatch.setattr(misp, "is_installed", lambda: False)
    import_knowledge(Actor.system("test"))


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
