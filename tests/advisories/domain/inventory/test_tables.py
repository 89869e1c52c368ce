from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.inventory import Asset, RefusedRow, UnreadableInventoryError, read_table
from noroshi.advisories.domain.matching import Component

HEAD = "資産番号,名称,ベンダー,製品名,バージョン,備考\n"


def read(text, encoding="utf-8"):
    return list(read_table(text.encode(encoding) if isinstance(text, str) else text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16"])
def test_a_table_is_read_in_any_encoding_that_comes(encoding):
    assert read(HEAD + "A1,ＶＰＮ装置,ＩＶＡＮＴＩ,Connect　Secure,２２．３Ｒ１,本店\n", encoding) == [
        Asset(2, "A1", "ＶＰＮ装置", Component("Connect Secure", "22.3R1", "IVANTI"), other={"備考": "本店"})
    ]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_lines_are_divided_by_what_their_heading_is_divided_by(sign):
    (asset,) = read(f"product{sign}version\nThing{sign}1.0\n")
    assert asset.component == Component("Thing", "1.0")


def test_quoted_signs_and_line_ends_belong_to_their_cell_and_formulas_are_text():
    found = read('name,product,version\n"a, ""b""\nc",Thing,1\n=HYPERLINK("http://x"),=1+1,2\n')
    assert [(row.name, row.component.name) for row in found] == [
        ('a, "b" c', "Thing"),
        ('=HYPERLINK("http://x")', "=1+1"),
    ]


@pytest.mark.parametrize(
    ("line", "version"),
    [
        (",,,pkg:maven/org.x/core@2.14.1?type=jar", "2.14.1"),
        (",,,pkg:npm/%40scope/x@1.0#sub", "1.0"),
        (",,,pkg:npm/@scope/x", ""),
        (",,cpe:2.3:a:v:p:9.0:*:*:*:*:*:*:*,", "9.0"),
        (",,cpe:/a:v:p:9.0,", "9.0"),
        (",,cpe:2.3:a:v:p:*:*:*:*:*:*:*:*,", ""),
        ("P,8,cpe:/a:v:p:9.0,", "8"),
    ],
)
def test_a_version_stands_in_its_column_or_in_the_name(line, version):
    (asset,) = read(f"product,version,cpe,purl\n{line}\n")
    assert asset.component.version == version


def test_a_line_that_names_nothing_keeps_no_other_out():
    found = read("name,product\nx,\ny,Thing\n")
    assert [type(row) for row in found] == [RefusedRow, Asset]
    assert found[0].place == 2


@pytest.mark.parametrize("body", [b"", b"name,owner\nx,y\n", b"\x80\x81\xfd\xfe"])
def test_what_is_no_inventory_is_refused_as_a_whole(body):
    with pytest.raises(UnreadableInventoryError):
        read(body)


@given(st.binary(max_size=100))
def test_whatever_comes_is_read_or_refused(body):
    with suppress(UnreadableInventoryError):
        assert [row for row in read(b"product,version\n" + body) if not isinstance(row, Asset | RefusedRow)] == []


def test_the_collected_inventory(shared_data):
    found = read((shared_data / "advisories/synthetic/inventory/assets_utf8_bom.csv").read_bytes())
    assert [(row.number, row.component.vendor, row.component.version) for row in found] == [
        ("A001", "Fortinet", "7.2.4"),
        ("A002", "Apache", "9.0.70"),
        ("A003", "", "2.14.1"),
        ("A004", "IVANTI", "22.3R1"),
        ("A005", "Example", "1.0"),
        ("A006", "Example", "1.0"),
    ]
