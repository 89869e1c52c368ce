"""Why the lake refuses something: one clear sentence each, a closed set that the portal can translate."""

from enum import StrEnum

from noroshi.core.errors import NoroshiError


class LakeError(NoroshiError):
    """The lake cannot do what was asked; the message is a sentence for the person."""


class FileReason(StrEnum):
    """Why a whole file is refused; nothing of it is stored."""

    MISSING = "The file cannot be read."
    EMPTY = "The file is empty."
    TRUNCATED = "The compressed file ends too early: copy it again."
    CORRUPT = "The compressed file is damaged."
    BOMB = "The file expands far more than a log does and was not read further."
    TOO_LARGE = "The file is larger than one ingest may read: split it."
    BINARY = "The file is not text."
    COMPRESSION = "The compression is not known: use gzip, Zstandard or none."
    FORMAT = "No known log format: no line shows a time, and no header names one."
    NOT_THE_FORMAT = "The file does not begin as the format that was asked for does."
    OBJECT_TOO_LARGE = "An object of the JSON document is larger than 16 MiB."
    DOCUMENT_BROKEN = "The JSON document is broken."
    DAYS = "The events spread over more than ten years: check the time column."


class LineReason(StrEnum):
    """Why one line is put in quarantine."""

    TOO_LONG = "The line is longer than a mebibyte."
    ENCODING = "The line is not in the encoding of its file."
    NOT_WEB = "The line is not in the common or combined log format."
    NOT_SYSLOG = "The line is not syslog of RFC 5424 or RFC 3164."
    NOT_CEF = "The line is not in the CEF or LEEF format."
    NOT_JSON = "The line is not a JSON object."
    NESTED = "The JSON object is nested too deeply."
    COLUMNS = "The line has another number of columns than the header."
    QUOTES = "A quoted value is not closed."
    TIME = "The line has no readable time between 1990 and 2100."
    FUTURE = "The time lies more than a day ahead: the clock of the device is wrong."
    PAST = "The time lies more than 400 days back, and the line has just arrived: the clock of the device is wrong."
    FIELD_TOO_LONG = "A value is longer than 16,384 characters."


class PartProblem(StrEnum):
    """What is wrong with a part of the lake."""

    MISSING = "The file is missing."
    SIZE = "The file has another size than the manifest says."
    UNREADABLE = "The file cannot be read."
    EVENTS = "The file holds other events than the manifest says."
    INDEX = "This part of the index is missing or damaged: compact the lake."


class NeedleReason(StrEnum):
    """Why a needle is not searched for."""

    TYPE = "The kind of value is not known."
    EMPTY = "The value is empty."
    TOO_LONG = "The value is longer than 8,192 characters."
    ADDRESS = "This is not an IP address."
    NETWORK = "This is not an IP network."
    WIDE = "The network is too wide: an IPv4 network needs at least /8, an IPv6 network at least /16."
    UNSPECIFIED = "The unspecified address stands for no host."
    DOMAIN = "This is not a domain name."
    SUFFIX = "This is a public suffix: it would match everybody under it."
    URL = "This is not a URL with a host."
    EMAIL = "This is not an e-mail address."
    HASH = "This is not a hexadecimal digest of that kind."
    SHORT = "The value is too short to mean anything."


class ScanReason(StrEnum):
    """Why a hunt read files of events where the index would have told it all."""

    NOT_INDEXED = "These files are not in the index yet: compact the lake."
    UNREADABLE = "The index of these files is missing or damaged: compact the lake."
    CUT = "Values were counted in the events: a time window or a long URL cuts through what the index counts."
    ASKED = "The hunt was told to do without the index."


class DiskReason(StrEnum):
    """Why something could not be written, or not be worked out."""

    FULL = "The disk is full: make room, then do it again. What was there before is whole."
    REFUSES = "The disk refuses it: see to the disk, then do it again. What was there before is whole."


class RefusedFileError(Exception):
    """A whole file is refused for a `FileReason`."""

    def __init__(self, reason: FileReason) -> None:
        super().__init__(str(reason))
        self.reason = reason


class BadLineError(Exception):
    """One line is refused for a `LineReason`."""

    def __init__(self, reason: LineReason) -> None:
        super().__init__(str(reason))
        self.reason = reason


class BadNeedleError(Exception):
    """One needle is refused for a `NeedleReason`."""

    def __init__(self, reason: NeedleReason) -> None:
        super().__init__(str(reason))
        self.reason = reason
