"""What a text says that its author may not want to say: the own house, other members, people, accounts.

Grave only together: one's own name in an anonymous post gives away what the anonymity was for. The rest is a warning.
All comparison is done on folded text (NFKC, small letters, no defanging), so that width and case hide nothing.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import cycle
from typing import Final
from zoneinfo import ZoneInfo

from noroshi.intel.domain.observables import Observable, ObservableType

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_FINDINGS: Final = 50
MAX_SHOWN: Final = 80
_SHORTEST: Final = {True: 4, False: 2}
"""Characters that a name has at least, in ASCII and in other scripts: shorter ones stand in ordinary words."""


class FindingKind(StrEnum):
    """What was found."""

    OWN_NAME = "own_name"
    OWN_DOMAIN = "own_domain"
    OWN_RANGE = "own_range"
    OWN_STAFF = "own_staff"
    MEMBER = "member"
    MAIL = "mail"
    PHONE = "phone"
    MY_NUMBER = "my_number"
    ACCOUNT = "account"
    CARD = "card"
    IBAN = "iban"


REVEALING: Final = frozenset(
    {FindingKind.OWN_NAME, FindingKind.OWN_DOMAIN, FindingKind.OWN_RANGE, FindingKind.OWN_STAFF}
)
"""What names the author's own house: it must be confirmed in an anonymous post."""


@dataclass(frozen=True)
class Finding:
    """Something in the text, as it was found there."""

    kind: FindingKind
    text: str

    @property
    def reveals(self) -> bool:
        """Whether it says who wrote it."""
        return self.kind in REVEALING


@dataclass(frozen=True)
class Marks:
    """By what the author's house, and the other members, are known."""

    names: frozenset[str] = field(default_factory=frozenset)
    domains: frozenset[str] = field(default_factory=frozenset)
    ranges: tuple[Network, ...] = ()
    staff: frozenset[str] = field(default_factory=frozenset)
    members: frozenset[str] = field(default_factory=frozenset)


def scan(text: str, marks: Marks, observables: Iterable[Observable] = ()) -> list[Finding]:
    """Return what of `marks`, and which personal data and account numbers, a text has; each once, in order of kind.

    `observables` are the values recognised in it: addresses and host names are compared as values, not as text.
    """
    folded = fold(text)
    found = dict.fromkeys(
        [
            *_named(folded, marks),
            *_own_values(folded, marks, observables),
            *_personal(folded, marks),
            *_accounts(folded),
        ]
    )
    order = list(FindingKind)
    return sorted(found, key=lambda finding: order.index(finding.kind))[:MAX_FINDINGS]


@lru_cache(maxsize=64)
def fold(text: str) -> str:
    """Return `text` in the one form in which it is compared."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _INVISIBLE.sub("", plain).translate(_DASHES)
    return _DEFANGED_AT.sub("@", _DEFANGED_DOT.sub(".", plain))


# Zero-width characters and soft hyphens split a name for a machine and not for a reader.
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_DASHES: Final = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"}
_DEFANGED_DOT: Final = re.compile(r"\s?[\[({](?:\.|dot)[\])}]\s?")
_DEFANGED_AT: Final = re.compile(r"\s?[\[({](?:@|at)[\])}]\s?")


# Names

_FORMS: Final = re.compile(
    r"株式会社|有限会社|合同会社|相互会社|\(株\)|\(有\)|[,\s]*\b(?:co|corp|corporation|inc|ltd|limited|plc|llc|k\.k)\b\.?"
)


@lru_cache(maxsize=4096)
def spellings(name: str) -> frozenset[str]:
    """Return the forms under which a name is looked for: as it stands, and without the form of its company."""
    whole = " ".join(fold(name).split())
    bare = " ".join(_FORMS.sub("", whole).strip(" ,.").split())
    return frozenset(form for form in (whole, bare, bare.replace("_", "-")) if _is_telling(form))


def _is_telling(name: str) -> bool:
    return len(name) >= _SHORTEST[name.isascii()]


def _named(folded: str, marks: Marks) -> Iterator[Finding]:
    """The longest name wins where several lie over each other: 南みなと銀行 is not みなと銀行."""
    groups = (
        (FindingKind.OWN_NAME, _all_spellings(marks.names)),
        (FindingKind.OWN_STAFF, _of_people(marks.staff)),
        (FindingKind.MEMBER, _all_spellings(marks.members)),
    )
    places = [
        (start, end, kind)
        for kind, names in groups
        for name in names
        if name in folded
        for start, end in _places(folded, name)
    ]
    places += [(*found.span(), FindingKind.OWN_STAFF) for found in _spaced_people(folded, marks.staff)]
    taken: list[tuple[int, int]] = []
    for start, end, kind in sorted(places, key=lambda place: (place[0] - place[1], place[0])):
        if not any(start < other_end and other_start < end for other_start, other_end in taken):
            taken.append((start, end))
            yield Finding(kind, folded[start:end])


def _all_spellings(names: Iterable[str]) -> set[str]:
    return {form for name in names for form in spellings(name)}


def _of_people(staff: Iterable[str]) -> set[str]:
    """A person's whole name; of one word in ASCII there are too many in any text."""
    plain = {" ".join(fold(name).split()) for name in staff}
    return {name for name in plain if (" " in name if name.isascii() else len(name) > 2)}  # noqa: PLR2004 - 林 進 has 3


def _spaced_people(folded: str, staff: Iterable[str]) -> Iterator[re.Match[str]]:
    """A Japanese name is written with a blank between its parts, or without."""
    for name in _of_people(staff):
        if not name.isascii() and " " in name:
            yield from re.finditer(r"\s?".join(map(re.escape, name.split())), folded)


def _places(folded: str, name: str) -> Iterator[tuple[int, int]]:
    start = folded.find(name)
    while start >= 0:
        end = start + len(name)
        if not name.isascii() or _stands_alone(folded, start, end):
            yield start, end
        start = folded.find(name, end)


def _stands_alone(folded: str, start: int, end: int) -> bool:
    around = folded[start - 1 : start] + folded[end : end + 1]
    return not any(character.isascii() and (character.isalnum() or character == "_") for character in around)


# Domains, addresses


def _own_values(folded: str, marks: Marks, observables: Iterable[Observable]) -> Iterator[Finding]:
    for domain in sorted(marks.domains):
        pattern = rf"(?<![a-z0-9_-])(?:[a-z0-9._%+-]*@)?(?:[a-z0-9_-]+\.)*{re.escape(domain)}(?![a-z0-9_-]|\.[a-z0-9])"
        if domain in folded:
            yield from (Finding(FindingKind.OWN_DOMAIN, _short(found[0])) for found in re.finditer(pattern, folded))
    for value in observables:
        network = _network(value)
        if network is not None and any(_overlaps(network, own) for own in marks.ranges):
            yield Finding(FindingKind.OWN_RANGE, value.value)


def _network(value: Observable) -> Network | None:
    if value.type in (ObservableType.IPV4, ObservableType.IPV6, ObservableType.CIDR):
        return ipaddress.ip_network(value.value, strict=False)
    if value.type is ObservableType.URL:
        host = value.value.partition("://")[2].partition("/")[0].rpartition("@")[2]
        host = host.strip("[]") if host.startswith("[") else host.partition(":")[0]
        try:
            return ipaddress.ip_network(host)
        except ValueError:
            return None
    return None


def _overlaps(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)


# People

_MAIL: Final = re.compile(
    r"(?<![a-z0-9._%+/:-])[a-z0-9_%+][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}(?![a-z0-9-])"
)
# Ten or eleven digits in their usual groups; or a mobile number without any. Free of charge is nobody's own.
_PHONE: Final = re.compile(
    r"(?<![\w.+/=-])(?:\+81[- ]?(?:\(0\))?[1-9]\d{0,3}|\(?0\d{1,4}\)?)[- ]\d{1,4}[- ]\d{4}(?![\d.-])"
    r"|(?<![\w.+/=-])0[789]0\d{8}(?![\w.-])",
    re.ASCII,
)
_FREE_OF_CHARGE: Final = ("0120", "0800", "0570", "0990")
_PHONE_DIGITS: Final = (10, 11)
_TWELVE: Final = re.compile(
    r"(?<![\w.,:/=+-])(?<![\w][ -])\d{4}([ -]?)\d{4}\1\d{4}(?![\w/=-]|[.,:]\d|[ -]\d)", re.ASCII
)


def _personal(folded: str, marks: Marks) -> Iterator[Finding]:
    for found in _MAIL.finditer(folded):
        host = found[0].rpartition("@")[2]
        if not any(host == own or host.endswith(f".{own}") for own in marks.domains):
            yield Finding(FindingKind.MAIL, _short(found[0]))
    for found in _PHONE.finditer(folded):
        digits = re.sub(r"\D", "", found[0])
        digits = re.sub(r"^810?", "0", digits) if found[0].startswith("+") else digits
        if len(digits) in _PHONE_DIGITS and not digits.startswith(_FREE_OF_CHARGE):
            yield Finding(FindingKind.PHONE, found[0])
    for found in _TWELVE.finditer(folded):
        digits = re.sub(r"\D", "", found[0])
        if is_my_number(digits) and not _is_moment(digits):
            yield Finding(FindingKind.MY_NUMBER, found[0])


def is_my_number(digits: str) -> bool:
    """Whether twelve digits end with the check digit of an individual number (ordinance 85 of 2014, article 5)."""
    if len(set(digits)) == 1:
        return False
    weights = [place + 1 if place <= 6 else place - 5 for place in range(1, 12)]  # noqa: PLR2004 - the ordinance's
    rest = sum(int(digit) * weight for digit, weight in zip(reversed(digits[:11]), weights, strict=True)) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def _is_moment(digits: str) -> bool:
    """Whether twelve digits read as year, month, day, hour and minute: a log has many of those."""
    try:
        moment = datetime.strptime(digits, "%Y%m%d%H%M").replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    except ValueError:
        return False
    return 1990 <= moment.year <= 2100  # noqa: PLR2004 - the years of logs


# Accounts

_CARD: Final = re.compile(
    r"(?<![\w.,:/=+-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|3\d{3}([ -])\d{6}\2\d{5}|\d{14,16})(?![\w/=-]|[.,:]\d)",
    re.ASCII,
)
_CARD_STARTS: Final = re.compile(r"4|5[1-5]|2[2-7]|3[47]|35(?:2[89]|[3-8])|3(?:0[0-5]|[689])|6(?:011|4[4-9]|5|2)")
_IBAN: Final = re.compile(r"(?<![\w/=.-])[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?(?![\w/=])", re.ASCII)
_IBAN_LENGTHS: Final = {
    "at": 20, "be": 16, "ch": 21, "cy": 28, "cz": 24, "de": 22, "dk": 18, "ee": 20, "es": 24, "fi": 18, "fr": 27,
    "gb": 22, "gr": 27, "hr": 21, "hu": 28, "ie": 22, "il": 23, "is": 26, "it": 27, "li": 21, "lt": 20, "lu": 20,
    "lv": 21, "mc": 27, "mt": 31, "nl": 18, "no": 15, "pl": 28, "pt": 25, "ro": 24, "sa": 24, "se": 24, "si": 19,
    "sk": 24, "tr": 26, "ae": 23, "br": 29, "ua": 29, "kz": 20,
}  # fmt: skip
# Bank, branch and account joined by hyphens; an account after the word for it; branch and account by their words.
_ACCOUNT: Final = re.compile(
    r"(?<![\w.+/=-])(?:\d{4}-)?\d{3}-\d{7}(?![\w/=-]|\.\d)"
    r"|(?:口座番号|口座no\.?|普通預金|当座預金|普通|当座|貯蓄|account (?:number|no\.?))[\s::()「]{0,4}\d{7}(?!\d)"
    r"|支店(?:コード|番号|名)?[^\d\n]{0,12}\d{3}[^\d\n]{1,12}\d{7}(?!\d)"
    r"|記号[\s::]{0,3}1\d{4}[^\d\n]{1,6}番号[\s::]{0,3}\d{2,8}(?!\d)"
)


def _accounts(folded: str) -> Iterator[Finding]:
    checks: tuple[tuple[FindingKind, re.Pattern[str], Callable[[str], bool]], ...] = (
        (FindingKind.CARD, _CARD, _is_card),
        (FindingKind.IBAN, _IBAN, is_iban),
        (FindingKind.ACCOUNT, _ACCOUNT, bool),
    )
    for kind, pattern, holds in checks:
        for found in pattern.finditer(folded):
            if holds(re.sub(r"[ -]", "", found[0])):
                yield Finding(kind, _short(found[0]))


def _is_card(digits: str) -> bool:
    return bool(_CARD_STARTS.match(digits)) and not _is_moment(digits[:12]) and is_luhn(digits)


def is_luhn(digits: str) -> bool:
    """Whether digits end with their check digit (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * factor for digit, factor in zip(reversed(digits), cycle((1, 2))))
    return len(set(digits)) > 1 and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004


def is_iban(text: str) -> bool:
    """Whether a text without blanks is an account number of ISO 13616: length of its country, and check digits."""
    lowered = text.casefold()
    if _IBAN_LENGTHS.get(lowered[:2]) != len(lowered):
        return False
    return int("".join(str(int(character, 36)) for character in lowered[4:] + lowered[:4])) % 97 == 1


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
