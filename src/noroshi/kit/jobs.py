"""Background jobs, recurring tasks, and the worker that runs them and delivers the ledger's events.

A job is a function put on the database's own queue inside the caller's transaction (django-tasks). What this module
adds: retries with a growing wait, recurring tasks, and handing out again what a killed worker had taken.
"""

import logging
import signal
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from django.db import close_old_connections, connection, transaction
from django.db.models import QuerySet
from django_tasks import TaskResultStatus, task
from django_tasks_db.management.commands.db_worker import Worker as TaskWorker
from django_tasks_db.models import DBTaskResult

from noroshi.core import clock, ids, ledger
from noroshi.kit.models import Schedule, WorkerBeat

if TYPE_CHECKING:
    from django_tasks.base import Task

log = logging.getLogger(__name__)

PULSE: Final = timedelta(seconds=2)
LOST_AFTER: Final = timedelta(seconds=30)
"""Longer than SQLite makes a pulse wait for its turn to write (`timeout` in the settings)."""
MOST_LOSSES: Final = 3
"""A job that takes its worker down each time is not tried for ever."""
IDLE_SECONDS: Final = 0.2
ROUND: Final = 50
"""Events a subscriber gets before the next one has its turn, and before a worker looks whether it should stop."""


def job(*, retries: int = 3) -> Callable[[Callable[..., Any]], "Task[..., Any]"]:
    """Make a module-level function a job: `name.enqueue(...)`. A failure is tried again after 2, 4, 8 ... minutes."""

    def wrap(function: Callable[..., Any]) -> "Task[..., Any]":
        @wraps(function)
        def attempted(*args: Any, attempt: int = 1, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except Exception:  # isolation point: the queue records what a job raised, and goes on
                if attempt <= retries:
                    later = clock.now() + timedelta(minutes=2**attempt)
                    queued.using(run_after=later).enqueue(*args, attempt=attempt + 1, **kwargs)
                raise

        queued = task()(attempted)
        return queued

    return wrap


@dataclass(frozen=True)
class Recurring:
    """A task that comes round."""

    name: str
    every: timedelta
    function: Callable[[], None]


_recurring: dict[str, Recurring] = {}


def recurring(name: str, *, every: timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register the decorated function to run each `every`, once over all workers."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        _recurring[name] = Recurring(name, every, function)
        return function

    return register


def run_due() -> int:
    """Run the recurring tasks that are due; return how many ran."""
    due_at = dict(Schedule.objects.values_list("name", "due_at"))
    now = clock.now()
    return sum(_run_once(entry) for entry in _recurring.values() if due_at.get(entry.name, now) <= now)


def _run_once(entry: Recurring) -> bool:
    """Run the task unless another worker was quicker to take it."""
    if not _claim(entry):
        return False
    error = ""
    try:
        entry.function()
    except Exception as failure:  # isolation point: one task's failure leaves the others running
        log.exception("recurring task failed", extra={"task": entry.name})
        error = f"{type(failure).__name__}: {failure}".replace("\x00", "")
    Schedule.objects.filter(name=entry.name).update(last_error=error)
    return True


@transaction.atomic
def _claim(entry: Recurring) -> bool:
    now = clock.now()
    Schedule.objects.get_or_create(name=entry.name, defaults={"due_at": now})
    taken = Schedule.objects.filter(name=entry.name, due_at__lte=now)
    return bool(taken.update(due_at=now + entry.every, last_started_at=now))


def deliver_events() -> int:
    """Seal what was written and hand it to every subscriber; return how many events were handled."""
    ledger.enrol()
    sealed = ledger.seal()
    ledger.pass_over()
    handled = sum(ledger.deliver(subscription, ROUND) for subscription in ledger.furthest_behind())
    return sealed + handled


@transaction.atomic
def recover_lost_jobs() -> int:
    """Put the jobs of workers without a pulse back on the queue; return how many were lost.

    A job whose worker died thrice while it ran has failed: it may be what killed them.
    """
    alive = set(living_workers().values_list("worker", flat=True))
    WorkerBeat.objects.exclude(worker__in=alive).delete()
    running = DBTaskResult.objects.running().select_for_update(skip_locked=True)
    lost = [row for row in running if not alive.intersection(row.worker_ids[-1:])]
    for row in lost:
        _hand_out_again(row)
    return len(lost)


def _hand_out_again(row: "DBTaskResult[..., Any]") -> None:
    if len(row.worker_ids) >= MOST_LOSSES:
        row.set_failed(RuntimeError(f"{len(row.worker_ids)} workers died while they ran this job"))
        return
    row.status = TaskResultStatus.READY
    row.started_at = None
    row.save(update_fields=["status", "started_at"])


def enqueue_once(queued: "Task[..., Any]", *args: Any) -> None:
    """Put a job on the queue unless the same waits there already: one that has begun may not see what is new."""
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=queued.module_path)
    if not waiting.filter(args_kwargs={"args": list(args), "kwargs": {}}).exists():
        queued.enqueue(*args)


def unfinished(numbers: Collection[str]) -> set[str]:
    """Return those of some jobs that wait or run; of the others nothing more is to come."""
    rows = DBTaskResult.objects.filter(status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    return set(map(str, rows.filter(pk__in=numbers).values_list("pk", flat=True))) if numbers else set()


def living_workers() -> QuerySet[WorkerBeat]:
    """Return the workers with a pulse."""
    return WorkerBeat.objects.filter(seen_at__gt=clock.now() - LOST_AFTER)


def run_jobs(worker: str, limit: int = 20) -> int:
    """Run up to `limit` jobs that are ready; return how many ran."""
    runner = TaskWorker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker,
        excluded_queue_names=[],
    )
    done = 0
    while done < limit and (row := _next_job(worker)) is not None:
        runner.run_task(row)
        done += 1
    return done


def _next_job(worker: str) -> "DBTaskResult[..., Any] | None":
    """Looking takes no lock; only what is there is claimed under one."""
    return _claim_job(worker) if DBTaskResult.objects.ready().exists() else None


@transaction.atomic
def _claim_job(worker: str) -> "DBTaskResult[..., Any] | None":
    row = DBTaskResult.objects.ready().get_locked()
    if row is not None:
        row.claim(worker)
    return row


def run_until_idle() -> None:
    """Deliver events and run jobs until there is nothing left to do: what a test or a script wants."""
    while deliver_events() + run_jobs("inline"):
        pass


class Worker:
    """Two threads: one delivers events and starts what is due, one runs jobs, so a long job delays no warning."""

    def __init__(self) -> None:
        self.name = str(ids.new_id())
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; finish what is under way, then return."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        self._guarded(self._beat)  # before the first job: a worker without a pulse loses its jobs to others
        threads = [threading.Thread(target=self._loop, args=(step,)) for step in (self._deliver, self._work)]
        for thread in threads:
            thread.start()
        self._guarded(self._beat)
        while not self.stopping.wait(PULSE.total_seconds()):
            self._guarded(self._beat)
        for thread in threads:
            thread.join()
        self._guarded(self._leave)

    def _loop(self, step: Callable[[], bool]) -> None:
        while not self.stopping.is_set():
            if not self._guarded(step):
                self.stopping.wait(IDLE_SECONDS)
        connection.close()

    def _guarded(self, step: Callable[[], bool]) -> bool:
        """Do a step; a broken round is logged, and the next one begins."""
        close_old_connections()
        try:
            return step()
        except Exception:  # isolation point: one broken round ends neither thread of the worker
            log.exception("worker round failed")
            self.stopping.wait(PULSE.total_seconds())
            return False

    def _deliver(self) -> bool:
        return bool(deliver_events()) | bool(run_due())

    def _work(self) -> bool:
        return bool(run_jobs(self.name))

    def _beat(self) -> bool:
        WorkerBeat.objects.update_or_create(worker=self.name, defaults={"seen_at": clock.now()})
        return bool(recover_lost_jobs())

    def _leave(self) -> bool:
        return bool(WorkerBeat.objects.filter(worker=self.name).delete())
