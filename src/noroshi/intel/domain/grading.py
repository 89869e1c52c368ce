"""How sure a report is: the Admiralty code (NATO AJP-2.1, annex on evaluation), as MISP's `admiralty-scale` has it.

The source and what it says are judged apart: a reliable source can pass on what is doubtful.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reliability(StrEnum):
    """How far the source can be relied on."""

    COMPLETELY = "a"
    USUALLY = "b"
    FAIRLY = "c"
    NOT_USUALLY = "d"
    UNRELIABLE = "e"
    UNJUDGED = "f"


class Credibility(StrEnum):
    """How credible what it says is."""

    CONFIRMED = "1"
    PROBABLY = "2"
    POSSIBLY = "3"
    DOUBTFUL = "4"
    IMPROBABLE = "5"
    UNJUDGED = "6"


@dataclass(frozen=True)
class Grading:
    """Both judgements, each as far as it was given."""

    reliability: Reliability | None = None
    credibility: Credibility | None = None

    def __bool__(self) -> bool:
        """Whether anything was judged."""
        return self.reliability is not None or self.credibility is not None

    @property
    def code(self) -> str:
        """Both as people write them: `B2`; what was not judged is not in it."""
        return f"{self.reliability or ''}{self.credibility or ''}".upper()
