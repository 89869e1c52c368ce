"""The lake's own words for what each product says in its own way: classes, outcomes, codes, bands of amounts.

As in `normalise`, equality of these forms is what rules and hunts test; a text that means nothing here is None or, for
an outcome, stays the log's own.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.schema import EventClass

MAX_AMOUNT: Final = 10**15
"""Whatever is more is in the band of this."""

# Names as products, ECS (event.category) and OCSF (class_name, class_uid) write them, folded.
_CLASS_NAMES: Final = {
    EventClass.WEB: "web http webaccess access httpactivity 4002 ウェブ",
    EventClass.AUTH: (
        "auth authentication login logon signin iam session ssh rdp kerberos ntlm radius "
        "accountchange 3001 3002 3003 3004 3005 3006 認証 ログイン"
    ),
    EventClass.DNS: "dns dnsactivity 4003",
    EventClass.CONN: (
        "conn connection network flow netflow firewall traffic tls ssl x509 dhcp ftp networkactivity "
        "4001 4004 4005 4006 4007 4008 4014 通信"
    ),
    EventClass.MAIL: "mail email smtp emailactivity 4009 4011 4012 メール",
    EventClass.FILE: "file files fileinfo smbfiles filesystemactivity 1001 4010 ファイル",
    EventClass.PROCESS: "process processactivity 1002 1003 1004 1005 1006 1007 プロセス",
    EventClass.TRANSFER: "transfer payment remittance 振込 送金 入出金",
    EventClass.ALERT: (
        "alert alerts detection finding intrusiondetection malware threat notice weird anomaly "
        "detectionfinding securityfinding 2001 2002 2003 2004 2005 2006 2007 警告 検知"
    ),
    EventClass.API: "api apiactivity cloudtrail 6003",
}
_CLASSES: Final = {name: kind for kind, names in _CLASS_NAMES.items() for name in names.split()}
_AUTH_ACTION = re.compile(
    r"log[ _-]?[io]n|log[ _-]?o(ut|ff)|sign[ _-]?in|authent|password|ログイン|ログオン|認証", re.IGNORECASE
)
_TRANSFER_ACTION = re.compile(r"transfer|payment|remit|payout|振込|送金|出金", re.IGNORECASE)
_FOLDED = re.compile(r"[\s_\-.]+")

_FAILURE = re.compile(
    r"fail|unsuccess|den(y|ied)|reject|refuse|block|drop|invalid|incorrect|error|unauthori[sz]ed|forbidden"
    r"|失敗|拒否|異常|エラー|否認|不正|遮断|\b(ng|false|no)\b",
    re.IGNORECASE,
)
_SUCCESS = re.compile(
    r"succe|accept|allow|grant|permit|pass(ed)?\b|成功|許可|正常|完了|承認|\b(ok|true|yes)\b", re.IGNORECASE
)
# RFC 6895 section 2.3, as far as resolvers answer so.
_RCODES: Final = dict(
    enumerate(
        ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH"]
    )
)
_RCODE = re.compile(r"[A-Z]{2,16}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NOT_OF_AN_AMOUNT = re.compile(r"[\s,'¥€$£円]+")
_JA3 = re.compile(r"[0-9a-f]{32}")
_JA4 = re.compile(r"[a-z0-9]{1,10}_[0-9a-f]{12}_[0-9a-f]{12}")
_STEPS = (5, 2, 1)


def event_class(raw: str) -> str | None:
    """Read the class of an event by one of its known names."""
    return _CLASSES.get(_FOLDED.sub("", unicodedata.normalize("NFKC", raw).casefold()))


def is_sign_in(text: str) -> bool:
    """Tell whether a text speaks of signing in."""
    return bool(_AUTH_ACTION.search(text))


@lru_cache(maxsize=1_000)
def class_of_action(action: str) -> str | None:
    """Tell an event's class by what was done."""
    if is_sign_in(action):
        return EventClass.AUTH.value
    return EventClass.TRANSFER.value if _TRANSFER_ACTION.search(action) else event_class(action)


def outcome(raw: str) -> str | None:
    """Read how something ended: ``success``, ``failure``, or the log's own word where it is neither."""
    cleaned = normalise.text(raw)
    if cleaned is None:
        return None
    if _FAILURE.search(cleaned):
        return "failure"
    return "success" if _SUCCESS.search(cleaned) else cleaned


def dns_rcode(raw: str) -> str | None:
    """Read the answer code of a resolver, by name or number."""
    bare = raw.strip().upper()
    name = _RCODES.get(int(bare)) if bare.isascii() and bare.isdigit() and len(bare) < 3 else bare  # noqa: PLR2004 - digits
    return name if name and _RCODE.fullmatch(name) else None


def currency(raw: str) -> str | None:
    """Read an ISO 4217 code."""
    code = raw.strip().upper()
    return code if _CURRENCY.fullmatch(code) else None


def amount_band(raw: str) -> int | None:
    """Return the largest of 0, 1, 2, 5, 10, 20, 50 ... that an amount reaches: its order, not the amount."""
    try:
        amount = abs(Decimal(_NOT_OF_AN_AMOUNT.sub("", unicodedata.normalize("NFKC", raw))))
    except InvalidOperation:
        return None
    if not amount.is_finite():
        return None
    whole = min(int(amount), MAX_AMOUNT) if amount < MAX_AMOUNT else MAX_AMOUNT
    power = 10 ** (len(str(whole)) - 1)
    return next((step * power for step in _STEPS if step * power <= whole), 0)


def country(raw: str) -> str | None:
    """Read a country as the log says it; a code of letters in upper case."""
    cleaned = normalise.text(raw)
    return cleaned.upper() if cleaned and len(cleaned) <= 3 and cleaned.isascii() else cleaned  # noqa: PLR2004 - ISO 3166


def ja3(raw: str) -> str | None:
    """Read a JA3 fingerprint: an MD5 in hexadecimal."""
    lowered = raw.strip().lower()
    return lowered if _JA3.fullmatch(lowered) else None


def ja4(raw: str) -> str | None:
    """Read a JA4 fingerprint, as ``t13d1516h2_8daaf6152771_02713d6af862``."""
    lowered = raw.strip().lower()
    return lowered if _JA4.fullmatch(lowered) else None
