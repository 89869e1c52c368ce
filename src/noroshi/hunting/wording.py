"""What the engine says, in the reader's language. The engine knows no Django; its sentences are a closed set."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.hunting.engine import FileReason, LineReason, NeedleReason
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
    FileReason.FORMAT: _(
        "No known log format: give a web access log, JSON lines, or CSV with a header that names a time."
    ),
    FileReason.DOCUMENT_TOO_LARGE: _("The JSON document is too large: write one object a line."),
    FileReason.DOCUMENT_BROKEN: _("The JSON document is broken."),
    FileReason.DAYS: _("The events spread over more than ten years: check the time column."),
    LineReason.TOO_LONG: _("The line is longer than a mebibyte."),
    LineReason.ENCODING: _("The line is not in the encoding of its file."),
    LineReason.NOT_WEB: _("The line is not in the common or combined log format."),
    LineReason.NOT_JSON: _("The line is not a JSON object."),
    LineReason.NESTED: _("The JSON object is nested too deeply."),
    LineReason.COLUMNS: _("The line has another number of columns than the header."),
    LineReason.QUOTES: _("A quoted value is not closed."),
    LineReason.TIME: _("The line has no readable time between 1990 and 2100."),
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
}
_NO_VALUE: Final = _("Nothing that can be looked for was recognised in it.")


def in_words(reason: str) -> str:
    """Return a reason of the engine in the reader's language; one it does not know, as it is."""
    return str(REASONS.get(reason, reason) if reason else _NO_VALUE)


def type_name(kind: str) -> str:
    """Return the name of a type of observable."""
    return str(TYPES[ObservableType(kind)])
