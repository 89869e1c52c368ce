"""Addresses to which single mails of the magazine come back: what stands behind the plus sign is of one mail alone.

It names the mail by its number, which says nothing of its reader, and cannot be made without the installation's key.
Mail servers may write it in capitals or small letters.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT: Final = "advisories.magazine.return"
_NUMBER, _SEAL = 16, 9
_TOKEN: Final = re.compile(r"\+([a-z2-7]{40})@", re.IGNORECASE)
_MOST: Final = 20
"""Tokens that one letter is asked for."""


def return_address(delivery_id: UUID) -> str:
    """Return the address to which a mail comes back."""
    name, _at, domain = settings.MAIL_RETURN.rpartition("@")
    token = base64.b32encode(delivery_id.bytes + _seal(delivery_id)).decode().lower()
    return f"{name}+{token}@{domain}"


def whose_return(addresses: Iterable[str]) -> UUID | None:
    """Return which mail comes back to one of these addresses; None where none was made here."""
    tokens = [token for text in addresses for token in _TOKEN.findall(text)]
    for token in tokens[:_MOST]:
        said = base64.b32decode(token.upper())
        number = UUID(bytes=said[:_NUMBER])
        if hmac.compare_digest(said[_NUMBER:], _seal(number)):
            return number
    return None


def _seal(delivery_id: UUID) -> bytes:
    return salted_hmac(_SALT, delivery_id.bytes, algorithm="sha256").digest()[:_SEAL]
