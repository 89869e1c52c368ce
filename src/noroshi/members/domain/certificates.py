"""Clients' certificates: known by the SHA-256 of their DER form, as `openssl x509 -fingerprint -sha256` prints it."""

import hashlib
import re
from ssl import PEM_cert_to_DER_cert

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def read_fingerprint(text: str) -> str | None:
    """Return a fingerprint as 64 digits in lower case, colons and spaces taken out; None where the text is none."""
    plain = re.sub(r"[:\s]", "", text.rpartition("=")[2]).lower()
    return plain if _FINGERPRINT.fullmatch(plain) else None


def fingerprint_of(pem: str) -> str | None:
    """Return the fingerprint of a certificate in PEM; None where it is none."""
    try:
        return hashlib.sha256(PEM_cert_to_DER_cert(pem)).hexdigest()
    except ValueError:
        return None
