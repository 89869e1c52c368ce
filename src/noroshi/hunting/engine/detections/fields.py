"""What a rule may ask of an event: the names of Sigma, ECS, OCSF and products, and the columns that answer.

A name is looked for among the names of Sigma's own log sources below, then among the lake's columns, then among the
names that the readers know (`aliases`). What is not found is not guessed: the rule is refused.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.detections.dialect import Dialect
from noroshi.hunting.engine.schema import COLUMNS, SLOTS, EventClass


class Kind(Enum):
    """What can be compared with a field."""

    TEXT = auto()
    NUMBER = auto()
    ADDRESS = auto()
    """Whole addresses, patterns of their text, and networks."""
    PSEUDONYM = auto()
    """Whole values alone: the lake keeps keyed hashes."""
    TIME = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a rule as SQL, and the column of the lake that must have data for it."""

    sql: str
    kind: Kind
    column: str
    encoded: bool = False

    def said_in(self, dialect: Dialect) -> str:
        """Return the SQL of an engine: an attacker encodes for the server, and once more for whoever reads along."""
        return dialect.decoded(dialect.decoded(self.sql)) if self.encoded else self.sql


_PATH_AND_QUERY: Final = "substr(url, instr(url, '/'))"

_BY_NAME: Final = {
    "url_decoded": Field("replace(url, '+', ' ')", Kind.TEXT, "url", encoded=True),
    "cs-uri-query": Field(_PATH_AND_QUERY, Kind.TEXT, "url"),  # SigmaHQ's web rules mean path and query by it
    "cs-uri-stem": Field("regexp_extract(url, '/[^?]*', 0)", Kind.TEXT, "url"),
    "url.path": Field("regexp_extract(url, '/[^?]*', 0)", Kind.TEXT, "url"),
    "url.query": Field("regexp_extract(url, '[?]((?s:.*))', 1)", Kind.TEXT, "url"),
}
_SIGMA_NAMES: Final = {
    "url": "c-uri cs-uri c-uri-query",
    "user_agent": "c-useragent cs-user-agent",
    "referrer": "cs-referer c-referer cs-referrer",
    "host": "cs-host r-dns destination.domain",
    "src_ip": "c-ip sourceip ipaddress sourceaddress clientip",
    "dst_ip": "r-ip destinationip destinationaddress",
    "dst_port": "destinationport r-port",
    "src_port": "sourceport",
    "status": "sc-status",
    "user_key": "cs-username targetusername subjectusername user",
    "dns_query": "queryname dns.question.name record_name",
    "process": "image newprocessname",
    "event_code": "eventid",
}
_COLUMN_BY_SIGMA_NAME: Final = {name: column for column, names in _SIGMA_NAMES.items() for name in names.split()}
_COLUMN_BY_ROLE: Final = {role: next(iter(columns)) for role, columns in SLOTS.items()} | {"host": "host"}
_PSEUDONYMS: Final = frozenset({"user_key", "account_key", "beneficiary_key", "session_key"})
_ADDRESSES: Final = frozenset({"src_ip", "dst_ip"})
_NUMBERS: Final = frozenset({"INTEGER", "BIGINT"})
# What only serves the lake.
_HIDDEN: Final = frozenset({"organisation", "file", "line"}) | {
    name for name in COLUMNS if name.endswith(("_v4", "_v6_hi", "_v6_lo"))
}
_ROLES: Final = FieldRoles()

# Log sources of Sigma, by category or service, and the class of their events.
_CLASSES: Final = {
    EventClass.WEB: "webserver proxy http web apache nginx iis",
    EventClass.AUTH: "authentication auth sshd vpn signinlogs login",
    EventClass.DNS: "dns dns_query dns-server",
    EventClass.CONN: "firewall network_connection conn netflow",
    EventClass.MAIL: "email mail smtp",
    EventClass.FILE: "file_event file_access file_change file_rename file_delete file",
    EventClass.PROCESS: "process_creation process",
    EventClass.TRANSFER: "transfer",
    EventClass.ALERT: "antivirus alert ids",
    EventClass.API: "cloudtrail api",
}
_CLASS_BY_SOURCE: Final = {name: kind for kind, names in _CLASSES.items() for name in names.split()}
# Log sources whose events are of many classes.
_MIXED: Final = frozenset({"application", "windows", "banking"})


def field(name: str) -> Field | None:
    """Return what a rule means by a field, or None."""
    folded = name.lower()
    if folded in _BY_NAME:
        return _BY_NAME[folded]
    if folded in COLUMNS and folded not in _HIDDEN:
        return _of_column(folded)
    column = _COLUMN_BY_SIGMA_NAME.get(folded) or _column_of_role(name)
    return _of_column(column) if column else None


def _column_of_role(name: str) -> str | None:
    ranked = _ROLES[name]
    return _COLUMN_BY_ROLE.get(ranked[1]) if ranked else None


def _of_column(column: str) -> Field:
    return Field(f'"{column}"', _kind(column), column)


def _kind(column: str) -> Kind:
    if column in _PSEUDONYMS:
        return Kind.PSEUDONYM
    if column in _ADDRESSES:
        return Kind.ADDRESS
    if column == "time":
        return Kind.TIME
    return Kind.NUMBER if COLUMNS[column] in _NUMBERS else Kind.TEXT


def event_class(category: str | None, service: str | None, product: str | None) -> EventClass | None:
    """Return the class of a log source's events, or None for one of many classes; raise KeyError for an unknown one."""
    names = [name.lower() for name in (category, service, product) if name]
    for name in names:
        if name in _CLASS_BY_SOURCE:
            return _CLASS_BY_SOURCE[name]
    if _MIXED.isdisjoint(names):
        raise KeyError(*names)
    return None
