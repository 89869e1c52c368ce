"""How tools read what we write: by libraries where there are some, else by what their manuals say."""

import csv
import io
import re
from datetime import UTC, datetime

import dns.zone
from sigma.collection import SigmaCollection
from sigma.types import SigmaCIDRExpression

from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.outputs.formats import FORMATS
from noroshi.intel.domain.outputs.indicators import Indicator, Sheet

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def indicator(kind: str, value: str, *, blocks: bool = False, level: TLP = TLP.AMBER) -> Indicator:
    return Indicator(Observable(ObservableType(kind), value), ("S-12AB34CD",), level, blocks)


def written(form: str, *indicators: Indicator) -> bytes:
    return FORMATS[form].write(Sheet(indicators, NOON))


def rules(text: bytes) -> list[tuple[str, list[tuple[str, str]]]]:
    """Suricata's rules: the header and the options of each, read as its manual says ("Rules Format")."""
    return [_rule(line) for line in text.decode().splitlines() if line and not line.startswith("#")]


def _rule(line: str) -> tuple[str, list[tuple[str, str]]]:
    header, _, rest = line.partition(" (")
    assert rest.endswith(")")
    options, quoted, option = [], False, ""
    for character in rest[:-1]:
        quoted ^= character == '"'
        if character == ";" and not quoted:
            name, _, value = option.strip().partition(":")
            options.append((name, value))
            option = ""
        else:
            option += character
    assert (quoted, option.strip()) == (False, "")
    return header, options


def content(value: str) -> bytes:
    """The bytes that a `content` looks for."""
    parts = value.removeprefix('"').removesuffix('"').split("|")
    return b"".join(bytes.fromhex(part) if place % 2 else part.encode() for place, part in enumerate(parts))


def zeek_rows(text: bytes) -> list[list[str]]:
    """The rows under Zeek's header, as its ASCII reader undoes what is escaped."""
    lines = text.decode().split("\n")
    assert lines[0].startswith("#fields\t")
    assert lines[-1] == ""
    return [[_unescaped(field) for field in line.split("\t")] for line in lines[1:-1] if not line.startswith("#")]


def _unescaped(field: str) -> str:
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), field.encode())
    return raw.decode()


def zone(text: bytes) -> dict[str, str]:
    """Names and what they lead to, as dnspython reads the zone."""
    read = dns.zone.from_text(text.decode(), origin="rpz.example.", relativize=False)
    return {str(name).removesuffix(".rpz.example."): str(rdata) for name, _ttl, rdata in read.iterate_rdatas("CNAME")}


def sigma_values(text: bytes) -> list[tuple[str, str, str]]:
    """Title, field and value of each thing that the rules look for, as pySigma reads them."""
    found = []
    for rule in SigmaCollection.from_yaml(text.decode()).rules:
        for detection in rule.detection.detections.values():
            for item in detection.detection_items:
                found += [(rule.title, item.field, _looked_for(value)) for value in item.value]
    return found


def _looked_for(value) -> str:
    return value.cidr if isinstance(value, SigmaCIDRExpression) else value.to_plain()


def table(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline="")))
