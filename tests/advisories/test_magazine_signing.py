"""Mails of the magazine signed by S/MIME, held against openssl as a reader's program would."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.core import mail as outgoing

from factories.smtp import smtp_server
from noroshi.advisories import actions, magazine_mail
from noroshi.advisories.actions import ListSaid
from noroshi.advisories.domain.bulletins import Words
from noroshi.advisories.models import Category, Delivery

pytestmark = pytest.mark.usefixtures("beginnings")


def certificate_of(key) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Noroshi")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    now = datetime.now(UTC)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
    mailbox = x509.SubjectAlternativeName([x509.RFC822Name("noroshi@localhost")])
    return builder.add_extension(mailbox, critical=False).sign(key, hashes.SHA256())


def pem_of(key) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def written(tmp_path, key, name="smime") -> tuple[str, str]:
    """Write a certificate and its key; return the names of the files."""
    certificate, secret = tmp_path / f"{name}.pem", tmp_path / f"{name}.key"
    certificate.write_bytes(certificate_of(key).public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(pem_of(key))
    return str(certificate), str(secret)


@pytest.fixture(params=["rsa", "ec"])
def signed_by(request, tmp_path, settings):
    """The installation has a certificate; return its file."""
    made = rsa.generate_private_key(65537, 2048) if request.param == "rsa" else ec.generate_private_key(ec.SECP256R1())
    settings.SMIME_CERTIFICATE, settings.SMIME_CERTIFICATE_KEY = written(tmp_path, made)
    return settings.SMIME_CERTIFICATE


@pytest.fixture
def mailing(cast, published):
    """A bulletin under way to one address, with a text as awkward as mail can be."""
    operator = cast.actor("hub_op")
    said = ListSaid("alerts", "注意", "Alerts", list(Category.objects.filter(series="VULN")), ceiling="GREEN")
    row = actions.keep_mailing_list(operator, said)
    actions.add_subscriber(operator, row, address="kato@example.jp", reason="x")
    words = Words("緊急の脆弱性", "更新してください\n\n.\nFrom here\n" + "長い行" * 400)
    return actions.begin_mailings(published(words=words), "issue")[0]


def checked(raw: bytes, certificate: str, tmp_path) -> tuple[int, bytes]:
    """Return what openssl says of a mail, and what it says was signed."""
    path = tmp_path / "mail.eml"
    path.write_bytes(raw)
    asked = ["openssl", "cms", "-verify", "-in", path, "-CAfile", certificate, "-purpose", "any"]
    done = subprocess.run(asked, capture_output=True, check=False)
    return done.returncode, done.stdout


def test_what_arrives_by_smtp_is_signed_and_a_changed_byte_is_seen(signed_by, mailing, tmp_path, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with smtp_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.address
        magazine_mail.send_some(mailing)
    (raw,) = server.taken
    assert Delivery.everything.get().state == "sent"
    verdict, content = checked(raw, signed_by, tmp_path)
    assert (verdict, content.count(b"Content-Transfer-Encoding: base64")) == (0, 2)
    head, _blank, body = raw.partition(b"\r\n\r\n")
    assert b"multipart/signed" in head
    assert [line for line in raw.splitlines() if len(line) > 990 or not line.isascii()] == []
    place = body.index(b"base64\r\n\r\n") + 40
    changed = body[:place] + (b"A" if body[place : place + 1] != b"A" else b"B") + body[place + 1 :]
    assert checked(head + b"\r\n\r\n" + changed, signed_by, tmp_path)[0] != 0


def test_without_a_certificate_it_goes_as_it_is(mailing, settings):
    settings.SMIME_CERTIFICATE = ""
    magazine_mail.send_some(mailing)
    assert outgoing.outbox[-1].message().get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("wrong", ["missing", "no certificate", "another key"])
def test_what_should_be_signed_and_cannot_be_does_not_go_and_is_not_lost(mailing, tmp_path, settings, wrong):
    certificate, key = written(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    settings.SMIME_CERTIFICATE, settings.SMIME_CERTIFICATE_KEY = certificate, key
    before = len(outgoing.outbox)
    if wrong == "missing":
        settings.SMIME_CERTIFICATE = str(tmp_path / "none.pem")
    elif wrong == "no certificate":
        settings.SMIME_CERTIFICATE = key
    else:
        settings.SMIME_CERTIFICATE_KEY = written(tmp_path, ec.generate_private_key(ec.SECP256R1()), "other")[1]
    magazine_mail.send_some(mailing)
    mailing.refresh_from_db()
    assert (len(outgoing.outbox) - before, Delivery.everything.get().state) == (0, "waiting")
    assert mailing.trouble.startswith("The certificate by which mails are signed cannot be used:")
    settings.SMIME_CERTIFICATE, settings.SMIME_CERTIFICATE_KEY = certificate, key
    magazine_mail.send_some(mailing)
    assert Delivery.everything.get().state == "sent"
