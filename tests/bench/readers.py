"""Two hundred signed-in readers at once, for a minute, on SQLite with the web server and the worker as they ship.

Run: `python tests/bench/readers.py [--seconds 60] [--readers 200] [--signals 2000]`. Each reader opens the home page,
the list, a signal and the inbox in turn, pausing a moment between pages as people do, while one member shares signals.
Prints requests, rate, quantiles and every status that is not 200. The peer is the bare `/healthz` page of the same
server under the same crowd, which says what the server itself can do.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
import many_signals

PAGES = ("/", "/signals/", "SIGNAL", "/inbox/")


async def read(client: httpx.AsyncClient, cookie: str, signals: list[str], until: float, seen: list) -> None:
    pages = random.choices(PAGES, k=1000)
    for page in pages:
        if time.monotonic() > until:
            return
        path = random.choice(signals) if page == "SIGNAL" else page
        begun = time.perf_counter()
        answer = await client.get(path, headers={"Cookie": cookie})
        seen.append((answer.status_code, time.perf_counter() - begun, page))
        await asyncio.sleep(random.uniform(1, 3))


async def crowd(base: str, cookies: list[str], signals: list[str], seconds: float) -> list:
    seen: list = []
    until = time.monotonic() + seconds
    limits = httpx.Limits(
        max_connections=len(cookies), max_keepalive_connections=0
    )  # people pause longer than the server waits
    async with httpx.AsyncClient(base_url=base, limits=limits, timeout=60) as client:
        await asyncio.gather(*(read(client, cookie, signals, until, seen) for cookie in cookies))
    return seen


def sessions(people: list, count: int) -> list[str]:
    from django.conf import settings
    from django.test import Client

    from noroshi.members.models import Person

    cookies = []
    for number in range(count):
        client = Client(SERVER_NAME="localhost")
        client.force_login(Person.objects.get(pk=people[number % len(people)]))
        cookies.append(f"sessionid={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return cookies


def report(name: str, seen: list, seconds: float) -> None:
    times = sorted(moment for _, moment, _ in seen)
    wrong = Counter(status for status, _, _ in seen if status != 200)
    cuts = statistics.quantiles(times, n=100)
    print(
        f"{name}: {len(seen):,} requests, {len(seen) / seconds:.0f}/s, median {cuts[49] * 1000:.0f} ms, "
        f"p95 {cuts[94] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms, not 200: {dict(wrong) or 'none'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--signals", type=int, default=2000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many_signals.start(Path(folder))
        people = list(many_signals.fill(many_signals.Size(chosen.signals, 40, 200)).analysts)
        from noroshi.sharing.models import Signal
        from noroshi.site.demo import stage

        clear = Signal.everything.filter(tlp="CLEAR").values_list("pk", flat=True)[:50]
        signals = [f"/signals/{pk}/" for pk in clear]
        cookies = sessions(people, chosen.readers)
        port = stage.free_port(8765)
        with stage.running(port):
            base = f"http://127.0.0.1:{port}"
            report("pages", asyncio.run(crowd(base, cookies, signals, chosen.seconds)), chosen.seconds)


if __name__ == "__main__":
    main()
