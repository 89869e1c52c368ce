from datetime import timedelta

import pytest

from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.members import actions
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.members.domain.secrets import digest
from noroshi.members.models import ClassCeiling, Token
from noroshi.members.tokens import authenticate_token


@pytest.fixture
def own(cast):
    return actions.issue_token(cast.actor("a1"), person=cast.a1, label="laptop", scopes=["signals.read"], days=30)


@pytest.fixture
def machine(cast):
    return actions.issue_token(
        cast.actor("a_admin"), organisation=cast.bank_a, label="siem", scopes=["taxii.read"], days=30
    )


def test_token_is_stored_as_its_hash_alone(own):
    token, secret = own
    assert token.token_hash == digest(secret)
    stored = str(list(Token.objects.values()))
    assert secret not in stored
    assert secret.removeprefix("nrs_") not in stored


def test_token_of_a_person_acts_for_that_person(cast, own):
    actor = authenticate_token(own[1])
    assert actor.person == cast.a1.pk
    assert actor.channel is Channel.API_PERSON_TOKEN
    assert actor.groups == {cast.wg_incident.pk}


def test_token_of_a_machine_acts_for_the_organisation(cast, machine):
    actor = authenticate_token(machine[1], Channel.TAXII)
    assert (actor.person, actor.organisation, actor.channel) == (None, cast.bank_a.pk, Channel.TAXII)
    assert actor.label == "token siem of bank_a"


def test_token_of_a_machine_has_its_class_ceiling(cast, machine):
    ClassCeiling.objects.create(membership="regular", community=TLP.GREEN)
    assert authenticate_token(machine[1]).community_ceiling is TLP.GREEN


@pytest.mark.parametrize("raw", ["", "nrs_", "nrs_" + "x" * 43, "nrs_" + "x" * 5000, "Bearer x", "nrs_\x00é"])
def test_token_that_is_none_opens_nothing(own, raw):
    assert authenticate_token(raw) is None


def test_token_without_the_scope_opens_nothing(own):
    assert authenticate_token(own[1], scope="signals.write") is None
    assert authenticate_token(own[1], scope="signals.read") is not None


def test_token_too_old_opens_nothing(stopped_clock, own):
    stopped_clock.advance(days=30, seconds=-1)
    assert authenticate_token(own[1]) is not None
    stopped_clock.advance(seconds=1)
    assert authenticate_token(own[1]) is None


def test_token_revoked_opens_nothing(cast, own):
    actions.revoke_token(cast.actor("a1"), token=own[0])
    assert authenticate_token(own[1]) is None
    with pytest.raises(Conflict):
        actions.revoke_token(cast.actor("a1"), token=Token.objects.get())


def test_token_of_the_suspended_opens_nothing_until_reinstated(cast, own, machine):
    actions.suspend_person(cast.actor("a_admin"), person=cast.a1, reason="lost laptop")
    assert authenticate_token(own[1]) is None
    assert authenticate_token(machine[1]) is not None
    actions.reinstate_person(cast.actor("a_admin"), person=cast.a1)
    actions.suspend_organisation(cast.actor("hub_op"), organisation=cast.bank_a, reason="unpaid")
    assert authenticate_token(own[1]) is None
    assert authenticate_token(machine[1]) is None
    actions.reinstate_organisation(cast.actor("hub_op"), organisation=cast.bank_a)
    assert authenticate_token(own[1]) is not None


def test_token_of_who_left_is_revoked_for_good(cast, own, machine):
    actions.end_account(cast.actor("a_admin"), person=cast.a1, reason="new employer")
    actions.reinstate_person(cast.actor("a_admin"), person=cast.a1)
    assert authenticate_token(own[1]) is None
    actions.end_membership(cast.actor("hub_op"), organisation=cast.bank_a, reason="merged")
    assert Token.objects.filter(revoked_at__isnull=True).count() == 0


def test_use_is_noted_once_a_minute(stopped_clock, own, django_assert_num_queries):
    authenticate_token(own[1])
    first = Token.objects.get().last_used_at
    assert first == stopped_clock.now
    stopped_clock.advance(seconds=59)
    authenticate_token(own[1])
    assert Token.objects.get().last_used_at == first
    stopped_clock.advance(seconds=5)
    authenticate_token(own[1])
    assert Token.objects.get().last_used_at == stopped_clock.now


def test_what_a_token_opens_is_remembered_for_seconds(stopped_clock, own, django_assert_num_queries):
    first = authenticate_token(own[1])
    with django_assert_num_queries(1):
        assert authenticate_token(own[1]) == first
    stopped_clock.advance(seconds=5)
    with django_assert_num_queries(6):
        assert authenticate_token(own[1]) == first


def test_what_a_token_opens_is_not_remembered_before_it_was_looked_up(stopped_clock, own, django_assert_num_queries):
    first = authenticate_token(own[1])
    stopped_clock.advance(hours=-1)
    with django_assert_num_queries(6):
        assert authenticate_token(own[1]) == first


def test_what_a_token_opens_is_looked_up_anew_as_soon_as_anybody_has_done_anything(cast, own):
    assert authenticate_token(own[1]).groups == {cast.wg_incident.pk}
    actions.leave_group(cast.actor("a1"), group=cast.wg_incident, person=cast.a1)
    assert authenticate_token(own[1]).groups == set()


def test_what_a_token_opens_is_not_remembered_beyond_its_end(stopped_clock, cast, own):
    stopped_clock.now = own[0].expires_at - timedelta(seconds=2)
    assert authenticate_token(own[1]) is not None
    stopped_clock.advance(seconds=3)
    assert authenticate_token(own[1]) is None


@pytest.mark.parametrize("name", ["a_admin", "hub_op", "b1", "auditor"])
def test_token_for_somebody_else_is_not_issued(cast, name):
    with pytest.raises(NotFound):
        actions.issue_token(cast.actor(name), person=cast.a1, label="x", scopes=["signals.read"])


@pytest.mark.parametrize("name", ["a1", "hub_op", "b_admin", "sup_admin"])
def test_token_for_a_machine_is_the_admins_to_issue(cast, name):
    with pytest.raises(NotAllowed):
        actions.issue_token(cast.actor(name), organisation=cast.bank_a, label="x", scopes=["signals.read"])


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("scopes", {"scopes": []}),
        ("scopes", {"scopes": ["signals.read", "everything"]}),
        ("days", {"days": 0}),
        ("days", {"days": 367}),
        ("label", {"label": "  "}),
        ("label", {"label": "x" * 121}),
    ],
)
def test_token_with_a_wrong_value_is_refused_and_nothing_kept(cast, field, values):
    with pytest.raises(InvalidInput) as refused:
        actions.issue_token(
            cast.actor("a1"), person=cast.a1, **{"label": "x", "scopes": ["signals.read"], "days": 1, **values}
        )
    assert refused.value.field == field
    assert Token.objects.count() == 0


def test_token_of_another_house_is_revoked_by_the_hub_but_not_by_its_admin(cast, own):
    with pytest.raises(NotFound):
        actions.revoke_token(cast.actor("b_admin"), token=own[0])
    actions.revoke_token(cast.actor("hub_op"), token=own[0])
    assert authenticate_token(own[1]) is None


def test_api_asks_for_a_bearer_token_and_heeds_no_session(cast, own, rf):
    guard = TokenAuth(Scope.SIGNALS_READ)
    request = rf.get("/api/signals", headers={"Authorization": f"Bearer {own[1]}"})
    assert guard(request).person == request.actor.person == cast.a1.pk
    request = rf.get("/api/signals")
    request.user = cast.a1
    assert guard(request) is None
    assert TokenAuth(Scope.HUNTING_READ)(rf.get("/", headers={"Authorization": f"Bearer {own[1]}"})) is None
