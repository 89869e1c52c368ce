"""The pages at a million signals: server time for an analyst, a reader-only account and a hub operator.

Run, on PostgreSQL with the memory that docs/operate/configure.md advises:

    tools/postgres.py run -k /tmp/bench-pg -c shared_buffers=1GB -c work_mem=64MB -c effective_cache_size=6GB \
        -c random_page_cost=1.1 -c maintenance_work_mem=512MB python tests/bench/at_scale.py --signals 1000000

or on SQLite without the first lines. With `-k` the database stays there and is not filled again. Prints p50 and p95 in
milliseconds of the clock; p95 of what this process and its PostgreSQL backend computed meanwhile, each, which is what
counts on a machine that others use too; and p50 as a multiple of the peer: Django's own `ORDER BY published_at LIMIT
25` over the same table with nobody asking who reads.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import many_signals

ROUNDS = 20
FAR = 10_000


def milliseconds(work: Callable[[], object]) -> tuple[float, float, float, float]:
    """Of the clock the middle and the nineteenth of twenty; of what was computed, here and there, the nineteenth."""
    work()
    spans = [_timed(work) for _ in range(ROUNDS)]
    clock, here, there = (sorted(column) for column in zip(*spans, strict=True))
    last = int(ROUNDS * 0.95) - 1
    return clock[ROUNDS // 2], clock[last], here[last], there[last]


def _timed(work: Callable[[], object]) -> tuple[float, ...]:
    clocks = (time.perf_counter, time.process_time, _computed_by_database)
    begun = [clock() for clock in clocks]
    work()
    return tuple((clock() - start) * 1000 for clock, start in zip(clocks, begun, strict=True))


def _computed_by_database() -> float:
    """Seconds of a processor that our PostgreSQL backend has had: by the kernel's account, if it runs on this Linux."""
    backend = Path(f"/proc/{_backend()}/schedstat")
    return int(backend.read_text().split()[0]) / 1e9 if backend.exists() else 0


@cache
def _backend() -> int:
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--signals", type=int, default=many_signals.Size().signals)
    parser.add_argument("--only", default="", help="a part of the name of what is measured")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many_signals.start(Path(folder))
        world = many_signals.fill(many_signals.Size(signals=chosen.signals), print)
        measure(world, chosen.only)


def measure(world: many_signals.World, only: str) -> None:
    """Print the table, or the lines of it that have `only` in their name."""
    from django.db import connection

    from noroshi.sharing.models import Signal

    peer = Signal.everything.filter(world="real", published_at__isnull=False).order_by("-published_at", "-id")
    bare, worst, _here, _there = milliseconds(lambda: list(peer[:25]))
    count = Signal.everything.count()
    print(f"{connection.vendor}, {count:,} signals, {ROUNDS} rounds; peer: p50 {bare:.1f} ms, p95 {worst:.1f} ms")
    print("      p50       p95   computed: here  by the database")
    for name, person in world.readers().items():
        for label, address in addresses(person).items():
            if only in f"{name}: {label}":
                _print(name, label, _page(person, address), bare)


def addresses(person: object) -> dict[str, str]:
    """What is asked for, by its name."""
    from noroshi.kit.cursors import Order
    from noroshi.members.models import Person
    from noroshi.members.queries import actor_of
    from noroshi.sharing.models import Signal, SignalObservable
    from noroshi.sharing.queries import published_for

    rows = published_for(actor_of(Person.objects.get(pk=person)))
    signal = rows[3]
    far = Order("published_at", descending=True).mark(rows[min(FAR, Signal.everything.count() // 4)])
    value = SignalObservable.everything.select_related("observable").order_by("pk")[0].observable.value
    searches = {"rare": many_signals.RARE, "in all": many_signals.COMMON, "two": "不正送金 営業店", "bigram": "送金"}
    return {
        "home": "/",
        "list": "/signals/",
        "list, 10,000 on": f"/signals/?after={far.sealed('signals -published')}",
        "list, its end": "/signals/?end=1",
        **{
            f"list, {level}": f"/signals/?tlp={level.replace('+', '%2B')}" for level in ("RED", "AMBER+STRICT", "AMBER")
        },
        "list, kind": "/signals/?kind=fraud",
        "list, three filters": "/signals/?kind=news&target=customer&tlp=AMBER",
        "list, since": f"/signals/?since={signal.published_at:%Y-%m-%d}",
        "list, by title": "/signals/?sort=title",
        "list, by kind": "/signals/?sort=-kind",
        "withdrawn": "/signals/withdrawn",
        "statistics, last month": "/signals/statistics/",
        "statistics, last quarter": f"/signals/statistics/?period={_last_quarter()}",
        "detail": f"/signals/{signal.pk}/",
        **{f"search, {label}": f"/search?q={text}" for label, text in searches.items()},
        "search, a value": f"/search?q={value}",
        "search, only old": f"/search?q={many_signals.OLD}",
        "search, only in comments": f"/search?q={many_signals.SAID}",
        "search, two, far on": f"/search?q=不正送金 営業店&after={far.sealed('found -published')}",
    }


def _last_quarter() -> str:
    from noroshi.core import clock
    from noroshi.sharing.domain.periods import QUARTER, Period

    return str(Period.before(clock.now().date(), QUARTER))


def _page(person: object, address: str) -> Callable[[], None]:
    from django.test import Client

    from noroshi.members.models import Person

    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.get(pk=person))

    def get() -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    return get


def _print(who: str, label: str, work: Callable[[], None], bare: float) -> None:
    *clock, here, there = milliseconds(work)
    figures = "".join(f"{each:9.1f}" for each in (*clock, here, there))
    print(f"{figures} ms {clock[0] / bare:8.1f} x peer  {who}: {label}", flush=True)


if __name__ == "__main__":
    main()
