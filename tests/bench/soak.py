"""Everything at once for an hour: readers, posters and look-backs, with the worker killed now and then.

Run: `python tests/bench/soak.py [--minutes 60] [--readers 50]`. Ends with exit 1 if a page answered 5xx, an event was
lost or parked, a job failed, the ledger does not verify, or a process grew by more than half after the first tenth.
"""

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import many_signals
import readers

KILL_EVERY_SECONDS = 45
POST_EVERY_SECONDS = 2


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--readers", type=int, default=50)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many_signals.start(Path(folder))
        people = list(many_signals.fill(many_signals.Size(500, 40, 200)).analysts)
        sys.exit(1 if soak(people, chosen.minutes * 60, chosen.readers) else 0)


def soak(people: list, seconds: float, crowd: int) -> list[str]:
    from noroshi.sharing.models import Signal
    from noroshi.site.commands.serving import web_command
    from noroshi.site.demo import stage

    stop = threading.Event()
    port = stage.free_port(8766)
    signals = [f"/signals/{pk}/" for pk in Signal.everything.filter(tlp="CLEAR").values_list("pk", flat=True)[:50]]
    cookies = readers.sessions(people, crowd)
    web = subprocess.Popen(web_command("127.0.0.1", port))
    kills: list[int] = []
    workers = threading.Thread(target=keep_killing_workers, args=(stop, kills))
    posts: list[int] = []
    posters = threading.Thread(target=keep_posting, args=(people, stop, posts))
    sizes: list[int] = []
    watch = threading.Thread(target=keep_measuring, args=(web.pid, stop, sizes))
    for thread in (workers, posters, watch):
        thread.start()
    time.sleep(5)
    seen = asyncio.run(readers.crowd(f"http://127.0.0.1:{port}", cookies, signals, seconds))
    stop.set()
    for thread in (workers, posters, watch):
        thread.join()
    web.terminate()
    web.wait()
    readers.report("pages", seen, seconds)
    print(f"{len(posts)} signals shared, worker killed {len(kills)} times, web memory {sizes[:1]} -> {sizes[-1:]} kB")
    problems = judge(seen, sizes, len(posts))
    print("\n".join(problems) or "all is well")
    return problems


def keep_killing_workers(stop: threading.Event, kills: list[int]) -> None:
    from noroshi.site.commands.serving import worker_command

    while not stop.is_set():
        worker = subprocess.Popen(worker_command())
        stop.wait(random.uniform(0.3, 1) * KILL_EVERY_SECONDS)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        kills.append(worker.pid)


def keep_posting(people: list, stop: threading.Event, posts: list[int]) -> None:
    from django.db import connection

    from noroshi.core.domain.audience import Entry, EntryKind
    from noroshi.core.domain.tlp import TLP
    from noroshi.members.models import Person
    from noroshi.members.queries import actor_of
    from noroshi.sharing import actions
    from noroshi.sharing.domain.content import Content, Marking

    marking = Marking(TLP.GREEN, entries=frozenset({Entry(EntryKind.COMMUNITY)}))
    while not stop.wait(POST_EVERY_SECONDS):
        author = actor_of(Person.objects.get(pk=random.choice(people)))
        words = Content("phishing", "customer", f"第{len(posts)}報", "攻撃元は45.66.230.9です。")
        actions.publish_signal(author, actions.draft_signal(author, content=words, marking=marking))
        posts.append(len(posts))
    connection.close()


def keep_measuring(pid: int, stop: threading.Event, sizes: list[int]) -> None:
    while not stop.wait(10):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        sizes.append(sum(resident(int(child)) for child in (*children, pid)))


def resident(pid: int) -> int:
    """Resident memory in kB; 0 where the process has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


def judge(seen: list, sizes: list[int], posted: int) -> list[str]:
    """Drain what the killed workers left, then say what is wrong."""
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    from noroshi.core import ledger
    from noroshi.core.models import ParkedEvent
    from noroshi.hunting.models import Hunt
    from noroshi.kit import jobs

    time.sleep(jobs.LOST_AFTER.total_seconds())
    jobs.recover_lost_jobs()
    jobs.run_until_idle()
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    for job in failed:
        print(f"failed: {job.task_path} {job.args_kwargs} after {len(job.worker_ids)} workers\n{job.traceback}")
    found = ledger.verify()
    begun = sizes[len(sizes) // 10] if sizes else 0
    wrong = {
        "pages answered 5xx": sum(status >= 500 for status, _, _ in seen),
        "events were parked": ParkedEvent.objects.count(),
        "jobs failed": failed.count(),
        "signals were never looked back for": posted - Hunt.everything.filter(state="done").count(),
        f"entry broken: {found.reason}": found.broken_entry or 0,
        "the web server grew by more than half": int(bool(begun) and sizes[-1] > begun * 1.5),
    }
    return [f"{count} {name}" for name, count in wrong.items() if count]


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parent))
    main()
