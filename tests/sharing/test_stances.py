"""Where organisations stand: numbers that hide each of them, names that were given, and the own answers."""

import csv
import io

import pytest
from django.urls import reverse

from factories.audience import COMMUNITY, to_person, without
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.sharing import actions, queries
from noroshi.sharing.models import Stance, StanceKind

HIDDEN = dict.fromkeys(StanceKind)


def stand(cast, signal, kind, *names, named=False):
    for name in names:
        actions.take_stance(cast.actor(name), signal, kind=kind, named=named)


def test_stance_when_taken_and_changed_then_the_last_counts_and_the_history_stays(cast, share):
    signal = share("a1", tlp=TLP.GREEN)
    assert actions.take_stance(cast.actor("b1"), signal, kind="checking") is True
    assert actions.take_stance(cast.actor("b2"), signal, kind="checking") is False
    assert actions.take_stance(cast.actor("b2"), signal, kind="patched") is True
    own = queries.stances_of_own(cast.actor("b1"), signal)
    assert [(each.kind, each.person.name, each.current) for each in own] == [
        ("patched", "b2", True),
        ("checking", "b1", False),
    ]


def test_stances_when_fewer_than_three_stand_alike_then_no_number_is_told_and_then_in_steps(cast, share):
    signal = share("a1", tlp=TLP.GREEN)
    told = []
    for name in ("b1", "i1", "t1", "s1", "o1", "hub_op"):
        stand(cast, signal, "affected", name)
        told.append(queries.answers_to(cast.actor("b1"), signal).stances[StanceKind.AFFECTED])
    assert told == [None, None, 3, 3, 3, 6]
    stand(cast, signal, "patched", "b1")
    assert queries.answers_to(cast.actor("b1"), signal).stances == {**HIDDEN, StanceKind.AFFECTED: 3}


def test_stances_when_named_then_the_name_is_shown_and_in_no_number(cast, share):
    signal = share("a1", tlp=TLP.GREEN)
    stand(cast, signal, "affected", "b1", "i1", "o1", named=True)
    stand(cast, signal, "affected", "t1", "s1")
    answers = queries.answers_to(cast.actor("b1"), signal)
    assert answers.stances == HIDDEN
    assert [each.slug for each in answers.stances_named[StanceKind.AFFECTED]] == ["bank_b", "insurer", "outsider"]
    entries = LedgerEntry.objects.filter(action="sharing.stance.taken").values_list("organisation", flat=True)
    assert list(entries) == [cast.bank_b.pk, cast.insurer.pk, cast.outsider.pk, None, None]


@pytest.mark.parametrize(
    ("name", "error"), [("a1", NotAllowed), ("b_reader", NotAllowed), ("b_admin", NotAllowed), ("sup", NotFound)]
)
def test_stance_when_by_somebody_who_does_not_speak_for_a_reader_then_it_is_refused(cast, share, name, error):
    signal = share("a1", tlp=TLP.GREEN)
    with pytest.raises(error):
        stand(cast, signal, "affected", name)
    stand(cast, signal, "affected", "b1")
    assert Stance.everything.count() == 1


def test_stance_when_excluded_or_withdrawn_or_unknown_then_it_is_refused(cast, share):
    signal = share("a1", COMMUNITY, without(cast.outsider))
    with pytest.raises(NotFound):
        stand(cast, signal, "affected", "o1")
    with pytest.raises(InvalidInput):
        stand(cast, signal, "perhaps", "b1")
    stand(cast, signal, "affected", "b1", "i1", "hub_op")
    actions.withdraw_signal(cast.actor("a1"), signal, reason="false alarm")
    with pytest.raises(Conflict):
        stand(cast, signal, "affected", "b1")
    signal = queries.signal_for(cast.actor("b1"), signal.pk)
    assert queries.answers_to(cast.actor("b1"), signal).stances == HIDDEN
    assert list(queries.stances_of_own(cast.actor("b1"), signal)) == []


def test_stance_when_the_author_is_anonymous_then_a_colleague_answers_as_others_do(cast, share):
    signal = share("a1", author_mode=AuthorMode.ANONYMOUS)
    stand(cast, signal, "affected", "a2", "b1", "i1")
    assert queries.answers_to(cast.actor("b1"), signal).stances[StanceKind.AFFECTED] == 3


def test_sightings_when_named_then_they_are_named_and_the_others_a_number(cast, share, stopped_clock):
    signal = share("a1", tlp=TLP.GREEN)
    for name in ("b1", "i1", "t1", "s1"):
        actions.report_seen(cast.actor(name), signal, named=name == "b1")
        stopped_clock.advance(days=1)
    answers = queries.answers_to(cast.actor("b1"), signal)
    assert ([each.slug for each in answers.seen_named], answers.seen) == (["bank_b"], 3)
    assert [(day.isoformat(), number) for day, number in answers.seen_by_day] == [("2026-11-25", 3)]


def test_seen_page_when_said_then_without_a_name_and_by_name_where_somebody_who_may_speak_chooses_that(cast, share):
    signal = share("a1", tlp=TLP.GREEN)
    address = reverse("sharing:detail", args=[signal.pk])

    def named():
        return "by name: Bank_B" in cast.client("o1").get(address).content.decode()

    said = []
    for name, form in (("b_reader", {}), ("b1", {"named": "on"}), ("b_reader", {}), ("b2", {})):
        assert cast.client(name).post(f"{address}seen", form).status_code == 302
        said.append(named())
    assert said == [False, True, True, False]
    assert cast.client("b_reader").post(f"{address}seen", {"named": "on"}).status_code == 403
    pages = {name: cast.client(name).get(address).content.decode() for name in ("b1", "b_reader", "a1")}
    assert {name: "We saw this too, by name" in page for name, page in pages.items()} == {
        "b1": True,
        "b_reader": False,
        "a1": False,
    }


def test_names_when_given_under_a_narrower_level_then_new_readers_do_not_learn_them(cast, share, stopped_clock):
    signal = share("a1")
    for name in ("b1", "i1"):
        actions.report_seen(cast.actor(name), signal, named=True)
        stand(cast, signal, "affected", name, named=True)
    stopped_clock.advance(minutes=1)
    signal = actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="public by now")
    stopped_clock.advance(minutes=1)
    actions.report_seen(cast.actor("i1"), signal, named=False)
    actions.report_seen(cast.actor("i1"), signal, named=True)
    stand(cast, signal, "patched", "i1", named=True)

    def told(name):
        answers = queries.answers_to(cast.actor(name), signal)
        stances = {kind: [each.slug for each in houses] for kind, houses in answers.stances_named.items() if houses}
        return [each.slug for each in answers.seen_named], stances

    assert told("o1") == (["bank_b", "insurer"], {"affected": ["bank_b"], "patched": ["insurer"]})
    assert told("t1") == (["insurer"], {"patched": ["insurer"]})


def test_list_when_filtered_by_the_own_answer_then_it_is_the_reader_s_organisation_s(cast, share):
    open_one, done, hidden = share("a1"), share("a1"), share("a1", to_person(cast.i1))
    stand(cast, done, "not_affected", "b2")
    stand(cast, hidden, "affected", "i1")
    client = cast.client("b1")

    def listed(answer):
        rows = client.get(reverse("sharing:list"), {"answer": answer}).context["listing"].page.rows
        return {row.pk for row in rows}

    assert listed("none") == {open_one.pk}
    assert listed("not_affected") == {done.pk}
    assert listed("affected") == set()
    file = b"".join(client.get(reverse("sharing:list"), {"export": "csv"}).streaming_content).decode("utf-8-sig")
    answers = {row["Number"]: row["Our answer"] for row in csv.DictReader(io.StringIO(file))}
    assert answers == {open_one.reference: "", done.reference: "Not affected"}


def test_list_when_there_are_more_rows_then_the_own_answers_cost_no_more_queries(
    cast, share, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, address = cast.client("b1"), reverse("sharing:list")
    stand(cast, share("a1"), "affected", "b1")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(2):
        stand(cast, share("a1"), "checking", "b1")
    with django_assert_num_queries(len(one)):
        client.get(address)


def test_page_when_read_then_it_shows_numbers_names_and_the_own_answer(cast, share):
    signal = share("a1", tlp=TLP.GREEN)
    stand(cast, signal, "affected", "i1", "t1", "s1")
    address = reverse("sharing:detail", args=[signal.pk])
    assert cast.client("b1").post(f"{address}stand", {"kind": "checking", "named": "on"}).status_code == 302
    text = cast.client("o1").get(address).content.decode()
    assert "3 or more organisations" in text
    assert "by name: Bank_B" in text
    assert "aria-pressed" not in text
    assert (
        'value="checking" class="button button-primary" aria-pressed="true"'
        in cast.client("b2").get(address).content.decode()
    )
    assert cast.client("b1").post(f"{address}stand", {"kind": "perhaps"}).status_code == 422
