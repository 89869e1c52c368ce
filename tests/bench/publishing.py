"""A thousand publications while the worker is killed at random, and what it costs to tell a whole sector.

Run: `python tests/bench/publishing.py [--signals 1000] [--deaths 100] [--organisations 434] [--people 7]`; on
PostgreSQL by `python tools/postgres.py run python tests/bench/publishing.py`. Under fire, who is told by inbox and mail
is compared with the plain reading of the policy (`access.oracle`); it ends with exit 1 unless everybody entitled was
told once and nobody else. Then, in peace, one publication to everybody: CPU seconds of every subscriber and the mails.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "noroshi.site.settings")
os.environ.setdefault("NOROSHI_DATA_DIR", tempfile.mkdtemp())
os.environ.setdefault("NOROSHI_LOG_LEVEL", "ERROR")

import django  # noqa: E402 - the paths come first

django.setup()

from django_tasks_db.models import DBTaskResult  # noqa: E402

from factories.fire import Installation, installation_of, kill  # noqa: E402
from factories.told import Told, check_told  # noqa: E402

SAY_EVERY = 10
LONGEST_LIFE = 2.0
"""Seconds between a worker's first work and its death."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--signals", type=int, default=1000)
    parser.add_argument("--deaths", type=int, default=100)
    parser.add_argument("--organisations", type=int, default=434)
    parser.add_argument("--people", type=int, default=7, help="Of each organisation.")
    chosen = parser.parse_args()
    told = under_fire(chosen.signals, chosen.deaths)
    in_peace(chosen.organisations, chosen.people)
    sys.exit(0 if told.holds else 1)


def under_fire(signals: int, deaths: int) -> Told:
    """Publish, kill, let the last worker finish, and compare."""
    script = TESTS / "sharing" / "publishing_under_fire.py"
    with tempfile.TemporaryDirectory() as folder, installation_of(Path(folder), script) as installation:
        began = time.monotonic()
        writer = installation.start(f"publish({signals}, 7)")
        died = keep_killing(installation, lambda: writer.poll() is not None, deaths)
        assert writer.wait(600) == 0
        say(installation, died)
        installation.run("finish(hours=50)", patience=7200)
        told = check_told(installation)
    database = "PostgreSQL" if os.environ.get("NOROSHI_DATABASE_URL") else "SQLite"
    spent = time.monotonic() - began
    print(f"{database}: {told.signals} signals, worker killed {died} times, {spent:.0f} s")
    print(f"inbox: {told.people} to tell, missing {len(told.missing)}, twice {len(told.twice)}, ", end="")
    print(f"strangers {len(told.strangers)}")
    print(f"mail: {told.letters} letters, {told.lost} lost to a death, {told.again} notices twice, ", end="")
    print(f"{told.astray} to somebody else, {told.unsent} never sent", flush=True)
    return told


def keep_killing(installation: Installation, is_written, deaths: int) -> int:
    """Kill one worker after the other, at random moments, as long as there is work; return how many died."""
    moments, died, said = random.Random(1), 0, time.monotonic()
    while died < deaths and not (is_written() and is_idle(installation)):
        worker = installation.work()
        time.sleep(moments.uniform(0.05, LONGEST_LIFE))
        kill(worker)
        died += 1
        if time.monotonic() - said > SAY_EVERY:
            said = time.monotonic()
            say(installation, died)
    return died


def is_idle(installation: Installation) -> bool:
    return sum(left(installation)) == 0


def left(installation: Installation) -> tuple[int, int]:
    """How many entries wait for their seal or for the readers' notices, and how many jobs are ready."""
    unsealed = "SELECT count(*) FROM core_pendingentry"
    unread = (
        "SELECT (SELECT coalesce(max(position), 0) FROM core_seal)"
        " - (SELECT coalesce(max(position), 0) FROM core_cursor WHERE subscriber = 'sharing.tell-readers')"
    )
    jobs = f"SELECT count(*) FROM {DBTaskResult._meta.db_table} WHERE status IN ('READY', 'RUNNING')"
    events, behind, ready = (installation.numbers(query)[0] for query in (unsealed, unread, jobs))
    return events + behind, ready


def say(installation: Installation, died: int) -> None:
    signals = installation.numbers("SELECT count(*) FROM sharing_signal WHERE state = 'published'")[0]
    notices = installation.numbers("SELECT count(*) FROM notify_notice")[0]
    events, jobs = left(installation)
    print(f"  {signals} signals, {notices} notices, {events} events and {jobs} jobs wait, {died} died", flush=True)


@contextmanager
def spending(what: str, number: int) -> Iterator[None]:
    """Print the CPU seconds of the block, and how many a second."""
    begun = time.process_time()
    yield
    spent = time.process_time() - begun
    print(f"  {what}: {spent:.2f} s of this process, {number / spent:,.0f} a second", flush=True)


def in_peace(organisations: int, people: int) -> None:
    """One GREEN signal to everybody of a sector: what each subscriber and the mails cost."""
    from audience import fill

    from noroshi.core import ledger
    from noroshi.core.domain.audience import Entry, EntryKind
    from noroshi.core.domain.tlp import TLP
    from noroshi.kit import jobs
    from noroshi.members.queries import actor_of
    from noroshi.notify.models import Notice
    from noroshi.sharing import actions
    from noroshi.sharing.domain.content import Content, Marking

    staff, _groups = fill(organisations, people)
    ledger.enrol()
    author = next(person for person in staff if actor_of(person).needs_to_know and _may_share(person))
    words = Content("phishing", "customer", "偽のログイン画面", "攻撃元は45.66.230.9です。")
    actions.share_signal(
        actor_of(author), content=words, marking=Marking(TLP.GREEN, entries=frozenset({Entry(EntryKind.COMMUNITY)}))
    )
    ledger.seal()
    print(f"a signal to {organisations} organisations, {len(staff)} people:")
    for subscription in ledger.subscriptions():
        begun = time.process_time()
        events = ledger.deliver(subscription, 100)
        if (spent := time.process_time() - begun) > 0.02:  # what costs nothing is not worth a line
            print(f"  {subscription.name}: {spent / max(1, events):.2f} s an event", flush=True)
    print(f"  {Notice.everything.count()} notices, {DBTaskResult.objects.count()} jobs")
    with spending("mail", Notice.everything.count()):
        jobs.run_jobs("bench", 10_000)
    unsent = Notice.everything.filter(mail_due_at__isnull=False, mailed_at__isnull=True).count()
    print(f"  {unsent} not mailed")


def _may_share(person) -> bool:
    return person.organisation.membership == "regular"


if __name__ == "__main__":
    main()
