"""Synthetic logs, combined or JSON: few agents, many addresses, a campaign nowhere in them."""

import json
import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

_LINE = '{} - user{} [{}] "GET /ib/page{}?id={} HTTP/1.1" 200 {} "https://www.bank{}.example.jp/login/{}" "{}"\n'
_AGENT = "Mozilla/5.0 (X11; Linux {}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"


def write_log(path: Path, lines: int, seed: int = 1) -> None:
    """Write ``lines`` lines over a week; users, URLs and addresses repeat as little as a busy bank's do."""
    pick = random.Random(seed)
    agents = [_AGENT.format(number, number % 120) for number in range(2000)]
    addresses = [address(pick) for _ in range(max(1000, lines // 7))]
    start, step = datetime(2026, 10, 1, tzinfo=timezone(timedelta(hours=9))), 7 * 86_400 / lines
    with path.open("w") as file:
        for number in range(lines):
            at = f"{start + timedelta(seconds=int(number * step)):%d/%b/%Y:%H:%M:%S %z}"
            numbers = [pick.randrange(limit) for limit in (400, 20_000, 50_000, 50, 1000)]
            file.write(
                _LINE.format(pick.choice(addresses), pick.randrange(lines // 5), at, *numbers, pick.choice(agents))
            )


def address(pick: random.Random) -> str:
    """Return a random public-looking IPv4 address."""
    return ".".join(str(pick.randrange(1, 224)) for _ in range(4))


def write_objects(path: Path, lines: int, seed: int = 1) -> None:
    """Write ``lines`` objects, one a line, as an internet-banking application logs its accesses."""
    pick = random.Random(seed)
    addresses = [address(pick) for _ in range(max(1000, lines // 7))]
    start, step = datetime(2026, 10, 1, tzinfo=timezone(timedelta(hours=9))), 7 * 86_400 / lines
    with path.open("w") as file:
        for number in range(lines):
            user = pick.randrange(max(100, lines // 20))
            event = {
                "time": (start + timedelta(seconds=number * step)).isoformat(timespec="milliseconds"),
                "event": "access",
                "src_ip": pick.choice(addresses),
                "user_id": f"user{user}",
                "session_id": f"{user:06x}{number // 200:06x}",
                "device_id": f"{user * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF:016x}",
                "user_agent": _AGENT.format(number % 2000, number % 120),
                "url": f"https://ib.bank{seed}.example.jp/page{pick.randrange(400)}?id={pick.randrange(20_000)}",
                "referrer": f"https://www.bank{pick.randrange(50)}.example.jp/login",
                "status": 200,
                "bytes_sent": pick.randrange(100_000),
            }
            file.write(json.dumps(event) + "\n")
