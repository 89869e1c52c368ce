"""One canonical form for each kind of value: the same function serves events at ingest and needles at the hunt.

Equality of canonical forms is what a hunt tests, so every choice here is a promise about what is found:

- Addresses: RFC 5952 text; an IPv4-mapped IPv6 address is the IPv4 address.
- Domains: NFKC, lower case, IDNA A-labels (RFC 5890), no trailing dot.
- URLs: without scheme, user information and fragment, so ``http`` and ``https`` are one; default ports dropped;
  dot segments removed and percent-encoding unified as RFC 3986 section 6.2.2 says; path and query keep their case.
- E-mail addresses and digests: lower case.
- Accounts: NFKC, case folded; an all-digit number loses its blanks and hyphens; then a keyed hash.
"""

import hashlib
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

MAX_DOMAIN: Final = 253
NOTHING: Final = frozenset({"", "-", "(empty)", "null", "none", "unknown"})
_LONGEST_NOTHING = max(map(len, NOTHING))
DIGEST_LENGTHS: Final = {"md5": 32, "sha1": 40, "sha256": 64}

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# A URL that is canonical but for its scheme; nearly all are, and reading them so is five times as fast.
_PLAIN_URL = re.compile(r"(?:https?://([A-Za-z0-9.-]+))?(/[!$&-\[\]-~]*)")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_LOCAL_PART = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}")
_NUMBER = re.compile(r"[\d\s-]+")
_HEX = re.compile(r"[0-9a-f]+")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS = frozenset({None, 80, 443})
_ASCII = "".join(map(chr, range(128)))
_SIGN_BIT = 1 << 63
_LOW_64 = (1 << 64) - 1


class Address(NamedTuple):
    """An IP address as text and as signed 64-bit keys: ``v4`` alone, or ``v6_hi`` and ``v6_lo``."""

    text: str
    v4: int | None
    v6_hi: int | None
    v6_lo: int | None


class Url(NamedTuple):
    """A canonical URL without scheme, and its host; a path alone has no host."""

    text: str
    host: str | None


def text(raw: str) -> str | None:
    """Free text on one line: control characters become a blank, lone surrogates a question mark."""
    cleaned = raw if raw.isascii() and raw.isprintable() else _printable(raw)
    cleaned = cleaned.strip()
    return None if len(cleaned) <= _LONGEST_NOTHING and cleaned.lower() in NOTHING else cleaned


def _printable(raw: str) -> str:
    return _CONTROL.sub(" ", raw).encode("utf-8", "replace").decode("utf-8")


def signed(number: int) -> int:
    """Return an unsigned 64-bit number as the signed one with the same bits: Parquet readers share only that."""
    return number - (1 << 64) if number & _SIGN_BIT else number


def halves(number: int) -> tuple[int, int]:
    """Split a 128-bit number into its signed upper and lower 64 bits."""
    return signed(number >> 64), signed(number & _LOW_64)


def parse_ip(raw: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an address; brackets, a zone and an IPv4 port are dropped, a mapped IPv4 address is unwrapped."""
    bare = raw.strip().partition("%")[0]
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def address(raw: str) -> Address | None:
    """Read an address with its numeric keys, or None."""
    try:
        return Address(raw, int.from_bytes(socket.inet_pton(socket.AF_INET, raw)), None, None)
    except (OSError, ValueError):  # not plain dotted decimal: a port, brackets, IPv6, or no address at all
        found = parse_ip(raw)
    if found is None:
        return None
    if found.version == 4:  # noqa: PLR2004 - the protocol's own name
        return Address(str(found), int(found), None, None)
    return Address(str(found), None, *halves(int(found)))


def domain(raw: str) -> str | None:
    """Read a domain name in ASCII form, or None; one label is allowed, an address is not."""
    name = unicodedata.normalize("NFKC", raw).strip().lower().rstrip(".")
    if not name.isascii():
        name = _to_ascii(name)
    if not name or len(name) > MAX_DOMAIN or name.rpartition(".")[2].isdigit():
        return None
    return name if all(_LABEL.fullmatch(label) for label in name.split(".")) else None


def _to_ascii(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


@lru_cache(maxsize=100_000)
def host(raw: str) -> str | None:
    """Read a host: a domain name or a canonical address, without its port."""
    bare = raw.strip()
    found = parse_ip(bare)
    if found is not None:
        return str(found)
    name, colon, port = bare.rpartition(":")
    return domain(name if colon and port.isdigit() else bare)


def url(raw: str) -> Url | None:
    """Read a URL, or a path that begins with ``/`` and has no host."""
    plain = _PLAIN_URL.fullmatch(raw)
    if plain is None or "/." in raw or raw.startswith("//"):
        return _any_url(raw)
    if plain[1] is None:
        return Url(raw, None)
    name = host(plain[1])
    return Url(name + plain[2], name) if name else None


def _any_url(raw: str) -> Url | None:
    cleaned = text(raw)
    if cleaned is None:
        return None
    if cleaned.startswith("/") and not cleaned.startswith("//"):
        return Url(_path_and_query(*_cut_query(cleaned)), None)
    try:
        parts = urlsplit(cleaned if _SCHEME.match(cleaned) else f"//{cleaned.lstrip('/')}")
        return _with_host(parts)
    except ValueError:  # urlsplit refuses broken brackets and ports so
        return None


def _with_host(parts: SplitResult) -> Url | None:
    name = host(parts.hostname or "")
    if name is None:
        return None
    port = parts.port
    shown = f"[{name}]" if ":" in name else name
    if port not in _DEFAULT_PORTS:
        shown = f"{shown}:{port}"
    return Url(shown + _path_and_query(parts.path or "/", parts.query), name)


def _cut_query(path: str) -> tuple[str, str]:
    path, _, query = path.partition("#")[0].partition("?")
    return path, query


def _path_and_query(path: str, query: str) -> str:
    path = _percent(_without_dots(path))
    return f"{path}?{_percent(query)}" if query else path


def _percent(value: str) -> str:
    """Encode what is not ASCII, decode what needs no encoding, write the rest in upper case."""
    if not value.isascii():
        value = quote(value, safe=_ASCII)
    if "%" not in value:
        return value
    return _PERCENT.sub(_percent_one, value)


def _percent_one(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _without_dots(path: str) -> str:
    """Remove dot segments (RFC 3986 section 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept) or "/"


def email(raw: str) -> str | None:
    """Read an e-mail address; ``Name <local@domain>`` and ``mailto:`` give the address within."""
    bare = unicodedata.normalize("NFKC", raw).strip()
    if bare.endswith(">") and "<" in bare:
        bare = bare[bare.rindex("<") + 1 : -1]
    local, at, name = bare.removeprefix("mailto:").rpartition("@")
    ascii_name = domain(name)
    if not at or ascii_name is None or not _LOCAL_PART.fullmatch(local):
        return None
    return f"{local.lower()}@{ascii_name}"


def digest(raw: str, kind: str) -> str | None:
    """Read a hexadecimal digest of ``kind`` (md5, sha1, sha256)."""
    lowered = raw.strip().lower()
    return lowered if len(lowered) == DIGEST_LENGTHS[kind] and _HEX.fullmatch(lowered) else None


def account(raw: str) -> str | None:
    """Read a user or account identifier before it is hashed."""
    if raw.isalnum() and raw.isascii() and len(raw) > _LONGEST_NOTHING and not raw.isdigit():
        return raw.lower()  # as nearly all are, and what follows would make of it
    cleaned = text(raw.lower() if raw.isascii() else unicodedata.normalize("NFKC", raw).casefold())
    if cleaned and cleaned[0].isdigit() and _NUMBER.fullmatch(cleaned):
        cleaned = re.sub(r"[\s-]", "", cleaned) or None
    return cleaned


def pseudonym(canonical: str, key: bytes) -> str:
    """Return the keyed hash (128 bits, hexadecimal) of a canonical identifier.

    It is the first half of SHA-256 (FIPS 180-4), which SQL has too, over a key and the identifier: nobody can lengthen
    an identifier whose hash is known in half only (Coron et al., Merkle-Damgård Revisited, CRYPTO 2005, section 3.4).
    Whoever holds the key can still enumerate short identifiers: the result is personal data.
    """
    return _keyed(key)(canonical)


def pseudonym_key(key: bytes) -> bytes:
    """Return what stands before each identifier: always half a block of the hash, however long the lake's key is."""
    return hashlib.blake2b(b"pseudonym", key=key, digest_size=32).digest()


@lru_cache(maxsize=2)
def _keyed(key: bytes) -> Callable[[str], str]:
    beginning = hashlib.sha256(pseudonym_key(key))

    def hashed(canonical: str) -> str:
        digest = beginning.copy()
        digest.update(canonical.encode("utf-8"))
        return digest.hexdigest()[:32]

    return hashed


def account_pseudonyms(key: bytes) -> Callable[[str], str | None]:
    """Return what makes the keyed hash of a user or account as a log writes it, or None where it says nothing."""
    hashed = _keyed(key)

    def pseudonym_of(raw: str) -> str | None:
        canonical = account(raw)
        return hashed(canonical) if canonical else None

    return pseudonym_of
