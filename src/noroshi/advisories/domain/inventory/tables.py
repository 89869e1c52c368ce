"""Tables of what an institution runs, in any of the encodings and headings that come; Windows' lists among them.

A cell is text, never a formula: what begins like one is kept as it is written, and nothing here runs it.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from noroshi.advisories.domain.inventory.assets import (
    NAMES_NOTHING,
    Asset,
    RefusedRow,
    Row,
    UnreadableInventoryError,
    cleaned,
    in_usual_letters,
)
from noroshi.advisories.domain.inventory.texts import decoded
from noroshi.advisories.domain.inventory.windows import program_name
from noroshi.advisories.domain.matching import Component

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": (
        "asset_id",
        "id",
        "asset",
        "資産id",
        "資産番号",
        "管理番号",
        "機器番号",
        "ホスト名",
        "hostname",
        "host",
        "node",
        "computername",
    ),
    "name": ("name", "asset_name", "名称", "名前", "資産名", "システム名", "機器名"),
    "owner": ("owner", "department", "所管", "所管部署", "担当", "担当部署", "管理者"),
    "exposure": ("exposure", "公開範囲", "露出", "外部公開"),
    "importance": ("importance", "criticality", "重要度"),
    "availability": ("availability", "可用性"),
    "confidentiality": ("confidentiality", "機密性"),
    "vendor": ("vendor", "maker", "publisher", "manufacturer", "ベンダー", "ベンダ", "メーカー", "発行元", "製造元"),
    "product": (
        "product",
        "software",
        "package",
        "製品",
        "製品名",
        "ソフトウェア",
        "ソフトウェア名",
        "パッケージ",
    ),
    "version": ("version", "displayversion", "バージョン", "版", "ver"),
    "program": ("displayname", "表示名", "プログラム名"),
    "cpe": ("cpe", "cpe23", "cpe_2.3"),
    "purl": ("purl", "package_url", "packageurl"),
}
_KNOWN: Final = {heading: name for name, headings in HEADINGS.items() for heading in headings}
_NAMING: Final = frozenset({"product", "program", "cpe", "purl"})
_KEPT: Final = ("number", "name", "owner", "exposure", "importance", "availability", "confidentiality")
_TYPE_LINE: Final = "#TYPE "
"""What PowerShell's Export-Csv writes above its headings."""


def read_table(body: bytes) -> Iterator[Row]:
    """Yield what each line of a CSV file names; commas, semicolons or tabs, quoted line ends too.

    Raises UnreadableInventoryError where the whole of it cannot be read.
    """
    text = decoded(body)
    above = 0
    if text.startswith(_TYPE_LINE):
        above, text = 1, text.partition("\n")[2]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    names = _columns(reader.fieldnames or ())
    try:
        for row in reader:
            yield _read(above + reader.line_num, row, names)
    except csv.Error as error:
        raise UnreadableInventoryError(f"line {above + reader.line_num}: {error}") from error


def _delimiter(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return max((",", "\t", ";"), key=heading.count)


def _columns(headings: Iterable[str]) -> Mapping[str, str | None]:
    """Return what each column is; names beside versions, where nothing else names a product, are of programs."""
    names = {heading: _KNOWN.get(_folded(heading)) for heading in headings}
    known = set(names.values())
    if not _NAMING & known and {"name", "version"} <= known:
        return {heading: "program" if name == "name" else name for heading, name in names.items()}
    if not _NAMING & known:
        raise UnreadableInventoryError("no column names a product, a CPE or a package URL")
    return names


def _folded(heading: str | None) -> str:
    return unicodedata.normalize("NFKC", heading or "").strip().casefold().replace(" ", "_")


def _read(place: int, row: Mapping[str | None, object], names: Mapping[str, str | None]) -> Row:
    said: dict[str, str] = {}
    other: dict[str, str] = {}
    for heading, value in row.items():
        if heading is None or not (text := cleaned(value)):
            continue
        name = names.get(heading)
        (said if name else other)[name or heading] = text
    if not (_NAMING & said.keys()):
        return RefusedRow(place, NAMES_NOTHING)
    kept = {name: said.get(name, "") for name in _KEPT}
    return Asset(place=place, component=_component(said), other=other, **kept)


def _component(said: Mapping[str, str]) -> Component:
    vendor, version, cpe, purl = (said.get(name, "") for name in ("vendor", "version", "cpe", "purl"))
    one = in_usual_letters(Component(said.get("product") or said.get("program", ""), version, vendor, cpe, purl))
    if "product" in said or "program" not in said:
        return one
    return replace(one, name=program_name(one.name, one.version))
