"""FIRST's EPSS scores: a comment with the model and the day, then a line for each CVE; CSV, gzip or plain.

A CVE without a line has no score, which is not a score of zero.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC
from typing import Final

from noroshi.advisories.domain.identifiers import is_cve
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import refused, unpacked
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Moment, Record, Refused, RefusedBecause

HEAD: Final = re.compile(r"#\s*model_version:\s*([^,\s]+)\s*,\s*score_date:\s*(\S+)")
PAGE: Final = "https://www.first.org/epss/?q="


def read(body: bytes, _given: Given) -> Iterator[Found]:
    """Yield a record for each line."""
    plain = unpacked(body)
    if isinstance(plain, Refused):
        yield plain
        return
    try:
        text = plain.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield refused(0, RefusedBecause.ENCODING, error)
        return
    head, _, rest = text.partition("\n")
    found = HEAD.match(head)
    day = moment_of(found[2], UTC) if found else None
    if found is None or day is None:
        yield refused(0, RefusedBecause.SHAPE, "no line that names the model and the day", head)
        return
    for place, row in enumerate(csv.DictReader(io.StringIO(rest)), 1):
        yield _read(row, place, found[1], day)


def _read(row: dict[str, str], place: int, model: str, day: Moment) -> Found:
    name = str(row.get("cve") or "").strip().upper()
    excerpt = ",".join(str(value) for value in row.values())
    if not is_cve(name):
        return refused(place, RefusedBecause.NO_IDENTITY, f"no CVE identifier: {name}", excerpt)
    try:
        probability, percentile = float(row["epss"]), float(row["percentile"])
    except (KeyError, TypeError, ValueError) as error:
        return refused(place, RefusedBecause.SHAPE, error, excerpt)
    if not (0 <= probability <= 1 and 0 <= percentile <= 1):
        return refused(place, RefusedBecause.SHAPE, "no probability", excerpt)
    value = {"probability": probability, "percentile": percentile, "date": f"{day.at:%Y-%m-%d}", "model": model}
    claim = Claim(name, ClaimKind.EPSS, value)
    title = f"EPSS {name}"
    return Record(name, title, PAGE + name, published=day, language=Language.EN, names=(name,), claims=(claim,))
