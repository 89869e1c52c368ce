"""What of a pattern can be looked for in logs, and what cannot, each with its reason.

A look-back finds values, one at a time: it knows neither order nor distance nor what else held of the same event. So of
`[a AND b]` both values are looked for and each may be found without the other; the pattern says more than is found
(`Limit.WIDER`), and a person decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from noroshi.intel.domain.observables import InvalidObservable, Observable, ObservableType, parse_observable
from noroshi.intel.domain.stix.patterns.normal import quoted
from noroshi.intel.domain.stix.patterns.parser import parse_pattern
from noroshi.intel.domain.stix.patterns.syntax import (
    Comparison,
    Constant,
    ConstantKind,
    Joined,
    Joint,
    Node,
    Observation,
    Operator,
    Path,
    Qualified,
)

_HASHES: Final = {
    "MD5": ObservableType.MD5,
    "SHA-1": ObservableType.SHA1,
    "SHA1": ObservableType.SHA1,
    "SHA-256": ObservableType.SHA256,
    "SHA256": ObservableType.SHA256,
}
_VALUES: Final = {
    "ipv4-addr": (ObservableType.CIDR, ObservableType.IPV4),
    "ipv6-addr": (ObservableType.CIDR, ObservableType.IPV6),
    "domain-name": (ObservableType.DOMAIN,),
    "url": (ObservableType.URL,),
    "email-addr": (ObservableType.EMAIL,),
}
_ENDS: Final = (ObservableType.CIDR, ObservableType.IPV4, ObservableType.IPV6, ObservableType.DOMAIN)
"""What a reference of network traffic, or the address that a name resolves to, may lead to."""

_REFERENCES: Final = {
    ("network-traffic", "src_ref"): _ENDS,
    ("network-traffic", "dst_ref"): _ENDS,
    ("domain-name", "resolves_to_refs"): _ENDS,
    **{
        ("email-message", name): (ObservableType.EMAIL,)
        for name in ("from_ref", "sender_ref", "to_refs", "cc_refs", "bcc_refs")
    },
}
_ACCOUNTS: Final = frozenset({"user_id", "account_login"})
_FILES: Final = frozenset({"file", "artifact"})
_USER_AGENT: Final = ("extensions", "http-request-ext", "request_header", "User-Agent")


class Limit(StrEnum):
    """Why a part of a pattern is not looked for, or is found more often than it says."""

    FIELD = "field"
    NEGATED = "negated"
    COMPARED = "compared"
    VALUE = "value"
    WIDER = "wider"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Limitation:
    """A limit, and the part of the pattern that it is about."""

    limit: Limit
    about: str


@dataclass(frozen=True)
class Hunted:
    """The values to look for, in the order of the pattern, and what is said of the rest."""

    values: tuple[Observable, ...] = ()
    limits: tuple[Limitation, ...] = field(default=())


def hunted(pattern: str) -> Hunted:
    """Return what can be hunted of a pattern; raise PatternError where it is none."""
    tree = parse_pattern(pattern)
    values: dict[Observable, None] = {}
    limits: dict[Limitation, None] = dict.fromkeys(_limits_of_shape(tree))
    for comparison in _comparisons(tree):
        for part in _parts(comparison):
            (values if isinstance(part, Observable) else limits)[part] = None  # type: ignore[index] # each by its kind
    return Hunted(tuple(values), tuple(limits))


def _comparisons(node: Node) -> Iterator[Comparison]:
    match node:
        case Comparison():
            yield node
        case Observation(inner) | Qualified(inner):
            yield from _comparisons(inner)
        case Joined(_, parts):
            for part in parts:
                yield from _comparisons(part)


def _limits_of_shape(node: Node) -> Iterator[Limitation]:
    match node:
        case Observation(inner):
            yield from _limits_of_shape(inner)
        case Qualified(inner, name):
            yield Limitation(Limit.ORDER, name)
            yield from _limits_of_shape(inner)
        case Joined(joint, parts):
            if joint is not Joint.OR:
                yield Limitation(Limit.ORDER if joint is Joint.FOLLOWEDBY else Limit.WIDER, joint.value)
            for part in parts:
                yield from _limits_of_shape(part)


def _parts(comparison: Comparison) -> Iterator[Observable | Limitation]:
    about = _named(comparison.path)
    if comparison.negated or comparison.operator is Operator.UNEQUAL:
        yield Limitation(Limit.NEGATED, about)
        return
    if comparison.operator not in (Operator.EQUAL, Operator.IN, Operator.SUBSET):
        yield Limitation(Limit.COMPARED, f"{about} {comparison.operator}")
        return
    kinds = _kinds(comparison.path)
    if not kinds:
        yield Limitation(Limit.FIELD, about)
    for constant in comparison.constants if kinds else ():
        yield _value(constant, kinds) or Limitation(Limit.VALUE, f"{about} {constant.value}"[:200])


def value_of(comparison: Comparison) -> Observable | None:
    """Return the one value that a comparison demands; None where it demands none, or leaves a choice."""
    parts = list(_parts(comparison)) if comparison.operator is Operator.EQUAL else []
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Observable) else None


def _named(path: Path) -> str:
    return f"{path.type}:{'.'.join(str(step) for step in path.steps)}"


def _kinds(path: Path) -> tuple[ObservableType, ...]:
    """Return what a property's value can be, the most particular first; nothing where no log has it."""
    names = tuple(str(step) for place, step in enumerate(path.steps) if place not in path.indices)
    if names == ("value",):
        return _VALUES.get(path.type, ())
    if len(names) == 2 and names[1] == "value":  # noqa: PLR2004 - a reference, and the value it leads to
        return _REFERENCES.get((path.type, names[0]), ())
    if path.type in _FILES and names[0] == "hashes" and names[-1].upper() in _HASHES:
        return (_HASHES[names[-1].upper()],)
    if path.type == "user-account" and len(names) == 1 and names[0] in _ACCOUNTS:
        return (ObservableType.ACCOUNT,)
    return (ObservableType.USER_AGENT,) if path.type == "network-traffic" and names == _USER_AGENT else ()


def _value(constant: Constant, kinds: tuple[ObservableType, ...]) -> Observable | None:
    if constant.kind is not ConstantKind.STRING:
        return None
    for kind in kinds:
        try:
            value = parse_observable(kind, constant.value)
        except InvalidObservable:
            continue
        return _single(value)
    return None


def _single(value: Observable) -> Observable:
    """Return a network of one address as that address."""
    host, _, length = value.value.partition("/")
    if value.type is not ObservableType.CIDR or length not in {"32", "128"} or (length == "32" and ":" in host):
        return value
    return Observable(ObservableType.IPV6 if ":" in host else ObservableType.IPV4, host)


_PATHS: Final = {
    ObservableType.IPV4: "ipv4-addr:value",
    ObservableType.IPV6: "ipv6-addr:value",
    ObservableType.DOMAIN: "domain-name:value",
    ObservableType.URL: "url:value",
    ObservableType.EMAIL: "email-addr:value",
    ObservableType.MD5: "file:hashes.MD5",
    ObservableType.SHA1: "file:hashes.'SHA-1'",
    ObservableType.SHA256: "file:hashes.'SHA-256'",
    ObservableType.ACCOUNT: "user-account:user_id",
    ObservableType.USER_AGENT: "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
}


def pattern_of(value: Observable) -> str:
    """Return the pattern that finds a value: what `hunted` reads back."""
    if value.type is ObservableType.CIDR:
        kind = "ipv6-addr" if ":" in value.value else "ipv4-addr"
        return f"[{kind}:value ISSUBSET {quoted(value.value)}]"
    return f"[{_PATHS[value.type]} = {quoted(value.value)}]"
