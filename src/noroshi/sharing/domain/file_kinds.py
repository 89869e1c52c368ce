"""What a file is, by its content: neither its name nor the type that came with it decides.

The list of what is taken is short and positive, so a table of first bytes does; a library that knows a thousand types
would only name what is refused anyway.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from noroshi.sharing.domain.encodings import decoded


class FileKind(StrEnum):
    """Kinds of file that are taken."""

    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    WEBP = "webp"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    TEXT = "text"
    CAPTURE = "capture"
    ZIP = "zip"
    SAMPLE = "sample"
    """A ZIP archive whose every member is encrypted: the only way in which malware is taken."""


class Refusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    EXECUTABLE = "executable"
    SCRIPT = "script"
    MACRO = "macro"
    OLD_OFFICE = "old_office"
    OTHER_ARCHIVE = "other_archive"
    NOT_ENCRYPTED = "not_encrypted"
    BROKEN_ARCHIVE = "broken_archive"
    BOMB = "bomb"
    NESTED = "nested"
    HIDDEN_PATH = "hidden_path"
    UNCLEANABLE_KIND = "uncleanable_kind"
    UNCLEANABLE = "uncleanable"


class Unfit(ValueError):  # noqa: N818 - says what is the matter
    """A file that is not taken, and why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Looks:
    """How a kind is served and named: its media type, the endings it may have, the first of them where it has none."""

    media_type: str
    endings: tuple[str, ...]


TEXT_ENDINGS: Final = ("txt", "log", "csv", "tsv", "json", "ndjson", "md", "yaml", "yml", "yar", "yara", "rules", "ioc")
LOOKS: Final = {
    FileKind.PNG: Looks("image/png", ("png",)),
    FileKind.JPEG: Looks("image/jpeg", ("jpg", "jpeg")),
    FileKind.GIF: Looks("image/gif", ("gif",)),
    FileKind.WEBP: Looks("image/webp", ("webp",)),
    FileKind.PDF: Looks("application/pdf", ("pdf",)),
    FileKind.DOCX: Looks("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    FileKind.XLSX: Looks("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    FileKind.PPTX: Looks("application/vnd.openxmlformats-officedocument.presentationml.presentation", ("pptx",)),
    FileKind.TEXT: Looks("text/plain", TEXT_ENDINGS),
    FileKind.CAPTURE: Looks("application/vnd.tcpdump.pcap", ("pcap", "pcapng", "cap")),
    FileKind.ZIP: Looks("application/zip", ("zip",)),
    FileKind.SAMPLE: Looks("application/zip", ("zip",)),
}
OFFICE: Final = {"word": FileKind.DOCX, "xl": FileKind.XLSX, "ppt": FileKind.PPTX}
ZIPPED: Final = (b"PK\x03\x04", b"PK\x05\x06")

_TAKEN: Final = (
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"GIF87a", FileKind.GIF),
    (b"GIF89a", FileKind.GIF),
    (b"%PDF-", FileKind.PDF),
    (b"\xd4\xc3\xb2\xa1", FileKind.CAPTURE),
    (b"\xa1\xb2\xc3\xd4", FileKind.CAPTURE),
    (b"\x4d\x3c\xb2\xa1", FileKind.CAPTURE),
    (b"\xa1\xb2\x3c\x4d", FileKind.CAPTURE),
    (b"\x0a\x0d\x0d\x0a", FileKind.CAPTURE),
)
_REFUSED: Final = (
    (b"MZ", Refusal.EXECUTABLE),
    (b"\x7fELF", Refusal.EXECUTABLE),
    (b"\xca\xfe\xba\xbe", Refusal.EXECUTABLE),
    (b"\xce\xfa\xed\xfe", Refusal.EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", Refusal.EXECUTABLE),
    (b"\xfe\xed\xfa", Refusal.EXECUTABLE),
    (b"dex\n", Refusal.EXECUTABLE),
    (b"\0asm", Refusal.EXECUTABLE),
    (b"L\0\0\0\x01\x14\x02\0", Refusal.EXECUTABLE),
    (b"ITSF", Refusal.EXECUTABLE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Refusal.OLD_OFFICE),
    (b"{\\rt", Refusal.OLD_OFFICE),
    (b"7z\xbc\xaf\x27\x1c", Refusal.OTHER_ARCHIVE),
    (b"Rar!", Refusal.OTHER_ARCHIVE),
    (b"\x1f\x8b", Refusal.OTHER_ARCHIVE),
    (b"BZh", Refusal.OTHER_ARCHIVE),
    (b"\xfd7zXZ", Refusal.OTHER_ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Refusal.OTHER_ARCHIVE),
    (b"MSCF", Refusal.OTHER_ARCHIVE),
)
_LONGEST_SAMPLE_OF_TEXT: Final = 64 * 1024
_ACTIVE: Final = re.compile(
    r"\A[\ufeff\s]*(#!|<\?php|<%|@echo\b|<!doctype\s+html|<html|<head|<body|<script|<svg|<hta:)"
    r"|<script[\s>]|<svg[\s>]|<html[\s>]",
    re.IGNORECASE,
)
# fmt: off
SCRIPT_ENDINGS: Final = frozenset(
    [
        "bat",
        "cmd",
        "com",
        "ps1",
        "psm1",
        "psd1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "mjs",
        "wsf",
        "wsh",
        "hta",
        "sct",
        "scr",
        "pif",
        "lnk",
        "reg",
        "inf",
        "msc",
        "jar",
        "py",
        "pyw",
        "pl",
        "rb",
        "php",
        "asp",
        "aspx",
        "jsp",
        "sh",
        "bash",
        "zsh",
        "csh",
        "html",
        "htm",
        "xhtml",
        "svg",
        "svgz",
        "mht",
        "mhtml",
        "xml",
        "xsl",
        "url",
        "iqy",
        "slk",
        "application",
        "appref-ms",
        "exe",
        "dll",
        "sys",
        "msi",
        "msix",
        "appx",
        "cpl",
        "ocx",
        "drv",
        "docm",
        "dotm",
        "xlsm",
        "xltm",
        "xlam",
        "xlsb",
        "pptm",
        "potm",
        "ppsm",
        "ppam",
        "iso",
        "img",
        "vhd",
        "vhdx",
        "one",
        "chm",
    ]
)
# fmt: on
"""Endings that a double click runs, or that carry what runs."""


@dataclass(frozen=True)
class Known:
    """What a file was found to be; `charset` for a text."""

    kind: FileKind
    charset: str = ""

    @property
    def media_type(self) -> str:
        """The type it is served as."""
        return f"{LOOKS[self.kind].media_type}; charset={self.charset}" if self.charset else LOOKS[self.kind].media_type


def known_by_first_bytes(data: bytes) -> Known | None:
    """Return what the first bytes say, None where they say nothing (a text, a ZIP archive); raise Unfit."""
    if not data:
        raise Unfit(Refusal.EMPTY)
    for start, reason in _REFUSED:
        if data.startswith(start):
            raise Unfit(reason)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Known(FileKind.WEBP)
    return next((Known(kind) for start, kind in _TAKEN if data.startswith(start)), None)


def known_as_text(data: bytes, name: str) -> Known:
    """Return that `data` is a text, in which encoding; raise Unfit where it is none, or one that runs."""
    found = decoded(data)
    if found is None:
        raise Unfit(Refusal.UNKNOWN)
    charset, text = found
    if ending_of(name) in SCRIPT_ENDINGS or _ACTIVE.search(text[:_LONGEST_SAMPLE_OF_TEXT]):
        raise Unfit(Refusal.SCRIPT)
    return Known(FileKind.TEXT, charset)


def ending_of(name: str) -> str:
    """Return the ending of a file name in lower case, empty where it has none."""
    _stem, dot, ending = name.rpartition(".")
    return ending.strip().lower() if dot else ""
