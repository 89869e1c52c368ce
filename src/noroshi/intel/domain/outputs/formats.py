"""The formats by name: what each can say, and how it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from noroshi.intel.domain.observables import ObservableType
from noroshi.intel.domain.outputs import lists, rpz, sigma, suricata, zeek
from noroshi.intel.domain.outputs.indicators import Sheet

TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Format:
    """One format. `title` is its proper name, which no language changes."""

    title: str
    media_type: str
    write: Callable[[Sheet], bytes]
    types: frozenset[ObservableType]
    """What it can say anything about."""
    only_blocks: bool = False
    """Whether it holds only what was given to be blocked, since it does nothing else."""
    is_dated: bool = False
    """Whether the moment of its last change stands in it."""


_ALL: Final = frozenset(ObservableType)
_TRAFFIC: Final = frozenset(
    {
        *(ObservableType.IPV4, ObservableType.IPV6, ObservableType.CIDR),
        *(ObservableType.DOMAIN, ObservableType.URL, ObservableType.USER_AGENT),
    }
)
_FILES: Final = frozenset({ObservableType.MD5, ObservableType.SHA1, ObservableType.SHA256})
_NAMES: Final = frozenset({ObservableType.IPV4, ObservableType.IPV6, ObservableType.CIDR, ObservableType.DOMAIN})

FORMATS: Final = {
    "list": Format("Plain list", TEXT, lists.write_list, _ALL),
    "csv": Format("CSV", "text/csv; charset=utf-8", lists.write_csv, _ALL),
    "suricata": Format("Suricata rules", TEXT, suricata.write_rules, _TRAFFIC),
    "suricata-dataset": Format("Suricata data set", TEXT, suricata.write_data_set, _ALL),
    "zeek": Format("Zeek intelligence file", TEXT, zeek.write_intel, _ALL - {ObservableType.ACCOUNT}),
    "sigma": Format(
        "Sigma rules",
        "application/yaml",
        sigma.write_rules,
        _TRAFFIC | _FILES,
        is_dated=True,
    ),
    "rpz": Format("DNS response-policy zone", TEXT, rpz.write_zone, _NAMES, only_blocks=True, is_dated=True),
}
