"""The pages at a million signals: server time for an analyst, a reader-only account and a hub operator.

Run, on PostgreSQL with the memory that docs/operate/configure.md advises:

    tools/postgres.py run -c shared_buffers=1GB -c work_mem=64MB -c effective_cache_size=6GB \
        -c random_page_cost=1.1 -c maintenance_work_mem=512MB python tests/bench/at_scale.py --signals 1000000

or on SQLite without the first lines. Prints p50 and p95 in milliseconds, and p50 as a multiple of the peer: Django's
own `ORDER BY published_at LIMIT 25` over the same table with nobody asking who reads.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import many_signals

ROUNDS = 20


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """The middle and the nineteenth of twenty times."""
    work()
    times = sorted(_timed(work) for _ in range(ROUNDS))
    return times[ROUNDS // 2], times[int(ROUNDS * 0.95) - 1]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--signals", type=int, default=many_signals.Size().signals)
    signals = parser.parse_args().signals
    with tempfile.TemporaryDirectory() as folder:
        many_signals.start(Path(folder))
        world = many_signals.fill(many_signals.Size(signals=signals), print)
        measure(world)


def measure(world: many_signals.World) -> None:
    """Print the table."""
    from django.db import connection

    from noroshi.sharing.models import Signal

    peer = Signal.everything.filter(world="real", published_at__isnull=False).order_by("-published_at", "-id")
    bare, worst = milliseconds(lambda: list(peer[:25]))
    count = Signal.everything.count()
    print(f"{connection.vendor}, {count:,} signals, {ROUNDS} rounds; peer: p50 {bare:.1f} ms, p95 {worst:.1f} ms")
    for name, person in world.readers().items():
        for label, address in addresses(person).items():
            _print(name, label, _page(person, address), bare)


def addresses(person: object) -> dict[str, str]:
    """What is asked for, by its name."""
    from noroshi.members.models import Person
    from noroshi.members.queries import actor_of
    from noroshi.sharing.models import SignalObservable
    from noroshi.sharing.queries import published_for

    signal = published_for(actor_of(Person.objects.get(pk=person)))[3]
    value = SignalObservable.everything.select_related("observable").order_by("pk")[0].observable.value
    searches = {"rare": many_signals.RARE, "in all": many_signals.COMMON, "two": "不正送金 営業店", "bigram": "送金"}
    return {
        "home": "/",
        "list": "/signals/",
        "list, page 40": "/signals/?page=40",
        **{
            f"list, {level}": f"/signals/?tlp={level.replace('+', '%2B')}" for level in ("RED", "AMBER+STRICT", "AMBER")
        },
        "list, kind": "/signals/?kind=fraud",
        "list, three filters": "/signals/?kind=news&target=customer&tlp=AMBER",
        "list, since": f"/signals/?since={signal.published_at:%Y-%m-%d}",
        "list, by title": "/signals/?sort=title",
        "list, by kind": "/signals/?sort=-kind",
        "withdrawn": "/signals/withdrawn",
        "detail": f"/signals/{signal.pk}/",
        **{f"search, {label}": f"/search?q={text}" for label, text in searches.items()},
        "search, a value": f"/search?q={value}",
        "search, only old": f"/search?q={many_signals.OLD}",
    }


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
    middle, worst = milliseconds(work)
    print(f"{middle:9.1f} {worst:9.1f} ms {middle / bare:8.1f} x peer  {who}: {label}", flush=True)


if __name__ == "__main__":
    main()
