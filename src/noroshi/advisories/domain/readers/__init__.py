"""What each kind of source says. A reader turns bytes into records, and never raises for what it reads."""

from collections.abc import Mapping
from typing import Final

from noroshi.advisories.domain.readers import (
    csaf,
    cve5,
    epss,
    feed,
    ghsa,
    jpcert,
    jvn_hnd,
    jvn_oka,
    jvn_rss,
    kev,
    mail,
    nvd,
    osv,
    page,
)
from noroshi.advisories.domain.readers.given import Given, Reader
from noroshi.advisories.domain.sources import SourceKind

READERS: Final[Mapping[SourceKind, Reader]] = {
    SourceKind.FEED: feed.read,
    SourceKind.JPCERT: jpcert.read,
    SourceKind.JVN_RSS: jvn_rss.read,
    SourceKind.JVN_HND: jvn_hnd.read,
    SourceKind.JVN_OKA: jvn_oka.read,
    SourceKind.KEV: kev.read,
    SourceKind.CVE5: cve5.read,
    SourceKind.EPSS: epss.read,
    SourceKind.NVD: nvd.read,
    SourceKind.OSV: osv.read,
    SourceKind.GHSA: ghsa.read,
    SourceKind.CSAF: csaf.read,
    SourceKind.MAIL: mail.read,
    SourceKind.PAGE: page.read,
}

__all__ = ["READERS", "Given", "Reader"]
