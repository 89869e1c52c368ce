"""What is told of a component and a block, in one number: the least of several is what is told of a vulnerability.

From above: whether the reference is asked, which comes before all else; the answer; how sure it is; the span, so that
the first block is told; and by which kind of name the two are one. A sureness is written as so many ones. So the ranks
of a span and of a component make that of the pair by a mere OR, in which the less sure of the two prevails.
"""

from dataclasses import dataclass
from typing import Final

from noroshi.advisories.domain.matching import Answer, Confidence, Verdict

ANSWERS: Final = tuple(Answer)
CONFIDENCES: Final = tuple(Confidence)
_KIND_BITS: Final = 2
_KIND: Final = (1 << _KIND_BITS) - 1
_SPAN_BITS: Final = 40
_SURE_AT: Final = _SPAN_BITS + _KIND_BITS
_ANSWER_AT: Final = _SURE_AT + len(CONFIDENCES) - 1

ASK: Final = -(1 << 63)
"""The sign of a 64-bit number: only the reference can tell."""
SPAN: Final = f"((rank >> {_KIND_BITS}) & {(1 << _SPAN_BITS) - 1})"
"""SQL of the number of the span."""
KIND: Final = f"(rank & {_KIND})"
"""SQL of the kind of name by which two are one."""


@dataclass(frozen=True, slots=True)
class Rank:
    """A rank, as it is read again."""

    answer: Answer
    confidence: Confidence
    kind: int


def of_verdict(verdict: Verdict) -> int:
    """Return the rank of a verdict."""
    return ANSWERS.index(verdict.answer) << _ANSWER_AT | at_most(verdict.confidence)


def at_most(confidence: Confidence) -> int:
    """Return the rank with which nothing is surer than this."""
    return ((1 << CONFIDENCES.index(confidence)) - 1) << _SURE_AT


def of_span(number: int) -> int:
    """Return the rank of the number of a span."""
    return number << _KIND_BITS


def read(rank: int) -> Rank:
    """Return what a rank says that does not ask."""
    ones = (rank >> _SURE_AT) & ((1 << len(CONFIDENCES) - 1) - 1)
    return Rank(ANSWERS[rank >> _ANSWER_AT], CONFIDENCES[ones.bit_count()], kind_of(rank))


def kind_of(rank: int) -> int:
    """Return by which kind of name two are one."""
    return rank & _KIND


def behind(answer: Answer) -> int:
    """Return what is more than the rank of whatever says this, or what comes before it."""
    return ANSWERS.index(answer) + 1 << _ANSWER_AT
