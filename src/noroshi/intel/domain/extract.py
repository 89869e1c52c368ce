"""Observables proposed from free text: pasted reports, mails and chat, in Japanese and English.

Why our own: no well-kept extractor proves right on Japanese text, where no space parts an indicator from the
words around it. Found of 15 / 11 / 9 expected in Japanese sentences / defanged / plain, and wrong in decoys:
ioc-finder 12 / 9 / 9 and 1, iocsearcher 4 / 6 / 7 and 0, iocextract 7 / 6 / 6 and 1, at 338, 331 and 107 kB
per CPU-second. Here a match ends where the script changes, after full-width forms and defanging are undone.

What is deliberately not proposed:
- anything but a labelled account or user agent, since bare numbers and words would be noise;
- the host of a URL or mail address beside it; of `evil.example/a`, without a scheme, only the host is;
- bare names whose ending is also a file's (`report.zip`, `run.sh`): a file name is far more common. Defanged,
  after `www.` or in a URL they are taken;
- dotted numbers that the words beside them call a version, and names that read as program code.

Every pattern is bounded or possessive, so the time is linear in the text; `MAX_TEXT` bounds the text. No group is
repeated possessively: before Python 3.11.5 (CPython issue 106052) one that matches in part is a mismatch of all.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from noroshi.intel.domain.labelled import Labelled, labelled_values
from noroshi.intel.domain.observables import (
    HASH_LENGTHS,
    SCHEMES,
    InvalidObservable,
    Observable,
    ObservableType,
    parse_plain,
)
from noroshi.intel.domain.prose import (
    is_name_in_prose,
    is_product_version,
    is_spoken_name_plausible,
    is_version,
    joins_versions,
)
from noroshi.intel.domain.refang import Rewritten, is_defanged, is_spoken, refang
from noroshi.intel.domain.spans import host_end, url_end

MAX_TEXT = 2_000_000  # characters

# An address may follow a label (`IP:2001:db8::1`), not another group of hexadecimal digits.
_NOT_AFTER_A_GROUP = "".join(rf"(?<![^A-Za-z0-9][0-9A-Fa-f]{{{length}}}:)" for length in (1, 2, 3, 4))
# Letters of scripts that are written with spaces, beyond ASCII: of `аpple.com`, with a Cyrillic letter, `pple.com` is
# no part, as `evil.example` is one of 「はevil.exampleです」.
_SPACED = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u058f\u13a0-\u13ff\u1e00-\u1fff"
_WORD = rf"A-Za-z0-9_{_SPACED}"
_SPACED_LABEL = re.compile(rf"[{_WORD}-]+")
_SCAN = re.compile(
    rf"""(?=[A-Za-z0-9_%+:]|[^\x00-\x7f])  # nothing begins elsewhere; said first, for speed
    (?:
      (?P<url>    (?<![A-Za-z]) (?:{"|".join(SCHEMES)})://)
    | (?P<email>  (?<![A-Za-z0-9._%+-]) [A-Za-z0-9_%+][A-Za-z0-9._%+-]{{0,63}}+ @ (?=[\w-]))
    | (?P<ipv6>   (?=[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:]) (?<![A-Za-z0-9_.]) (?<!::) {_NOT_AFTER_A_GROUP}
                  [0-9A-Fa-f:]{{2,39}}+
                  (?:(?:\.[0-9]{{1,3}}){{3}})? (?:/[0-9]{{1,3}})? (?![A-Za-z0-9_:]))
    | (?P<dotted> (?<![{_WORD}]) (?<![{_WORD}][.-]) [A-Za-z0-9_][A-Za-z0-9_-]*+ (?:\.[A-Za-z0-9_-]++)+)
    | (?P<hash>   (?<![A-Za-z0-9]) [0-9A-Fa-f]{{32,64}}+ (?![A-Za-z0-9]))
    | (?P<idn>    (?: (?<![^\s「『（(<"'【：:]) [\w-]{{1,63}}+
                    | (?<![{_WORD}.-]) [A-Za-z0-9_-]{{0,62}}+ (?=[{_SPACED}]) [{_WORD}-]{{1,63}}+ )
                  (?:\.[\w-]{{1,63}}+){{1,8}})
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_PREFIX_LENGTH = re.compile(r"/[0-9]{1,2}(?![0-9A-Za-z_/])(?!\.[0-9])")
_DIGITS_ONLY = re.compile(r"[0-9.-]+")
_BETWEEN_HYPHENS = re.compile(r"[0-9.]+")  # 192.0.2.1-192.0.2.10
_HIRAGANA = re.compile(r"[ぁ-ゖ]")
_OF_LENGTH = {length: kind for kind, length in HASH_LENGTHS.items()}

_NEAR = 6  # characters between two version numbers of one list: 「1.2.3.4 から 1.2.3.9」


class TextTooLong(ValueError):  # noqa: N818 - says what is the matter, like InvalidObservable
    """The text is longer than the caller allows."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An observable found in a text (`text[start:end] == quoted`), and a stable code for how it was known.

    `reason` is `plain-TYPE`, `defanged-TYPE` (full-width forms count) or `labelled-TYPE`, TYPE with hyphens.
    """

    observable: Observable
    start: int
    end: int
    quoted: str
    reason: str


def extract(text: str, *, limit: int = 5000, max_text: int = MAX_TEXT) -> list[Proposal]:
    """Propose each observable of `text` once, in order of first appearance, at most `limit` of them.

    Raise `TextTooLong` if the text has more than `max_text` characters.
    """
    if len(text) > max_text:
        raise TextTooLong(f"The text has {len(text):,} characters; at most {max_text:,} are read.")
    first: dict[Observable, Proposal] = {}
    for proposal in _in_order(text):
        first.setdefault(proposal.observable, proposal)
        if len(first) >= limit:
            break
    return list(first.values())


def _in_order(text: str) -> Iterator[Proposal]:
    labelled = list(labelled_values(text))
    waiting = [_proposal_of(text, value) for value in reversed(labelled)]
    for proposal in _Scanner(refang(text)).proposals():
        while waiting and waiting[-1].start <= proposal.start:
            yield waiting.pop()
        if not _inside(labelled, proposal):
            yield proposal
    yield from reversed(waiting)


def _proposal_of(text: str, value: Labelled) -> Proposal:
    quoted = text[value.start : value.end]
    return Proposal(value.observable, value.start, value.end, quoted, _code("labelled", value.observable))


def _inside(labelled: list[Labelled], proposal: Proposal) -> bool:
    before = bisect_right(labelled, proposal.start, key=lambda value: value.start)
    return before > 0 and proposal.start < labelled[before - 1].end


def _code(how: str, observable: Observable) -> str:
    return f"{how}-{observable.type.replace('_', '-')}"


class _Scanner:
    """One pass from left to right over a text in plain form."""

    def __init__(self, rewritten: Rewritten) -> None:
        self._rewritten = rewritten
        self._text = rewritten.text
        self._position = 0
        self._version_end = 0  # where the last version number ended

    def proposals(self) -> Iterator[Proposal]:
        readers = {
            "url": self._read_url,
            "email": self._read_email,
            "ipv6": self._read_ipv6,
            "dotted": self._read_dotted,
            "hash": self._read_hash,
            "idn": self._read_idn,
        }
        while match := _SCAN.search(self._text, self._position):
            self._position = match.end()
            yield from filter(None, readers[str(match.lastgroup)](match))

    def _read_url(self, match: re.Match[str]) -> Iterator[Proposal | None]:
        yield self._proposal(ObservableType.URL, match.start(), url_end(self._text, match.start(), match.end()))

    def _read_email(self, match: re.Match[str]) -> Iterator[Proposal | None]:
        yield self._proposal(ObservableType.EMAIL, match.start(), host_end(self._text, match.end()))

    def _read_ipv6(self, match: re.Match[str]) -> Iterator[Proposal | None]:
        written = match[0]
        if written.endswith(":") and not written.endswith("::"):
            written = written[:-1]
        kind = ObservableType.CIDR if "/" in written else ObservableType.IPV6
        proposal = None
        if _reads_as_ipv6(written):
            proposal = self._proposal(kind, match.start(), match.start() + len(written))
        if proposal is None:
            self._position = match.start() + 1  # a time, a port: what follows its colons is read by itself
        yield proposal

    def _read_dotted(self, match: re.Match[str]) -> Iterator[Proposal | None]:
        if not _DIGITS_ONLY.fullmatch(match[0]):
            yield self._domain(match.start(), match.start() + len(match[0].rstrip("-_"))) or self._hash(match)
            return
        for part in _BETWEEN_HYPHENS.finditer(match[0]):
            yield self._ipv4(match.start() + part.start(), match.start() + part.end())

    def _read_hash(self, match: re.Match[str]) -> Iterator[Proposal | None]:
        yield self._hash(match)

    def _read_idn(self, match: re.Match[str]) -> Iterator[Proposal | None]:
        """Read a name in another script: only from a clear beginning, since Japanese prose has no spaces before it."""
        first_label = match[0].partition(".")[0]
        proposal = None
        if not first_label[-1].isascii() or _SPACED_LABEL.fullmatch(first_label):
            proposal = self._domain(match.start(), host_end(self._text, match.start()))
        if proposal and _HIRAGANA.search(first_label) and not _is_defanged(proposal):
            proposal = None
        if proposal is None:
            self._position = match.start() + 1
        yield proposal

    def _ipv4(self, start: int, end: int) -> Proposal | None:
        if is_version(self._text, start, end) or self._continues_versions(start):
            self._version_end = end
            return None
        if is_product_version(self._text, start):
            return None
        if length := _PREFIX_LENGTH.match(self._text, end):
            return self._proposal(ObservableType.CIDR, start, length.end())
        return self._proposal(ObservableType.IPV4, start, end)

    def _continues_versions(self, start: int) -> bool:
        is_near = 0 < self._version_end <= start <= self._version_end + _NEAR
        return is_near and joins_versions(self._text[self._version_end : start])

    def _domain(self, start: int, end: int) -> Proposal | None:
        proposal = self._proposal(ObservableType.DOMAIN, start, end)
        if proposal is None:
            return None
        written = self._text[start:end]
        if is_spoken(proposal.quoted) and not is_spoken_name_plausible(written):
            return None
        is_plain = not _is_defanged(proposal)
        return None if is_plain and is_name_in_prose(written, self._text[max(0, start - 1) : start]) else proposal

    def _hash(self, match: re.Match[str]) -> Proposal | None:
        digest = match[0].partition(".")[0]  # malware is often named by its hash: DIGEST.exe
        kind = _OF_LENGTH.get(len(digest))
        if kind is None or digest.isdigit():
            return None
        return self._proposal(kind, match.start(), match.start() + len(digest))

    def _proposal(self, kind: ObservableType, start: int, end: int) -> Proposal | None:
        written = self._text[start:end]
        try:
            observable = parse_plain(kind, written)
        except InvalidObservable:
            return None
        self._position = max(self._position, end)
        first, last = self._rewritten.span(start, end)
        quoted = self._rewritten.original[first:last]
        return Proposal(
            observable, first, last, quoted, _code("plain" if quoted == written else "defanged", observable)
        )


def _is_defanged(proposal: Proposal) -> bool:
    """Tell defanging from mere full-width forms, which also end sentences: 「確認した．Microsoft は」."""
    return proposal.reason.startswith("defanged") and is_defanged(proposal.quoted)


def _reads_as_ipv6(written: str) -> bool:
    """Tell an address from scopes, slices, times and MAC addresses: a digit, and a group of three or more."""
    groups = written.partition("/")[0].split(":")
    return any(map(str.isdigit, written)) and max(map(len, groups)) > len("ff")
