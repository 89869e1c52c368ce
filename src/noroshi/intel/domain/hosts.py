"""Host names: canonical form, and where a name ends.

A name is known by its public suffix, offline (`publicsuffixlist`, the ICANN part). Internationalised names
become punycode by Python's own IDNA 2003 codec: unlike strict IDNA 2008 it also takes the symbol names that
phishing uses, and for Japanese both give the same result.
"""

import re
from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

_MAX_HOST = 253  # RFC 1035 section 2.3.4, as text without the root dot
# Underscores and hyphens anywhere: such names resolve, and phishing uses them.
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
# Never in the list of public suffixes, yet written in reports: RFC 2606, RFC 6761 and RFC 7686.
_RESERVED_SUFFIXES = frozenset({"example", "invalid", "test", "onion", "xn--zckzah"})


class InvalidHostError(ValueError):
    """The text is no host name."""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


def canonical_host(raw: str) -> str:
    """Return a host name in lower case and ASCII; raise `InvalidHostError` if it is none."""
    host = _to_ascii(raw.removesuffix(".")).lower()
    if not 0 < len(host) <= _MAX_HOST:
        raise InvalidHostError("A host name has 1 to 253 characters.")
    if not all(map(_LABEL.fullmatch, host.split("."))):
        raise InvalidHostError("A host name consists of letters, digits and hyphens between single dots.")
    return host


def has_known_suffix(host: str) -> bool:
    """Tell whether a canonical host lies *under* a public suffix: `evil.co.jp`, not `co.jp` or `a.exe`."""
    head, _, last = host.rpartition(".")
    if last in _RESERVED_SUFFIXES:
        return bool(head)
    return _suffixes().privatesuffix(host) is not None


@lru_cache(maxsize=4096)
def is_suffix_label(label: str) -> bool:
    """Tell whether one label, in any script, is a top-level domain."""
    try:
        ascii_label = canonical_host(label)
    except InvalidHostError:
        return False
    return ascii_label in _RESERVED_SUFFIXES or _suffixes().publicsuffix(ascii_label) == ascii_label


def _to_ascii(host: str) -> str:
    if host.isascii():
        return host
    if len(host) > _MAX_HOST:
        raise InvalidHostError("A host name has 1 to 253 characters.")
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise InvalidHostError("The host name cannot be written in punycode.") from error
