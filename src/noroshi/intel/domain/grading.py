"""How sure a report is: the Admiralty code (NATO AJP-2.1, annex on evaluation), as MISP's `admiralty-scale` has it.

The source and what it says are judged apart: a reliable source can pass on what is doubtful.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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

    @classmethod
    def of(cls, reliability: str, credibility: str) -> "Grading":
        """Return the judgements by their codes; "" where one was not given. Raise ValueError for any other."""
        return cls(Reliability(reliability) if reliability else None, Credibility(credibility) if credibility else None)

    def __bool__(self) -> bool:
        """Whether anything was judged."""
        return self.reliability is not None or self.credibility is not None

    @property
    def codes(self) -> tuple[str, str]:
        """Both as they are stored; "" where one was not given."""
        return self.reliability or "", self.credibility or ""

    @property
    def confidence(self) -> int | None:
        """The credibility on STIX's scale (2.1, appendix A, "Admiralty Credibility"); None where it was not judged."""
        return _CONFIDENCE.get(self.credibility) if self.credibility else None

    @property
    def tags(self) -> list[str]:
        """Both as words of the taxonomy `admiralty-scale`, each as far as it was given."""
        said = (("source-reliability", self.reliability), ("information-credibility", self.credibility))
        return [f'admiralty-scale:{name}="{value}"' for name, value in said if value]

    @property
    def code(self) -> str:
        """Both as people write them: `B2`; what was not judged is not in it."""
        return f"{self.reliability or ''}{self.credibility or ''}".upper()


_CONFIDENCE: Final[Mapping[Credibility, int]] = {
    Credibility.CONFIRMED: 90,
    Credibility.PROBABLY: 70,
    Credibility.POSSIBLY: 50,
    Credibility.DOUBTFUL: 30,
    Credibility.IMPROBABLE: 10,
}
