"""Versions as bytes whose order is the order of the versions: ranges are then compared anywhere, by a database too.

Each scheme has its encoder. A number is written as its length and its digits, so that 10 comes behind 9; what ends
early is closed by a mark that stands where its scheme has it: behind pre-releases, before patches. A version that a
scheme cannot read has no key: nobody compares it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from noroshi.advisories.domain.affected import Scheme
from noroshi.advisories.domain.versions import debian, generic, maven, openssl, python, rpm, semver

LONGEST: Final = 200
"""Characters of a version that is compared; a longer one is a sentence."""

Encoder = Callable[[str], bytes | None]

ENCODERS: Final[Mapping[Scheme, Encoder]] = {
    Scheme.SEMVER: semver.key,
    Scheme.GENERIC: generic.key,
    Scheme.PYTHON: python.key,
    Scheme.MAVEN: maven.key,
    Scheme.RPM: rpm.key,
    Scheme.DEB: debian.key,
    Scheme.OPENSSL: openssl.key,
}
BEHIND_ALL: Final = b"\xff"
"""What comes behind every key, and, appended to the beginning of a series, behind every key of that series."""


def key(scheme: Scheme, version: str) -> bytes | None:
    """Return the key of a version; None where the scheme cannot read it, or has no order."""
    plain = version.strip()
    if not plain or len(plain) > LONGEST or (encoder := ENCODERS.get(scheme)) is None:
        return None
    return encoder(plain)


def end_of_series(version: str) -> bytes | None:
    """Return the key behind everything in a series of numbers: of ``2.*`` behind whatever begins with ``2.``.

    It holds for the schemes that begin with numbers: semantic versions, most others, and Python's without an epoch.
    """
    numbers = version.removesuffix(".*").lstrip("vV").split(".")
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return None
    return b"".join(generic.number(number) for number in numbers) + BEHIND_ALL


def compare(scheme: Scheme, one: str, other: str) -> int | None:
    """Return -1, 0 or 1 as `one` comes before, with or behind `other`; None where they cannot be compared."""
    left, right = key(scheme, one), key(scheme, other)
    return None if left is None or right is None else (left > right) - (left < right)
