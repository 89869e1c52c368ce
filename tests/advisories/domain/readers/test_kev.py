import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.records import Claim, ClaimKind, Record, Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

ENTRY = {
    "cveID": "CVE-2099-0001",
    "vendorProject": "Maker",
    "product": "Thing",
    "vulnerabilityName": "Maker Thing Flaw",
    "dateAdded": "2099-01-31",
    "shortDescription": "Words.",
    "requiredAction": "Update.",
    "dueDate": "2099-02-21",
    "knownRansomwareCampaignUse": "Known",
    "notes": "See https://maker.example/1 ; https://nvd.example/2",
    "cwes": ["CWE-79"],
}
CSV = (
    "cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,"
    "knownRansomwareCampaignUse,notes,cwes\n"
    "CVE-2099-0001,Maker,Thing,Maker Thing Flaw,2099-01-31,Words.,Update.,2099-02-21,Known,"
    '"See https://maker.example/1 ; https://nvd.example/2",CWE-79\n'
)


def read(body):
    return list(READERS[SourceKind.KEV](body if isinstance(body, bytes) else json.dumps(body).encode(), Given()))


def test_an_entry_is_a_record_with_the_claim_of_the_catalogue():
    (found,) = read({"vulnerabilities": [ENTRY]})
    assert (found.native_id, found.title, found.summary) == ("CVE-2099-0001", "Maker Thing Flaw", "Words.")
    assert found.claims == (
        Claim(
            "CVE-2099-0001",
            ClaimKind.KEV,
            {
                "catalogue": "cisa",
                "added": "2099-01-31",
                "due": "2099-02-21",
                "name": "Maker Thing Flaw",
                "vendor": "Maker",
                "product": "Thing",
                "action": "Update.",
                "ransomware": True,
                "links": ["https://maker.example/1", "https://nvd.example/2"],
            },
        ),
        Claim("CVE-2099-0001", ClaimKind.WEAKNESS, {"cwe": "CWE-79"}),
    )


@pytest.mark.parametrize("body", [CSV.encode(), b"\xef\xbb\xbf" + CSV.encode(), gzip.compress(CSV.encode())])
def test_the_table_says_the_same(body):
    assert read(body) == read({"vulnerabilities": [ENTRY]})


def test_one_rotten_entry_keeps_no_other_out():
    found = read({"vulnerabilities": [{**ENTRY, "cveID": "nonsense"}, 7, ENTRY]})
    assert [each.reason if isinstance(each, Refused) else each.native_id for each in found] == [
        RefusedBecause.NO_IDENTITY,
        RefusedBecause.SHAPE,
        "CVE-2099-0001",
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", RefusedBecause.NOT_JSON),
        (b"{}", RefusedBecause.SHAPE),
        (b"<html>down for maintenance</html>", RefusedBecause.NOT_CSV),
        (b"\xff\xfe\x00", RefusedBecause.NOT_CSV),
        (b"", RefusedBecause.NOT_CSV),
    ],
)
def test_what_is_no_catalogue_is_refused_with_its_reason(body, reason):
    (found,) = read(body)
    assert found.reason is reason


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(body):
    assert [each for each in read(body) if not isinstance(each, Record | Refused)] == []


def test_the_real_catalogue_says_the_same_as_its_table(shared_data):
    folder = shared_data / "advisories/kev"
    found = read((folder / "known_exploited_vulnerabilities.json").read_bytes())
    table = read((folder / "known_exploited_vulnerabilities.csv.gz").read_bytes())
    assert {each.native_id: each.material for each in found} == {each.native_id: each.material for each in table}
    assert len(found) == 1404
