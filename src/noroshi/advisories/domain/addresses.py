"""Mail addresses as they are typed and as they stand in files: which can be written to, and which two are one."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

LONGEST_ADDRESS: Final = 254
LONGEST_LOCAL: Final = 64
MOST_LINES: Final = 50_000
MOST_BYTES: Final = 5 * 1024 * 1024

_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_LABEL: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class Wrong(StrEnum):
    """Why something is no address that can be written to."""

    SHAPE = "shape"
    LONG = "long"
    LETTERS = "letters"
    """Of what stands before the @: mail servers that take other than ASCII there are few."""


class WrongAddressError(ValueError):
    """It cannot be written to; `wrong` says why."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.value)
        self.wrong = wrong


@dataclass(frozen=True)
class Address:
    """An address as mail is sent to it, and the form in which two writings of it are one."""

    text: str
    key: str

    @classmethod
    def of(cls, typed: str) -> Self:
        """Return the address that was typed. Raises WrongAddressError."""
        text = typed.strip()
        local, at, domain = text.rpartition("@")
        if not at or not local or not domain or any(mark in text for mark in ' \t\r\n<>,;:"()[]\\\0'):
            raise WrongAddressError(Wrong.SHAPE)
        if not local.isascii():
            raise WrongAddressError(Wrong.LETTERS)
        if not _LOCAL.fullmatch(local) or local[0] == "." or local[-1] == "." or ".." in local:
            raise WrongAddressError(Wrong.SHAPE)
        host = _host(domain)
        if len(local) > LONGEST_LOCAL or len(local) + 1 + len(host) > LONGEST_ADDRESS:
            raise WrongAddressError(Wrong.LONG)
        return cls(f"{local}@{host}", f"{local.lower()}@{host}")


def _host(domain: str) -> str:
    """Return a domain as the network writes it: in lower case, letters of other scripts as IDNA has them."""
    try:
        host = domain.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        raise WrongAddressError(Wrong.SHAPE) from None
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):  # noqa: PLR2004 - a name below a top one
        raise WrongAddressError(Wrong.SHAPE)
    return host


class NoLine(StrEnum):
    """Why a line of a file brings nobody in."""

    NO_ADDRESS = "no_address"
    TWICE = "twice"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Line:
    """A line of a file of addresses: an address and, where it says one, a language."""

    place: int
    address: Address
    language: str = ""


@dataclass(frozen=True)
class RefusedLine:
    """A line that brings nobody in: where it stands and why."""

    place: int
    reason: NoLine | Wrong


_HEADINGS: Final = frozenset({"address", "addresses", "mail", "email", "e-mail", "メールアドレス", "アドレス", "宛先"})
_LANGUAGES: Final = {"": "", "ja": "ja", "en": "en", "日本語": "ja", "英語": "en", "japanese": "ja", "english": "en"}


def read_addresses(body: bytes) -> Iterator[Line | RefusedLine]:
    """Yield what each line of a CSV file is: its first cell an address, its second, if any, a language.

    UTF-8 or the Japanese code page of Windows; one rotten line keeps no other out. Empty lines and a line of headings
    are passed over.
    """
    known: set[str] = set()
    for place, cells in enumerate(_rows(_decoded(body)), 1):
        first = cells[0].strip().strip("\ufeff").removeprefix("'") if cells else ""
        if not any(cell.strip() for cell in cells) or (place == 1 and first.lower() in _HEADINGS):
            continue
        line = _line(place, first, cells[1].strip().lower() if len(cells) > 1 else "")
        if isinstance(line, Line):
            if line.address.key in known:
                line = RefusedLine(place, NoLine.TWICE)
            else:
                known.add(line.address.key)
        yield line


def _line(place: int, first: str, language: str) -> Line | RefusedLine:
    if "@" not in first:
        return RefusedLine(place, NoLine.NO_ADDRESS)
    if language not in _LANGUAGES:
        return RefusedLine(place, NoLine.LANGUAGE)
    try:
        return Line(place, Address.of(first), _LANGUAGES[language])
    except WrongAddressError as error:
        return RefusedLine(place, error.wrong)


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("utf-8", errors="replace")


def _rows(text: str) -> Iterable[list[str]]:
    """Each line by itself: a quote that is never closed swallows no other line."""
    for line in text.splitlines()[:MOST_LINES]:
        try:
            yield next(csv.reader([line.replace("\0", "")], delimiter="\t" if "\t" in line else ","), [])
        except csv.Error:
            yield [line]
