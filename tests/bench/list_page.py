"""The list of signals at 100,000 signals: server time of the page, beside the same page without any policy.

Run: `python tests/bench/list_page.py [--signals N]`. Prints medians in milliseconds, and the ratio to the peer,
Django's own `ORDER BY published_at LIMIT 25` over the same table with nobody asking who reads.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import many_signals

ROUNDS = 15


def median_milliseconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--signals", type=int, default=many_signals.SIGNALS)
    signals = parser.parse_args().signals
    with tempfile.TemporaryDirectory() as folder:
        many_signals.start(Path(folder))
        people = many_signals.fill(signals)
        measure(signals, people)


def measure(signals: int, people: list) -> None:
    from django.test import Client

    from noroshi.members.models import Person
    from noroshi.members.queries import actor_of
    from noroshi.sharing.models import Signal
    from noroshi.sharing.queries import signals_for

    person = Person.objects.get(pk=people[7])
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    actor = actor_of(person)
    rows = {
        "bare query, no policy": lambda: list(
            Signal.everything.filter(world="real", published_at__isnull=False).order_by("-published_at", "-id")[:25]
        ),
        "query through the policy": lambda: list(signals_for(actor)[:25]),
        "list page": lambda: client.get("/signals/"),
        "list page, page 40": lambda: client.get("/signals/?page=40"),
        "list page, filtered": lambda: client.get("/signals/?kind=fraud&tlp=AMBER"),
        "list page, search 不正送金": lambda: client.get("/signals/", {"q": "不正送金"}),
        "list page, search 第77号": lambda: client.get("/signals/", {"q": "第77号"}),
    }
    print(f"{signals:,} signals, median of {ROUNDS}")
    found = {name: median_milliseconds(work) for name, work in rows.items()}
    bare = found["bare query, no policy"]
    for name, milliseconds in found.items():
        print(f"{milliseconds:9.1f} ms  {milliseconds / bare:7.1f} x bare  {name}")


if __name__ == "__main__":
    main()
