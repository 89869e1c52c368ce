"""The data types of STIX 2.1, section 2, each as a check: it takes a value and returns what it breaks, mostly nothing.

Values are what a JSON reader gives: str, int, float, bool, list, dict, None.
"""

import math
import re
from base64 import b64decode
from binascii import Error as NoBase64Error
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from operator import length_hint
from typing import Any, Final

from noroshi.intel.domain.stix.rules import MAX_PROBLEMS, Found, Problem, Rule, found, gathered, shown
from noroshi.intel.domain.stix.shapes import among, shaped, some, text, whole
from noroshi.intel.domain.stix.vocabularies import HASH_ALGORITHMS

Check = Callable[[Any], Found]

MAX_INTEGER: Final = 2**53 - 1
MAX_NAME: Final = 250
MIN_NAME: Final = 3
MAX_IDENTIFIER: Final = MAX_NAME + 2 + 36
MAX_DEPTH: Final = 32
"""Lists and dictionaries within each other; the standard sets no bound, and no object in use comes near."""

UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
TYPE: Final = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_is_identifier: Final = re.compile(rf"({TYPE})--{UUID}").fullmatch
_is_type: Final = re.compile(TYPE).fullmatch
_TIME: Final = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)"
_DAY: Final = (
    r"(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_DAY: Final = r"(?!0000)[0-9]{2}(?:[02468][048]|[13579][26])-02-29"
_is_moment: Final = re.compile(rf"(?:{_DAY}|{_LEAP_DAY}){_TIME}(?:\.[0-9]{{1,20}})?Z").fullmatch
_is_key: Final = re.compile(r"[a-zA-Z0-9_-]{1,250}").fullmatch
_HEX: Final = r"(?:[0-9a-f]{2})*"
_is_hex: Final = re.compile(_HEX).fullmatch
# Language, extended language, script, region, variants, extensions, private use; the older tags that were grandfathered
# in begin with i- or are of this form too. A language of four letters is reserved, longer ones were never registered.
_LANGUAGE: Final = (
    r"(?ai:[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|i-[a-z]{2,8})"
)
_is_language: Final = re.compile(_LANGUAGE).fullmatch
_URL: Final = r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"]+"
_is_url: Final = re.compile(_URL).fullmatch
_HASHES: Final = {
    name: re.compile(form).fullmatch
    for name, form in {
        "MD5": r"[0-9a-fA-F]{32}",
        "SHA-1": r"[0-9a-fA-F]{40}",
        "SHA-256": r"[0-9a-fA-F]{64}",
        "SHA-512": r"[0-9a-fA-F]{128}",
        "SHA3-256": r"[0-9a-fA-F]{64}",
        "SHA3-512": r"[0-9a-fA-F]{128}",
        "SSDEEP": r"[0-9]{1,20}:[A-Za-z0-9+/]{0,64}:[A-Za-z0-9+/]{0,64}",
        "TLSH": r"(?:T1)?[0-9a-fA-F]{70}",
    }.items()
}


def string(value: Any) -> Found:
    """2.15."""
    return None if type(value) is str else found(Rule.STRING, value=value)


shaped(string, str)
open_vocabulary = string
"""2.14: a list of section 10 suggests values, any other may stand there."""


def boolean(value: Any) -> Found:
    """2.2: true or false, never a string or a number."""
    return None if type(value) is bool else found(Rule.BOOLEAN, value=value)


shaped(boolean, bool)


def integer(least: int = -MAX_INTEGER, most: int = MAX_INTEGER) -> Check:
    """2.10, between two bounds. JSON knows one kind of number, so 8.0 is a whole one."""

    def check(value: Any) -> Found:
        if type(value) is not int and not (type(value) is float and value.is_integer()):
            return found(Rule.INTEGER, value=value)
        return None if least <= value <= most else found(Rule.RANGE, value=value, least=least, most=most)

    return shaped(check, whole(least, most))


def number(least: float = -math.inf, most: float = math.inf) -> Check:
    """2.6, between two bounds. Infinity and NaN are no values, and neither is what overflows to them."""

    def check(value: Any) -> Found:
        if type(value) not in (int, float) or not _is_finite(value):
            return found(Rule.FLOAT, value=value)
        return None if least <= value <= most else found(Rule.RANGE, value=value, least=least, most=most)

    return check


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


def literal(wanted: str, rule: Rule = Rule.ENUMERATION) -> Check:
    """Take exactly this string."""

    def check(value: Any) -> Found:
        return None if value == wanted else found(rule, value=value, allowed=wanted)

    return shaped(check, among([wanted]))


def one_of(enumeration: frozenset[str]) -> Check:
    """2.4: a value of a closed list."""

    def check(value: Any) -> Found:
        if type(value) is str and value in enumeration:
            return None
        return found(Rule.ENUMERATION, value=value, allowed=", ".join(sorted(enumeration)))

    return shaped(check, among(enumeration))


def list_of(check: Check) -> Check:
    """2.12: at least one value, each of one type."""

    def check_list(value: Any) -> Found:
        if type(value) is not list:
            return found(Rule.LIST, value=value)
        if not value:
            return found(Rule.EMPTY_LIST)
        rest = iter(value)
        for item in rest:
            if bad := check(item):
                return _all_from(check, rest, len(value) - length_hint(rest) - 1, bad)
        return None

    return shaped(check_list, some(check))


def _all_from(check: Check, rest: Iterator[Any], place: int, bad: list[Problem]) -> list[Problem]:
    """Gather what the item at `place` breaks and what those after it do; most lists never come here."""
    problems: list[Problem] = []
    enough = gathered(problems, place, bad)
    while not enough and (item := next(rest, rest)) is not rest:
        place += 1
        enough = gathered(problems, place, check(item) or [])
    return problems


def dictionary(check: Check, *, key: Callable[[str], object] = _is_key, rule: Rule = Rule.DICTIONARY_KEY) -> Check:
    """2.3: at least one key of the permitted form, and a value of one type for each."""

    def check_dictionary(value: Any) -> Found:
        if type(value) is not dict:
            return found(Rule.DICTIONARY, value=value)
        if not value:
            return found(Rule.EMPTY_DICTIONARY)
        problems: list[Problem] = []
        for name, item in value.items():
            bad = check(item) if key(name) else found(rule, value=name)
            if bad and gathered(problems, shown(name), bad):
                break
        return problems or None

    return check_dictionary


def nested(leaves: Mapping[type, Check], depth: int = MAX_DEPTH) -> Check:
    """Take a value of section 2, whichever; `leaves` are the checks of those that hold no others. Bounded in depth."""
    if depth == 0:
        return lambda _: found(Rule.TOO_DEEP, most=MAX_DEPTH)
    inner = nested(leaves, depth - 1)
    checks = {dict: dictionary(inner), list: list_of(inner), type(None): _null, **leaves}

    def check(value: Any) -> Found:
        known = checks.get(type(value))
        return None if known is None else known(value)

    return check


def _null(_: Any) -> Found:
    return found(Rule.NULL)


anything: Final = nested({int: integer(), float: number()})
"""Whatever a custom property may hold."""


def _moment(least: int = 0) -> Check:
    def check(value: Any) -> Found:
        if type(value) is not str or _is_moment(value) is None or not _is_leap(value):
            return found(Rule.TIMESTAMP, value=value)
        return None if len(value) >= least else found(Rule.PRECISION, value=value)

    fraction = r"(?:\.[0-9]{1,20})?" if least == 0 else r"\.[0-9]{3,20}"
    return shaped(check, text(rf"{_DAY}{_TIME}{fraction}Z"))


timestamp: Final = _moment()
"""2.16: RFC 3339 in UTC with a Z, on a day that there is."""

exact_timestamp: Final = _moment(len("2026-01-02T03:04:05.678Z"))
"""3.2: for `created` and `modified`, to the millisecond at least."""


def _is_leap(value: str) -> bool:
    """Whether a 29th of February is one: not in a century's year that no 400 divides."""
    return value[2:10] != "00-02-29" or int(value[:2]) % 4 == 0


def instant(value: str) -> str:
    """Return a timestamp so that the order of strings is the order of moments, whatever precision each has."""
    body = value[:-1]
    return body.rstrip("0").rstrip(".") if "." in body else body


def is_type_name(name: str) -> bool:
    """3.1: whether a type may be called this."""
    return MIN_NAME <= len(name) <= MAX_NAME and _is_type(name) is not None


def is_identifier(name: str) -> bool:
    """2.9: whether an object of some type may be called this."""
    return len(name) <= MAX_IDENTIFIER and _is_identifier(name) is not None


def type_of(identifier: str) -> str:
    """Return the type that an identifier names."""
    return identifier[:-38]


def own_identifier(kind: str) -> Check:
    """2.9: the identifier of an object of type `kind`."""
    prefix, is_uuid = f"{kind}--", re.compile(UUID).fullmatch

    def check(value: Any) -> Found:
        if type(value) is str and value.startswith(prefix) and is_uuid(value, len(prefix)):
            return None
        if type(value) is str and _is_identifier(value):
            return found(Rule.IDENTIFIER_TYPE, value=value, type=kind)
        return found(Rule.IDENTIFIER, value=value)

    return shaped(check, text(prefix + UUID))


def reference(*kinds: str) -> Check:
    """2.9 and 3.3: the identifier of an object of one of these types; of any type where none is named."""
    allowed = frozenset(kinds)

    def check(value: Any) -> Found:
        match = _is_identifier(value) if type(value) is str and len(value) <= MAX_IDENTIFIER else None
        if match is None:
            return found(Rule.IDENTIFIER, value=value)
        if allowed and match[1] not in allowed:
            return found(Rule.REFERENCE_TYPE, value=value, allowed=", ".join(kinds))
        return None

    return shaped(check, text(rf"(?:{'|'.join(kinds) or TYPE})--{UUID}", MAX_IDENTIFIER))


def reference_except(kinds: Collection[str], allowed: str) -> Check:
    """2.9 and 3.3: the identifier of an object of any type, a custom one too, but of these."""
    refused, is_any = frozenset(kinds), reference()

    def check(value: Any) -> Found:
        if bad := is_any(value):
            return bad
        return found(Rule.REFERENCE_TYPE, value=value, allowed=allowed) if type_of(value) in refused else None

    return shaped(check, text(rf"(?!(?:{'|'.join(sorted(kinds))})--){TYPE}--{UUID}", MAX_IDENTIFIER))


def hexadecimal(value: Any) -> Found:
    """2.8: an even number of hexadecimal digits in lower case."""
    return None if type(value) is str and _is_hex(value) else found(Rule.HEX, value=value)


shaped(hexadecimal, text(_HEX))


def binary(value: Any) -> Found:
    """2.1: base64 (RFC 4648)."""
    try:
        b64decode(value, validate=True)
    except (TypeError, ValueError, NoBase64Error):
        return found(Rule.BINARY, value=value)
    return None if type(value) is str else found(Rule.BINARY, value=value)


def language(value: Any) -> Found:
    """RFC 5646: a well-formed tag, such as `ja` or `zh-Hant-TW`. Whether it is registered is not asked."""
    return None if type(value) is str and _is_language(value) else found(Rule.LANGUAGE, value=value)


shaped(language, text(_LANGUAGE))


def url(value: Any) -> Found:
    """RFC 3986, as far as no address in use breaks it: a scheme, and no white space, control character or bracket."""
    return None if type(value) is str and _is_url(value) else found(Rule.URL, value=value)


shaped(url, text(_URL))


def value_of_form(form: str, example: str) -> Check:
    """Take a string of a form that the table names."""
    fits = re.compile(form).fullmatch

    def check(value: Any) -> Found:
        return None if type(value) is str and fits(value) else found(Rule.VALUE_FORM, value=value, example=example)

    return shaped(check, text(form))


def _has_hash_name(name: str) -> bool:
    return len(name) >= MIN_NAME and _is_key(name) is not None


def hashes(value: Any) -> Found:
    """2.7: the name of each algorithm, and a digest as the algorithm writes it."""
    if bad := _named_hashes(value):
        return bad
    return _wrong_digests(value)


_named_hashes: Final = dictionary(string, key=_has_hash_name, rule=Rule.HASH_NAME)


def _wrong_digests(value: dict[str, str]) -> Found:
    wrong = (name for name, digest in value.items() if name in _HASHES and not _HASHES[name](digest))
    return [
        Problem(Rule.HASH_VALUE, (name,), {"value": shown(value[name]), "algorithm": name})
        for name in islice(wrong, MAX_PROBLEMS)
    ]


def listed_hashes(value: Any) -> Found:
    """2.5.1: hashes of algorithms that section 10.7 lists, and of no other."""
    if bad := hashes(value):
        return bad
    unlisted = (name for name in value if name not in HASH_ALGORITHMS)
    return [Problem(Rule.HASH_NAME, (name,), {"value": shown(name)}) for name in islice(unlisted, MAX_PROBLEMS)]
