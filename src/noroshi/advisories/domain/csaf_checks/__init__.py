"""The mandatory tests of CSAF 2.0 (section 6.1): which of them a document fails, and in a sentence why.

They are no schema: a document that is built well may say two things that cannot both be so. A document of another
version of CSAF is not held against them, for its tests are others.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from noroshi.advisories.domain.csaf_checks.failures import Check, Failure, field, sort_key
from noroshi.advisories.domain.csaf_checks.history import CHECKS as OF_HISTORY
from noroshi.advisories.domain.csaf_checks.products import CHECKS as OF_PRODUCTS
from noroshi.advisories.domain.csaf_checks.profiles import CHECKS as OF_PROFILES
from noroshi.advisories.domain.csaf_checks.scores import CHECKS as OF_SCORES
from noroshi.advisories.domain.csaf_checks.words import CHECKS as OF_WORDS

VERSION: Final = "2.0"
MOST: Final = 200
"""So many failures of one document are told."""

_CHECKS: Final[Mapping[str, Check]] = {**OF_PRODUCTS, **OF_SCORES, **OF_WORDS, **OF_HISTORY, **OF_PROFILES}
TESTS: Final = tuple(sorted(_CHECKS, key=sort_key))
"""Their numbers."""


def failures(document: Mapping[str, Any]) -> list[Failure]:
    """Return what a document fails, in the order of the tests; raises nothing whatever it is made of."""
    return list(_failures(document)) if field(document, "document").get("csaf_version") == VERSION else []


def _failures(document: Mapping[str, Any]) -> Iterator[Failure]:
    count = 0
    for test in TESTS:
        for sentence in dict.fromkeys(_CHECKS[test](document)):
            count += 1
            if count > MOST:
                return
            yield Failure(test, sentence)


__all__ = ["TESTS", "Failure", "failures"]
