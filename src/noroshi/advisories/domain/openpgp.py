"""OpenPGP as it lies on servers: the armour of keys and signatures (RFC 9580, 6.2), and what gpgv says of these."""

import base64
import binascii
import re
from collections.abc import Collection
from typing import Final

_BLOCK: Final = re.compile(
    rb"^-----BEGIN PGP (PUBLIC KEY BLOCK|SIGNATURE)-----[ \t]*\r?\n(?:[A-Za-z]+: [^\n]*\n)*[ \t]*\r?\n"
    rb"([A-Za-z0-9+/=\s]+?)(?:^=[A-Za-z0-9+/]{4}[ \t]*\r?\n)?^-----END PGP \1-----",
    re.MULTILINE,
)
_BAD: Final = {
    "BADSIG": "the signature is of something else",
    "REVKEYSIG": "the signature is by a key that was revoked",
    "EXPSIG": "the signature has expired",
    "NO_PUBKEY": "the signature is by a key that the provider does not name",
    "ERRSIG": "the signature cannot be checked",
}
"""What gpgv says (doc/DETAILS of GnuPG). A key that has expired since is none: it signed while it was good."""
_FINGERPRINT: Final = re.compile(r"[0-9A-F]{40}(?:[0-9A-F]{24})?")


def unarmoured(body: bytes) -> bytes:
    """Return the packets of all blocks; what has no armour is given back as it is."""
    if not body.lstrip().startswith(b"-----BEGIN"):
        return body
    try:
        return b"".join(base64.b64decode(found[2], validate=False) for found in _BLOCK.finditer(body))
    except (binascii.Error, ValueError):
        return b""


def fingerprint(said: str) -> str:
    """Return a fingerprint as gpgv writes it; empty where it is none."""
    plain = re.sub(r"\s", "", said).upper()
    return plain if _FINGERPRINT.fullmatch(plain) else ""


def fault_in(status: str, known: Collection[str]) -> str:
    """Return why a signature is not good, by the lines that gpgv says of it; empty where it is.

    With `known` fingerprints it has to be by one of these keys, or a part of one.
    """
    lines = [line.removeprefix("[GNUPG:] ").split() for line in status.splitlines() if line.startswith("[GNUPG:] ")]
    said = {words[0]: words[1:] for words in lines if words}
    for name, reason in _BAD.items():
        if name in said and not (name == "ERRSIG" and "NO_PUBKEY" in said):
            return reason
    if "VALIDSIG" not in said:
        return "it is no signature"
    by = said["VALIDSIG"]
    return "" if not known or (by and (by[0] in known or by[-1] in known)) else _BAD["NO_PUBKEY"]
