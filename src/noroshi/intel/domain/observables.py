"""Observables: the typed values that members share and look for, in one canonical form each.

The canonical form is what is stored, compared and hunted:

- addresses as `ipaddress` prints them, networks without host bits (RFC 4632, RFC 5952);
- names in lower case and punycode; a domain lies under a known public suffix;
- URLs with scheme and host in lower case, without a default port (RFC 3986 section 6.2), the rest as written:
  an empty path stays empty and a fragment stays, since either would change what a member reported;
- mail addresses in lower case; hashes in lower-case hex; user agents with single spaces;
- accounts without spaces, branch and number joined by a hyphen; an IBAN is checked (ISO 13616).
"""

import hashlib
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from noroshi.intel.domain.hosts import InvalidHostError, canonical_host, has_known_suffix
from noroshi.intel.domain.refang import refang

MAX_VALUE = 4096  # characters; the longest address among 141,620 real phishing reports has 1,085

SCHEMES = (
    "https", "http", "ftps", "ftp", "sftp", "tftp", "wss", "ws",
    "ldaps", "ldap", "rmi", "smb", "ssh", "telnet", "tcp", "udp",
)  # fmt: skip
_DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21", "ws": "80", "wss": "443"}


class ObservableType(StrEnum):
    """What kind of value an observable is."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    CIDR = "cidr"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    USER_AGENT = "user_agent"
    ACCOUNT = "account"


class InvalidObservable(ValueError):  # noqa: N818 - the name is the room's public interface
    """A value that is not of the type it was given as; `reason` is a sentence for the person who typed it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Observable:
    """A value in canonical form; make one with `parse_observable`."""

    type: ObservableType
    value: str

    @property
    def digest(self) -> str:
        """SHA-256 of type and value: what it is kept under and addressed by, whoever names it."""
        return hashlib.sha256(f"{self.type}\n{self.value}".encode()).hexdigest()


HASH_LENGTHS = {ObservableType.MD5: 32, ObservableType.SHA1: 40, ObservableType.SHA256: 64}

_URL = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<user>[^\s/?#\\@]*@)?(?P<host>\[[0-9a-f:.]+\]|[^\s/?#\\:@\[\]]+)"
    r"(?P<port>:[0-9]{0,5})?(?P<rest>(?:[/?#\\][^\s<>\"]*)?)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_EMAIL = re.compile(r"(?P<local>[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*)@(?P<host>[^\s@]+)")
_MAX_LOCAL = 64  # RFC 5321 section 4.5.3.1.1
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{3,63}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def parse_observable(type: ObservableType, raw: str) -> Observable:  # noqa: A002 - as the field is called
    """Return `raw`, defanged or not, in canonical form; raise `InvalidObservable` with the reason."""
    if len(raw) > MAX_VALUE:
        raise InvalidObservable(f"The value is longer than {MAX_VALUE} characters.")
    written_as_is = type in {ObservableType.USER_AGENT, ObservableType.ACCOUNT}
    return parse_plain(type, raw if written_as_is else refang(raw).text)


def parse_plain(type: ObservableType, text: str) -> Observable:  # noqa: A002 - as the field is called
    """Do as `parse_observable` does with a text that `refang` has already made plain."""
    if len(text) > MAX_VALUE:
        raise InvalidObservable(f"The value is longer than {MAX_VALUE} characters.")
    return Observable(type, _PARSERS[type](text.strip()))


def defang(observable: Observable) -> str:
    """Return the value so that nobody opens it by a click: `hxxps://evil[.]example/a`."""
    value = observable.value
    match observable.type:
        case ObservableType.URL:
            return _defang_url(value)
        case ObservableType.EMAIL:
            local, _, host = value.partition("@")
            return f"{local}[@]{_without_dots(host)}"
        case ObservableType.IPV4 | ObservableType.IPV6 | ObservableType.CIDR | ObservableType.DOMAIN:
            return _without_dots(value)
        case _:
            return value


def _without_dots(host: str) -> str:
    return host.replace(":", "[:]").replace(".", "[.]")


def _defang_url(value: str) -> str:
    parts = _url_parts(value)
    scheme = parts["scheme"].replace("tt", "xx").replace("ft", "fx")
    host = parts["host"] if parts["host"].startswith("[") else _without_dots(parts["host"])
    return f"{scheme}://{parts['user'] or ''}{host}{parts['port'] or ''}{parts['rest']}"


def _url_parts(text: str) -> re.Match[str]:
    parts = _URL.fullmatch(text)
    if parts is None:
        raise InvalidObservable("A URL has the form scheme://host/path, without spaces.")
    return parts


def _url(text: str) -> str:
    parts = _url_parts(text)
    scheme = parts["scheme"].lower()
    if scheme not in SCHEMES:
        raise InvalidObservable("The scheme of the URL is not one that is looked for.")
    port = (parts["port"] or "").removeprefix(":")
    shown_port = "" if port in {"", _DEFAULT_PORTS.get(scheme)} else f":{port}"
    return f"{scheme}://{parts['user'] or ''}{_url_host(parts['host'])}{shown_port}{parts['rest']}"


def _url_host(raw: str) -> str:
    if raw.startswith("["):
        return f"[{_address(raw[1:-1], 6)}]"
    host = _host(raw)
    return _numeric_host(host) if _NUMBER.fullmatch(host.rpartition(".")[2]) else host


def _numeric_host(host: str) -> str:
    """Read `0xcb.0.0x7105` as browsers do (WHATWG URL, section 3.5): hexadecimal, octal and joined parts."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError as error:
        raise InvalidObservable("The host of the URL is a number and no IPv4 address.") from error


def _host(raw: str) -> str:
    try:
        return canonical_host(raw)
    except InvalidHostError as error:
        raise InvalidObservable(str(error)) from error


def _domain(text: str) -> str:
    host = _host(text)
    if not has_known_suffix(host):
        raise InvalidObservable("The name does not end in a known domain such as .jp or .com.")
    return host


def _address(text: str, version: int) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise InvalidObservable(f"This is not an IPv{version} address.") from error
    if address.version != version or "%" in text:
        raise InvalidObservable(f"This is not an IPv{version} address.")
    return _mapped(address) or str(address)


def _mapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """Return an IPv4-mapped address in mixed notation (RFC 5952 section 5), which not every Python prints."""
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return f"::ffff:{inner}" if inner else ""


def _network(text: str) -> str:
    if "/" not in text:
        raise InvalidObservable("A network has the form address/length.")
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError as error:
        raise InvalidObservable("This is not an IPv4 or IPv6 network.") from error


def _email(text: str) -> str:
    parts = _EMAIL.fullmatch(text)
    if parts is None or len(parts["local"]) > _MAX_LOCAL:
        raise InvalidObservable("A mail address has the form name@domain.")
    return f"{parts['local'].lower()}@{_domain(parts['host'])}"


def _hash(kind: ObservableType) -> Callable[[str], str]:
    form = re.compile(rf"[0-9a-f]{{{HASH_LENGTHS[kind]}}}")

    def parse(text: str) -> str:
        if form.fullmatch(text.lower()) is None:
            raise InvalidObservable(f"The hash has {HASH_LENGTHS[kind]} hexadecimal digits.")
        return text.lower()

    return parse


def _user_agent(text: str) -> str:
    value = " ".join(text.split())
    if not value or not value.isprintable():
        raise InvalidObservable("A user agent is one line of printable text.")
    return value


def _account(text: str) -> str:
    value = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if _IBAN.fullmatch(value.upper()) and value[2:4].isdigit():
        return _checked_iban(value.upper())
    if _ACCOUNT.fullmatch(value) is None:
        raise InvalidObservable("An account has 4 to 64 letters, digits, dots, hyphens or underscores.")
    return value.lower()


def _checked_iban(value: str) -> str:
    as_number = "".join(str(int(character, 36)) for character in value[4:] + value[:4])
    if int(as_number) % 97 != 1:
        raise InvalidObservable("The check digits of the IBAN do not agree.")
    return value


_PARSERS: dict[ObservableType, Callable[[str], str]] = {
    ObservableType.IPV4: lambda text: _address(text, 4),
    ObservableType.IPV6: lambda text: _address(text, 6),
    ObservableType.CIDR: _network,
    ObservableType.DOMAIN: _domain,
    ObservableType.URL: _url,
    ObservableType.EMAIL: _email,
    ObservableType.MD5: _hash(ObservableType.MD5),
    ObservableType.SHA1: _hash(ObservableType.SHA1),
    ObservableType.SHA256: _hash(ObservableType.SHA256),
    ObservableType.USER_AGENT: _user_agent,
    ObservableType.ACCOUNT: _account,
}
