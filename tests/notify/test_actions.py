"""Posting notices, reading them, and the rules of mail."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noroshi.core.domain.worlds import exercise
from noroshi.core.errors import InvalidInput, NotAllowed
from noroshi.core.models import LedgerEntry
from noroshi.notify.actions import mark_read, set_rule
from noroshi.notify.domain.delivery import Topic
from noroshi.notify.models import Delivery, Notice, NoticeKind, Rule
from noroshi.notify.queries import USUAL, rules_of, unread_count

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
NEXT_DIGEST = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
DUE = {Delivery.AT_ONCE: NOON, Delivery.DIGEST: NEXT_DIGEST, Delivery.INBOX: None}


def test_post_when_people_are_told_then_each_has_one_line_that_names_its_subject_by_id_alone(cast, tell, signal):
    shared = signal()

    notices = tell(shared, cast.b1, cast.i1, count=4)

    assert [(row.person, row.kind, row.subject_id, row.count) for row in notices] == [
        (cast.b1, "signal", shared.pk, 4),
        (cast.i1, "signal", shared.pk, 4),
    ]
    assert "title" not in {field.name for field in Notice._meta.get_fields()}


def test_post_when_the_same_event_comes_twice_then_only_who_was_missing_is_told(cast, tell, signal, event, inbox):
    shared, once = signal(), event()

    tell(shared, cast.b1, event=once)
    again = tell(shared, cast.b1, cast.i1, event=once)

    assert [row.person for row in again] == [cast.i1]
    assert len(inbox(cast.b1)) == 1


def test_post_when_the_same_event_has_another_kind_then_it_is_another_notice(cast, tell, signal, event, inbox):
    shared, once = signal(), event()

    tell(shared, cast.b1, event=once, kind=NoticeKind.SIGNAL)
    tell(shared, cast.b1, event=once, kind=NoticeKind.HIT)

    assert [row.kind for row in inbox(cast.b1)] == ["signal", "hit"]


def test_post_when_a_person_is_named_twice_in_one_call_then_one_notice(cast, tell, signal, inbox):
    tell(signal(), cast.b1, cast.b1)

    assert len(inbox(cast.b1)) == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.sets(st.sampled_from(["b1", "b2", "i1", "a2"])), max_size=5))
def test_post_when_an_event_is_delivered_any_number_of_times_then_everybody_named_is_told_once(
    cast, tell, signal, event, rounds
):
    shared, once = signal(), event()

    made = [row.person_id for names in rounds for row in tell(shared, *(cast.people[n] for n in names), event=once)]

    assert sorted(made) == sorted(cast.people[name].pk for name in set().union(*rounds))


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_post_when_nobody_chose_then_mail_is_due_as_is_usual(cast, tell, signal, stopped_clock, kind):
    (notice,) = tell(signal(), cast.b1, kind=kind)

    assert notice.mail_due_at == DUE[USUAL[kind]]


@pytest.mark.parametrize("delivery", list(Delivery))
def test_post_when_a_person_chose_then_mail_is_due_by_the_rule(cast, tell, signal, stopped_clock, delivery):
    set_rule(cast.actor("b1"), kind=NoticeKind.SIGNAL, delivery=delivery)

    chosen, usual = tell(signal(), cast.b1, cast.i1)

    assert (chosen.mail_due_at, usual.mail_due_at) == (DUE[delivery], NOON)


def test_post_when_the_rule_wants_other_kinds_or_groups_then_the_inbox_has_it_and_no_mail_goes(
    cast, tell, signal, stopped_clock
):
    group = cast.wg_incident.pk
    set_rule(
        cast.actor("b1"), kind=NoticeKind.SIGNAL, delivery=Delivery.AT_ONCE, signal_kinds=["malware"], groups=[group]
    )
    shared = signal()

    due = [
        tell(shared, cast.b1, topic=topic)[0].mail_due_at
        for topic in (Topic("malware", frozenset({group})), Topic("malware"), Topic("fraud", frozenset({group})))
    ]

    assert due == [NOON, None, None]


def test_post_when_it_is_an_exercise_then_nothing_leaves_by_mail(cast, tell, signal, stopped_clock):
    (notice,) = tell(signal(world=exercise("1")), cast.b1, kind=NoticeKind.HIT, world=exercise("1"))

    assert notice.mail_due_at is None
    assert unread_count(cast.actor("b1")) == 0
    assert unread_count(cast.actor("b1", world=exercise("1"))) == 1


def test_post_when_own_hits_are_switched_off_behind_the_page_then_they_are_mailed_at_once_all_the_same(
    cast, tell, signal, stopped_clock
):
    Rule.objects.create(person=cast.b1, kind=NoticeKind.HIT, delivery=Delivery.INBOX)

    (notice,) = tell(signal(), cast.b1, kind=NoticeKind.HIT)

    assert notice.mail_due_at == NOON


def test_post_when_many_people_are_told_then_the_queries_do_not_grow(cast, tell, signal, django_assert_num_queries):
    shared = signal()
    people = [cast.people[name] for name in ("a2", "b1", "b2", "i1", "t1", "s1", "v1")]
    with django_assert_num_queries(10):
        tell(shared, *people[:1])
    with django_assert_num_queries(10):
        tell(shared, *people)


def test_mark_read_when_numbers_are_given_then_only_one_s_own_of_these_are_read(cast, tell, signal, inbox):
    tell(signal(), cast.b1, cast.i1)
    tell(signal(), cast.b1)
    first, second = inbox(cast.b1)
    (other,) = inbox(cast.i1)

    assert mark_read(cast.actor("b1"), notice_ids=[first.pk, other.pk, uuid4()]) == 1

    assert [row.read_at is None for row in (*inbox(cast.b1), *inbox(cast.i1))] == [False, True, True]
    assert second.read_at is None


def test_mark_read_when_no_number_is_given_then_all_of_one_s_own(cast, tell, signal):
    tell(signal(), cast.b1, cast.i1)
    tell(signal(), cast.b1)

    assert mark_read(cast.actor("b1")) == 2
    assert mark_read(cast.actor("b1")) == 0
    assert unread_count(cast.actor("i1")) == 1


def test_set_rule_when_set_twice_then_the_last_holds_and_the_ledger_has_both(cast):
    set_rule(cast.actor("b1"), kind=NoticeKind.COMMENT, delivery=Delivery.AT_ONCE)
    set_rule(cast.actor("b1"), kind=NoticeKind.COMMENT, delivery=Delivery.INBOX, signal_kinds=["fraud", "fraud"])

    rule = rules_of(cast.actor("b1"))[NoticeKind.COMMENT]
    assert (rule.delivery, rule.signal_kinds, rule.groups) == ("inbox", ["fraud"], [])
    assert LedgerEntry.objects.filter(action="notify.rule.set", person=cast.b1.pk).count() == 2


def test_set_rule_when_it_would_silence_own_hits_then_refused(cast):
    with pytest.raises(InvalidInput, match="always mailed at once"):
        set_rule(cast.actor("b1"), kind=NoticeKind.HIT, delivery=Delivery.INBOX)


def test_set_rule_when_the_group_is_another_s_or_the_kind_unknown_then_refused_and_nothing_is_written(cast):
    actor = cast.actor("i1")
    with pytest.raises(InvalidInput, match="your own groups"):
        set_rule(actor, kind=NoticeKind.SIGNAL, delivery=Delivery.AT_ONCE, groups=[cast.wg_incident.pk])
    with pytest.raises(InvalidInput, match="no such kind"):
        set_rule(actor, kind=NoticeKind.SIGNAL, delivery=Delivery.AT_ONCE, signal_kinds=["gossip"])

    assert Rule.objects.count() == 0


def test_set_rule_when_a_machine_asks_then_refused(cast):
    with pytest.raises(NotAllowed):
        set_rule(cast.machine("bank_a"), kind=NoticeKind.SIGNAL, delivery=Delivery.INBOX)


def test_rules_when_none_is_set_then_the_usual_ones(cast):
    assert {kind: rule.delivery for kind, rule in rules_of(cast.actor("b1")).items()} == USUAL
