import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.advisories.domain.affected import Affected, Range
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.readers import READERS, Given, jvn_said
from noroshi.advisories.domain.records import ClaimKind, Record, Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

HND, OKA = SourceKind.JVN_HND, SourceKind.JVN_OKA
TOKYO = Given(zone=ZoneInfo("Asia/Tokyo"))
STATUS = '<s:Status xmlns:s="http://jvndb.jvn.jp/myjvn/Status" retCd="{}" errCd="{}" errMsg="{}" totalRes="{}"/>'
VULDEF = '<VULDEF-Document xmlns="http://jvn.jp/vuldef/">{}{}</VULDEF-Document>'
ENTRY = """<Vulinfo><VulinfoID>JVNDB-2099-000001</VulinfoID><VulinfoData><Title>架空製品の脆弱性</Title>
<VulinfoDescription><Overview>概要。</Overview></VulinfoDescription>
<Affected><AffectedItem><Name>架空ベンダ</Name><ProductName>架空製品</ProductName>
<Cpe version="2.2">cpe:/a:example:thing</Cpe>
<VersionNumber>1.2.0 から 1.4.5 まで</VersionNumber><VersionNumber>一部のモデル</VersionNumber></AffectedItem>
</Affected><Impact><Cvss version="2.0"><Base>7.5</Base></Cvss>
<Cvss version="3.0"><Severity>Critical</Severity><Base>9.8</Base>
<Vector>CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</Vector></Cvss><Cvss version="4.0"><Base>high</Base></Cvss>
</Impact><Solution><SolutionItem><Description>更新してください。</Description></SolutionItem></Solution>
<Related><RelatedItem><VulinfoID>CVE-2099-0001</VulinfoID></RelatedItem>{}
<RelatedItem type="cwe"><VulinfoID>CWE-79</VulinfoID></RelatedItem>
<RelatedItem type="cwe"><VulinfoID>CWE-noinfo</VulinfoID></RelatedItem></Related>
<DateFirstPublished>2099-04-02T09:30:00+09:00</DateFirstPublished><DateLastUpdated>2099-04-03T09:30:00</DateLastUpdated>
</VulinfoData></Vulinfo>"""


def read(body, kind=HND):
    return list(READERS[kind](body.encode() if isinstance(body, str) else body, TOKYO))


def detail(**changes):
    whole = {
        "document": {
            "title": "架空製品の脆弱性",
            "notes": [{"category": "description", "text": "概要。"}],
            "tracking": {
                "id": "JVNDB-2099-000001",
                "initial_release_date": "2099-04-02T09:30:00+09:00",
                "current_release_date": "2099-04-03T09:30:00+09:00",
            },
        },
        "product_tree": {
            "branches": [
                {
                    "category": "vendor",
                    "name": "架空ベンダ",
                    "branches": [
                        {
                            "category": "product_name",
                            "name": "架空製品",
                            "product": {
                                "name": "架空製品",
                                "product_identification_helper": {"cpe": "cpe:2.3:a:example:thing:*:*:*:*:*:*:*:*"},
                            },
                        }
                    ],
                }
            ]
        },
        "vulnerabilities": [
            {
                "cve": "CVE-2099-0001",
                "cwes": [{"id": "CWE-79"}],
                "metrics": [{"content": {"cvss_v3": {"version": "3.0", "baseScore": 9.8, "baseSeverity": "CRITICAL"}}}],
                "remediations": [{"category": "vendor_fix", "details": "更新してください。"}],
            }
        ],
        "jvn_extension": {"vulnid": "JVNDB-2099-000001", "affected": []},
        "status": {"retCd": 0},
    }
    return json.dumps({**whole, **changes})


def products(record):
    return [Affected.read(claim.value) for claim in record.claims if claim.kind is ClaimKind.AFFECTED]


def test_a_vulnerability_in_xml_is_read_with_its_products_scores_and_what_to_do():
    (found,) = read(VULDEF.format(ENTRY.format(""), STATUS.format(0, "", "", 1)))
    assert (found.native_id, found.title, found.summary) == ("JVNDB-2099-000001", "架空製品の脆弱性", "概要。")
    assert found.link == "https://jvndb.jvn.jp/ja/contents/2099/JVNDB-2099-000001.html"
    assert (found.names, found.same_as) == (
        ("JVNDB-2099-000001", "CVE-2099-0001"),
        (("JVNDB-2099-000001", "CVE-2099-0001"),),
    )
    assert [found.published.at.isoformat(), found.updated.at.isoformat(), found.updated.zone_known] == [
        "2099-04-02T00:30:00+00:00",
        "2099-04-03T00:30:00+00:00",
        False,
    ]
    (said,) = products(found)
    assert (said.product.cpe, said.ranges, said.text) == (
        "cpe:2.3:a:example:thing:*:*:*:*:*:*:*:*",
        (Range("1.2.0", "1.4.5", high_included=True),),
        "一部のモデル",
    )
    assert [(claim.about, dict(claim.value)) for claim in found.claims if claim.kind is not ClaimKind.AFFECTED] == [
        ("CVE-2099-0001", {"system": "CVSS:2.0", "score": 7.5}),
        (
            "CVE-2099-0001",
            {
                "system": "CVSS:3.0",
                "vector": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "score": 9.8,
                "level": "critical",
            },
        ),
        ("CVE-2099-0001", {"cwe": "CWE-79"}),
        ("CVE-2099-0001", {"kind": "fix", "text": "更新してください。"}),
    ]


def test_of_several_cves_nobody_says_whose_score_it_is():
    second = "<RelatedItem><VulinfoID>CVE-2099-0002</VulinfoID></RelatedItem>"
    (found,) = read(VULDEF.format(ENTRY.format(second), ""))
    assert ({claim.about for claim in found.claims}, found.same_as) == ({"JVNDB-2099-000001"}, ())


@pytest.mark.parametrize(
    ("number", "same"), [("JVN#12345678", True), ("JVNVU#12345678", True), ("MYJVN-ALT-2099-0001", False)]
)
def test_a_vulnerability_has_one_cve_as_its_other_name_and_an_alert_has_none(number, same):
    names = (*names_in(number), "CVE-2099-0001")
    assert jvn_said.same(number, names) == (((number, "CVE-2099-0001"),) if same else ())


def test_one_rotten_entry_keeps_no_other_out():
    rotten = "<Vulinfo><VulinfoData><Title>x</Title></VulinfoData></Vulinfo>"
    found = read(VULDEF.format(rotten + ENTRY.format(""), ""))
    assert [each.native_id if isinstance(each, Record) else (each.place, each.reason) for each in found] == [
        (1, RefusedBecause.NO_IDENTITY),
        "JVNDB-2099-000001",
    ]


@pytest.mark.parametrize(
    ("kind", "body", "reasons"),
    [
        (HND, VULDEF.format("", STATUS.format(1, "M0001", "no such parameter", 0)), [RefusedBecause.ERROR_ANSWER]),
        (HND, f"<Result>{STATUS.format(0, '', '', 0)}</Result>", []),
        (HND, f"<Result>{STATUS.format(0, '', '', 3)}</Result>", [RefusedBecause.SHAPE]),
        (HND, "<Vulinfo", [RefusedBecause.NOT_XML]),
        (HND, '<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', [RefusedBecause.DANGEROUS_XML]),
        (OKA, '{"status": {"retCd": 1, "errMsg": "no such parameter"}}', [RefusedBecause.ERROR_ANSWER]),
        (OKA, '{"feed": {"entry": []}, "status": {"retCd": 0, "totalRes": 0}}', []),
        (OKA, '{"status": {"retCd": 0, "totalRes": 0}}', []),
        (OKA, '{"jvn-product-dictionary": {}}', [RefusedBecause.SHAPE]),
        (OKA, "null", [RefusedBecause.SHAPE]),
        (OKA, '{"feed": {"entry": [1, {"title": "x"}]}}', [RefusedBecause.NO_IDENTITY] * 2),
        (OKA, detail(document={}, jvn_extension={}), [RefusedBecause.NO_IDENTITY]),
        (OKA, detail()[:-20], [RefusedBecause.NOT_JSON]),
        (OKA, "[" * 100_000, [RefusedBecause.NOT_JSON]),
    ],
)
def test_an_error_is_told_from_an_empty_answer_and_both_from_another_shape(kind, body, reasons):
    assert [each.reason for each in read(body, kind)] == reasons


def test_a_vulnerability_in_json_says_the_same():
    (found,) = read(detail(), OKA)
    (other,) = read(VULDEF.format(ENTRY.format(""), ""))
    assert (found.native_id, found.title, found.link, found.summary, found.names, found.same_as) == (
        other.native_id,
        other.title,
        other.link,
        other.summary,
        other.names,
        other.same_as,
    )
    assert [(claim.kind, dict(claim.value)) for claim in found.claims if claim.kind is not ClaimKind.AFFECTED] == [
        (ClaimKind.SEVERITY, {"system": "CVSS:3.0", "score": 9.8, "level": "critical"}),
        (ClaimKind.WEAKNESS, {"cwe": "CWE-79"}),
        (ClaimKind.REMEDY, {"kind": "fix", "text": "更新してください。"}),
    ]
    assert [(each.product.vendor, each.product.name, each.ranges) for each in products(found)] == [
        ("架空ベンダ", "架空製品", ())
    ]


def test_versions_in_json_are_read_as_those_of_cve_records_and_then_as_words():
    versions = [
        {"version": "1.0", "lessThan": "1.4", "status": "affected", "versionType": "custom"},
        {"version": "2.0 から 2.3 まで", "status": "affected"},
        {"version": "一部のモデル", "status": "affected"},
    ]
    block = {"vendor": "架空ベンダ", "product": "架空製品", "versions": versions}
    (found,) = read(detail(jvn_extension={"vulnid": "JVNDB-2099-000001", "affected": [block, {"versions": 1}]}), OKA)
    (said,) = products(found)
    assert (said.product.cpe, said.ranges, said.text) == (
        "cpe:2.3:a:example:thing:*:*:*:*:*:*:*:*",
        (Range("1.0", "1.4"), Range("2.0", "2.3", high_included=True)),
        "一部のモデル",
    )


def test_an_empty_cve_leaves_the_claims_with_the_entry():
    (found,) = read(detail(vulnerabilities=[{"cve": "", "cwes": [{"id": "CWE-79"}]}]), OKA)
    assert [claim.about for claim in found.claims] == ["JVNDB-2099-000001", "JVNDB-2099-000001"]


def items_of(folder, kind):
    files = sorted(path for path in folder.iterdir() if "Product" not in path.name and "Vendor" not in path.name)
    return {path.name: [each.native_id for each in read(path.read_bytes(), kind)] for path in files}


def test_the_published_examples(shared_data):
    folder = shared_data / "advisories/jvn"
    alerts = ["MYJVN-ALT-2025-0000", "MYJVN-ALT-2025-0011"]
    vulnerabilities = ["JVNDB-2025-002953", "JVNDB-2025-002884"]
    assert items_of(folder / "hnd", HND) == {
        "getAlertList_hnd.json": alerts,
        "getAlertList_hnd.xml": alerts,
        "getVulnDetailInfo_hnd_JVNDB-2017-009608.xml": ["JVNDB-2017-009608"],
        "getVulnDetailInfo_hnd_JVNDB-2018-009328.xml": ["JVNDB-2018-009328"],
        "getVulnOverviewList_hnd.xml": vulnerabilities,
    }
    assert items_of(folder / "oka", OKA) == {
        "getAlertList_oka.json": alerts,
        "getVulnDetailInfo_oka_JVNDB-2017-009608.json": ["JVNDB-2017-009608"],
        "getVulnDetailInfo_oka_JVNDB-2018-009328.json": ["JVNDB-2018-009328"],
        "getVulnOverviewList_oka.json": ["JVNDB-2025-000000", *vulnerabilities],
    }


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "cve", "name", "content", "branches", "product", "version", "versions", "status", "tracking", "entry"]
    ), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=30)
@given(st.sampled_from(["document", "vulnerabilities", "product_tree", "jvn_extension", "feed", "status"]), VALUES)
def test_whatever_stands_in_a_field_is_read_or_refused(name, value):
    assert [each for each in read(detail(**{name: value}), OKA) if not isinstance(each, Record | Refused)] == []


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(body):
    found = [each for kind in (HND, OKA) for each in read(body, kind)]
    assert [each for each in found if not isinstance(each, Record | Refused)] == []
