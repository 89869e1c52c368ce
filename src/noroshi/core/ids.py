"""Identifiers: UUID version 7 (RFC 9562 section 5.7), sortable by the moment of their making.

The clock of an identifier has milliseconds only and its tail is random, so two numbers in a row tell nobody
how many items were made between them.
"""

import secrets
import time
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62


def new_id() -> UUID:
    """Return a fresh UUIDv7."""
    milliseconds = time.time_ns() // 1_000_000
    high = (milliseconds & (1 << 48) - 1) << 80
    return UUID(int=high | _VERSION_7 | secrets.randbits(12) << 64 | _VARIANT_RFC | secrets.randbits(62))
