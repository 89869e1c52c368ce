"""Identifiers: UUID version 7 (RFC 9562 section 5.7), sortable by the moment of their making.

The clock of an identifier has milliseconds only and its tail is random, so two numbers in a row tell nobody
how many items were made between them.
"""

import secrets
import time
from datetime import datetime
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62


_DAY = 24 * 60 * 60 * 1000


def new_id() -> UUID:
    """Return a fresh UUIDv7."""
    return _made_at(time.time_ns() // 1_000_000)


def new_vague_id() -> UUID:
    """Return a fresh UUIDv7 that tells the day (UTC) of its making, and no more.

    For what may be anonymous: an address that everybody reads must not say in which minute its author sat down.
    """
    now = time.time_ns() // 1_000_000
    return _made_at(now - now % _DAY)


def new_id_of(moment: datetime, place: int) -> UUID:
    """Return a fresh UUIDv7 that tells `moment` instead of its own, and keeps the order of the places in it."""
    return _made_at(int(moment.timestamp() * 1000) + place)


def _made_at(milliseconds: int) -> UUID:
    high, chance = (milliseconds & (1 << 48) - 1) << 80, secrets.randbits(74)
    return UUID(int=high | _VERSION_7 | chance >> 62 << 64 | _VARIANT_RFC | chance & (1 << 62) - 1)
