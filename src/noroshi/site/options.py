"""Every setting of an installation, in one table: name, kind, default, meaning. The reference page is made from it.

Values come from `NOROSHI_*` environment variables, or, for secrets, from the file that `NOROSHI_*_FILE` names.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final

PREFIX: Final = "NOROSHI_"


class OptionError(ValueError):
    """A setting that cannot be read; the message names it."""


@dataclass(frozen=True)
class Option:
    """One setting. `read` turns its text into its value and raises ValueError if it cannot."""

    name: str
    read: Callable[[str], Any]
    default: str
    help: str


def _boolean(text: str) -> bool:
    try:
        return {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}[text.lower()]
    except KeyError:
        raise ValueError("expected yes or no") from None


def _one_of(*words: str) -> Callable[[str], str]:
    """Return a reader of exactly one of `words`: what is misspelt stops the start, it does not relax a rule."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"expected one of {', '.join(words)}")
        return text

    return read


def _path_or_none(text: str) -> Path | None:
    return Path(text) if text else None


def _minutes(text: str) -> timedelta:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise ValueError("expected a number of minutes")
    return timedelta(minutes=int(text))


def _bounds(text: str) -> tuple[int, int]:
    """Read two numbers, as in "500,3000": what is told, and what is the most."""
    told, comma, most = text.partition(",")
    numbers = told.strip(), most.strip()
    if not comma or not all(number.isascii() and number.isdigit() and int(number) for number in numbers):
        raise ValueError("expected two numbers, as in 500,3000")
    if int(numbers[0]) > int(numbers[1]):
        raise ValueError("the first number is from when on it is told, and not above the second")
    return int(numbers[0]), int(numbers[1])


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _networks(text: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(name) for name in _names(text)]


def _proxy(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("expected the address of a proxy, as in http://proxy.example:3128")
    return text


def _address(text: str) -> tuple[str, int] | None:
    """Read HOST:PORT, as in 0.0.0.0:6514 or [::]:6514; empty: None."""
    if not text:
        return None
    host, _colon, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:  # noqa: PLR2004 - the last port
        raise ValueError("expected an address and a port, as in 0.0.0.0:6514")
    return host.removeprefix("[").removesuffix("]"), int(port)


_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekly(text: str) -> tuple[frozenset[int], time] | None:
    """Read a time of day with the days of the week before it, as in mon-fri 08:30, or of every day; empty: None."""
    if not text:
        return None
    days, _space, moment = text.rpartition(" ")
    try:
        at = datetime.strptime(moment, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
        chosen = frozenset(day for part in _names(days) for day in _span(*part.lower().partition("-")))
    except ValueError:
        raise ValueError("expected a time, with days or without, as in mon-fri 08:30") from None
    return chosen or frozenset(range(len(_DAYS))), at


def _span(first: str, dash: str, last: str) -> range:
    begin = _DAYS.index(first)
    end = _DAYS.index(last) if dash else begin
    if end < begin:
        raise ValueError(last)
    return range(begin, end + 1)


OPTIONS: Final = (
    Option("DATA_DIR", Path, "./var", "Where the installation keeps its database, log lake, mail files and keys."),
    Option(
        "CACHE_DIR",
        _path_or_none,
        "",
        "Where what can be made again is kept (warning lists, 80 MB); empty: `cache` in the data directory.",
    ),
    Option(
        "DATABASE_URL",
        str,
        "",
        "postgres://USER:PASSWORD@HOST:PORT/NAME; empty: SQLite in the data directory.",
    ),
    Option(
        "SECRET_KEY",
        str,
        "",
        "Signing key of sessions and tokens; empty: made once and kept in the data directory.",
    ),
    Option(
        "LAKE_KEY",
        str,
        "",
        "Key of the pseudonyms in the log lake; empty: made once and kept in the data directory.",
    ),
    Option("ALLOWED_HOSTS", _names, "localhost,127.0.0.1,[::1]", "Host names under which the portal answers."),
    Option("BASE_URL", str, "http://localhost:8000", "Address of the portal as written in mails."),
    Option("HTTPS", _boolean, "no", "The portal is reached by HTTPS: secure cookies and strict transport."),
    Option("DEBUG", _boolean, "no", "Developer's error pages. Refused on an installation with real data."),
    Option("DEMO", _boolean, "no", "This is a demonstration: no second factor is asked for, mail goes to files."),
    Option(
        "MFA_REQUIRED",
        _boolean,
        "yes",
        "Everybody needs a second factor (never asked for in a demonstration).",
    ),
    Option("TLP_PROFILE", str, "first", "Reading of the TLP for new items: first or f-isac-jp."),
    Option(
        "RELEASE_FOUR_EYES",
        _one_of("grave", "all", "off"),
        "grave",
        "What two hub operators must let go: grave (RED, and incidents without a name), all that is held, or off.",
    ),
    Option(
        "RELEASE_TARGET", _minutes, "60", "Minutes in which the hub means to look at what waits; later is marked late."
    ),
    Option(
        "REPORT_FONT",
        Path,
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "Font with Japanese letters for reports as PDF (Debian: fonts-noto-cjk).",
    ),
    Option("SMTP_URL", str, "", "smtp://USER:PASSWORD@HOST:PORT or smtps://...; empty: mail is written to files."),
    Option("MAIL_FROM", str, "noroshi@localhost", "Sender of mails."),
    Option(
        "MAIL_RETURN",
        str,
        "",
        "Where mails of the magazine come back to, as in bounces@portal.example, each with its own token behind "
        "a plus sign; empty: to MAIL_FROM.",
    ),
    Option(
        "SMIME_CERTIFICATE",
        str,
        "",
        "PEM file with the certificate of MAIL_FROM and its chain, by which the mail magazine is signed (S/MIME); "
        "empty: it is not.",
    ),
    Option("SMIME_CERTIFICATE_KEY", str, "", "PEM file with its private key; empty: it is in the same file."),
    Option(
        "MAIL_IN_DOMAIN", str, "", "Domain of the addresses to which people mail drafts; empty: no mail is taken in."
    ),
    Option(
        "MAIL_IN_IMAP_URL",
        str,
        "",
        "imaps://USER:PASSWORD@HOST:PORT/FOLDER, which the worker empties once a minute; empty: none.",
    ),
    Option("OIDC_URL", str, "", "Discovery address of an OpenID Connect provider for sign-in; empty: none."),
    Option("OIDC_CLIENT_ID", str, "", "Client identifier at that provider."),
    Option("OIDC_SECRET", str, "", "Client secret at that provider."),
    Option(
        "OUTBOUND_NETWORKS",
        _networks,
        "",
        "Networks inside, such as 10.1.2.0/24, that webhooks, feeds and peers may reach; empty: public addresses only.",
    ),
    Option(
        "OUTBOUND_PROXY",
        _proxy,
        "",
        "Proxy of HTTP for calls to the outside, as http://proxy.example:3128; networks inside are reached without. "
        "Empty: none.",
    ),
    Option("TIME_ZONE", str, "Asia/Tokyo", "Time zone of pages, and of log lines that name none."),
    Option("LAKE_MEMORY", str, "2GB", "Memory that one search of the log lake may take."),
    Option(
        "LAKE_SPARK",
        str,
        "",
        "Address of the master of a Spark cluster that answers hunts and rules in place of this machine: spark://HOST:7077.",
    ),
    Option(
        "LAKE_SPARK_RULES_FROM",
        int,
        "1024",
        "What logs weigh at least, in MB, for a rule to look at them on that cluster and not on this machine.",
    ),
    Option(
        "LAKE_DAYS",
        int,
        "0",
        "Days for which logs are kept; an organisation may keep those of a source for less. 0: for ever.",
    ),
    Option(
        "ADVISORY_DAYS",
        int,
        "90",
        "Days for which the bytes that sources of advisories sent are kept, to be read again.",
    ),
    Option(
        "SHEET_AT",
        _weekly,
        "",
        "When the daily sheet goes out, in the time zone of pages: mon-fri 08:30, or 08:30 for every day. "
        "Empty: when an operator issues it.",
    ),
    Option(
        "DROP_DIR",
        str,
        "",
        "Folder with a folder for each ORGANISATION/SOURCE; log files dropped there are read in. Empty: none.",
    ),
    Option(
        "SYSLOG_TCP", _address, "", "HOST:PORT at which `noroshi lake listen` takes syslog by TCP, or TLS; empty: none."
    ),
    Option("SYSLOG_UDP", _address, "", "HOST:PORT at which it takes syslog by UDP; empty: none."),
    Option("SYSLOG_PEERS", _networks, "127.0.0.0/8, ::1/128", "Networks whose machines may send it syslog."),
    Option(
        "SYSLOG_CERTIFICATE", str, "", "PEM file with the certificate and its chain, for TLS; empty: TCP is in clear."
    ),
    Option("SYSLOG_CERTIFICATE_KEY", str, "", "PEM file with its private key; empty: it is in the same file."),
    Option(
        "SYSLOG_CLIENTS", str, "", "PEM file with the authorities whose certificates senders must show; empty: none."
    ),
    Option("FILE_LIMIT", int, "25", "Largest file that is attached, in MB."),
    Option("FILES_PER_SIGNAL_LIMIT", int, "100", "Most that the files of one signal may weigh together, in MB."),
    Option("FILES_PER_GROUP_LIMIT", int, "2000", "Most that the documents of one group may weigh together, in MB."),
    Option("FILES_PER_ORGANISATION_LIMIT", int, "10000", "Most that one organisation may attach, in MB."),
    Option("TAXII_LIMIT", int, "25", "Largest body that TAXII takes at once, in MB."),
    Option(
        "READING_LIMITS",
        _bounds,
        "500,3000",
        "Signals that one account reads within an hour: more than the first is told to the hub, the second is the most"
        " (reading one again within the hour does not count).",
    ),
    Option("PAGING_LIMITS", _bounds, "120,600", "The same of pages of lists, from the second page of each on."),
    Option("MISSING_LIMITS", _bounds, "60,300", "The same of addresses asked for at which there is nothing for it."),
    Option(
        "ADDRESS_LIMITS",
        _bounds,
        "10,50",
        "Addresses from which one token is used within a day: more than the first is told to its owner, "
        "past the second no further one is let in.",
    ),
    Option("TOKEN_REFUSALS", int, "10", "Refused uses of one token within an hour, of which its owner is told."),
    Option(
        "PROXIES",
        int,
        "0",
        "Proxies in front whose X-Forwarded-For is believed; 0: none, everybody has the address that connects.",
    ),
    Option(
        "CERTIFICATE_PROXIES",
        _networks,
        "",
        "Networks of the proxies that check clients' certificates and pass them on in X-Client-Certificate; "
        "empty: none is believed.",
    ),
    Option("LOG_LEVEL", str, "INFO", "Lowest level that is written to the log."),
    Option("METRICS_TOKEN", str, "", "Bearer token for /metrics; empty: answered on loopback only."),
)


def read_options(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return every option's value; raise OptionError on an unknown name or an unreadable value."""
    known = {PREFIX + option.name for option in OPTIONS}
    for name in environment:
        if name.startswith(PREFIX) and name not in known and name.removesuffix("_FILE") not in known:
            raise OptionError(f"{name}: there is no such setting; `noroshi check --settings` lists them")
    return {option.name: _read(option, environment) for option in OPTIONS}


def _read(option: Option, environment: Mapping[str, str]) -> Any:
    name = PREFIX + option.name
    try:
        return option.read(_text(name, option.default, environment))
    except (ValueError, OSError) as error:
        raise OptionError(f"{name}: {error}") from error


def _text(name: str, default: str, environment: Mapping[str, str]) -> str:
    if file := environment.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    return environment.get(name, default)
