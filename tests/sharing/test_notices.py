"""Who is told what, and that `reach` is the same people whom the one door lets in."""

from datetime import timedelta
from random import Random

import pytest

from factories.audience import COMMUNITY, to_group, to_organisation, to_person, without
from noroshi.core import clock
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.kit.jobs import run_due
from noroshi.notify.models import Notice
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Signal

EVERYBODY = {"a2", "b1", "b2", "i1", "o1", "hub_op", "hub_trusted"}  # who needs to know and is reached by AMBER


def told(kind):
    return sorted(Notice.everything.filter(kind=kind).values_list("person__name", flat=True))


def test_published_when_to_the_community_then_every_reader_but_the_author_is_told(share, drain):
    share("a1")
    drain()
    assert set(told("signal")) == EVERYBODY
    assert len(told("signal")) == len(EVERYBODY)


def test_published_when_some_are_left_out_then_they_are_not_told(cast, share, drain):
    share("a1", COMMUNITY, without(cast.bank_b))
    drain()
    assert set(told("signal")) == EVERYBODY - {"b1", "b2"}


def test_held_when_it_waits_then_other_operators_are_told_and_then_the_author_of_the_release(cast, draft, drain):
    held = actions.publish_signal(cast.actor("hub_op"), draft("hub_op", to_person(cast.b1), tlp=TLP.RED))
    drain()
    assert (told("release"), told("signal")) == (["hub_trusted"], [])
    actions.release_signal(cast.actor("hub_trusted"), held)
    drain()
    assert (told("signal"), told("amended")) == (["b1"], ["hub_op"])


def test_returned_when_handed_back_then_the_author_alone_is_told(cast, draft, drain):
    held = actions.publish_signal(cast.actor("a1"), draft("a1", author_mode=AuthorMode.ANONYMOUS))
    actions.return_signal(cast.actor("hub_op"), held, reason="names a customer")
    drain()
    assert (told("amended"), told("signal")) == (["a1"], [])


def test_amended_and_withdrawn_when_done_then_the_readers_are_told(cast, share, drain):
    signal = share("a1", to_organisation(cast.bank_b))
    actions.amend_signal(cast.actor("a1"), signal, title="Corrected", body="", reason="wrong")
    actions.withdraw_signal(cast.actor("a1"), signal, reason="false alarm")
    drain()
    readers = ["a2", "b1", "b2"]
    assert (told("signal"), told("amended"), told("withdrawn")) == (readers, readers, readers)


def test_commented_when_somebody_does_then_the_thread_and_the_author_are_told_but_not_the_writer(cast, share, drain):
    signal = share("a1")
    for name in ("b1", "i1"):
        actions.comment_on_signal(cast.actor(name), signal, body="seen", anonymous=name == "b1")
    drain()
    assert told("comment") == ["a1", "a1", "b1"]


def test_commented_when_one_of_the_thread_sees_it_no_longer_then_they_are_not_told(cast, share, drain):
    from noroshi.members.actions import leave_group

    signal = share("a1", to_group(cast.wg_incident))
    actions.comment_on_signal(cast.actor("b1"), signal, body="seen")
    leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    actions.comment_on_signal(cast.actor("hub_op"), signal, body="thanks")
    drain()
    assert told("comment") == ["a1", "a1"]  # of both, and b1 of none


def test_seen_when_three_organisations_say_so_then_the_author_is_told_the_number(cast, share, drain):
    signal = share("a1")
    for name in ("b1", "i1", "o1", "hub_op"):
        actions.report_seen(cast.actor(name), signal)
    drain()
    assert set(told("sighting")) == {"a1"}
    assert set(Notice.everything.filter(kind="sighting").values_list("count", flat=True)) == {3}


def test_embargo_when_it_ends_then_the_others_are_told_and_nobody_twice(cast, share, drain, stopped_clock):
    share("a1", COMMUNITY, to_person(cast.b1), embargo_until=stopped_clock.now + timedelta(hours=1))
    drain()
    assert told("signal") == ["b1"]
    stopped_clock.advance(hours=2)
    run_due()
    drain()
    assert sorted(told("signal")) == sorted(EVERYBODY)


def random_marking(random, cast):
    people, organisations = list(cast.people.values()), [*cast.organisations.values()]
    offered = [organisation for organisation in organisations if organisation.membership != "supervisor"]
    lines = [COMMUNITY, to_group(cast.wg_incident), *map(to_person, people), *map(to_organisation, offered)]
    chosen = random.sample(lines, random.choice([1, 1, 2, 4])) + list(
        map(without, random.sample(organisations, random.choice([0, 0, 1, 2])))
    )
    return Marking(
        random.choice(list(TLP)),
        entries=frozenset(chosen),
        author_mode=random.choice([AuthorMode.NAMED, AuthorMode.NAMED, AuthorMode.ANONYMOUS]),
        embargo_until=random.choice([None, None, clock.now() + timedelta(days=1)]),
    )


@pytest.mark.parametrize("seed", range(4))
def test_reach_when_any_marking_is_published_then_it_is_who_sees_it_and_was_foretold(cast, seed):
    random = Random(seed)
    compared = 0
    while compared < 12:
        author = random.choice(["a1", "b1", "i1", "hub_op"])
        marking = random_marking(random, cast)
        try:
            draft = actions.draft_signal(
                cast.actor(author), content=Content("news", "own_system", "t"), marking=marking
            )
        except InvalidInput:
            continue
        foretold = readers(draft)
        sent = actions.publish_signal(cast.actor(author), draft)
        if sent.state == State.HELD:
            assert readers(sent) == foretold
            sent = actions.release_signal(cast.actor("hub_trusted"), sent)
        seeing = {
            name for name in cast.people if Signal.objects.visible_to(cast.actor(name)).filter(pk=sent.pk).exists()
        }
        assert readers(sent) == foretold == seeing, marking
        compared += 1


def readers(signal):
    return {reader.person.name for some in queries.reach(signal.as_item()).by_organisation.values() for reader in some}
