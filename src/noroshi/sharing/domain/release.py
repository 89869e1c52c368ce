"""What is grave enough to wait for a human release (docs/develop/decisions/0016)."""

from enum import StrEnum

from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP


class Gravity(StrEnum):
    """Why a signal waits."""

    RED = "red"
    ANONYMOUS = "anonymous"


def gravity(tlp: TLP, author_mode: AuthorMode) -> tuple[Gravity, ...]:
    """Return why a signal must be released by a hub operator before it goes out; nothing where it flows."""
    reasons = []
    if tlp is TLP.RED:
        reasons.append(Gravity.RED)
    if author_mode is not AuthorMode.NAMED:
        reasons.append(Gravity.ANONYMOUS)
    return tuple(reasons)
