"""Secrets that are shown once and stored as their hash.

A secret has 256 random bits, so a plain SHA-256 is as good as a slow hash and can be looked up by an index: the
lookup compares hashes, and how long it takes says nothing about the secret.
"""

import hashlib
import secrets
from typing import Final

TOKEN_PREFIX: Final = "nrs_"  # noqa: S105 - lets secret scanners recognise ours
LONGEST: Final = 200


def new_token() -> str:
    """Return a fresh API token."""
    return TOKEN_PREFIX + new_secret()


def new_secret() -> str:
    """Return a fresh secret of an invitation, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is stored of a secret: SHA-256 in hex, 64 characters."""
    return hashlib.sha256(secret.encode()).hexdigest()
