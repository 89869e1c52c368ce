"""Rules as a maker's console writes them: a table (CSV, TSV) with a column of CVE numbers."""

import csv
from collections.abc import Iterator, Mapping
from typing import Final

from noroshi.advisories.domain.rule_packs.rules import Rule, Unread, cves_in

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "cves": ("cve", "cves", "cve id", "cve ids", "cve番号", "脆弱性", "脆弱性番号"),
    "rule_id": ("rule id", "id", "identifier", "rule", "signature id", "sid", "ルールid", "ルール番号", "識別子"),
    "title": ("name", "title", "description", "rule name", "ルール名", "名称", "名前"),
    "revision": ("revision", "rev", "version", "last updated", "issued", "版", "リビジョン", "更新日"),
    "action": ("action", "mode", "detect only", "動作", "アクション", "モード"),
    "licence": ("licence", "license", "ライセンス"),
}


def read_table(text: str) -> Iterator[Rule | Unread]:
    """Yield the rules of a table whose first line names its columns, in whichever order."""
    first = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=max(",\t;", key=first.count))
    try:
        heading = [" ".join(cell.replace("_", " ").lower().split()) for cell in next(rows, [])]
        places = {name: _place(heading, known) for name, known in _COLUMNS.items()}
        if places["cves"] is None or places["rule_id"] is None:
            yield Unread(1, "no column of CVE numbers, or none of rule numbers")
            return
        for row in rows:
            if any(row):
                yield _rule(rows.line_num, row, places)
    except csv.Error as error:
        yield Unread(rows.line_num, str(error))


def _place(heading: list[str], known: tuple[str, ...]) -> int | None:
    return next((heading.index(name) for name in known if name in heading), None)


def _rule(line: int, row: list[str], places: Mapping[str, int | None]) -> Rule | Unread:
    cells = {
        name: row[place].strip() if place is not None and place < len(row) else "" for name, place in places.items()
    }
    if not cells["rule_id"]:
        return Unread(line, "a row without a rule number")
    return Rule(**{**cells, "cves": cves_in([cells["cves"]])})  # type: ignore[arg-type]  # cves are a tuple here
