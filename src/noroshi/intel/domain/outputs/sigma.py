r"""Sigma rules (specification 2): one document for each kind of log that can show the values.

In a value `*`, `?` and `\` mean something to Sigma and are escaped; the rest is YAML's to quote.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

import yaml

from noroshi.intel.domain.observables import ObservableType
from noroshi.intel.domain.outputs.indicators import Indicator, Sheet

_NAMES: Final = UUID("6f1d3c1e-6c86-5d0c-9b5b-4e1b7f0c2a55")
_SPECIAL: Final = re.compile(r"[\\*?]")

Fields = Mapping[str, list[str]]


class _Kind(NamedTuple):
    """A kind of log: its name in the title, its log source, and the fields in which values of some types stand."""

    name: str
    category: str
    types: tuple[ObservableType, ...]
    fields: Callable[[list[str]], Fields]


def write_rules(sheet: Sheet) -> bytes:
    """Return the rules, as one YAML stream of as many documents; an empty one where there is nothing to look for."""
    return yaml.safe_dump_all(
        list(_documents(sheet)), allow_unicode=True, sort_keys=False, explicit_start=True, width=2_000
    ).encode()


def _documents(sheet: Sheet) -> Iterator[dict[str, Any]]:
    for kind in _KINDS:
        for blocks in (False, True):
            found = [
                each for each in sheet.of(*kind.types) if each.blocks is blocks and each.observable.value.isprintable()
            ]
            if found:
                yield _document(kind, found, sheet)


def _document(kind: _Kind, found: list[Indicator], sheet: Sheet) -> dict[str, Any]:
    level = max((each.level for each in found), key=lambda level: level.rank)
    objective = found[0].objective
    values = [_escaped(each.observable.value) for each in found]
    fields = {name: wanted for name, wanted in kind.fields(values).items() if wanted}
    return {
        "title": f"Noroshi: {kind.name} shared to {objective}",
        "id": str(uuid5(_NAMES, f"{kind.name}/{objective}")),
        "status": "stable",
        "description": f"Values that members shared ({level.label}), {len(found)} of them.",
        "author": "Noroshi",
        "date": sheet.changed_at.strftime("%Y-%m-%d"),
        "tags": [f"tlp.{level.lower().replace('+', '-')}"],
        "logsource": {"category": kind.category},
        "detection": {
            **{f"by_{place}": {name: wanted} for place, (name, wanted) in enumerate(fields.items())},
            "condition": "1 of by_*",
        },
        "falsepositives": ["Unknown"],
        "level": "high",
    }


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", value)


def _exactly(*names: str) -> Callable[[list[str]], Fields]:
    return lambda values: {name: [*values] for name in names}


def _with_all_below(*names: str) -> Callable[[list[str]], Fields]:
    def fields(values: list[str]) -> Fields:
        below = [f".{value}" for value in values]
        return {key: wanted for name in names for key, wanted in ((name, [*values]), (f"{name}|endswith", [*below]))}

    return fields


def _hashes(label: str) -> Callable[[list[str]], Fields]:
    return lambda values: {"Hashes|contains": [f"{label}={value}" for value in values]}


_KINDS: Final = (
    _Kind(
        "addresses in firewall logs",
        "firewall",
        (ObservableType.IPV4, ObservableType.IPV6),
        _exactly("dst_ip", "src_ip"),
    ),
    _Kind("networks in firewall logs", "firewall", (ObservableType.CIDR,), _exactly("dst_ip|cidr", "src_ip|cidr")),
    _Kind("domains in DNS logs", "dns", (ObservableType.DOMAIN,), _with_all_below("query")),
    _Kind("domains in proxy logs", "proxy", (ObservableType.DOMAIN,), _with_all_below("cs-host")),
    _Kind("URLs in proxy logs", "proxy", (ObservableType.URL,), _exactly("c-uri")),
    _Kind("user agents in proxy logs", "proxy", (ObservableType.USER_AGENT,), _exactly("c-useragent")),
    _Kind("MD5 hashes of processes", "process_creation", (ObservableType.MD5,), _hashes("MD5")),
    _Kind("SHA-1 hashes of processes", "process_creation", (ObservableType.SHA1,), _hashes("SHA1")),
    _Kind("SHA-256 hashes of processes", "process_creation", (ObservableType.SHA256,), _hashes("SHA256")),
)
