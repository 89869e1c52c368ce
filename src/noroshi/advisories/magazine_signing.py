"""Signing mails of the magazine by S/MIME (RFC 8551), where the installation has a certificate for its sender.

What is signed is sent to the letter: a mail server that writes a signed mail anew would break the signature, so it is
seven bits wide, with lines that end as on the wire.
"""

import base64
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesParser
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from noroshi.core import ids
from noroshi.core.errors import Unavailable

_WIRE: Final = b"\r\n"


@dataclass(frozen=True)
class Signer:
    """A certificate with its key, and the certificates between it and an authority."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    between: tuple[x509.Certificate, ...] = ()

    @classmethod
    def of_files(cls, certificate: Path, key: Path) -> Self:
        """Return what two PEM files hold. Raises ValueError or OSError where they do not hold it."""
        chain = x509.load_pem_x509_certificates(certificate.read_bytes())
        found = serialization.load_pem_private_key(key.read_bytes(), password=None)
        if not isinstance(found, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise ValueError("the key is neither of RSA nor of an elliptic curve")  # noqa: TRY004 - of a file's content
        if _public(found.public_key()) != _public(chain[0].public_key()):
            raise ValueError("the key is not that of the certificate")
        return cls(chain[0], found, tuple(chain[1:]))

    def signature(self, body: bytes) -> bytes:
        """Return the detached signature (DER) of what is sent."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(body)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        for each in self.between:
            builder = builder.add_certificate(each)
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        return builder.sign(serialization.Encoding.DER, options)


def _public(key: Any) -> bytes:
    return bytes(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def signer() -> Signer | None:
    """Return by what mails are signed here; None where nothing is set. Raises Unavailable where it cannot be read.

    What should be signed and cannot be does not go: readers were told to mistrust what is not.
    """
    if not settings.SMIME_CERTIFICATE:
        return None
    certificate = Path(settings.SMIME_CERTIFICATE)
    key = Path(settings.SMIME_CERTIFICATE_KEY or settings.SMIME_CERTIFICATE)
    try:
        return _read(certificate, key, certificate.stat().st_mtime_ns, key.stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        sentence = _("The certificate by which mails are signed cannot be used: %(why)s")
        raise Unavailable(sentence % {"why": error}) from error


@lru_cache(maxsize=1)
def _read(certificate: Path, key: Path, *_changed: int) -> Signer:
    return Signer.of_files(certificate, key)


class Signed(EmailMultiAlternatives):
    """A mail with plain text and HTML, signed where there is something to sign it by."""

    def message(self, **options: Any) -> Any:
        """Return the mail as it is sent."""
        plain = super().message(**options)
        by = signer()
        return plain if by is None else _sealed(plain, by)


class _Verbatim(Message):
    """A mail whose bytes are sent as they are."""

    raw: bytes = b""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, linesep: str = "\n") -> bytes:  # noqa: FBT001, FBT002
        """Return the bytes, with the line ends that are asked for."""
        del unixfrom, policy
        return self.raw.replace(_WIRE, linesep.encode())


def _sealed(plain: Message, by: Signer) -> _Verbatim:
    inner = _inner(plain)
    bound = f"noroshi-{ids.new_id().hex}"
    seal = base64.encodebytes(by.signature(inner)).replace(b"\n", _WIRE)
    kept = Message()
    for name, value in plain.items():
        if not name.lower().startswith(("content-", "mime-version")):
            kept[name] = value
    head = _lines(kept.as_bytes().rstrip(b"\n"))
    outer = (
        "MIME-Version: 1.0",
        'Content-Type: multipart/signed; protocol="application/pkcs7-signature";',
        f' micalg="sha-256"; boundary="{bound}"',
        "",
        f"--{bound}",
    )
    foot = (
        "",
        f"--{bound}",
        'Content-Type: application/pkcs7-signature; name="smime.p7s"',
        "Content-Transfer-Encoding: base64",
        'Content-Disposition: attachment; filename="smime.p7s"',
        "",
        "",
    )
    end = f"--{bound}--\r\n".encode()
    raw = _WIRE.join([head, *(line.encode() for line in outer), inner]) + _WIRE.join(line.encode() for line in foot)
    found = BytesParser(_class=_Verbatim).parsebytes(raw + seal + end)
    found.raw = raw + seal + end
    return found


def _inner(plain: Message) -> bytes:
    """Return the content alone: no header but those that say what it is, every text in seven bits."""
    content = message_from_bytes(plain.as_bytes())
    for name in list(content.keys()):
        if not name.lower().startswith("content-"):
            del content[name]
    for part in content.walk():
        if not part.is_multipart():
            body = part.get_payload(decode=True)
            del part["Content-Transfer-Encoding"]
            part["Content-Transfer-Encoding"] = "base64"
            part.set_payload(base64.encodebytes(body if isinstance(body, bytes) else b"").decode())
    return _lines(content.as_bytes())


def _lines(text: bytes) -> bytes:
    return text.replace(_WIRE, b"\n").replace(b"\n", _WIRE)
