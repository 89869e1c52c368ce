import re
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, get_resolver, resolve, reverse

from factories.members import PASSWORD, TOTP_SECRET
from noroshi.core.errors import NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members import actions
from noroshi.members.models import Person

ENTRANCES = ("account_login", "account_reset_password", "account_reset_password_done")
OWN_PAGES = (
    "mfa_index",
    "usersessions_list",
    "account_change_password",
    "account_logout",
    "mfa_view_recovery_codes",
    "mfa_list_webauthn",
)


@pytest.fixture(autouse=True)
def _one_time_step():
    """A code is good for thirty seconds: no test may straddle two of them."""
    with time_machine.travel(datetime(2026, 11, 22, 3, 0, tzinfo=UTC), tick=False):
        yield


def totp_code(secret=TOTP_SECRET):
    accepted = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, accepted[len(accepted) // 2]))


def enter_password(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def violations(html):
    """What a strict content security policy would refuse in a page."""
    scripts = re.findall(r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>", html)
    return scripts + re.findall(r"\sstyle=\"|\son[a-z]+=\"|<style|(?:src|href)=\"(?:data|javascript):", html)


def visible_text(html):
    """The words of a page's card that a person reads."""
    card = html[html.index('class="gate-card"') : html.index('class="gate-foot"')]
    return re.sub(r"<(script|code|select)\b.*?</\1>|<[^>]*>|&#?\w+;", " ", card, flags=re.DOTALL)


def test_sign_in_with_password_and_totp_opens_a_session(cast):
    client = Client()
    answer = enter_password(client, "A1@bank-a.example")
    assert answer.url == reverse("mfa_authenticate")
    assert client.get(reverse("members:profile")).status_code == 302
    answer = client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    assert answer.status_code == 302
    assert client.get(reverse("members:profile")).status_code == 200
    actions_noted = LedgerEntry.objects.filter(person=cast.a1.pk).values_list("action", flat=True)
    assert list(actions_noted) == ["members.person.signed_in"]


def test_sign_in_with_a_used_code_is_refused(cast):
    code = totp_code()
    for client, allowed in ((Client(), True), (Client(), False)):
        enter_password(client, cast.a1.email)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert (client.get(reverse("members:profile")).status_code == 200) is allowed


@pytest.mark.parametrize(("seconds", "allowed"), [(0, True), (31, False), (59, False)])
def test_sign_in_with_a_code_used_a_while_ago_is_refused_as_long_as_it_is_accepted(cast, seconds, allowed):
    code = totp_code()
    for after in sorted({0, seconds}):
        with time_machine.travel(datetime(2026, 11, 22, 3, 0, after % 60, tzinfo=UTC), tick=False):
            client = Client()
            enter_password(client, cast.a1.email)
            client.post(reverse("mfa_authenticate"), {"code": code})
            opened = client.get(reverse("members:profile")).status_code == 200
    assert opened is allowed


def test_sign_in_with_a_wrong_password_and_with_no_account_answer_alike(cast):
    known = enter_password(Client(), cast.a1.email, "not the password")
    unknown = enter_password(Client(), "nobody@bank-a.example", "not the password")
    assert known.context["form"].errors == unknown.context["form"].errors != {}


def test_sign_in_when_a_password_is_guessed_then_the_right_one_is_refused_for_a_while_too(cast):
    answers = [enter_password(Client(headers={"Accept-Language": "en"}), cast.a1.email, "guess") for _ in range(6)]
    assert "Too many failed login attempts. Try again later." in answers[5].text
    assert "Too many failed" in enter_password(Client(headers={"Accept-Language": "en"}), cast.a1.email).text
    assert enter_password(Client(), cast.b1.email).status_code == 302, "nobody else is locked out by that"


@pytest.mark.parametrize("subject", ["a1", "bank_a"])
def test_sign_in_of_the_suspended_is_refused(cast, subject):
    suspend(cast, subject)
    client = Client()
    enter_password(client, cast.a1.email)
    client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    assert client.get(reverse("members:profile")).status_code == 302


@pytest.mark.parametrize("subject", ["a1", "bank_a"])
def test_session_of_the_suspended_ends_at_once_and_stays_ended(cast, subject):
    client = cast.client("a1")
    assert client.get(reverse("members:profile")).status_code == 200
    suspend(cast, subject)
    assert client.get(reverse("members:profile")).url.startswith(reverse("account_login"))
    reinstate(cast, subject)
    assert client.get(reverse("members:profile")).url.startswith(reverse("account_login"))


def suspend(cast, subject):
    if subject == "a1":
        actions.suspend_person(cast.actor("a_admin"), person=cast.a1, reason="left his card in a taxi")
    else:
        actions.suspend_organisation(cast.actor("hub_op"), organisation=cast.bank_a, reason="unpaid")


def reinstate(cast, subject):
    if subject == "a1":
        actions.reinstate_person(cast.actor("a_admin"), person=cast.a1)
    else:
        actions.reinstate_organisation(cast.actor("hub_op"), organisation=cast.bank_a)


# The second factor


@pytest.fixture
def bare(cast):
    """A person signed in without a second factor."""
    Authenticator.objects.filter(user=cast.hub_op).delete()
    return cast.client("hub_op")


def addresses():
    """Every page of the installation that needs no parameter, and some that do."""
    for name in set(get_resolver().reverse_dict):
        if isinstance(name, str):
            yield name
    for space in ("members", "portal", "sharing", "hunting", "notify"):
        for pattern in get_resolver().namespace_dict.get(space, ("", None))[1].url_patterns:
            yield f"{space}:{pattern.name}"


def reached(client, name):
    try:
        address = reverse(name)
    except NoReverseMatch:
        return None
    view = resolve(address).func
    return client.get(address) if getattr(view, "login_required", True) else None


def test_pages_without_second_factor_all_lead_to_its_set_up(bare):
    open_pages = ("account_logout", "account_reauthenticate", "set_language")
    seen = []
    for name in addresses():
        if name.startswith("mfa_") or name in open_pages:
            continue
        if (answer := reached(bare, name)) is not None:
            seen.append(name)
            assert (name, answer.status_code, answer.url) == (name, 302, reverse("mfa_index"))
    assert {"members:organisation-list", "members:tokens", "usersessions_list"} <= set(seen)


def test_sign_in_without_second_factor_leads_to_its_set_up(cast):
    Authenticator.objects.filter(user=cast.a1).delete()
    assert enter_password(Client(), cast.a1.email).url == reverse("mfa_index")


def test_actor_without_second_factor_is_a_visitor(bare):
    request = bare.get(reverse("mfa_index")).wsgi_request
    assert request.user.is_authenticated
    assert request.actor.is_visitor


def test_newcomer_who_has_just_signed_in_sets_up_the_factor_without_the_password_again(cast):
    Authenticator.objects.filter(user=cast.a1).delete()
    client = Client()
    assert enter_password(client, cast.a1.email).status_code == 302
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    with time_machine.travel(datetime(2026, 11, 22, 4, 0, tzinfo=UTC), tick=False):
        assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))


def test_another_factor_is_added_only_after_the_password_again(cast):
    client = Client()
    enter_password(client, cast.a1.email)
    client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    answer = client.get(reverse("mfa_add_webauthn"))
    assert answer.url.startswith(reverse("account_reauthenticate"))


def test_second_factor_set_up_through_the_pages_opens_the_desk(bare, cast):
    bare.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = bare.get(reverse("mfa_activate_totp"))
    assert "<svg" in page.content.decode()
    assert violations(page.content.decode()) == []
    answer = bare.post(reverse("mfa_activate_totp"), {"code": totp_code(page.context["form"].secret)})
    assert answer.status_code == 302
    assert bare.get(reverse("members:organisation-list")).status_code == 200
    kept = Authenticator.objects.get(user=cast.hub_op, type="totp").data["secret"]
    assert page.context["form"].secret not in kept


def test_second_factor_in_a_demonstration_is_not_asked_for(bare, settings):
    settings.MFA_REQUIRED = False
    assert bare.get(reverse("members:organisation-list")).status_code == 200


def test_token_of_a_person_without_second_factor_works(bare, cast):
    from noroshi.members.tokens import authenticate_token

    _, secret = actions.issue_token(cast.actor("hub_op"), person=cast.hub_op, label="x", scopes=["signals.read"])
    assert authenticate_token(secret).person == cast.hub_op.pk


# The pages themselves


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", ENTRANCES)
def test_entrance_is_ours_and_keeps_the_policy(db, name, language):
    html = Client(headers={"Accept-Language": language}).get(reverse(name)).content.decode()
    assert f'<html lang="{language}"' in html
    assert 'class="gate-card"' in html
    assert violations(html) == []
    assert html.count("<h1>") == 1


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", OWN_PAGES)
def test_account_page_is_ours_and_keeps_the_policy(cast, name, language):
    client = signed_in(cast, language)
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert 'class="gate-card"' in html
    assert violations(html) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_page_of_the_second_factor_is_ours_and_keeps_the_policy(cast, language):
    client = Client(headers={"Accept-Language": language})
    enter_password(client, cast.a1.email)
    answer = client.get(reverse("mfa_authenticate"))
    assert violations(answer.content.decode()) == []
    assert (english(answer) == []) is (language == "ja")


@pytest.mark.parametrize("name", ENTRANCES)
def test_entrance_in_japanese_has_no_english_sentence(db, name):
    answer = Client(headers={"Accept-Language": "ja"}).get(reverse(name))
    assert english(answer) == []


@pytest.mark.parametrize("name", [*OWN_PAGES, "mfa_add_webauthn", "mfa_deactivate_totp", "account_reauthenticate"])
def test_account_page_in_japanese_has_no_english_sentence(cast, name):
    assert english(signed_in(cast, "ja").get(reverse(name))) == []


def english(answer):
    """Words in Latin letters that stand together: names of products and users stand alone."""
    assert answer.status_code == 200
    return re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+", visible_text(answer.content.decode()))


def signed_in(cast, language):
    """A browser that has just proved password and second factor, so that no page asks again."""
    Authenticator.objects.create(
        user=cast.a1, type="recovery_codes", data={"migrated_codes": [], "seed": "", "used_mask": 0}
    )
    client = Client(headers={"Accept-Language": language, "User-Agent": "Firefox"})
    enter_password(client, cast.a1.email)
    client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def outside(settings):
    """A provider of outside identities, as the installation's options would configure it."""
    app = {"provider_id": "oidc", "name": "Aoba ID", "client_id": "x", "secret": "y", "settings": {"server_url": "z"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}


def test_entrance_without_a_provider_offers_none(db):
    assert "Sign in with Aoba ID" not in Client().get(reverse("account_login")).content.decode()


def test_entrance_offers_the_provider_that_is_configured(db, outside):
    client = Client(headers={"Accept-Language": "en"})
    assert "Sign in with Aoba ID" in client.get(reverse("account_login")).content.decode()


@pytest.mark.parametrize(
    ("email", "verified", "found"),
    [("a1@bank-a.example", True, "a1"), ("a1@bank-a.example", False, None), ("x@bank-a.example", True, None)],
)
def test_outside_identity_opens_the_account_of_its_verified_address_alone(cast, outside, rf, email, verified, found):
    request = rf.get("/")
    adapter = get_adapter(request)
    identity = SocialLogin(
        user=Person(email=email),
        account=SocialAccount(provider="oidc", uid="1"),
        email_addresses=[EmailAddress(email=email, verified=verified, primary=True)],
        provider=adapter.get_provider(request, "oidc"),
    )
    answer = adapter.authenticate_by_email(identity)
    assert (answer[0].name if answer else None) == found
    assert not adapter.is_open_for_signup(request, identity)


def test_sessions_page_ends_the_other_sessions(cast):
    here, there = signed_in(cast, "en"), cast.client("a1")
    there.get(reverse("members:profile"))
    here.post(reverse("usersessions_list"))
    assert there.get(reverse("members:profile")).status_code == 302
    assert here.get(reverse("members:profile")).status_code == 200


@pytest.mark.parametrize("address", ["signup/", "email/", "confirm-email/x/", "3rdparty/", "3rdparty/signup/"])
def test_door_by_which_accounts_would_grow_is_closed(address, rf):
    match = resolve(f"/{address}", urlconf="noroshi.members.account_urls")
    with pytest.raises(NotFound):
        match.func(rf.get("/"), **match.kwargs)


def test_door_of_sign_in_stays_open():
    assert resolve("/login/", urlconf="noroshi.members.account_urls").view_name == "account_login"
    with pytest.raises(Resolver404):
        resolve("/admin/", urlconf="noroshi.members.account_urls")
