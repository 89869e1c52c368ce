from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec import structs

from noroshi.advisories.domain.records import Claim, ClaimKind, Moment, Record

RECORD = Record(
    "JVNDB-2099-000001",
    "A title",
    names=("CVE-2099-0001", "CVE-2099-0002"),
    claims=(Claim("CVE-2099-0001", ClaimKind.WEAKNESS, {"cwe": "CWE-79"}), Claim("CVE-2099-0002", ClaimKind.EPSS, {})),
)


def test_a_new_date_or_another_order_makes_no_new_revision():
    moment = Moment(datetime(2099, 1, 1, tzinfo=UTC), "2099-01-01")
    other = replace(RECORD, updated=moment, names=RECORD.names[::-1], claims=RECORD.claims[::-1])
    assert other.material == RECORD.material


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"link": "https://x.example/"},
        {"summary": "More"},
        {"names": RECORD.names[:1]},
        {"same_as": (("CVE-2099-0001", "JVNDB-2099-000001"),)},
        {"claims": RECORD.claims[:1]},
        {"claims": (structs.replace(RECORD.claims[0], by="ADP"), RECORD.claims[1])},
    ],
)
def test_whatever_else_changes_makes_a_new_revision(change):
    assert replace(RECORD, **change).material != RECORD.material
