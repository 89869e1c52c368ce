"""Packages of an operating system as it lists them itself: ``dpkg -l``, ``dpkg-query -W``, ``rpm -qa``.

Whose packages they are stands in ``/etc/os-release``; its lines may stand before the list. Where they do not, a
package is known by its name alone, and nothing that is found by it is sure.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final
from urllib.parse import quote

from noroshi.advisories.domain.inventory.assets import RefusedRow, Row, installed
from noroshi.advisories.domain.matching import Component

_OS_RELEASE: Final = re.compile(r"[A-Z][A-Z0-9_]*=.*")
_LISTED: Final = re.compile(r"([uihrp])([a-zA-Z])[R ]?\s+(\S+)\s+(\S+)(?:\s+(\S+))?.*")
"""``dpkg -l``: what is wanted, what is so, name, version, architecture."""
_ABOVE: Final = ("Desired=", "|", "+++-")
_QUERIED: Final = re.compile(r"[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?\t(?:\S*\d\S*)?(?:\t.*)?")
_ARCHITECTURES: Final = "noarch|x86_64|i[3-6]86|aarch64|ppc64le|ppc64|s390x|s390|armv7hl|riscv64|src"
_RPM: Final = re.compile(rf"(?P<name>\S+)-(?P<version>[^\s-]+-[^\s-]+?)(?:\.(?P<architecture>{_ARCHITECTURES}))?")
_RPM_COLUMNS: Final = re.compile(
    rf"(?P<name>\S+)\t(?P<version>\S+)\t(?P<architecture>{_ARCHITECTURES}|\(none\))(?:\t.*)?"
)
_KEYS: Final = "gpg-pubkey"
_VENDORS: Final = {"rhel": "redhat", "sles": "suse", "opensuse-leap": "opensuse", "ol": "oracle"}
"""What /etc/os-release calls a distribution, and package URLs another way."""

Line = tuple[int, str]


def _is_dpkg_list(text: str) -> bool:
    return text.startswith(_ABOVE) or _LISTED.fullmatch(text) is not None


def _is_rpm(text: str) -> bool:
    found = _RPM.fullmatch(text)
    return bool(found and found["architecture"]) or text.startswith(_KEYS) or bool(_RPM_COLUMNS.fullmatch(text))


def is_dpkg(sample: Sequence[str]) -> bool:
    """Tell whether lines are of ``dpkg -l`` or ``dpkg-query -W``."""
    rest = _without_release(sample)
    return bool(rest) and (all(map(_is_dpkg_list, rest)) or all(map(_QUERIED.fullmatch, rest))) and not is_rpm(rest)


def is_rpm(sample: Sequence[str]) -> bool:
    """Tell whether lines are of ``rpm -qa``, or name, version and architecture in columns."""
    rest = _without_release(sample)
    return bool(rest) and all(map(_is_rpm, rest))


def _without_release(lines: Sequence[str]) -> Sequence[str]:
    return lines[sum(1 for _ in takewhile(_OS_RELEASE.fullmatch, lines)) :]


def read_dpkg(text: str) -> Iterator[Row]:
    """Yield each package that is installed; where its source package is named, by that: advisories name sources."""
    lines, release = _parted(text)
    for place, line in lines:
        if "\t" in line:
            yield _queried(place, line.split("\t"), release)
        elif not line.startswith(_ABOVE):
            yield _listed(place, line, release)


def _queried(place: int, columns: Sequence[str], release: "_Release") -> Row:
    package, version, source, source_version = (each.strip() for each in [*columns, "", "", ""][:4])
    if not version:
        return RefusedRow(place, "not installed: it has no version")
    name, _, architecture = package.partition(":")
    return release.package("deb", place, source or name, (source and source_version) or version, package, architecture)


def _listed(place: int, line: str, release: "_Release") -> Row:
    found = _LISTED.fullmatch(line)
    if found is None:
        return RefusedRow(place, "no line of dpkg -l")
    if found[2] != "i":
        return RefusedRow(place, f"not installed: {found[1]}{found[2]}")
    name, _, architecture = found[3].partition(":")
    return release.package("deb", place, name, found[4], found[3], architecture or found[5] or "")


def read_rpm(text: str) -> Iterator[Row]:
    """Yield each package; the keys that rpm lists among them are none."""
    lines, release = _parted(text)
    for place, line in lines:
        found = _RPM_COLUMNS.fullmatch(line) or _RPM.fullmatch(line)
        if found is None or found["name"] == _KEYS:
            yield RefusedRow(place, "a key, no package" if found else "no name, version and release")
            continue
        version = found["version"].removeprefix("(none):")
        yield release.package("rpm", place, found["name"], version, found["name"], found["architecture"] or "")


class _Release:
    """Whose packages they are, as /etc/os-release says."""

    def __init__(self, said: dict[str, str]) -> None:
        name = said.get("ID", "").lower()
        self.vendor = _VENDORS.get(name, name)
        self.about = said.get("PRETTY_NAME", "")

    def package(self, kind: str, place: int, name: str, version: str, called: str, architecture: str) -> Row:
        """Return a row of a package; with a package URL where it is known whose package it is."""
        purl = f"pkg:{kind}/{quote(self.vendor)}/{quote(name)}@{quote(version)}" if self.vendor else ""
        other = {"package": called if called != name else "", "architecture": architecture}
        kept = {heading: text for heading, text in other.items() if text}
        return installed(place, Component(name, version, "", "", purl), of=self.about, other=kept)


def _parted(text: str) -> tuple[list[Line], _Release]:
    """Return the lines of the list, and what was said before them."""
    lines = [(place, line.strip("\r\n ")) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    above = list(takewhile(lambda line: _OS_RELEASE.fullmatch(line[1]), lines))
    said = dict(line.split("=", 1) for _, line in above)
    return lines[len(above) :], _Release({name: value.strip("\"'") for name, value in said.items()})
