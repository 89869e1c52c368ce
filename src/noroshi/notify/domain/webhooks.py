"""Standard Webhooks 1.0: how a message is signed, and when it is tried again. Plain decisions, no database."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

PREFIX: Final = "whsec_"
TEST: Final = "webhook.test"

WAITS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
)
"""How long to wait after each failure; after the last, the message is given up."""

GONE: Final = 410
"""By this answer the other side says that it wants no more."""


def new_secret() -> str:
    """Return a fresh signing secret as the standard writes it: 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, number: str, moment: datetime, body: bytes) -> str:
    """Return the value of `webhook-signature`: HMAC-SHA256 over id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join([number.encode(), str(int(moment.timestamp())).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def next_try(tries: int, now: datetime) -> datetime | None:
    """Return when a message that failed `tries` times is tried again; None where it is given up."""
    return now + WAITS[tries - 1] if tries <= len(WAITS) else None


def is_delivered(status: int) -> bool:
    """Whether this answer says that the message has arrived. A redirect does not: it is not followed."""
    return 200 <= status < 300  # noqa: PLR2004 - the class of success
