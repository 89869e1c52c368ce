"""What an institution runs, as it writes it down: tables in any of the encodings and headings that come.

A cell is text, never a formula: what begins like one is kept as it is written, and nothing here runs it.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from noroshi.advisories.domain.matching import Component

MOST_BYTES: Final = 64 * 1024 * 1024
MAX_CELL: Final = 2_000
ENCODINGS: Final = ("utf-8-sig", "cp932", "euc_jp")
"""In the order in which they are tried; UTF-16 is told by its mark."""


@dataclass(frozen=True)
class Asset:
    """Something that an institution runs, and one component of it."""

    place: int
    """The line of the file, from 1."""
    number: str
    name: str
    component: Component
    owner: str = ""
    exposure: str = ""
    importance: str = ""
    other: Mapping[str, str] = field(default_factory=dict)
    """Columns that nobody knows here, by their headings."""


@dataclass(frozen=True)
class RefusedRow:
    """A line that names nothing to look for."""

    place: int
    reason: str


class UnreadableInventoryError(ValueError):
    """The file is no table, or has no column that names a product; the message says which."""


HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("asset_id", "id", "asset", "資産id", "資産番号", "管理番号", "機器番号", "ホスト名", "hostname", "host"),
    "name": ("name", "asset_name", "名称", "資産名", "システム名", "機器名"),
    "owner": ("owner", "department", "所管", "所管部署", "担当", "担当部署", "管理者"),
    "exposure": ("exposure", "公開範囲", "露出", "外部公開"),
    "importance": ("importance", "criticality", "重要度"),
    "vendor": ("vendor", "maker", "publisher", "manufacturer", "ベンダー", "ベンダ", "メーカー", "発行元", "製造元"),
    "product": (
        "product",
        "software",
        "package",
        "displayname",
        "製品",
        "製品名",
        "ソフトウェア",
        "ソフトウェア名",
        "パッケージ",
    ),
    "version": ("version", "displayversion", "バージョン", "版", "ver"),
    "cpe": ("cpe", "cpe23", "cpe_2.3"),
    "purl": ("purl", "package_url", "packageurl"),
}
_KNOWN: Final = {heading: name for name, headings in HEADINGS.items() for heading in headings}


def read_table(body: bytes) -> Iterator[Asset | RefusedRow]:
    """Yield what each line of a CSV file names; commas, semicolons or tabs, quoted line ends too.

    Raises UnreadableInventoryError where the whole of it cannot be read.
    """
    if len(body) > MOST_BYTES:
        raise UnreadableInventoryError(f"more than {MOST_BYTES:,} bytes")
    text = decoded(body)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    names = {heading: _KNOWN.get(_folded(heading)) for heading in reader.fieldnames or ()}
    if not {"product", "cpe", "purl"} & set(names.values()):
        raise UnreadableInventoryError("no column names a product, a CPE or a package URL")
    try:
        for row in reader:
            yield _read(reader.line_num, row, names)
    except csv.Error as error:
        raise UnreadableInventoryError(f"line {reader.line_num}: {error}") from error


def decoded(body: bytes) -> str:
    """Return the text of a file. Raises UnreadableInventoryError where it is in none of the known encodings."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableInventoryError("the encoding is not known: UTF-8, UTF-16, CP932 and EUC-JP are")


def _delimiter(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return max((",", "\t", ";"), key=heading.count)


def _folded(heading: str | None) -> str:
    return unicodedata.normalize("NFKC", heading or "").strip().casefold().replace(" ", "_")


def _read(place: int, row: Mapping[str | None, object], names: Mapping[str, str | None]) -> Asset | RefusedRow:
    said: dict[str, str] = {}
    other: dict[str, str] = {}
    for heading, value in row.items():
        if not isinstance(value, str) or heading is None:
            continue
        text = " ".join(value.replace("\x00", "").split())[:MAX_CELL]
        name = names.get(heading)
        if text:
            (said if name else other)[name or heading] = text
    if not ({"product", "cpe", "purl"} & said.keys()):
        return RefusedRow(place, "no product, CPE or package URL")
    component = Component(
        name=unicodedata.normalize("NFKC", said.get("product", "")),
        version=unicodedata.normalize("NFKC", said.get("version", "")) or _version_of(said),
        vendor=unicodedata.normalize("NFKC", said.get("vendor", "")),
        cpe=said.get("cpe", ""),
        purl=said.get("purl", ""),
    )
    kept = {name: said.get(name, "") for name in ("number", "name", "owner", "exposure", "importance")}
    return Asset(place=place, component=component, other=other, **kept)


def _version_of(said: Mapping[str, str]) -> str:
    """Return the version that a package URL or a CPE names, where no column does."""
    purl, cpe = said.get("purl", ""), said.get("cpe", "")
    if "@" in purl.removeprefix("pkg:npm/@"):
        return purl.rpartition("@")[2].partition("?")[0].partition("#")[0]
    parts = cpe.split(":")
    at = 5 if cpe.startswith("cpe:2.3:") else 4
    return parts[at] if len(parts) > at and parts[at] not in ("*", "-", "") else ""
