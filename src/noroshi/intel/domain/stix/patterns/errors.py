"""Why a text is no STIX pattern."""

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong, by the name that programs see; the sentences are in `intel.wording`."""

    CHARACTER = "character"
    UNEXPECTED = "unexpected"
    UNFINISHED = "unfinished"
    TOO_LONG = "too-long"
    TOO_DEEP = "too-deep"
    TYPE = "type"
    TIMESTAMP = "timestamp"
    NUMBER = "number"
    NOT_POSITIVE = "not-positive"
    MIXED_SET = "mixed-set"
    MIXED_TYPES = "mixed-types"
    QUALIFIED_TWICE = "qualified-twice"
    HASH = "hash"


class PatternError(ValueError):
    """A text that is no pattern: the fault, the place (from 0) and what stands there."""

    def __init__(self, fault: Fault, place: int, found: str = "") -> None:
        super().__init__(f"{fault} at {place}: {found!r}")
        self.fault = fault
        self.place = place
        self.found = found
