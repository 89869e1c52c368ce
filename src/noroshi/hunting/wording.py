"""What the engine says, in the reader's language. The engine knows no Django; its sentences are a closed set."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.hunting.domain.harmless import HARMLESS
from noroshi.hunting.engine import DiskReason, FileReason, LineReason, NeedleReason, ScanReason
from noroshi.intel.domain.observables import ObservableType
from noroshi.intel.wording import TYPES

REASONS: Final[dict[str, Promise]] = {
    FileReason.MISSING: _("The file cannot be read."),
    FileReason.EMPTY: _("The file is empty."),
    FileReason.TRUNCATED: _("The compressed file ends too early: copy it again."),
    FileReason.CORRUPT: _("The compressed file is damaged."),
    FileReason.BOMB: _("The file expands far more than a log does and was not read further."),
    FileReason.TOO_LARGE: _("The file is larger than one ingest may read: split it."),
    FileReason.BINARY: _("The file is not text."),
    FileReason.COMPRESSION: _("The compression is not known: use gzip, Zstandard or none."),
    FileReason.FORMAT: _("No known log format: no line shows a time, and no header names one."),
    FileReason.NOT_THE_FORMAT: _("The file does not begin as the format that was asked for does."),
    FileReason.OBJECT_TOO_LARGE: _("An object of the JSON document is larger than 16 MiB."),
    FileReason.DOCUMENT_BROKEN: _("The JSON document is broken."),
    FileReason.DAYS: _("The events spread over more than ten years: check the time column."),
    LineReason.TOO_LONG: _("The line is longer than a mebibyte."),
    LineReason.ENCODING: _("The line is not in the encoding of its file."),
    LineReason.NOT_WEB: _("The line is not in the common or combined log format."),
    LineReason.NOT_SYSLOG: _("The line is not syslog of RFC 5424 or RFC 3164."),
    LineReason.NOT_CEF: _("The line is not in the CEF or LEEF format."),
    LineReason.NOT_JSON: _("The line is not a JSON object."),
    LineReason.NESTED: _("The JSON object is nested too deeply."),
    LineReason.COLUMNS: _("The line has another number of columns than the header."),
    LineReason.QUOTES: _("A quoted value is not closed."),
    LineReason.TIME: _("The line has no readable time between 1990 and 2100."),
    LineReason.FUTURE: _("The time lies more than a day ahead: the clock of the device is wrong."),
    LineReason.PAST: _(
        "The time lies more than 400 days back, and the line has just arrived: the clock of the device is wrong."
    ),
    LineReason.FIELD_TOO_LONG: _("A value is longer than 16,384 characters."),
    NeedleReason.TYPE: _("The kind of value is not known."),
    NeedleReason.EMPTY: _("The value is empty."),
    NeedleReason.TOO_LONG: _("The value is longer than 8,192 characters."),
    NeedleReason.ADDRESS: _("This is not an IP address."),
    NeedleReason.NETWORK: _("This is not an IP network."),
    NeedleReason.WIDE: _("The network is too wide: an IPv4 network needs at least /8, an IPv6 network at least /16."),
    NeedleReason.UNSPECIFIED: _("The unspecified address stands for no host."),
    NeedleReason.DOMAIN: _("This is not a domain name."),
    NeedleReason.SUFFIX: _("This is a public suffix: it would match everybody under it."),
    NeedleReason.URL: _("This is not a URL with a host."),
    NeedleReason.EMAIL: _("This is not an e-mail address."),
    NeedleReason.HASH: _("This is not a hexadecimal digest of that kind."),
    NeedleReason.SHORT: _("The value is too short to mean anything."),
    DiskReason.FULL: _("The disk is full: make room, then do it again. What was there before is whole."),
    DiskReason.REFUSES: _("The disk refuses it: see to the disk, then do it again. What was there before is whole."),
    ScanReason.NOT_INDEXED: _("These files are not in the index yet: compact the lake."),
    ScanReason.UNREADABLE: _("The index of these files is missing or damaged: compact the lake."),
    ScanReason.CUT: _(
        "Values were counted in the events: a time window or a long URL cuts through what the index counts."
    ),
    ScanReason.ASKED: _("The hunt was told to do without the index."),
    HARMLESS: _("A warning list knows this value as harmless; it is in the logs."),
}
_NO_VALUE: Final = _("Nothing that can be looked for was recognised in it.")


def in_words(reason: str) -> str:
    """Return a reason of the engine in the reader's language; one it does not know, as it is."""
    return str(REASONS.get(reason, reason) if reason else _NO_VALUE)


def type_name(kind: str) -> str:
    """Return the name of a type of observable."""
    return str(TYPES[ObservableType(kind)])
