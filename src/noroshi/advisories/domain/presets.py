"""Sources that most begin with: their addresses and habits, to be looked over and switched on by a person."""

from dataclasses import dataclass
from typing import Final

from noroshi.advisories.domain.sources import SourceKind

HOUR: Final = 60
DAY: Final = 24 * HOUR


@dataclass(frozen=True)
class Preset:
    """What a source is added with; nothing is asked of it before it is switched on."""

    key: str
    name: str
    kind: SourceKind
    url: str
    minutes: int
    rhythm_hours: int = 0
    """For how long it has nothing new at most; 0: nobody can say."""
    gap_seconds: int = 2
    """Between two questions to its host."""
    most_mb: int = 20
    language: str = "en"
    zone: str = "UTC"
    terms: str = ""


PRESETS: Final = (
    Preset(
        "jpcert", "JPCERT/CC", SourceKind.JPCERT, "https://www.jpcert.or.jp/rss/jpcert.rdf", 30, 7 * 24,
        language="ja", zone="Asia/Tokyo", terms="https://www.jpcert.or.jp/guide.html",
    ),
    Preset(
        "jvn", "JVN", SourceKind.JVN_RSS, "https://jvn.jp/rss/jvn.rdf", 30, 7 * 24,
        language="ja", zone="Asia/Tokyo", terms="https://jvn.jp/nav/jvnhelp.html",
    ),
    Preset(
        "jvndb", "JVN iPedia", SourceKind.JVN_RSS, "https://jvndb.jvn.jp/ja/rss/jvndb.rdf", 30, 4 * 24,
        language="ja", zone="Asia/Tokyo", terms="https://jvndb.jvn.jp/nav/jvndb.html",
    ),
    Preset(
        "myjvn", "MyJVN API", SourceKind.JVN_HND,
        "https://jvndb.jvn.jp/myjvn?method=getVulnOverviewList&feed=hnd&lang=ja", HOUR, 4 * 24,
        language="ja", zone="Asia/Tokyo", terms="https://jvndb.jvn.jp/apis/termsofuse.html",
    ),
    Preset(
        "kev", "CISA KEV", SourceKind.KEV,
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", HOUR, 14 * 24,
        terms="CC0 1.0",
    ),
    Preset(
        "cve", "CVE List", SourceKind.CVE5, "https://github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip",
        DAY, 2 * 24, most_mb=2_000, terms="https://www.cve.org/Legal/TermsOfUse",
    ),
    Preset(
        "epss", "EPSS", SourceKind.EPSS, "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", DAY, 3 * 24,
        most_mb=50, terms="FIRST: https://www.first.org/epss/",
    ),
    Preset(
        "nvd", "NVD", SourceKind.NVD, "https://services.nvd.nist.gov/rest/json/cves/2.0", 2 * HOUR, 2 * 24,
        gap_seconds=6, most_mb=50, terms="https://nvd.nist.gov/general/FAQ-Sections/General-FAQs",
    ),
    Preset(
        "ghsa", "GitHub", SourceKind.GHSA, "https://api.github.com/advisories", HOUR, 4 * 24,
        gap_seconds=5, terms="CC BY 4.0: https://github.com/github/advisory-database",
    ),
    Preset(
        "csaf", "CISA CSAF", SourceKind.CSAF, "https://github.com/cisagov/CSAF/archive/refs/heads/develop.zip",
        DAY, 14 * 24, most_mb=200, terms="https://github.com/cisagov/CSAF",
    ),
)  # fmt: skip

BY_KEY: Final = {preset.key: preset for preset in PRESETS}
