"""Warning lists: values that are known to be benign or too shared to hunt for, from MISP's `warninglists`.

The package holds 119 lists with 2.5 million entries in 65 MB of JSON, which its own loader reads in 2.9 s. They are
turned once (`noroshi init`, or the first look-up) into one SQLite file of 76 MB in the installation's cache, in some 5
CPU-seconds; every process then opens it in 2 ms and shares its pages with the others. A look-up costs 10 to 60
microseconds and no memory of its own.

Which of them say that a value is *benign* was chosen by measurement on 125,163 hosts of real phishing reports, since a
list that calls phishing benign does harm:

- left out as wrong for hosts: tranco and tranco10k (they match every subdomain of a hosting provider: 19 % and
  15 % of the phishing hosts), lots-project (15 %), dynamic-dns (14 %), crux;
- left out as not benign: VPN, sinkhole and scanner ranges, clouds whose machines anyone can rent, shorteners;
- kept: reserved ranges, public resolvers, delivery networks and mail senders of the big providers, short top
  lists, bank and vendor names, hashes of common files. They hold 0.3 % of the hosts and 0.5 % of the URLs, all on
  services too shared to block (document stores, link shorteners).

A list answers only for the attribute types it names, and matches as MISP defines: `string` is equality, `hostname`
a host and its subdomains (of a URL: of its host), `cidr` an address within, `substring` and `regex` as they say.
"""

import os
from collections.abc import Container
from functools import cache
from pathlib import Path
from typing import Final

from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.warning_lists.published import version
from noroshi.intel.domain.warning_lists.store import FORMAT, Store, build

_NETWORKS: Final = frozenset({
    "rfc1918", "rfc5735", "rfc6598", "rfc3849", "ipv6-linklocal", "multicast",
    "public-dns-v4", "public-dns-v6",
    "akamai", "cloudflare", "fastly", "stackpath",
    "apple", "google-gmail-sending-ips", "googlebot", "microsoft-office365-ip", "wikimedia",
})  # fmt: skip
_NAMES: Final = frozenset({
    "alexa", "cisco_top20k", "majestic_million", "moz-top500", "rfc6761", "tlds",
    "google", "microsoft", "microsoft-office365", "microsoft-win10-connection-endpoints", "captive-portals",
    "microsoft-attack-simulator", "bank-website", "security-provider-blogpost",
    "automated-malware-analysis", "whats-my-ip",
})  # fmt: skip
_HASHES: Final = frozenset({
    "common-ioc-false-positive", "eicar.com", "empty-hashes", "ti-falsepositives", "nioc-filehash",
})  # fmt: skip
_ADDRESSES: Final = frozenset({"common-contact-emails"})

BENIGN: Final[dict[ObservableType, frozenset[str]]] = {
    ObservableType.IPV4: _NETWORKS,
    ObservableType.IPV6: _NETWORKS,
    ObservableType.CIDR: _NETWORKS,
    ObservableType.DOMAIN: _NAMES,
    ObservableType.URL: _NAMES,
    ObservableType.EMAIL: _ADDRESSES,
    ObservableType.MD5: _HASHES,
    ObservableType.SHA1: _HASHES,
    ObservableType.SHA256: _HASHES,
}
"""Which lists, by their folders in the package, make a value of a type benign."""

_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """Say where the file is kept: a folder of the installation, made where it is missing."""
    global _folder  # noqa: PLW0603 - one process has one installation, said once when it starts
    _folder = folder


def benign_reasons(observable: Observable) -> tuple[str, ...]:
    """Return the names of the warning lists that make the observable benign, sorted; empty if none does."""
    chosen = BENIGN.get(observable.type)
    return _names(observable, chosen) if chosen else ()


def lists_knowing(observable: Observable) -> tuple[str, ...]:
    """Return the names of all lists that know the observable, those too that do not make it benign (VPN addresses)."""
    return _names(observable, None)


def _names(observable: Observable, chosen: Container[str] | None) -> tuple[str, ...]:
    return tuple(sorted(_store(os.getpid()).names(observable, chosen)))


def ready_file() -> Path:
    """Return the file of the lists that are installed now, made if it is missing; older ones are taken away."""
    if _folder is None:
        raise RuntimeError("warning_lists.keep_in was not called")
    path = _folder / f"warning-lists-{version()}-{FORMAT}.sqlite3"
    if not path.exists():
        _folder.mkdir(parents=True, exist_ok=True)
        build(path)
        for other in _folder.glob("warning-lists-*.sqlite3"):
            if other != path:
                other.unlink(missing_ok=True)
    return path


@cache
def _store(_process: int) -> Store:
    """Open the file once in each process: a connection is not carried over a fork."""
    return Store(ready_file())
