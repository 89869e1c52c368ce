"""The fixed form, what values are for and what readers may do: written, shown, found, exported, amended, served."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from factories.audience import WORDS
from noroshi.core import clock
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.kit import search
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.content import Downgrade
from noroshi.sharing.domain.handling import Caveat, Handling, Objective, Pap
from noroshi.sharing.domain.outline import Form, Outline
from noroshi.sharing.models import Signal, SignalObservable

ANSWERS = Outline("45.155.205.66 からの接続", "二要素認証の中継", "不正送金", "当該アドレスの遮断", "新たな被害なし")
OUTLINED = replace(WORDS, body="", form=Form.OUTLINE, outline=ANSWERS)
HANDLING = Handling(Pap.AMBER, frozenset({Caveat.PROTECTION, Caveat.NO_CONTACT}))


def page(name, signal=None):
    return reverse(f"sharing:{name}", args=[signal.pk] if signal else [])


def html(client, address):
    return client.get(address).content.decode()


def send(cast, signal, **posted):
    signal.refresh_from_db(from_queryset=Signal.everything.all())
    return cast.client("a1").post(
        page("review", signal), {"looked_at": signal.changed_at.isoformat(), "observable": [0, 1], **posted}
    )


def objectives(signal):
    rows = SignalObservable.everything.filter(signal=signal).order_by("id")
    return list(rows.values_list("objective", flat=True))


# The fixed form


def test_outline_when_sent_then_readers_see_find_and_export_its_answers(cast, share):
    signal = share("a1", content=OUTLINED)
    shown = html(cast.client("b1"), page("detail", signal))
    assert all(f"<p>{answer}</p>" in shown for answer in ANSWERS.stored.values())
    assert list(SignalObservable.everything.values_list("observable__value", flat=True)) == ["45.155.205.66"]
    assert list(queries.matching(cast.actor("b1"), "二要素認証の中継")) == [signal]
    file = b"".join(cast.client("b1").get("/signals/?export=csv").streaming_content).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(file)))
    assert [row[question] for question in ("Source of the attack", "Technique", "Purpose")] == [
        ANSWERS.source,
        ANSWERS.technique,
        ANSWERS.purpose,
    ]
    assert row["Values and what they are for"] == "ipv4 45.155.205.66 detect"


def test_form_when_changed_to_and_fro_then_nothing_is_lost_and_what_it_hides_does_not_go_out(cast, draft):
    signal = draft("a1", content=replace(OUTLINED, form=Form.FREE, body="本文"))
    form = cast.client("a1").get(page("edit", signal)).context["form"]
    assert {name: form[name].value() for name in Outline.names()} == ANSWERS.stored
    assert SignalObservable.everything.count() == 0
    actions.publish_signal(cast.actor("a1"), signal)
    sent = Signal.everything.get()
    assert (sent.outline, sent.words) == ({}, "本文")
    assert not Signal.everything.filter(search.matching(queries.SEARCH_KIND, "二要素認証")).exists()


def test_outline_when_amended_then_the_old_answers_are_a_version(cast, share):
    signal = share("a1", content=OUTLINED)
    form = {"title": signal.title, "body": "", **ANSWERS.stored, "outcome": "再発あり", "reason": "続報"}
    assert cast.client("a1").post(page("amend", signal), form).status_code == 302
    text = html(cast.client("b1"), page("detail", signal))
    assert [answer in text for answer in ("再発あり", "新たな被害なし")] == [True, True]
    assert Signal.everything.get().answers == replace(ANSWERS, outcome="再発あり")


@pytest.mark.parametrize("name", Outline.names())
def test_outline_when_an_answer_is_too_long_then_its_field_is_named(draft, name):
    with pytest.raises(InvalidInput) as refused:
        draft("a1", content=replace(OUTLINED, outline=replace(ANSWERS, **{name: "x" * 4001})))
    assert refused.value.field == name


# What values are for, and what readers may do


def test_objectives_when_nothing_is_chosen_then_values_are_to_be_detected(cast, draft):
    signal = draft("a1")
    send(cast, signal)
    assert objectives(signal) == ["detect", "detect"]


def test_objectives_when_one_click_changes_all_then_single_ones_keep_their_own(cast, draft):
    signal = draft("a1")
    send(cast, signal, **{"objective": "block", "objective-1": "analyse"})
    assert objectives(signal) == ["block", "analyse"]
    assert '<td class="tight">block</td>' in html(cast.client("b1"), page("detail", signal))


def test_objectives_when_the_handling_forbids_blocking_then_nothing_goes_out(cast, draft):
    signal = draft("a1", handling=HANDLING)
    with pytest.raises(InvalidInput) as refused:
        actions.publish_signal(cast.actor("a1"), signal, objective=Objective.BLOCK)
    assert (refused.value.field, Signal.everything.get().state) == ("objective", "draft")
    assert actions.publish_signal(cast.actor("a1"), signal, objective=Objective.ANALYSE).state == "published"


@pytest.mark.parametrize(
    ("handling", "forbids"),
    [
        (Handling(), False),
        (Handling(Pap.RED), True),
        (Handling(Pap.AMBER), True),
        (Handling(Pap.GREEN), False),
        (Handling(Pap.CLEAR), False),
        (Handling(Pap.CLEAR, frozenset({Caveat.NO_BLOCKING})), True),
    ],
)
def test_handling_when_it_forbids_blocking_then_only_blocking_contradicts_it(handling, forbids):
    assert [handling.contradicts({objective}) for objective in Objective] == [False, forbids, False]


def test_handling_when_given_then_readers_see_it_and_nobody_s_seeing_changes(cast, share):
    plain, marked = share("a1"), share("a1", handling=HANDLING)
    text = html(cast.client("b1"), page("detail", marked))
    assert [word in text for word in ("PAP:AMBER", "passive checks", "Do not block yet")] == [True, True, False]
    assert queries.people_reached(plain) == queries.people_reached(marked)


def test_draft_when_it_is_to_become_wider_by_itself_or_in_the_past_then_it_is_refused(draft):
    later = clock.now() + timedelta(days=1)
    wrong = {"downgrade_tlp": Downgrade(later, TLP.AMBER), "downgrade_at": Downgrade(clock.now(), TLP.GREEN)}
    for field, downgrade in wrong.items():
        with pytest.raises(InvalidInput) as refused:
            draft("a1", downgrade=downgrade)
        assert refused.value.field == field


def test_compose_when_half_a_downgrade_is_given_then_it_is_said(cast):
    form = {"title": "t", "kind": "news", "target": "customer", "tlp": "AMBER", "community": "on"}
    answer = cast.client("a1").post(page("compose"), {**form, "downgrade_tlp": "GREEN"})
    assert "Give both the moment and the level." in answer.content.decode()
    assert Signal.everything.count() == 0
