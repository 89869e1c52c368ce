"""What webhooks say: asked of the room that owns the subject, through the policy, when the message is sent.

    @carries("sharing.signal")
    def compose(actor, type, subject_id):
        return Message(type, {...}) or None

`actor` is the organisation's machine by the channel WEBHOOK. None means that there is nothing to say to it (any more).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from noroshi.core.actor import Actor


@dataclass(frozen=True)
class Message:
    """What a webhook is told: by its time it may be of another type than the event that caused it."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    on_delivery: Callable[[], None] = lambda: None
    """Called once the other side has taken it."""


Composer = Callable[[Actor, str, UUID], Message | None]

_composers: Final[dict[str, Composer]] = {}


def carries(subject: str) -> Callable[[Composer], Composer]:
    """Register the decorated composer for `subject`."""

    def register(composer: Composer) -> Composer:
        _composers[subject] = composer
        return composer

    return register


def compose(actor: Actor, subject: str, type: str, subject_id: UUID) -> Message | None:  # noqa: A002 - as the message calls it
    """Return what may be said to `actor`, or None."""
    composer = _composers.get(subject)
    return composer(actor, type, subject_id) if composer else None
