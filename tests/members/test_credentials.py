"""What a request shows for itself, and whom it opens the door to."""

import base64
from ipaddress import ip_network
from ssl import DER_cert_to_PEM_cert
from urllib.parse import quote

import pytest
from django.test import RequestFactory

from noroshi.core.domain.channels import Channel
from noroshi.core.errors import InvalidInput
from noroshi.members import actions
from noroshi.members.credentials import open_request
from noroshi.members.domain.certificates import fingerprint_of, read_fingerprint
from noroshi.members.domain.scopes import Scope
from noroshi.members.models import Token, TokenOrigin

SCOPES = (Scope.TAXII_READ, Scope.TAXII_WRITE)
PEM = DER_cert_to_PEM_cert(b"a certificate of bank_a, as far as anybody here looks at it")
OTHER_PEM = DER_cert_to_PEM_cert(b"another one")


def issued(cast, name, *, scopes=("taxii.read",), **more):
    if name in cast.people:
        return actions.issue_token(cast.actor(name), person=cast.people[name], label="t", scopes=scopes, **more)
    home = cast.organisations[name]
    admin = cast.actor({"bank_a": "a_admin", "bank_b": "b_admin"}[name])
    return actions.issue_token(admin, organisation=home, label="siem", scopes=scopes, **more)


def asked(address="203.0.113.9", **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = RequestFactory().get("/", REMOTE_ADDR=address, headers=given)
    return open_request(request, Channel.TAXII, SCOPES)


def basic(name, secret):
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def test_bearer_when_the_token_has_one_of_the_scopes_then_it_opens_these(cast):
    opened = asked(Authorization=f"Bearer {issued(cast, 'a1')[1]}")
    assert (opened.actor.person, opened.actor.channel, opened.scopes) == (cast.a1.pk, Channel.TAXII, {"taxii.read"})
    assert asked(Authorization=f"Bearer {issued(cast, 'a1', scopes=['signals.read'])[1]}") is None


@pytest.mark.parametrize(
    ("holder", "name"), [("a1", "a1@bank-a.example"), ("a1", "A1@Bank-A.example "), ("bank_a", "bank_a")]
)
def test_basic_when_the_holder_is_named_then_the_token_opens(cast, holder, name):
    opened = asked(Authorization=basic(name, issued(cast, holder)[1]))
    assert opened.actor.organisation == cast.bank_a.pk
    assert opened.actor.is_machine == (holder == "bank_a")


@pytest.mark.parametrize(("holder", "name"), [("a1", "a2@bank-a.example"), ("a1", ""), ("bank_a", "a1@bank-a.example")])
def test_basic_when_somebody_else_is_named_then_it_opens_nothing_and_that_is_noted(cast, holder, name):
    secret = issued(cast, holder)[1]
    assert asked(Authorization=basic(name, secret)) is None
    assert asked(Authorization=f"Bearer {secret}") is not None


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic ???", "Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "Digest x", "Bearer", "nonsense"],
)
def test_credentials_when_they_are_none_then_nothing_opens(cast, header):
    assert asked(Authorization=header) is None


def test_basic_when_the_account_is_suspended_then_it_opens_nothing_at_the_next_request(cast):
    header = basic("bank_a", issued(cast, "bank_a")[1])
    assert asked(Authorization=header) is not None
    actions.suspend_organisation(cast.actor("hub_op"), organisation=cast.bank_a, reason="left")
    assert asked(Authorization=header) is None


@pytest.fixture
def certified(cast, settings):
    """A machine of bank_a whose token a certificate stands for, and a proxy on this machine that is believed."""
    settings.CERTIFICATE_PROXIES = [ip_network("127.0.0.0/8")]
    return issued(cast, "bank_a", certificate=fingerprint_of(PEM).upper())[0]


@pytest.mark.parametrize("address", ["127.0.0.1", ""])
def test_certificate_when_a_believed_proxy_shows_it_then_its_token_opens(cast, certified, address):
    opened = asked(address, X_Client_Certificate=quote(PEM))
    assert (opened.actor.organisation, opened.actor.token) == (cast.bank_a.pk, certified.pk)
    assert TokenOrigin.objects.filter(token=certified).count() == 1


def test_certificate_when_it_comes_from_elsewhere_or_is_unknown_then_it_opens_nothing(certified, settings):
    assert asked("203.0.113.9", X_Client_Certificate=quote(PEM)) is None
    assert asked("127.0.0.1", X_Client_Certificate=quote(OTHER_PEM)) is None
    assert asked("127.0.0.1", X_Client_Certificate="no certificate") is None
    settings.CERTIFICATE_PROXIES = []
    assert asked("127.0.0.1", X_Client_Certificate=quote(PEM)) is None


def test_certificate_when_its_token_is_revoked_then_it_opens_nothing_and_is_free_again(cast, certified):
    with pytest.raises(InvalidInput, match="opens a token already"):
        issued(cast, "bank_b", certificate=fingerprint_of(PEM))
    actions.revoke_token(cast.actor("a_admin"), token=certified)
    assert asked("127.0.0.1", X_Client_Certificate=quote(PEM)) is None
    again = issued(cast, "bank_b", certificate=fingerprint_of(PEM))[0]
    assert asked("127.0.0.1", X_Client_Certificate=quote(PEM)).actor.token == again.pk


def test_certificate_when_a_token_is_given_as_well_then_the_token_counts(cast, certified):
    own = issued(cast, "b1")[1]
    opened = asked("127.0.0.1", X_Client_Certificate=quote(PEM), Authorization=f"Bearer {own}")
    assert opened.actor.person == cast.b1.pk
    assert asked("127.0.0.1", X_Client_Certificate=quote(PEM), Authorization="Bearer nrs_wrong") is None


def test_certificate_when_it_is_for_a_person_or_no_fingerprint_then_it_is_refused(cast):
    for name, text in (("a1", fingerprint_of(PEM)), ("bank_a", "ab:cd")):
        with pytest.raises(InvalidInput) as refused:
            issued(cast, name, certificate=text)
        assert refused.value.field == "certificate"
    assert not Token.objects.exists()


def test_fingerprint_when_openssl_printed_it_then_it_is_read():
    plain = fingerprint_of(PEM)
    printed = "sha256 Fingerprint=" + ":".join(plain[place : place + 2] for place in range(0, 64, 2)).upper()
    assert (read_fingerprint(printed), read_fingerprint(plain), read_fingerprint(plain[:-1])) == (plain, plain, None)


def test_page_when_an_admin_gives_a_fingerprint_then_the_token_has_it_and_the_page_its_beginning(cast):
    client = cast.client("a_admin")
    values = {"label": "siem", "scopes": ["taxii.read"], "days": "30", "machine": "on"}
    page = client.post("/members/tokens/", values | {"certificate": fingerprint_of(PEM)}).content.decode()
    assert [token.certificate for token in Token.objects.all()] == [fingerprint_of(PEM)]
    assert f"Certificate {fingerprint_of(PEM)[:8]}…" in page
