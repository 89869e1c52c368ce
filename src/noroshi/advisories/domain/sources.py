"""Kinds of sources: each is read by a reader of its own (`domain.readers`)."""

from enum import StrEnum
from typing import Final


class SourceKind(StrEnum):
    """What a source sends."""

    FEED = "feed"
    """RSS 0.9x, 1.0 and 2.0, Atom (RFC 4287), JSON Feed 1.1."""
    JPCERT = "jpcert"
    """JPCERT/CC's RSS 1.0."""
    JVN_RSS = "jvn_rss"
    """JVN and JVN iPedia: RSS 1.0 with mod_sec 3.0."""
    JVN_HND = "jvn_hnd"
    """MyJVN API 3.x: XML (VULDEF)."""
    JVN_OKA = "jvn_oka"
    """MyJVN API 4.0: JSON."""
    KEV = "kev"
    """CISA's catalogue of exploited vulnerabilities: JSON or CSV."""
    CVE5 = "cve5"
    """Records in the CVE Record Format 5.x."""
    EPSS = "epss"
    """FIRST's scores: CSV."""
    NVD = "nvd"
    """NVD's CVE API 2.0."""
    OSV = "osv"
    """OSV 1.x, GitHub's advisories among them."""
    GHSA = "ghsa"
    """GitHub's REST API."""
    CSAF = "csaf"
    """CSAF 2.0 and 2.1."""
    MAIL = "mail"
    """A mail (RFC 5322)."""
    PAGE = "page"
    """A web page without a feed."""


USUAL_ZONE: Final = {
    SourceKind.JPCERT: "Asia/Tokyo",
    SourceKind.JVN_RSS: "Asia/Tokyo",
    SourceKind.JVN_HND: "Asia/Tokyo",
    SourceKind.JVN_OKA: "Asia/Tokyo",
}
"""The zone of dates that name none; of all other kinds UTC."""

USUAL_LANGUAGE: Final = {
    SourceKind.JPCERT: "ja",
    SourceKind.JVN_RSS: "ja",
    SourceKind.JVN_HND: "ja",
    SourceKind.JVN_OKA: "ja",
    SourceKind.KEV: "en",
    SourceKind.CVE5: "en",
    SourceKind.NVD: "en",
    SourceKind.OSV: "en",
    SourceKind.GHSA: "en",
}
"""The language of a source that does not say it."""
