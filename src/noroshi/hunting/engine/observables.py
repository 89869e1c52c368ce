"""What can be looked for in an event: one table from kinds of observable to the columns that hold them.

The scan (`scan`) compares the columns themselves. The index (`index`) keeps numbers instead of values:

| kind                | key, and key2 where there is one                                    |
|---------------------|---------------------------------------------------------------------|
| ipv4                | the address as a number                                             |
| ipv6                | its upper and its lower 64 bits, each as a signed number            |
| host                | `text_key` of the name, and of every name above it                  |
| url                 | `text_key` of the URL, cut before each ``/``, ``?`` and ``&``       |
| every other         | `text_key` of the value as the column holds it                      |

A key is a signed 64-bit number, which every engine that reads Parquet has. Two texts share a key by chance once in
2^63 pairs; whoever fetches the events of a hit compares the values again.
"""

# ruff: noqa: S608 - columns are constants of this package, relations are its callers'
import hashlib
import re
from dataclasses import dataclass
from typing import Final

# A URL is cut at the first of these only: needles that go deeper are looked for by their beginning, then in the events.
URL_DEPTH: Final = 8
# Not a column of its own: the name behind the @ of `email` (see `with_email_host`).
EMAIL_HOST: Final = "email_host"

_MASK = (1 << 63) - 1
_CUT = re.compile("[/?&]")
_HOSTS = (("host",), ("referrer_host",), ("domain",), ("dns_query",))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of observable: its number in the index, for ever, and the columns (or pairs) that can hold its value."""

    number: int
    places: tuple[tuple[str, ...], ...]


KINDS: Final[dict[str, Kind]] = {
    "ipv4": Kind(1, (("src_v4",), ("dst_v4",))),
    "ipv6": Kind(2, (("src_v6_hi", "src_v6_lo"), ("dst_v6_hi", "dst_v6_lo"))),
    "named_address": Kind(3, _HOSTS),
    "host": Kind(4, (*_HOSTS, (EMAIL_HOST,))),
    "url": Kind(5, (("host", "url"), ("referrer_host", "referrer"))),
    "email": Kind(6, (("email",),)),
    "md5": Kind(7, (("md5",),)),
    "sha1": Kind(8, (("sha1",),)),
    "sha256": Kind(9, (("sha256",),)),
    "user_agent": Kind(10, (("user_agent",),)),
    "pseudonym": Kind(11, (("user_key",), ("account_key",), ("beneficiary_key",))),
    "device": Kind(12, (("device",),)),
}
BITS: Final = {"ipv4": 32, "ipv6": 128}
# Networks that hold more addresses than this prefix's are not looked for.
WIDEST: Final = {"ipv4": 8, "ipv6": 16}
# Events whose source and destination are two addresses that share L bits have rows of the number PAIRS + L: what the
# counts of a network with at most L bits hold twice.
PAIRS: Final = {"ipv4": 100, "ipv6": 200}


def text_key(text: str) -> int:
    """Return the key of a text: the lower 63 bits of its MD5, read as a little-endian number."""
    digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "little") & _MASK


def url_key(url: str) -> tuple[int, bool]:
    """Return the key of a URL as deep as the index goes (see `url_cut_sql`), and whether the URL goes deeper."""
    bare = url.rstrip("/")
    cuts = [cut.start() for cut in _CUT.finditer(bare)]
    deep = len(cuts) >= URL_DEPTH
    return text_key(bare[: cuts[URL_DEPTH - 1]] if deep else bare), deep


def text_key_sql(expression: str) -> str:
    """Return SQL of the same number."""
    return f"CAST(md5_number({expression}) & {_MASK} AS BIGINT)"


def with_email_host(relation: str) -> str:
    """Return SQL of the events of a relation, the name behind the @ beside them."""
    return f"SELECT *, nullif(split_part(email, '@', 2), '') AS {EMAIL_HOST} FROM {relation}"


def url_cut_sql(url: str) -> str:
    """Return SQL of a URL as deep as the index goes. A ``/`` at its end is no cut: a needle has none there."""
    bare = f"CASE WHEN ends_with({url}, '/') THEN rtrim({url}, '/') ELSE {url} END"
    return f"regexp_extract({bare}, '^[^/?&]*([/?&][^/?&]*){{0,{URL_DEPTH - 1}}}')"


def above_sql(cut: str) -> str:
    """Return SQL of what stands before the last cut of such a beginning; of a host that is itself."""
    return f"regexp_replace({cut}, '[/?&][^/?&]*$', '')"
