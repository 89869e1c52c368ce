"""The columns of an event and the roles a log's fields can play in it.

An event is flat. In a Parquet part each column has the type of `SLOTS` (``organisation`` and ``source``, which come
first, are VARCHAR), rows are sorted by time, and every text is canonical (see `normalise`). OCSF names in the comments
are those of version 1.9 (schema.ocsf.io).
"""

from typing import Final

# Each role fills the columns beside it, in this order, which is also the order of the staged row.
SLOTS: Final[dict[str, dict[str, str]]] = {
    "time": {"time": "BIGINT"},  # time; microseconds since 1970 while staged, TIMESTAMPTZ in the part
    "action": {"action": "VARCHAR"},  # activity_name: the HTTP method, the event's name
    "outcome": {"outcome": "VARCHAR"},  # status
    "status": {"status": "INTEGER"},  # status_code, http_response.code
    "src_ip": {  # src_endpoint.ip
        "src_ip": "VARCHAR",
        "src_v4": "BIGINT",
        "src_v6_hi": "BIGINT",
        "src_v6_lo": "BIGINT",
    },
    "dst_ip": {  # dst_endpoint.ip
        "dst_ip": "VARCHAR",
        "dst_v4": "BIGINT",
        "dst_v6_hi": "BIGINT",
        "dst_v6_lo": "BIGINT",
    },
    "user": {"user_key": "VARCHAR"},  # actor.user.uid, keyed hash
    "account": {"account_key": "VARCHAR"},  # keyed hash
    "session": {"session_key": "VARCHAR"},  # session.uid, keyed hash
    "device": {"device": "VARCHAR"},  # device.uid
    "user_agent": {"user_agent": "VARCHAR"},  # http_request.user_agent
    "url": {"url": "VARCHAR", "host": "VARCHAR"},  # http_request.url
    "referrer": {"referrer": "VARCHAR", "referrer_host": "VARCHAR"},  # http_request.referrer
    "domain": {"domain": "VARCHAR"},  # dst_endpoint.domain, tls.sni
    "dns_query": {"dns_query": "VARCHAR"},  # query.hostname
    "email": {"email": "VARCHAR"},  # email.from, user.email_addr
    "md5": {"md5": "VARCHAR"},  # file.hashes
    "sha1": {"sha1": "VARCHAR"},
    "sha256": {"sha256": "VARCHAR"},
    "file": {"file": "BIGINT"},  # metadata.log_name: the number of the log file in the manifest
    "line": {"line": "BIGINT"},  # metadata.sequence: its line, from 1
}
STAGED_COLUMNS: Final[dict[str, str]] = {name: kind for columns in SLOTS.values() for name, kind in columns.items()}

# Roles that only help to build another one.
PARTIAL_ROLES: Final = frozenset({"date", "request", "host", "hash"})
ROLES: Final = frozenset(SLOTS) - {"file", "line"} | PARTIAL_ROLES
