"""What goes in and out of the lake: plain values, no behaviour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NeedleType(StrEnum):
    """The kinds of observable a hunt understands."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    CIDR = "cidr"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    USER_AGENT = "user_agent"
    DEVICE = "device"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Needle:
    """One value to look for; ``type`` is a value of `NeedleType`."""

    type: str
    value: str


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """Where one event came from: SHA-256 and name of the (decompressed) log file, and its line, from 1."""

    time: datetime
    source: str
    file_digest: str
    file_name: str
    line: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One needle seen in one organisation's logs. ``count`` is in events; ``samples`` are the earliest few."""

    organisation: str
    type: str
    value: str
    first_seen: datetime
    last_seen: datetime
    count: int
    samples: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class ScannedFiles:
    """How many files of events a hunt read for a reason (a sentence of `ScanReason`)."""

    reason: str
    files: int


@dataclass(frozen=True, slots=True)
class HuntResult:
    """The answer to a hunt; ``refused`` are (value, reason) of needles that were not searched for.

    ``scanned`` says what the index could not tell alone; ``capped`` that there are more hits than one answer holds.
    """

    hits: tuple[Hit, ...]
    wall_seconds: float
    cpu_seconds: float
    refused: tuple[tuple[str, str], ...]
    scanned: tuple[ScannedFiles, ...] = ()
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """How common a value is in one organisation's logs: its events, days (UTC) and sources, beside all there are.

    ``addresses`` and ``users`` are the different source addresses and users of its events.
    """

    events: int
    days: int
    sources: int
    addresses: int
    users: int
    all_events: int
    all_days: int
    all_sources: int


@dataclass(frozen=True, slots=True)
class HuntProgress:
    """Organisations of which all is known now, with their hits, and how many are still to be asked.

    Where there is none, ``hits`` is what is known so far of the one that is being read, without samples. ``parts`` of
    the index were looked up; of ``files`` of events that must be read, ``files_read`` were.
    """

    organisations: tuple[str, ...]
    waiting: int
    hits: Sequence[Hit]
    parts: int
    files: int
    files_read: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How the logs of a source are read.

    ``mapping`` gives the role of fields with unusual names, ``format`` is a name of `readers.FORMATS` (None: what it
    is recognised as), ``timezone`` that of times which name none (empty: the installation's).
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest did. ``skipped_files`` were known already, ``refused_files`` are (name, reason)."""

    organisation: str
    source: str
    files: int
    lines: int
    events: int
    quarantined: int
    skipped_files: tuple[str, ...]
    refused_files: tuple[tuple[str, str], ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class CompactReport:
    """What a compaction did: files of events indexed, parts of the index merged; and how large the index is now."""

    indexed_files: int
    merged_parts: int
    parts: int
    rows: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """The state of one log source of one organisation; ``bytes`` is its Parquet size."""

    organisation: str
    source: str
    files: int
    events: int
    quarantined: int
    first_event: datetime | None
    last_event: datetime | None
    bytes: int
    last_ingest: datetime


@dataclass(frozen=True, slots=True)
class QuarantinedLine:
    """A line that became no event, why, and its text (the first 2,000 characters)."""

    file_digest: str
    file_name: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay of a source's quarantine did: lines that became events, and lines that are left."""

    events: int
    left: int


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was compared with the manifest; ``problems`` are (path, reason), ``swept`` files that nobody knew.

    ``index`` is the number of parts of the index, ``unindexed`` that of the parts that none of these speaks for.
    """

    parts: int
    events: int
    index: int
    unindexed: int
    swept: int
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out of the lake: parts rewritten or gone, events, lines in quarantine."""

    parts: int
    events: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one file has come, in lines."""

    file_name: str
    lines: int
    total_lines: int
