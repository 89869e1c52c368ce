"""The sample logs: the same for everybody, a million lines in the formats that institutions have, one campaign inside.

What is planted is known exactly (`planted`), and so are the near misses that must not be found.
"""

import gzip
import io
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import repeat
from pathlib import Path
from random import Random
from typing import IO, Final

from noroshi.site.demo.sector import MEMBERS, Institution

FIRST_DAY: Final = datetime(2026, 11, 15, tzinfo=UTC)
DAYS: Final = 7
SECONDS: Final = DAYS * 86_400

ADDRESS: Final = "203.0.113.45"
NETWORK: Final = "198.51.100.128/29"
DOMAIN: Final = "minato-secure.example"
URL: Final = "https://login.minato-secure.example/auth/step2"
AGENT: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) KiteLoader/1.4"

TYPES: Final = {ADDRESS: "ipv4", NETWORK: "cidr", DOMAIN: "domain", URL: "url", AGENT: "user_agent"}


@dataclass(frozen=True)
class Trace:
    """A line of the campaign: when (seconds after the first day began), from where, with what."""

    second: int
    source: str
    agent: str
    referrer: str
    shows: tuple[str, ...]
    """Which of the campaign's values must be found by it."""


def _campaign(start: int, *kinds: str) -> tuple[Trace, ...]:
    """Return one trace of each kind, an hour apart."""
    made = {
        "address": Trace(0, ADDRESS, "Mozilla/5.0", "-", (ADDRESS,)),
        "network": Trace(0, "198.51.100.130", "Mozilla/5.0", "-", (NETWORK,)),
        "domain": Trace(0, "192.0.2.77", "Mozilla/5.0", f"https://cdn.{DOMAIN}/kit.js", (DOMAIN,)),
        "url": Trace(0, "192.0.2.78", "Mozilla/5.0", f"{URL}?s=9", (URL, DOMAIN)),
        "agent": Trace(0, "192.0.2.79", AGENT, "-", (AGENT,)),
    }
    return tuple(
        Trace(start + 3600 * hour, *(getattr(made[kind], name) for name in ("source", "agent", "referrer", "shows")))
        for hour, kind in enumerate(kinds)
    )


CAMPAIGN: Final = {
    "minato-bank": _campaign(500_000, "address", "url", "network", "agent", "address"),
    "hikari-bank": _campaign(410_000, "address", "address", "network"),
    "kita-bank": _campaign(450_000, "domain", "agent"),
    "sora-net": _campaign(300_000, "url", "network", "address", "agent"),
    "wakaba-shinkin": _campaign(520_000, "network"),
}

# Near misses, in everybody's logs: one octet more, the address beside the network, a name that only ends alike.
_NEAR_MISSES: Final = (
    ("203.0.113.4", "Mozilla/5.0", "-"),
    ("198.51.100.136", "Mozilla/5.0", "https://notminato-secure.example/auth/step2"),
    (
        "198.51.100.127",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) KiteLoader/1.41",
        "https://minato-secure.example.jp/",
    ),
)


def planted() -> dict[tuple[str, str, str], int]:
    """Return what must be found: (institution, type, value) -> number of lines."""
    found: dict[tuple[str, str, str], int] = {}
    for slug, traces in CAMPAIGN.items():
        for trace in traces:
            for value in trace.shows:
                key = (slug, TYPES[value], value)
                found[key] = found.get(key, 0) + 1
    return found


def write(folder: Path) -> dict[str, Path]:
    """Write every institution's log into `folder`; return the files by institution. About a million lines."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor() as pool:
        paths = pool.map(_write_one, repeat(folder), MEMBERS, range(len(MEMBERS)))
    return {institution.slug: path for institution, path in zip(MEMBERS, paths, strict=True)}


@dataclass(frozen=True)
class _Format:
    suffix: str
    header: str
    line: str
    """A template over time, source, path, status, size, referrer, agent."""
    days: tuple[str, ...]
    zone: str


def _days(pattern: str) -> tuple[str, ...]:
    return tuple((FIRST_DAY + timedelta(days=number)).strftime(pattern) for number in range(DAYS))


_FORMATS: Final = (
    _Format(
        "access.log",
        "",
        '{source} - - [{time}] "GET {path} HTTP/1.1" {status} {size} "{referrer}" "{agent}"\n',
        _days("%d/%b/%Y:"),
        " +0000",
    ),
    _Format(
        "events.ndjson.gz",
        "",
        '{{"time":"{time}","src_ip":"{source}","method":"GET","url":"{path}","status":{status},"bytes":{size},'
        '"referrer":"{referrer}","user_agent":"{agent}"}}\n',
        _days("%Y-%m-%dT"),
        "Z",
    ),
    _Format(
        "access.csv",
        "日時,接続元IP,URL,ステータス,リファラ,ユーザーエージェント\n",
        '{time},{source},{path},{status},{referrer},"{agent}"\n',
        _days("%Y-%m-%dT"),
        "Z",
    ),
)

_PATHS: Final = ("/", "/login", "/login/otp", "/accounts", "/transfer/new", "/transfer/confirm", "/news", "/help/faq")
_STATUS: Final = (200, 200, 200, 200, 302, 304, 401, 404)
_AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
)


def _write_one(folder: Path, institution: Institution, number: int) -> Path:
    form = _FORMATS[number % len(_FORMATS)]
    path = folder / f"{institution.slug}-{form.suffix}"
    with _opened(path) as file:
        file.write(form.header)
        file.writelines(_lines(institution, form))
    return path


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        # No time of writing in the header: the same logs are the same bytes, whenever they are made.
        return io.TextIOWrapper(gzip.GzipFile(path, "wb", compresslevel=1, mtime=0), encoding="utf-8")
    return path.open("w", encoding="utf-8")


def _lines(institution: Institution, form: _Format) -> Iterator[str]:
    """The institution's everyday traffic in the order of time, with the campaign's lines where they belong."""
    random = Random(institution.slug)  # noqa: S311 - sample data, the same for everybody
    waiting = sorted((trace.second, _written(form, trace)) for trace in CAMPAIGN.get(institution.slug, ()))
    waiting += [(SECONDS, line) for line in _near_misses(form)]
    step = SECONDS / institution.lines
    for number in range(institution.lines):
        second = int(number * step)
        while waiting[0][0] <= second:
            yield waiting.pop(0)[1]
        yield _everyday(form, random, second)
    yield from (line for _, line in waiting)


def _everyday(form: _Format, random: Random, second: int) -> str:
    bits = random.getrandbits(48)
    return form.line.format(
        time=_time(form, second),
        source=f"100.{64 + (bits & 63)}.{bits >> 6 & 255}.{bits >> 14 & 255}",
        path=_PATHS[bits >> 22 & 7],
        status=_STATUS[bits >> 25 & 7],
        size=(bits >> 28 & 16383) + 200,
        referrer="-",
        agent=_AGENTS[bits >> 42 & 3],
    )


def _written(form: _Format, trace: Trace) -> str:
    return _line(form, trace.second, trace.source, trace.agent, trace.referrer)


def _near_misses(form: _Format) -> list[str]:
    return [_line(form, SECONDS - 1, *miss) for miss in _NEAR_MISSES]


def _line(form: _Format, second: int, source: str, agent: str, referrer: str) -> str:
    return form.line.format(
        time=_time(form, second),
        source=source,
        path="/login",
        status=200,
        size=5120,
        referrer=referrer,
        agent=agent,
    )


def _time(form: _Format, second: int) -> str:
    day, second_of_day = divmod(second, 86_400)
    return form.days[day] + _clock()[second_of_day] + form.zone


@cache
def _clock() -> tuple[str, ...]:
    """Every second of a day as 23:59:59; a million calls of strftime would take longer than the whole search."""
    return tuple(f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}" for second in range(86_400))
