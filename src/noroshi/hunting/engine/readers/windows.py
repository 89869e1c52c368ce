"""Windows events as JSON: of winlogbeat (``winlog``), evtx_dump (``Event``), or flat as NXLog and others write them.

What an event id means is from Microsoft's list of security events and Sysmon's manual.
"""

import html
import re
from typing import Any, Final, NamedTuple

from noroshi.hunting.engine.aliases import Dialect, FieldRoles
from noroshi.hunting.engine.schema import EventClass


class _Meaning(NamedTuple):
    kind: EventClass
    action: str
    outcome: str = ""


_AUTH, _PROCESS, _FILE, _CONN = EventClass.AUTH, EventClass.PROCESS, EventClass.FILE, EventClass.CONN
_SECURITY: Final = {
    "1102": _Meaning(EventClass.ALERT, "audit log cleared"),
    "4104": _Meaning(_PROCESS, "script block"),
    "4624": _Meaning(_AUTH, "logon", "success"),
    "4625": _Meaning(_AUTH, "logon", "failure"),
    "4634": _Meaning(_AUTH, "logoff", "success"),
    "4647": _Meaning(_AUTH, "logoff", "success"),
    "4648": _Meaning(_AUTH, "logon with explicit credentials"),
    "4656": _Meaning(_FILE, "handle requested"),
    "4663": _Meaning(_FILE, "object accessed"),
    "4672": _Meaning(_AUTH, "special privileges assigned", "success"),
    "4688": _Meaning(_PROCESS, "process created"),
    "4689": _Meaning(_PROCESS, "process ended"),
    "4697": _Meaning(_PROCESS, "service installed"),
    "4698": _Meaning(_PROCESS, "scheduled task created"),
    "4720": _Meaning(_AUTH, "account created", "success"),
    "4722": _Meaning(_AUTH, "account enabled", "success"),
    "4723": _Meaning(_AUTH, "password change"),
    "4724": _Meaning(_AUTH, "password reset"),
    "4725": _Meaning(_AUTH, "account disabled", "success"),
    "4726": _Meaning(_AUTH, "account deleted", "success"),
    "4728": _Meaning(_AUTH, "member added to group", "success"),
    "4732": _Meaning(_AUTH, "member added to group", "success"),
    "4756": _Meaning(_AUTH, "member added to group", "success"),
    "4740": _Meaning(_AUTH, "account locked out", "failure"),
    "4768": _Meaning(_AUTH, "kerberos ticket requested"),
    "4769": _Meaning(_AUTH, "kerberos service ticket requested"),
    "4771": _Meaning(_AUTH, "kerberos pre-authentication", "failure"),
    "4776": _Meaning(_AUTH, "credentials validated"),
    "5140": _Meaning(_FILE, "share accessed"),
    "5145": _Meaning(_FILE, "share accessed"),
    "5156": _Meaning(_CONN, "connection", "success"),
    "5157": _Meaning(_CONN, "connection", "failure"),
    "7045": _Meaning(_PROCESS, "service installed"),
}
_SYSMON: Final = {
    "1": _Meaning(_PROCESS, "process created"),
    "3": _Meaning(_CONN, "connection"),
    "5": _Meaning(_PROCESS, "process ended"),
    "7": _Meaning(_PROCESS, "image loaded"),
    "8": _Meaning(_PROCESS, "remote thread created"),
    "10": _Meaning(_PROCESS, "process accessed"),
    "11": _Meaning(_FILE, "file created"),
    "15": _Meaning(_FILE, "file stream created"),
    "22": _Meaning(EventClass.DNS, "query"),
    "23": _Meaning(_FILE, "file deleted"),
}
_STATUS_TELLS: Final = frozenset({"4768", "4769", "4776"})
_SUCCEEDED: Final = "0x0"

NAMES: Final[Dialect] = {
    "time": (
        "systemtime timecreated.#attributes.systemtime timecreated_attributes.systemtime "
        "@timestamp eventtime timecreated"
    ),
    "user": "targetusername user.name subjectusername user accountname",
    "src_ip": "ipaddress sourceip sourceaddress clientaddress source.ip",
    "src_port": "ipport sourceport source.port",
    "dst_ip": "destinationip destaddress destination.ip",
    "dst_port": "destinationport destport destination.port",
    "domain": "destinationhostname",
    "dns_query": "queryname",
    "process": "newprocessname image processname",
    "session": "targetlogonid logonid",
    "reporter": "computer computer_name hostname host.name",
    "event_code": "eventid.#text eventid event_id",
    "rule": "threatname",
    "device": "workstationname workstation",
    "": "message status",
}
MAX_XML: Final = 64 << 10
_XML = re.compile(
    r"(?:<Data Name=['\"](?P<name>[\w ]{1,64})['\"]>|<(?P<tag>EventID|Computer|Channel)\b[^>]{0,100}>"
    r"|(?P<attribute>SystemTime)=['\"])(?P<value>[^<'\"]{0,4096})"
)
_LISTED: Final = ("event_data", "user_data", "EventData", "UserData")


def wrote(item: dict[str, Any]) -> bool:
    """Tell a Windows event by where its id stands."""
    return (
        isinstance(item.get("winlog"), dict)
        or (isinstance(item.get("Event"), dict) and "System" in item["Event"])
        or ("EventID" in item and ("Channel" in item or "SourceName" in item or "ProviderGuid" in item))
    )


def unwrapped(item: dict[str, Any]) -> dict[str, Any]:
    """Return the event on one level: what winlogbeat and evtx_dump put into drawers stands beside the rest."""
    event = item.get("winlog") or item.get("Event") or {}
    flat = {name: value for name, value in item.items() if name not in {"winlog", "Event"}}
    for layer in (event, event.get("System"), *(event.get(name) for name in _LISTED)):
        if isinstance(layer, dict):
            flat |= _named_data(layer)
    return flat


def xml_pairs(text: str) -> list[tuple[str, str]]:
    """Return the names and values of an event in Windows' XML, as forwarders send it; no XML is interpreted."""
    return [
        (match["name"] or match["tag"] or match["attribute"], html.unescape(match["value"]))
        for match in _XML.finditer(text, 0, MAX_XML)
    ]


def _named_data(layer: dict[str, Any]) -> dict[str, Any]:
    """Return a layer; a list of ``{"#attributes": {"Name": ...}, "#text": ...}`` becomes names and values."""
    data = layer.get("Data")
    rows = data if isinstance(data, list) else []
    named = {row["#attributes"].get("Name", ""): row.get("#text") for row in rows if _is_named(row)}
    return {name: value for name, value in layer.items() if name not in {"System", *_LISTED}} | named


def _is_named(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("#attributes"), dict)


def read(pairs: list[tuple[str, str]], roles: FieldRoles) -> dict[str, str]:
    """Return what an event on one level says, by role."""
    fields = roles.in_dialect(NAMES).assign(pairs)
    found = {name.lower(): value for name, value in pairs}
    provider = " ".join(found.get(name, "") for name in _PROVIDERS)
    code = fields.get("event_code", "").removesuffix(".000000")
    meaning = (_SYSMON if "sysmon" in provider.lower() else _SECURITY).get(code)
    if meaning:
        outcome = meaning.outcome
        if code in _STATUS_TELLS:
            outcome = "success" if found.get("status", _SUCCEEDED).lower() == _SUCCEEDED else "failure"
        fields |= {"class": meaning.kind, "action": meaning.action}
        fields |= {"outcome": outcome} if outcome else {}
    return fields


_PROVIDERS: Final = ("sourcename", "provider_name", "channel", "provider.#attributes.name", "provider_attributes.name")
