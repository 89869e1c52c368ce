"""Secrets that must be known again, encrypted in the database: a stolen database alone opens nothing."""

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def sealed(purpose: str, secret: bytes) -> str:
    """Return a secret as the database keeps it."""
    return _cipher(purpose).encrypt(secret).decode()


def opened(purpose: str, kept: str) -> bytes:
    """Return a secret that the database keeps.

    Raises `cryptography.fernet.InvalidToken` where it was sealed under another key, or for another purpose.
    """
    return _cipher(purpose).decrypt(kept.encode())


def _cipher(purpose: str) -> Fernet:
    key = hashlib.sha256(purpose.encode() + b"\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
