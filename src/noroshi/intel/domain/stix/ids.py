"""Deterministic identifiers of cyber-observable objects (STIX 2.1, sections 2.9 and 3.4).

Whoever sees the same address gives it the same identifier: UUIDv5 of the ID contributing properties, written as the
JSON Canonicalization Scheme (RFC 8785) says.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")

CONTRIBUTING: Final[Mapping[str, tuple[str, ...]]] = {
    "artifact": ("hashes", "payload_bin"),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "domain-name": ("value",),
    "email-addr": ("value",),
    "email-message": ("from_ref", "subject", "body"),
    "file": ("hashes", "name", "parent_directory_ref", "extensions"),
    "ipv4-addr": ("value",),
    "ipv6-addr": ("value",),
    "mac-addr": ("value",),
    "mutex": ("name",),
    "network-traffic": ("start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"),
    "process": (),
    "software": ("name", "cpe", "swid", "vendor", "version"),
    "url": ("value",),
    "user-account": ("account_type", "user_id", "account_login"),
    "windows-registry-key": ("key", "values"),
    "x509-certificate": ("hashes", "serial_number"),
}
"""ID contributing properties of each type, as its table in chapter 6 lists them."""

_PREFERRED_HASHES: Final = ("MD5", "SHA-1", "SHA-256", "SHA-512")


def deterministic_id(value: Mapping[str, Any]) -> str | None:
    """Return the identifier that everybody gives this observable; None where nothing contributes to one."""
    kind = value["type"]
    said = {name: value[name] for name in CONTRIBUTING.get(kind, ()) if name in value}
    if "hashes" in said:
        said["hashes"] = _one_hash(said["hashes"])
    return f"{kind}--{uuid5(NAMESPACE, canonical(said))}" if said else None


def _one_hash(hashes: Mapping[str, str]) -> dict[str, str]:
    """6.1.1: one digest alone contributes, of the first algorithm of a list; else the first that is given."""
    name = next((known for known in _PREFERRED_HASHES if known in hashes), None) or next(iter(hashes))
    return {name: hashes[name]}


def canonical(value: Any) -> str:
    """Return a JSON value as RFC 8785 writes it."""
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(part)}" for name, part in ordered) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """Return a number as ECMAScript does (ECMA-262, 6.1.6.1.20): without an exponent from 1e-7 up to 1e21."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    if not isinstance(exponent, int) or value == 0:
        return "0"
    text, point = "".join(map(str, digits)), len(digits) + exponent
    return ("-" if sign else "") + _placed(text, point)


_LONGEST: Final = 21
_SMALLEST: Final = -6


def _placed(digits: str, point: int) -> str:
    if len(digits) <= point <= _LONGEST:
        return digits.ljust(point, "0")
    if 0 < point <= _LONGEST:
        return f"{digits[:point]}.{digits[point:]}"
    if _SMALLEST < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'+' if point > 0 else ''}{point - 1}"
