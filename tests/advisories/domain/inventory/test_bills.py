"""Software bills of materials: CycloneDX and SPDX, in each of their forms the same components."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.inventory import Asset, RefusedRow, UnreadableInventoryError, read_inventory
from noroshi.advisories.domain.matching import Component

INNER = {"name": "inner", "group": "org.x", "version": "2", "purl": "pkg:maven/org.x/inner@2", "type": "library"}
CYCLONE = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {"component": {"name": "Portal", "version": "1.0", "type": "application"}},
    "components": [
        {"name": "outer", "supplier": {"name": "Maker"}, "publisher": "Other", "components": [INNER]},
        {"version": "3"},
        "rotten",
        {"name": "last", "cpe": "cpe:2.3:a:maker:last:4\\+5:*:*:*:*:*:*:*", "publisher": "Maker"},
    ],
}
CYCLONE_XML = """<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><metadata><component type="application"><name>Portal</name>
<version>1.0</version></component></metadata><components>
<component type="x"><supplier><name>Maker</name></supplier><publisher>Other</publisher><name>outer</name><components>
<component type="library"><group>org.x</group><name>inner</name><version>2</version>
<purl>pkg:maven/org.x/inner@2</purl></component></components></component>
<component><version>3</version></component><component/>
<component><name>last</name><publisher>Maker</publisher>
<cpe>cpe:2.3:a:maker:last:4\\+5:*:*:*:*:*:*:*</cpe></component></components></bom>"""
LAST = "cpe:2.3:a:maker:last:4\\+5:*:*:*:*:*:*:*"
SPDX = {
    "spdxVersion": "SPDX-2.3",
    "name": "Portal",
    "packages": [
        {"name": "one", "versionInfo": "1", "supplier": "Organization: Maker Inc. (a@maker.example)"},
        {"name": "two", "versionInfo": "NOASSERTION", "supplier": "Person: Somebody", "externalRefs": []},
        {
            "name": "three",
            "externalRefs": [
                {"referenceType": "purl", "referenceLocator": "pkg:pypi/three@3"},
                {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:maker:three:3:*:*:*:*:*:*:*"},
            ],
        },
        {"versionInfo": "4"},
    ],
}
SPDX_TAGS = """SPDXVersion: SPDX-2.3
DocumentName: Portal
DocumentComment: <text>Of two lines,
PackageName: of which this one is no package</text>
PackageName: one
PackageVersion: 1
PackageSupplier: Organization: Maker Inc. (a@maker.example)
PackageName: two
PackageVersion: NOASSERTION
PackageSupplier: Person: Somebody
FileName: ./two.c
PackageVersion: 9

PackageName: three
ExternalRef: PACKAGE-MANAGER purl pkg:pypi/three@3
ExternalRef: SECURITY cpe23Type cpe:2.3:a:maker:three:3:*:*:*:*:*:*:*
PackageName:
PackageVersion: 4
"""


def components(body):
    text = body if isinstance(body, str) else json.dumps(body)
    return [row.component if isinstance(row, Asset) else row for row in read_inventory(text.encode())]


@pytest.mark.parametrize("body", [CYCLONE, CYCLONE_XML], ids=["json", "xml"])
def test_a_bill_of_cyclonedx_names_what_it_is_about_and_each_component_within_others_too(body):
    assert components(body) == [
        Component("Portal", "1.0"),
        Component("outer", "", "Maker"),
        Component("inner", "2", "", purl="pkg:maven/org.x/inner@2"),
        RefusedRow(4, "no product, CPE or package URL"),
        RefusedRow(5, "no product, CPE or package URL"),
        Component("last", "4+5", "Maker", LAST),
    ]


@pytest.mark.parametrize(("body", "place"), [(SPDX, 4), (SPDX_TAGS, 17)], ids=["json", "tags"])
def test_a_document_of_spdx_names_each_package(body, place):
    assert components(body) == [
        Component("one", "1", "Maker Inc."),
        Component("two"),
        Component("three", "3", "", "cpe:2.3:a:maker:three:3:*:*:*:*:*:*:*", "pkg:pypi/three@3"),
        RefusedRow(place, "no product, CPE or package URL"),
    ]


def test_components_belong_to_what_the_bill_is_about():
    for body in (CYCLONE, SPDX, SPDX_TAGS):
        text = body if isinstance(body, str) else json.dumps(body)
        assert {row.name for row in read_inventory(text.encode()) if isinstance(row, Asset)} == {"Portal"}


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"packages": []}',
        "[" * 100_000,
        "<bom/>",
        '<!DOCTYPE b [<!ENTITY a "b">]><b>&a;</b>',
        '{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}',
    ],
)
def test_what_is_no_bill_is_refused_as_a_whole(body):
    with pytest.raises(UnreadableInventoryError):
        components(body)


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["components", "packages", "name", "metadata", "component", "externalRefs", "supplier"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(values, st.sampled_from([{"bomFormat": "CycloneDX"}, {"spdxVersion": "2"}, {"dependencies": {}}]))
def test_whatever_comes_as_json_is_read_or_refused(value, mark):
    body = {**(value if isinstance(value, dict) else {"components": value, "dependencies": value}), **mark}
    with suppress(UnreadableInventoryError):
        assert [row for row in components(body) if not isinstance(row, Component | RefusedRow)] == []


@pytest.mark.parametrize(
    ("name", "count", "last"),
    [
        ("cyclonedx/SBOM/dropwizard-1.3.15/bom.json", 168, "pkg:maven/io.dropwizard/dropwizard-forms@1.3.15?type=jar"),
        ("cyclonedx/SBOM/laravel-7.12.0/bom.1.1.xml", 62, "pkg:composer/voku/portable-ascii@1.6.1"),
        ("cyclonedx/SBOM/laravel-7.12.0/bom.1.4.json", 63, "pkg:composer/voku/portable-ascii@1.6.1"),
        ("spdx/SPDXJSONExample-v2.3.spdx.json", 4, ""),
        ("spdx/SPDXTagExample-v2.3.spdx", 4, ""),
        ("spdx/SPDXLite.spdx", 1, ""),
    ],
)
def test_the_collected_bills(shared_data, name, count, last):
    found = list(read_inventory((shared_data / "advisories/sbom" / name).read_bytes()))
    assert (len(found), found[-1].component.purl) == (count, last)
