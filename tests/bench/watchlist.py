"""How long the watch of a million values pauses when a signal goes out: a layer is added, against all read anew.

Run: `python tests/bench/watchlist.py [--values 1000000]`. Values lie in signals of a hundred each, in SQLite.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]
os.environ |= {"DJANGO_SETTINGS_MODULE": "noroshi.site.settings", "NOROSHI_DATA_DIR": tempfile.mkdtemp()}
os.environ.setdefault("NOROSHI_LOG_LEVEL", "ERROR")

import django  # noqa: E402 - the paths come first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from cast import gather  # noqa: E402
from factories.lakes import event, fill_lake, share  # noqa: E402
from noroshi.hunting import queries  # noqa: E402
from noroshi.hunting.models import Hunt  # noqa: E402
from noroshi.hunting.queries import watched  # noqa: E402
from noroshi.intel.models import Observable  # noqa: E402
from noroshi.kit.jobs import run_until_idle  # noqa: E402
from noroshi.sharing.models import Signal, SignalObservable  # noqa: E402

EACH = 100


def main(values: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with transaction.atomic():
        cast = gather()
    fill_lake(cast.bank_a, [event()])
    pattern = share(cast.actor("i1"), "pattern-bank.example.com です")
    run_until_idle()
    with transaction.atomic():
        multiply(pattern, values)
    print(f"{values:,} values in {values // EACH:,} signals")
    timed("first, all read", queries.watchlist)
    timed("again, nothing new", queries.watchlist)
    share(cast.actor("i1"), "evil-bank.example.com です")
    run_until_idle()
    known = timed("a signal went out: its layer", queries.watchlist)
    fill_lake(cast.bank_a, [event(host="evil-bank.example.com")], name="more.ndjson")
    met = timed("a batch meets all layers", lambda: known.met_since("bank_a", 0))
    assert [needle.value for needle in met] == ["evil-bank.example.com"]
    watched._kept.cache_clear()
    timed("peer: all read anew, keys kept", queries.watchlist)
    print(f"layers: {[len(layer.hunts) for layer in known.layers]}")


def multiply(pattern: Signal, values: int) -> None:
    """Make signals like one, of a hundred values each, each hunted for."""
    hunt = Hunt.everything.get(signal=pattern)
    for first in range(0, values, EACH * EACH):
        named = [
            Observable(type="domain", value=f"evil{number}.example.com", digest=f"{number:064x}")
            for number in range(first, first + EACH**2)
        ]
        Observable.objects.bulk_create(named)
        copies = [copy_of(pattern) for _ in range(EACH)]
        Signal.everything.bulk_create(copies)
        Hunt.everything.bulk_create([copy_of(hunt, signal=signal) for signal in copies])
        pairs = zip(named, [signal for signal in copies for _ in range(EACH)], strict=True)
        SignalObservable.everything.bulk_create(
            [SignalObservable(signal=signal, observable=observable, reason="domain") for observable, signal in pairs]
        )


def copy_of(row, **changes):
    """Return a row like another one, with a number of its own."""
    fields = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    made = type(row)(**{name: getattr(row, name) for name in fields})
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def timed(name: str, work):
    began, cpu = time.perf_counter(), time.process_time()
    found = work()
    print(f"  {name:34} {time.perf_counter() - began:8.2f} s, {time.process_time() - cpu:8.2f} s CPU", flush=True)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--values", type=int, default=1_000_000)
    main(parser.parse_args().values)
