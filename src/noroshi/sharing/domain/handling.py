"""What readers may do with what they read: the Permissible Actions Protocol, caveats, and what each value is for.

PAP is the taxonomy that MISP publishes beside TLP: TLP says who may know, PAP what may be done with the knowledge. It
has no effect on who sees a signal.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Pap(StrEnum):
    """What may be done, the least first."""

    RED = "RED"
    AMBER = "AMBER"
    GREEN = "GREEN"
    CLEAR = "CLEAR"

    @property
    def label(self) -> str:
        """The marking as the taxonomy writes it."""
        return f"PAP:{self.value}"


class Caveat(StrEnum):
    """A condition on the use, from a closed list: a sentence of one's own would be read by nobody's machine."""

    PROTECTION = "protection"
    NO_CONTACT = "no_contact"
    NO_BLOCKING = "no_blocking"
    NO_SUBMISSION = "no_submission"


class Objective(StrEnum):
    """What the author gives a value for."""

    DETECT = "detect"
    BLOCK = "block"
    ANALYSE = "analyse"


USUAL_OBJECTIVE: Final = Objective.DETECT
"""Looking harms nobody where a value turns out to be wrong; blocking does."""

WITHOUT_BLOCKING: Final = frozenset({Pap.RED, Pap.AMBER})
"""Blocking can be noticed from outside."""


@dataclass(frozen=True)
class Handling:
    """What readers may do: a level of the protocol, or none said, and caveats."""

    pap: Pap | None = None
    caveats: frozenset[Caveat] = field(default_factory=frozenset)

    @property
    def forbids_blocking(self) -> bool:
        """Whether no value may be blocked (yet)."""
        return self.pap in WITHOUT_BLOCKING or Caveat.NO_BLOCKING in self.caveats

    def contradicts(self, objectives: Collection[Objective]) -> bool:
        """Whether a value is given for what the handling forbids."""
        return self.forbids_blocking and Objective.BLOCK in objectives
