from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.records import Claim, ClaimKind
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.domain.summaries import LEVELS, Said, Summary, level_of, summary_of

NAME = "CVE-2099-0001"


def said(kind, value, by="", source=SourceKind.CVE5):
    return Said(source, Claim(NAME, kind, value, by))


def score(number, system="CVSS:3.1", by="maker", source=SourceKind.CVE5, **more):
    return said(ClaimKind.SEVERITY, {"system": system, "score": number, **more}, by, source)


def kev(**value):
    return said(ClaimKind.KEV, {"catalogue": "cisa", **value}, source=SourceKind.KEV)


def test_of_what_nobody_said_nothing_is_known():
    assert summary_of([]) == Summary()


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ([score(5.0, "CVSS:3.1"), score(7.0, "CVSS:4.0")], (7.0, "high", "CVSS:4.0")),
        ([score(9.8, by="CISA-ADP"), score(5.0)], (5.0, "medium", "CVSS:3.1")),
        ([score(9.8, by="CISA-ADP"), score(1.0, source=SourceKind.NVD)], (9.8, "critical", "CVSS:3.1")),
        ([score(1.0, source=SourceKind.NVD), score(4.0, source=SourceKind.JVN_RSS)], (4.0, "medium", "CVSS:3.1")),
        ([score(9.1, level="HIGH")], (9.1, "high", "CVSS:3.1")),
        ([score(9.1, level="IMPORTANT")], (9.1, "critical", "CVSS:3.1")),
        ([said(ClaimKind.SEVERITY, {"system": "x", "score": "9"})], (None, "", "")),
    ],
)
def test_the_score_is_its_authors_and_the_newest_of_these(claims, found):
    for order in (claims, claims[::-1]):
        summary = summary_of(order)
        assert (summary.score, summary.level, summary.system) == found


def test_exploited_is_what_any_catalogue_says_since_the_first_day_and_due_by_the_earliest():
    summary = summary_of(
        [kev(added="2099-02-01", due="2099-02-21"), kev(added="2099-01-31", due="soon", ransomware=True)]
    )
    assert (summary.exploited_since, summary.due, summary.ransomware) == (date(2099, 1, 31), date(2099, 2, 21), True)


def test_of_scores_and_points_the_newest_counts():
    summary = summary_of(
        [
            said(ClaimKind.EPSS, {"probability": 0.1, "percentile": 0.2, "date": "2099-01-01"}),
            said(ClaimKind.EPSS, {"probability": 0.9, "percentile": 0.99, "date": "2099-01-02"}),
            said(
                ClaimKind.SSVC, {"exploitation": "active", "automatable": True, "impact": "total", "at": "2099-01-02"}
            ),
            said(ClaimKind.SSVC, {"exploitation": "none", "automatable": False, "at": "2099-01-01"}),
            said(ClaimKind.REMEDY, {"kind": "fix", "text": "Update."}),
            said(ClaimKind.STATE, {"state": "rejected"}),
        ]
    )
    assert summary == Summary(
        state="rejected",
        probability=0.9,
        percentile=0.99,
        exploitation="active",
        automatable=True,
        impact="total",
        has_remedy=True,
    )


@given(st.floats(0, 10))
def test_every_score_has_a_word(number):
    assert level_of(number) in LEVELS
