"""When mail goes out and how much it may say: plain decisions, no database."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from noroshi.core.domain.tlp import TLP

DIGEST_HOUR: Final = 8
"""Local hour of the daily digest: before the morning's round."""

MOST_A_MINUTE: Final = 5
"""Mails of their own that one person gets within a minute; what is more waits and comes in one."""

FOLDING: Final = timedelta(minutes=1)


class Form(StrEnum):
    """How much of a notice a mail shows (POLICY, channels, row "mail")."""

    CONTENT = "content"
    KIND = "kind"
    NEUTRAL = "neutral"


def form_of(tlp: TLP, *, content_travels: bool) -> Form:
    """Return what a mail may say about an item of this level. `content_travels` is the policy's own answer."""
    if content_travels:
        return Form.CONTENT
    return Form.KIND if tlp <= TLP.AMBER else Form.NEUTRAL


@dataclass(frozen=True)
class Topic:
    """What a notice is about, as far as people can choose by it: the kind of signal and the groups addressed."""

    signal_kind: str = ""
    groups: frozenset[UUID] = field(default_factory=frozenset)

    def is_wanted(self, signal_kinds: frozenset[str], groups: frozenset[UUID]) -> bool:
        """Whether a person who named these, or nothing, wants mail about it."""
        kind_wanted = not signal_kinds or self.signal_kind in signal_kinds
        return kind_wanted and (not groups or not groups.isdisjoint(self.groups))


def next_digest(now: datetime) -> datetime:
    """Return the first digest hour after `now` (aware, local time of the installation)."""
    today = datetime.combine(now.date(), time(DIGEST_HOUR), tzinfo=now.tzinfo)
    return today if today > now else today + timedelta(days=1)
