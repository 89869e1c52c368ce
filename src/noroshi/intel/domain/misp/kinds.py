"""Attribute types of MISP and the observables that they hold."""

from collections.abc import Callable
from typing import Final, NamedTuple

from noroshi.intel.domain.observables import InvalidObservable, Observable, ObservableType, parse_observable


def _address(text: str) -> Observable:
    kind = ObservableType.CIDR if "/" in text else ObservableType.IPV6 if ":" in text else ObservableType.IPV4
    return parse_observable(kind, text)


def _of(kind: ObservableType) -> Callable[[str], Observable]:
    return lambda text: parse_observable(kind, text)


_domain, _md5, _sha1, _sha256 = map(
    _of, (ObservableType.DOMAIN, ObservableType.MD5, ObservableType.SHA1, ObservableType.SHA256)
)
_Read = Callable[[str], Observable] | None
"""How one part of a value is read; None for a part that nobody looks for (a port, a file name)."""

_PARTS: Final[dict[str, tuple[_Read, ...]]] = {
    **dict.fromkeys(("ip-src", "ip-dst"), (_address,)),
    **dict.fromkeys(("ip-src|port", "ip-dst|port"), (_address, None)),
    **dict.fromkeys(("domain", "hostname"), (_domain,)),
    "domain|ip": (_domain, _address),
    "hostname|port": (_domain, None),
    "url": (_of(ObservableType.URL),),
    **dict.fromkeys(("email", "email-src", "email-dst", "email-reply-to"), (_of(ObservableType.EMAIL),)),
    "md5": (_md5,),
    "sha1": (_sha1,),
    "sha256": (_sha256,),
    "filename|md5": (None, _md5),
    "malware-sample": (None, _md5),
    "filename|sha1": (None, _sha1),
    "filename|sha256": (None, _sha256),
    "user-agent": (_of(ObservableType.USER_AGENT),),
    **dict.fromkeys(("iban", "bank-account-nr"), (_of(ObservableType.ACCOUNT),)),
}


def observables_in(kind: str, value: str) -> tuple[Observable, ...]:
    """Return what an attribute says that can be looked for; raise `InvalidObservable` where it is not of its type."""
    readers = _PARTS.get(kind, ())
    parts = value.split("|") if len(readers) > 1 else [value]
    if readers and len(parts) != len(readers):
        raise InvalidObservable("The value does not have the parts that its type names.")
    return tuple(read(part) for read, part in zip(readers, parts, strict=False) if read is not None)


def rest_of(kind: str, value: str) -> list[str]:
    """Return the parts of a value that nobody looks for: the file's name beside its hash, the port."""
    readers = _PARTS.get(kind, ())
    return [part for read, part in zip(readers, value.split("|"), strict=False) if read is None]


class Written(NamedTuple):
    """How an observable is written: as which type, in which category."""

    type: str
    category: str


WRITTEN: Final = {
    ObservableType.IPV4: Written("ip-dst", "Network activity"),
    ObservableType.IPV6: Written("ip-dst", "Network activity"),
    ObservableType.CIDR: Written("ip-dst", "Network activity"),
    ObservableType.DOMAIN: Written("domain", "Network activity"),
    ObservableType.URL: Written("url", "Network activity"),
    ObservableType.EMAIL: Written("email", "Payload delivery"),
    ObservableType.MD5: Written("md5", "Payload delivery"),
    ObservableType.SHA1: Written("sha1", "Payload delivery"),
    ObservableType.SHA256: Written("sha256", "Payload delivery"),
    ObservableType.USER_AGENT: Written("user-agent", "Network activity"),
    ObservableType.ACCOUNT: Written("bank-account-nr", "Financial fraud"),
}
