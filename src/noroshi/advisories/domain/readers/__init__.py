"""What each kind of source says. A reader turns bytes into records, and never raises for what it reads."""

from collections.abc import Mapping
from typing import Final

from noroshi.advisories.domain.readers import cve5, kev
from noroshi.advisories.domain.readers.given import Given, Reader
from noroshi.advisories.domain.sources import SourceKind

READERS: Final[Mapping[SourceKind, Reader]] = {
    SourceKind.KEV: kev.read,
    SourceKind.CVE5: cve5.read,
}

__all__ = ["READERS", "Given", "Reader"]
