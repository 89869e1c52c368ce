"""The plain way to ask the warning lists: every entry of every list, one after the other, as MISP says it matches."""

import re
from ipaddress import ip_network
from urllib.parse import urlsplit

from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.warning_lists.published import Published

_ADDRESS = {"ip-src", "ip-dst"}
_ATTRIBUTES = {
    "ipv4": _ADDRESS, "ipv6": _ADDRESS, "cidr": _ADDRESS, "domain": {"domain", "hostname"}, "url": {"url"},
    "email": {"email-src", "email-dst"}, "md5": {"md5"}, "sha1": {"sha1"}, "sha256": {"sha256"},
}  # fmt: skip


def knows(published: Published, observable: Observable) -> bool:
    """Whether the list answers for the observable's type and one of its entries matches."""
    if not published.attributes & _ATTRIBUTES.get(observable.type, set()):
        return False
    matches = {"string": _equal, "hostname": _below, "cidr": _within, "substring": _part, "regex": _pattern}
    return any(matches[published.matching](entry.lower(), observable) for entry in published.entries)


def _equal(entry: str, observable: Observable) -> bool:
    return entry == observable.value


def _below(entry: str, observable: Observable) -> bool:
    if observable.type not in {ObservableType.DOMAIN, ObservableType.URL}:
        return False
    is_url = observable.type is ObservableType.URL
    host = (urlsplit(observable.value).hostname or "") if is_url else observable.value
    return f".{host}".endswith("." + entry.lstrip("."))


def _within(entry: str, observable: Observable) -> bool:
    if observable.type not in {ObservableType.IPV4, ObservableType.IPV6, ObservableType.CIDR}:
        return False
    try:
        known, wanted = ip_network(entry, strict=False), ip_network(observable.value)
    except ValueError:
        return False
    return known.version == wanted.version and wanted.subnet_of(known)


def _part(entry: str, observable: Observable) -> bool:
    return entry in observable.value


def _pattern(entry: str, observable: Observable) -> bool:
    pattern = entry.removeprefix("/").removesuffix("i").removesuffix("/")
    return re.search(pattern, observable.value, re.IGNORECASE) is not None
