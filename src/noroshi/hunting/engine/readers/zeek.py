"""Zeek: logs in its own form, whose ``#`` lines name separator, path, columns and types; and the names of its JSON."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from noroshi.hunting.engine.aliases import Dialect, FieldRoles
from noroshi.hunting.engine.log_file import Record, Reject, Survey, ignore, read_lines
from noroshi.hunting.engine.readers.compose import compose
from noroshi.hunting.engine.reasons import LineReason

_NAMES: Final[Dialect] = {
    "time": "ts",
    "src_ip": "id.orig_h id_orig_h src tx_hosts",
    "src_port": "id.orig_p id_orig_p",
    "dst_ip": "id.resp_h id_resp_h dst rx_hosts",
    "dst_port": "id.resp_p id_resp_p",
    "user": "user username cookie",
    "email": "mailfrom from",
    "dns_query": "query",
    "domain": "server_name san.dns",
    "country": "remote_location.country_code",
    "action": "method command qtype_name",
    "bytes_out": "orig_bytes",
    "hash": "fingerprint",  # of a certificate
}
# Logs about a host, in which "host" is its address; elsewhere it is the name that a client asked for.
_NAMES_OF_HOSTS: Final[Dialect] = {
    **_NAMES,
    "src_ip": "host",
    "src_port": "host_p port_num",
    "user_agent": "unparsed_version",
}
_ABOUT_HOSTS: Final = frozenset({"software", "known_hosts", "known_services", "known_devices"})
_SAYS_HOW = re.compile("#(?:separator|set_separator|unset_field|empty_field|path|fields|types)\\b")
_ESCAPES = re.compile(r"(?:\\x[0-9A-Fa-f]{2})+")


def names_of(path: str) -> Dialect:
    """Return the names of one of Zeek's logs (``conn``, ``dns`` ...)."""
    return _NAMES_OF_HOSTS if path in _ABOUT_HOSTS else _NAMES


def wrote(item: dict[str, Any]) -> bool:
    """Tell a JSON object that Zeek wrote."""
    return "_path" in item or "id.orig_h" in item or "@stream" in item


def read_object(pairs: Iterable[tuple[str, str]], item: dict[str, Any], roles: FieldRoles) -> dict[str, str]:
    """Return what a JSON object says, by role; the log it is of may be named (``_path``, Corelight's ``@stream``)."""
    path = str(item.get("_path") or item.get("@stream") or "")
    fields = roles.in_dialect(names_of(path)).assign(pairs)
    return fields | {"class": path} if path else fields


def recognises(sample: str) -> bool:
    """Tell whether the content begins with Zeek's first line."""
    return sample.startswith("#separator ")


def read(surveyed: Survey, roles: FieldRoles, reject: Reject) -> Iterator[Record]:
    """Yield the fields of each line; a file may hold several logs with a head each."""
    head = _Head()
    spoken = roles
    for number, line in read_lines(surveyed, reject):
        if line.startswith("#"):
            head.take(line)
            spoken = roles.in_dialect(names_of(head.path))
            continue
        cells = head.cells(line)
        if len(cells) != len(head.names):
            reject(number, LineReason.COLUMNS, line)
            continue
        fields = spoken.assign(zip(head.names, cells, strict=True))
        yield number, line, compose(fields | {"class": head.path})


def heads(surveyed: Survey) -> Iterator[tuple[int, str]]:
    """Yield the ``#`` lines that say how others are read, with their numbers."""
    return (head for head in read_lines(surveyed, ignore) if _SAYS_HOW.match(head[1]))


class _Head:
    """What the ``#`` lines read so far say."""

    def __init__(self) -> None:
        self.path = ""
        self.names: list[str] = []
        self._lists: list[int] = []
        self._separator, self._list_separator = "\t", ","
        self._nothing = {"-", "(empty)"}

    def take(self, line: str) -> None:
        """Read one ``#`` line."""
        if line.startswith("#separator "):
            self._separator = unescaped(line.removeprefix("#separator ")) or "\t"
            return
        word, *rest = line[1:].split(self._separator)
        match word:
            case "set_separator":
                self._list_separator = "".join(rest) or ","
            case "unset_field" | "empty_field":
                self._nothing.update(rest)
            case "path":
                self.path = "".join(rest)
            case "fields":
                self.names, self._lists = rest, []
            case "types":
                self._lists = [place for place, kind in enumerate(rest) if kind.startswith(("set[", "vector["))]

    def cells(self, line: str) -> list[str]:
        """Cut a line: what is unset becomes empty, of a list the first is taken."""
        cells = ["" if cell in self._nothing else cell for cell in line.split(self._separator)]
        if "\\x" in line:
            cells = [unescaped(cell) for cell in cells]
        for place in self._lists:
            if place < len(cells):
                cells[place] = cells[place].partition(self._list_separator)[0]
        return cells


def unescaped(value: str) -> str:
    r"""Undo the ``\xHH`` by which Zeek writes bytes that are not plain text."""
    return _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace("\\x", "")).decode("utf-8", "replace"), value)
