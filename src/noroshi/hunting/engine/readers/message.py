"""A line within a line: what a program said, once time, host and program are taken off (syslog), or as a text in JSON.

Tried in turn: CEF and LEEF, Windows' XML, JSON, sign-ins, access log lines, queries of name servers, ``key=value``
pairs; of prose at least the addresses, so that a hunt finds them.
"""

import re
from typing import Final

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.normalise import parse_ip
from noroshi.hunting.engine.readers import auth, cef, keyvalue, objects, web, windows
from noroshi.hunting.engine.readers.compose import compose
from noroshi.hunting.engine.reasons import BadLineError
from noroshi.hunting.engine.schema import EventClass
from noroshi.hunting.engine.vocabulary import is_sign_in, outcome

MAX_PROSE: Final = 16_384
_COOKIE = "@cee:"
_CONTAINER = re.compile(r"std(?:out|err) [FP] ")
_NAME = r"(?P<dns_query>[\w-](?:[\w.-]{0,253}))"
_QUERIES: Final = (  # BIND, dnsmasq, unbound
    re.compile(
        rf"client (?:@\S+ )?(?P<src_ip>[\da-fA-F.:]+)#(?P<src_port>\d+)(?: \([^)]*\))?:.{0, 200}?\bquery\b"
        rf"(?: \(cache\))?:? '?{_NAME}"
    ),
    re.compile(rf"query\[\w+\] {_NAME} from (?P<src_ip>[\da-fA-F.:]+)"),
    re.compile(rf"(?:\[\d+:\d+\] )?info: (?P<src_ip>[\da-fA-F.:]+) {_NAME}\.? [A-Z]+ IN(?: (?P<dns_rcode>[A-Z]+))?"),
)
_NGINX = re.compile(r"\b(client|request|host|referrer): (?:\"([^\"]*)\"|([^,\s]+))")
_IPV4 = r"(?:(?<![\w:.])::[Ff]{4}:|(?<![\d.]))\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)"
_IPV6 = r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?!\w|:|\.\d)"
_ADDRESS = re.compile(f"{_IPV4}|{_IPV6}")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_URL = re.compile(r"\bhttps?://[^\s\"'<>]{1,2048}")
_REQUEST = re.compile(r"\"(?P<action>[A-Z]{3,10}) (?P<url>\S{1,8192}) HTTP/[\d.]+\"")
_USER = re.compile(
    r"\b(?:user|username)\b(?: name)?[ :=]*[\"'\[<(]*"
    r"(?!(?:and|from|for|failed|failure|has|in|is|not|or|unknown|was)\b)(?P<user>[\w.@\\+-]{1,128})",
    re.IGNORECASE,
)
PLACES: Final = ("src_ip", "dst_ip", "dns_query", "url", "email")


def read(text: str, program: str, roles: FieldRoles) -> dict[str, str]:
    """Return the fields of a message, perhaps none."""
    text = _CONTAINER.sub("", text, count=1) if text.startswith("std") else text
    fields = _structured(text, program, roles)
    return fields if fields is not None else _prose(text, roles)


def complete(fields: dict[str, str], roles: FieldRoles) -> dict[str, str]:
    """Compose the fields of an event; where they name no place, its ``message`` may."""
    text = fields.pop("message", "")
    if text and not any(place in fields for place in PLACES):
        fields = read(text.rstrip(), "", roles) | fields
    return compose(fields)


def _structured(text: str, program: str, roles: FieldRoles) -> dict[str, str] | None:
    try:
        if cef.begins(text):
            return cef.read(text, roles)
        if text.startswith("<Event"):
            return compose(windows.read(windows.xml_pairs(text), roles))
        if text.startswith(("{", _COOKIE)):
            return objects.read(objects.parsed(text.removeprefix(_COOKIE)), roles)
    except BadLineError:  # not what it begins like
        return None
    found = auth.read(program, text[:MAX_PROSE]) or ('"' in text and web.read_line(text)) or _query(text)
    return found or None


def _query(text: str) -> dict[str, str] | None:
    for pattern in _QUERIES:
        if match := pattern.search(text, 0, MAX_PROSE):
            return {"class": str(EventClass.DNS), **{name: value for name, value in match.groupdict().items() if value}}
    return None


def _prose(text: str, roles: FieldRoles) -> dict[str, str]:
    """Read pairs, and where they name no address the first two in the text."""
    text = text[:MAX_PROSE]
    fields = roles.assign(keyvalue.pairs(text))
    fields.pop("message", None)
    if ": " in text:
        for name, quoted, bare in _NGINX.findall(text):
            fields.setdefault({"client": "src_ip"}.get(name, name), quoted or bare)
    if '"' in text and "request" not in fields and (match := _REQUEST.search(text)):
        fields |= match.groupdict()
    _add_places(fields, text)
    if "class" not in fields and "url" not in fields and is_sign_in(text):
        _add_sign_in(fields, text)
    return compose(fields)


def _add_places(fields: dict[str, str], text: str) -> None:
    if "src_ip" not in fields and "dst_ip" not in fields:
        addresses = [found for found in dict.fromkeys(_ADDRESS.findall(text)) if _is_a_hosts(found)]
        fields.update(zip(("src_ip", "dst_ip"), addresses, strict=False))
    for role, pattern in (("email", _MAIL), ("url", _URL)):
        if role not in fields and (match := pattern.search(text)):
            fields[role] = match[0]


def _is_a_hosts(address: str) -> bool:
    found = parse_ip(address)
    return found is not None and not found.is_unspecified


def _add_sign_in(fields: dict[str, str], text: str) -> None:
    """Read a sentence about signing in: how it ended, and who it was."""
    fields["class"] = EventClass.AUTH
    fields.setdefault("action", "login")
    ended = outcome(text)
    if ended in {"success", "failure"}:
        fields.setdefault("outcome", ended)
    if "user" not in fields and (match := _USER.search(text)):
        fields["user"] = match["user"]
