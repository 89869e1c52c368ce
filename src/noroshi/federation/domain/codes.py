"""The code by which two installations find each other once: shown on one side, entered on the other.

It holds an address of the code, a secret that proves on both sides that somebody was given it, and the beginning of
the key's digest, so that no third party between the two can put a key of its own in the place of either.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final, Self

_ID: Final = 5
_SECRET: Final = 16
_MARK: Final = 9
_GROUP: Final = 6


@dataclass(frozen=True)
class Code:
    """Three byte strings; `text` is what people copy."""

    id: bytes
    secret: bytes
    mark: bytes

    @classmethod
    def fresh(cls, public_key: str) -> Self:
        """Return a new code for the side that shows `public_key` (hex)."""
        return cls(secrets.token_bytes(_ID), secrets.token_bytes(_SECRET), mark_of(public_key))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the code that somebody typed, with whatever spaces and in whatever case; None if it is none."""
        letters = "".join(text.split()).replace("-", "").upper()
        try:
            raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
        except (binascii.Error, ValueError):
            return None
        if len(raw) != _ID + _SECRET + _MARK:
            return None
        return cls(raw[:_ID], raw[_ID : _ID + _SECRET], raw[_ID + _SECRET :])

    @property
    def text(self) -> str:
        """The code in groups of six letters and digits."""
        letters = base64.b32encode(self.id + self.secret + self.mark).decode().rstrip("=")
        return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))

    def proof(self, body: bytes) -> str:
        """Return what only somebody with the code can say of `body`: HMAC-SHA256, in hex."""
        return hmac.new(self.secret, body, hashlib.sha256).hexdigest()

    def proves(self, proof: str, body: bytes) -> bool:
        """Whether `proof` was made of `body` with this code."""
        return proof.isascii() and hmac.compare_digest(self.proof(body), proof)

    def fits(self, public_key: str) -> bool:
        """Whether `public_key` (hex) is the one of the side that showed the code."""
        return hmac.compare_digest(self.mark, mark_of(public_key))


def mark_of(public_key: str) -> bytes:
    """Return the beginning of the digest of a key (hex): 72 bits."""
    return hashlib.sha256(bytes.fromhex(public_key)).digest()[:_MARK]
