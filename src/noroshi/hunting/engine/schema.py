"""The columns of an event and the roles a log's fields can play in it.

An event is flat. In a Parquet part each column has the type of `COLUMNS`, and one without values can be missing (see
`events_sql`); rows are sorted by time, and every text is canonical (see `normalise`). OCSF names in the comments are
those of version 1.9 (schema.ocsf.io), which knows no transfer of money: those columns stand for fields of an extension.
"""

from enum import StrEnum
from typing import Final


class EventClass(StrEnum):
    """What kind of thing happened; beside each the OCSF classes it stands for."""

    WEB = "web"  # HTTP Activity 4002
    AUTH = "auth"  # Authentication 3002 and the other classes of Identity & Access Management
    DNS = "dns"  # DNS Activity 4003
    CONN = "conn"  # Network Activity 4001 and its relatives
    MAIL = "mail"  # Email Activity 4009
    FILE = "file"  # File System Activity 1001
    PROCESS = "process"  # Process Activity 1007 and the other classes of System Activity
    TRANSFER = "transfer"  # of money; OCSF has none
    ALERT = "alert"  # Detection Finding 2004 and the other classes of Findings
    API = "api"  # API Activity 6003


# Each role fills the columns beside it, in this order, which is also the order of the staged row.
SLOTS: Final[dict[str, dict[str, str]]] = {
    "time": {"time": "BIGINT"},  # time; microseconds since 1970 while staged, TIMESTAMPTZ in the part
    "class": {"class": "VARCHAR"},  # class_uid; a value of `EventClass`
    "action": {"action": "VARCHAR"},  # activity_name: the HTTP method, the event's name
    "outcome": {"outcome": "VARCHAR"},  # status: success, failure, or the log's own word for something else
    "status": {"status": "INTEGER"},  # status_code, http_response.code
    "src_ip": {  # src_endpoint.ip
        "src_ip": "VARCHAR",
        "src_v4": "BIGINT",
        "src_v6_hi": "BIGINT",
        "src_v6_lo": "BIGINT",
    },
    "src_port": {"src_port": "INTEGER"},  # src_endpoint.port
    "dst_ip": {  # dst_endpoint.ip
        "dst_ip": "VARCHAR",
        "dst_v4": "BIGINT",
        "dst_v6_hi": "BIGINT",
        "dst_v6_lo": "BIGINT",
    },
    "dst_port": {"dst_port": "INTEGER"},  # dst_endpoint.port
    "user": {"user_key": "VARCHAR"},  # actor.user.uid, keyed hash
    "account": {"account_key": "VARCHAR"},  # of the customer or payer, keyed hash
    "beneficiary": {"beneficiary_key": "VARCHAR"},  # the account that is paid to, keyed hash
    "amount": {"amount_band": "BIGINT"},  # never the amount: the next lower of 0, 1, 2, 5, 10, 20, 50, 100 ...
    "currency": {"currency": "VARCHAR"},  # ISO 4217
    "session": {"session_key": "VARCHAR"},  # session.uid, keyed hash
    "device": {"device": "VARCHAR"},  # device.uid
    "user_agent": {"user_agent": "VARCHAR"},  # http_request.user_agent
    "url": {"url": "VARCHAR", "host": "VARCHAR"},  # http_request.url
    "referrer": {"referrer": "VARCHAR", "referrer_host": "VARCHAR"},  # http_request.referrer
    "domain": {"domain": "VARCHAR"},  # dst_endpoint.domain, tls.sni
    "dns_query": {"dns_query": "VARCHAR"},  # query.hostname
    "dns_rcode": {"dns_rcode": "VARCHAR"},  # rcode: NOERROR, NXDOMAIN ...
    "email": {"email": "VARCHAR"},  # email.from, user.email_addr
    "md5": {"md5": "VARCHAR"},  # file.hashes
    "sha1": {"sha1": "VARCHAR"},
    "sha256": {"sha256": "VARCHAR"},
    "process": {"process": "VARCHAR"},  # process.file.path
    "reporter": {"reporter": "VARCHAR"},  # metadata.loggers.device.hostname: the host that wrote the line
    "country": {"country": "VARCHAR"},  # src_endpoint.location.country, as the log says it
    "ja3": {"ja3": "VARCHAR"},  # tls.ja3_hash
    "ja4": {"ja4": "VARCHAR"},  # tls.ja4_fingerprint_list
    "bytes_out": {"bytes_out": "BIGINT"},  # traffic.bytes_out: from the source to the destination
    "event_code": {"event_code": "VARCHAR"},  # metadata.event_code: Windows event id, signature number
    "rule": {"rule": "VARCHAR"},  # finding_info.title: the name of what raised an alert
    "file": {"file": "BIGINT"},  # metadata.log_name: the number of the log file in the manifest
    "line": {"line": "BIGINT"},  # metadata.sequence: its line, from 1
}
STAGED_COLUMNS: Final[dict[str, str]] = {name: kind for columns in SLOTS.values() for name, kind in columns.items()}
COLUMNS: Final[dict[str, str]] = {
    "organisation": "VARCHAR",
    "source": "VARCHAR",
    **STAGED_COLUMNS,
    "time": "TIMESTAMP WITH TIME ZONE",
}

# Roles that only help to build another one.
PARTIAL_ROLES: Final = frozenset({"date", "request", "url_query", "host", "hash", "hashes", "error", "message"})
ROLES: Final = frozenset(SLOTS) - {"file", "line"} | PARTIAL_ROLES


def events_sql(files: str) -> str:
    """Return SQL of the events in Parquet files, given as an SQL expression, with the columns of `COLUMNS`.

    A column that a part has not is NULL in it: none of its events has a value there, or it is older than the column.
    Filters and the keys of joins reach the scan all the same.
    """
    nulls = ", ".join(f"NULL::{kind} AS {name}" for name, kind in COLUMNS.items())
    return (
        f"SELECT {nulls} WHERE false UNION ALL BY NAME "  # noqa: S608 - our own column names
        f"SELECT * FROM read_parquet({files}, hive_partitioning = false, union_by_name = true)"
    )
