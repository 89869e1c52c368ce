"""Posting notices, reading them, and the rules of mail."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.subscriptions import choose
from noroshi.core.domain.worlds import exercise
from noroshi.notify.actions import mark_read
from noroshi.notify.models import Delivery, Notice, NoticeKind
from noroshi.notify.queries import USUAL, unread_count

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
NEXT_DIGEST = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
DUE = {
    Delivery.AT_ONCE: NOON,
    Delivery.HOURLY: datetime(2026, 11, 22, 4, 0, tzinfo=UTC),
    Delivery.DIGEST: NEXT_DIGEST,
    Delivery.WEEKLY: NEXT_DIGEST,  # noon of a Sunday in Tokyo: the next Monday morning is the next morning
    Delivery.INBOX: None,
}


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


@pytest.mark.parametrize("kind", list(USUAL))
def test_post_when_nobody_chose_then_mail_is_due_as_is_usual(cast, tell, signal, stopped_clock, kind):
    (notice,) = tell(signal(), cast.b1, kind=kind)

    assert (notice.mail_due_at, notice.delivery) == (DUE[USUAL[kind]], USUAL[kind])


@pytest.mark.parametrize("delivery", list(Delivery))
def test_post_when_a_person_chose_then_mail_is_due_by_the_subscription(cast, tell, signal, stopped_clock, delivery):
    choose(cast.actor("b1"), NoticeKind.SIGNAL, delivery)

    chosen, usual = tell(signal(), cast.b1, cast.i1)

    assert (chosen.mail_due_at, usual.mail_due_at) == (DUE[delivery], NOON)


def test_post_when_it_is_an_exercise_then_nothing_leaves_by_mail(cast, tell, signal, stopped_clock):
    (notice,) = tell(signal(world=exercise("1")), cast.b1, kind=NoticeKind.HIT, world=exercise("1"))

    assert notice.mail_due_at is None
    assert unread_count(cast.actor("b1")) == 0
    assert unread_count(cast.actor("b1", world=exercise("1"))) == 1


def test_post_when_many_people_are_told_then_the_queries_do_not_grow(cast, tell, signal, django_assert_num_queries):
    shared = signal()
    people = [cast.people[name] for name in ("a2", "b1", "b2", "i1", "t1", "s1", "v1")]
    with django_assert_num_queries(11):
        tell(shared, *people[:1])
    with django_assert_num_queries(11):
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
