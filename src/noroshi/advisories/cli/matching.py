"""`noroshi advisories range|match`: version phrases read, inventories held against records. No database is asked."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from noroshi.core.errors import InvalidInput

if TYPE_CHECKING:
    from noroshi.advisories.domain.affected import Affected
    from noroshi.advisories.domain.inventory import Asset
    from noroshi.advisories.domain.matching import Component, Verdict

FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command("range")
@AS_JSON
@click.argument("text")
def version_range(*, text: str, as_json: bool) -> None:
    """Say which versions TEXT means, as advisories write it in Japanese or English; or that it is not understood.

    Exit 3 if it is not understood: it then means neither all versions nor none.
    """
    from noroshi.advisories.domain.jvn_ranges import bounds_of

    groups = bounds_of(text)
    if as_json:
        said = None if groups is None else [[[bound.sign, bound.version] for bound in group] for group in groups]
        click.echo(json.dumps({"text": text, "ranges": said}, ensure_ascii=False))
    elif groups is not None:
        for group in groups:
            click.echo(" ".join(f"{bound.sign} {bound.version}".strip() for bound in group))
    if groups is None:
        raise InvalidInput("text", "unknown: this is no version range that is understood word for word")


@click.command("match")
@click.option("--inventory", required=True, type=FILE, help="CSV, CycloneDX, SPDX, or what dpkg, rpm, pip or npm list.")
@click.option("--cves", required=True, type=FILE, help="CVE records (5.x), one a line; gzip or plain.")
@click.option("--all", "everything", is_flag=True, help="Print also what is not affected.")
@AS_JSON
def match(*, inventory: Path, cves: Path, everything: bool, as_json: bool) -> None:
    """Hold an inventory against CVE records: what is affected, how sure that is, and by which rule.

    A line or a record that cannot be read keeps no other out; it is told on standard error. Exit 3 if there was one.
    """
    from noroshi.advisories.domain.inventory import Asset, UnreadableInventoryError, read_inventory

    try:
        rows = list(read_inventory(inventory.read_bytes()))
    except UnreadableInventoryError as error:
        raise InvalidInput("inventory", f"{inventory}: {error}") from error
    assets = [row for row in rows if isinstance(row, Asset)]
    for row in rows:
        if not isinstance(row, Asset):
            click.echo(f"{inventory}:{row.place}: {row.reason}", err=True)
    refused = _Records(cves)
    for found in _found(assets, refused, everything=everything):
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else _line(found))
    if refused.number or len(assets) < len(rows):
        raise InvalidInput("file", f"{len(rows) - len(assets):,} lines and {refused.number:,} records were refused")


class _Records:
    """What each CVE record says to be affected; counts, and tells, those that cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path, self.number = path, 0

    def __iter__(self) -> "Iterator[tuple[str, list[Affected]]]":
        from noroshi.advisories.domain.affected import Affected
        from noroshi.advisories.domain.readers.cve5 import read_one
        from noroshi.advisories.domain.records import ClaimKind, Refused

        for place, line in enumerate(_lines(self.path), 1):
            record = read_one(line, place)
            if isinstance(record, Refused):
                self.number += 1
                click.echo(f"{self.path}:{place}: {record.reason.value}: {record.detail}", err=True)
                continue
            said = [Affected.read(claim.value) for claim in record.claims if claim.kind is ClaimKind.AFFECTED]
            yield record.native_id, said


def _lines(path: Path) -> Iterator[bytes]:
    import gzip

    with path.open("rb") as begin:
        packed = begin.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as stream:
        yield from (line for line in stream if line.strip())


def _found(assets: "list[Asset]", records: "_Records", *, everything: bool) -> Iterator[dict[str, Any]]:
    """Yield a line for each asset and each vulnerability of whose product it is."""
    from noroshi.advisories.domain.matching import Answer
    from noroshi.advisories.engine import against

    known: dict[Component, list[Asset]] = defaultdict(list)
    for asset in assets:
        known[asset.component].append(asset)
    answers = tuple(Answer) if everything else (Answer.AFFECTED, Answer.UNKNOWN)
    for found in against(known, records, answers):
        yield from (_told(asset, found.vulnerability, found.verdict) for asset in known[found.component])


def _told(asset: "Asset", vulnerability: str, verdict: "Verdict") -> dict[str, Any]:
    one = asset.component
    return {
        "asset": asset.number or asset.name,
        "line": asset.place,
        "product": one.name or one.purl or one.cpe,
        "version": one.version,
        "vulnerability": vulnerability,
        "answer": verdict.answer.value,
        "confidence": verdict.confidence.value,
        "rule": verdict.rule,
        "opens_task": verdict.opens_task,
    }


def _line(found: dict[str, Any]) -> str:
    return "  ".join(str(found[name]) for name in ("asset", "vulnerability", "answer", "confidence", "rule"))


commands = (version_range, match)
