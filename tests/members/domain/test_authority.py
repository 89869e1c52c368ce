from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import MembershipClass, Role, Standing
from noroshi.members.domain import authority
from noroshi.members.domain.authority import GIVEN_BY_ADMINS, OF_AN_AUTHORITY, OF_THE_HUB

HOME, ELSEWHERE = UUID(int=1), UUID(int=2)
memberships = st.sampled_from(MembershipClass)
actors = st.builds(
    Actor,
    person=st.sampled_from([None, UUID(int=9)]),
    organisation=st.sampled_from([None, HOME, ELSEWHERE]),
    membership=memberships,
    standing=st.sampled_from(Standing),
    roles=st.frozensets(st.sampled_from(Role)),
    channel=st.sampled_from(Channel),
    label=st.sampled_from(["system:cli", "a1 <a1@bank-a.example>"]),
)


def is_outsider(actor):
    return not authority.operates_machine(actor) and not authority.manages_community(actor)


@given(actors, memberships)
def test_roles_given_are_always_roles_of_that_class(actor, membership):
    assert authority.roles_given(actor, HOME, membership) <= authority.held_in(membership)


@given(actors, memberships)
def test_whoever_takes_no_part_gives_and_manages_nothing(actor, membership):
    if not actor.is_active and not authority.operates_machine(actor):
        assert authority.roles_given(actor, HOME, membership) == frozenset()
        assert not authority.manages_people(actor, HOME)
        assert not authority.manages_community(actor)


@given(actors, memberships)
def test_admin_gives_roles_at_home_alone_and_none_of_the_hub_or_an_authority(actor, membership):
    if is_outsider(actor):
        given_at_home = authority.roles_given(actor, HOME, membership)
        assert given_at_home <= GIVEN_BY_ADMINS
        if actor.organisation != HOME:
            assert given_at_home == frozenset()
            assert not authority.manages_people(actor, HOME)


@given(actors, memberships.filter(lambda membership: membership is not MembershipClass.HUB))
def test_hub_operator_gives_no_member_eyes_of_the_hub(actor, membership):
    if authority.manages_community(actor) and not authority.operates_machine(actor) and actor.organisation != HOME:
        given_there = authority.roles_given(actor, HOME, membership)
        assert given_there <= {Role.ORGANISATION_ADMIN} | OF_AN_AUTHORITY


@given(actors)
def test_trusted_operator_is_made_by_another_one_alone(actor):
    if Role.TRUSTED_OPERATOR in authority.roles_given(actor, HOME, MembershipClass.HUB):
        assert authority.operates_machine(actor) or actor.has(Role.TRUSTED_OPERATOR)


@given(actors)
def test_machine_of_an_organisation_manages_nobody(actor):
    if actor.is_machine:
        assert not authority.administers(actor, HOME)


@given(actors)
def test_operator_of_the_machine_is_nobody_who_signed_in(actor):
    if authority.operates_machine(actor):
        assert (actor.organisation, actor.channel) == (None, Channel.CLI)


@given(actors, memberships)
def test_more_roles_never_give_less(actor, membership):
    from dataclasses import replace

    more = replace(actor, roles=frozenset(Role))
    assert authority.roles_given(actor, HOME, membership) <= authority.roles_given(more, HOME, membership)


def test_visitor_labelled_as_the_system_on_the_web_operates_nothing():
    assert not authority.operates_machine(Actor(channel=Channel.WEB, label="system:cli"))


def test_roles_by_class_are_split_without_rest():
    assert authority.held_in(MembershipClass.HUB) == GIVEN_BY_ADMINS | OF_THE_HUB
    assert authority.held_in(MembershipClass.SUPERVISOR) == {Role.SUPERVISOR, Role.ORGANISATION_ADMIN}
    assert authority.held_in(MembershipClass.REGULAR) == GIVEN_BY_ADMINS
    assert frozenset(Role) == GIVEN_BY_ADMINS | OF_THE_HUB | OF_AN_AUTHORITY
