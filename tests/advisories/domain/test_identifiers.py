import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.identifiers import is_cve, names_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("脆弱性CVE-2099-1001を悪用", ("CVE-2099-1001",)),
        ("ＣＶＥ－２０９９－１００１と cve‐2099‑1002", ("CVE-2099-1001", "CVE-2099-1002")),
        ("CVE-2099-1234567890123456789", ("CVE-2099-1234567890123456789",)),
        ("CVE-2099-12345678901234567890", ()),
        ("JVN#12345678、JVNVU#87654321 (JVNDB-2099-000001)", ("JVN#12345678", "JVNVU#87654321", "JVNDB-2099-000001")),
        ("https://jvn.jp/jp/JVN12345678/", ("JVN#12345678",)),
        ("JPCERT-AT-2099-0001: see GHSA-29QJ-rvv6-qrmv", ("JPCERT-AT-2099-0001", "GHSA-29qj-rvv6-qrmv")),
        ("CVE-2099-1001 CVE-2099-1001", ("CVE-2099-1001",)),
        ("xCVE-2099-1001 CVE-99-1234 1CVE-2099-1002", ()),
    ],
)
def test_names_are_found_in_any_spelling_and_in_japanese(text, names):
    assert names_in(text) == names


def test_the_collected_cases(shared_data):
    cases = json.loads((shared_data / "advisories/synthetic/vectors/cve_id_extraction.json").read_text())
    assert {case["text"]: list(names_in(case["text"])) for case in cases} == {
        case["text"]: case["expect"] for case in cases
    }


@given(st.text())
def test_of_any_text_the_names_are_names_and_are_found_again(text):
    names = names_in(text)
    assert names_in(" ".join(names)) == names
    assert [name for name in names if name.startswith("CVE-") and not is_cve(name)] == []
