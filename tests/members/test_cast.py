import yaml

from cast import PEOPLE
from factories.members import PASSWORD, make_organisation, make_person
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import MembershipClass, Role
from noroshi.members import actions

OPERATOR = Actor.system("cli")


def test_cast_by_the_vectors_is_the_same_people(cast, shared_data):
    wanted = yaml.safe_load((shared_data / "policy" / "vectors.yaml").read_text(encoding="utf-8"))["cast"]
    classes = {name: {"class": cast.organisations[name].membership} for name in wanted["organisations"]}
    assert classes == wanted["organisations"]
    assert {name: [PEOPLE[name][0], list(PEOPLE[name][1])] for name in wanted["people"]} == wanted["people"]
    for name, members in wanted["groups"].items():
        assert sorted(stay.person.name for stay in cast.groups[name].memberships.all()) == sorted(members)


def test_cast_actor_has_roles_groups_and_class(cast):
    actor = cast.actor("b1", Channel.TAXII)
    assert actor.organisation == cast.bank_b.pk
    assert actor.roles == {Role.ANALYST}
    assert actor.groups == actor.organisation_groups == {cast.wg_incident.pk}
    assert (actor.membership, actor.channel) == (MembershipClass.REGULAR, Channel.TAXII)


def test_cast_person_is_like_one_made_by_the_action(db):
    home = make_organisation("bank")
    direct = make_person("x@bank.example", home, "analyst")
    made = actions.create_person(
        OPERATOR, email="Y@bank.example", name="y", organisation=home, roles=["analyst"], password=PASSWORD
    )
    for person in (direct, made):
        assert person.check_password(PASSWORD)
        assert [row.role for row in person.role_assignments.all()] == ["analyst"]
        assert [(row.verified, row.primary) for row in person.emailaddress_set.all()] == [(True, True)]
    assert made.email == "y@bank.example"


def test_cast_costs_a_fixed_handful_of_queries(db, django_assert_max_num_queries):
    from cast import gather

    with django_assert_max_num_queries(8):
        gather()


def test_cast_client_is_signed_in(cast):
    assert cast.client("a1").get("/healthz").wsgi_request.user == cast.a1


def test_drain_without_failures_empties_the_outbox(cast, drain):
    actions.create_group(OPERATOR, slug="g", name_ja="部会", kind="ad_hoc")
    drain()
    assert ledger.head()[0] == 1


def test_clock_stopped_moves_only_when_told(stopped_clock):
    from noroshi.core import clock

    before = clock.now()
    stopped_clock.advance(days=1)
    assert (clock.now() - before).days == 1
