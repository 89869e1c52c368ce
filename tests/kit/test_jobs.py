"""Jobs: tried again with growing waits, taken back from the dead, and recurring ones run once over all workers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.kit import jobs
from noroshi.kit.models import Schedule, WorkerBeat

ran: list[str] = []
failures: list[int] = []


@jobs.job(retries=3)
def note(word: str) -> str:
    ran.append(word)
    if failures:
        raise ValueError(f"failure {failures.pop()}")
    return word


@jobs.job(retries=0)
def note_once(word: str) -> None:
    ran.append(word)
    raise ValueError("always")


@jobs.job()
def note_and_go_on(word: str) -> None:
    ran.append(word)
    with transaction.atomic():
        ledger.record(Actor.system("test"), "test.said")
        note.enqueue(f"after {word}")


@pytest.fixture(autouse=True)
def _nothing_ran() -> Iterator[None]:
    ran.clear()
    failures.clear()
    yield
    ran.clear()
    failures.clear()


@pytest.fixture
def recurring(monkeypatch):
    """A registry of recurring tasks of the test's own."""
    monkeypatch.setattr(jobs, "_recurring", {})
    return jobs.recurring


def statuses() -> list[str]:
    return list(DBTaskResult.objects.order_by("enqueued_at", "id").values_list("status", flat=True))


def test_job_that_is_queued_runs_once_with_its_arguments(db):
    note.enqueue("fire")
    assert [jobs.run_jobs("worker"), jobs.run_jobs("worker")] == [1, 0]
    assert (ran, statuses()) == (["fire"], [TaskResultStatus.SUCCESSFUL])


def test_job_queued_in_a_transaction_that_is_undone_never_runs(db):
    with transaction.atomic():
        note.enqueue("fire")
        transaction.set_rollback(True)
    assert (jobs.run_jobs("worker"), ran) == (0, [])


def test_jobs_up_to_a_limit_leave_the_rest(db):
    for number in range(5):
        note.enqueue(str(number))
    assert (jobs.run_jobs("worker", limit=3), ran) == (3, ["0", "1", "2"])


def test_jobs_with_nothing_ready_take_no_lock(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert jobs.run_jobs("worker") == 0


def test_job_that_fails_is_tried_again_after_growing_waits(db):
    failures.extend([3, 2, 1])
    waits = []
    with time_machine.travel("2026-11-22T03:00:00Z", tick=False) as traveller:
        note.enqueue("fire")
        while jobs.run_jobs("worker"):
            due = DBTaskResult.objects.filter(status=TaskResultStatus.READY).values_list("run_after", flat=True)
            for moment in due:
                waits.append(moment - timezone.now())
                traveller.move_to(moment - timedelta(seconds=1))
                assert jobs.run_jobs("worker") == 0
                traveller.move_to(moment)
    assert waits == [timedelta(minutes=minutes) for minutes in (2, 4, 8)]
    assert ran == ["fire"] * 4
    assert sorted(statuses()) == [TaskResultStatus.FAILED] * 3 + [TaskResultStatus.SUCCESSFUL]


def test_job_without_retries_fails_once_with_its_traceback(db):
    note_once.enqueue("fire")
    jobs.run_jobs("worker")
    row = DBTaskResult.objects.get()
    assert (ran, row.status) == (["fire"], TaskResultStatus.FAILED)
    assert row.traceback.endswith("ValueError: always\n")


def test_run_until_idle_runs_what_jobs_and_events_bring_forth(db, monkeypatch):
    heard = []
    subscription = ledger.Subscription("test", frozenset({"test.said"}), lambda entry: heard.append(entry.action))
    monkeypatch.setattr(ledger, "_subscriptions", {"test": subscription})
    note_and_go_on.enqueue("fire")
    jobs.run_until_idle()
    assert (ran, heard) == (["fire", "after fire"], ["test.said"])
    assert [jobs.deliver_events(), jobs.run_jobs("worker")] == [0, 0]


def take(worker: str) -> DBTaskResult:
    row = jobs._claim_job(worker)
    assert row is not None
    return row


def beat(worker: str) -> None:
    WorkerBeat.objects.update_or_create(worker=worker, defaults={"seen_at": clock.now()})


def test_recover_takes_back_the_jobs_of_a_worker_without_a_pulse(db, stopped_clock):
    note.enqueue("fire")
    take("dead")
    beat("dead")
    stopped_clock.advance(seconds=jobs.LOST_AFTER.total_seconds() + 1)
    beat("alive")
    assert jobs.recover_lost_jobs() == 1
    row = DBTaskResult.objects.get()
    assert (row.status, row.started_at, row.run_after) == (TaskResultStatus.READY, None, get_date_max())
    assert list(WorkerBeat.objects.values_list("worker", flat=True)) == ["alive"]
    assert (jobs.run_jobs("alive"), ran) == (1, ["fire"])


def test_recover_leaves_the_jobs_of_the_living_and_of_the_done(db, stopped_clock):
    for word in ("done", "under way"):
        note.enqueue(word)
    beat("alive")
    assert jobs.run_jobs("dead", limit=1) == 1
    take("alive")
    stopped_clock.advance(seconds=jobs.LOST_AFTER.total_seconds() - 1)
    assert jobs.recover_lost_jobs() == 0
    assert sorted(statuses()) == [TaskResultStatus.RUNNING, TaskResultStatus.SUCCESSFUL]


def test_recover_of_a_job_that_passed_from_a_dead_to_a_living_worker_leaves_it(db, stopped_clock):
    note.enqueue("fire")
    take("dead")
    jobs.recover_lost_jobs()
    beat("alive")
    take("alive")
    assert jobs.recover_lost_jobs() == 0


def test_recover_of_a_job_that_took_three_workers_down_gives_it_up(db):
    note.enqueue("fire")
    for worker in ("first", "second", "third"):
        take(worker)
        assert jobs.recover_lost_jobs() == 1
    row = DBTaskResult.objects.get()
    assert row.status == TaskResultStatus.FAILED
    assert row.traceback.endswith("RuntimeError: 3 workers died while they ran this job\n")
    assert (jobs.run_jobs("fourth"), ran) == (0, [])


def test_recurring_task_runs_when_due_and_not_before(db, stopped_clock, recurring):
    @recurring("test.note", every=timedelta(minutes=1))
    def note_it() -> None:
        ran.append("it")

    assert [jobs.run_due(), jobs.run_due()] == [1, 0]
    stopped_clock.advance(seconds=59)
    assert jobs.run_due() == 0
    stopped_clock.advance(seconds=1)
    assert (jobs.run_due(), ran) == (1, ["it", "it"])


def test_recurring_task_that_is_due_runs_once_over_two_workers(db, stopped_clock, recurring):
    @recurring("test.note", every=timedelta(minutes=1))
    def note_it() -> None:
        ran.append("it")

    (entry,) = jobs._recurring.values()
    assert [jobs._run_once(entry), jobs._run_once(entry)] == [True, False]  # both found it due, one was quicker
    assert ran == ["it"]


def test_recurring_task_that_fails_leaves_its_reason_and_the_others_running(db, stopped_clock, recurring):
    @recurring("test.a", every=timedelta(minutes=1))
    def fail() -> None:
        raise ValueError("no fire\x00")

    @recurring("test.b", every=timedelta(minutes=1))
    def note_it() -> None:
        ran.append("it")

    assert (jobs.run_due(), ran) == (2, ["it"])
    errors = dict(Schedule.objects.values_list("name", "last_error"))
    assert errors == {"test.a": "ValueError: no fire", "test.b": ""}


def test_recurring_tasks_none_of_them_due_take_no_lock(db, recurring, django_assert_num_queries):
    recurring("test.note", every=timedelta(minutes=1))(lambda: None)
    jobs.run_due()
    with django_assert_num_queries(1):
        assert jobs.run_due() == 0


def test_worker_round_that_breaks_is_logged_and_the_next_begins(db, caplog):
    def broken() -> bool:
        raise RuntimeError("no database")

    assert jobs.Worker()._guarded(broken) is False
    assert [(record.message, record.levelname) for record in caplog.records] == [("worker round failed", "ERROR")]


def test_worker_has_a_pulse_until_it_leaves(db):
    worker = jobs.Worker()
    worker._beat()
    assert [row.worker for row in jobs.living_workers()] == [worker.name]
    worker._leave()
    assert not jobs.living_workers().exists()


@pytest.mark.django_db
def test_one_that_waits_already_is_not_put_on_the_queue_again_and_one_with_other_words_is() -> None:
    for word in ("one", "one", "two"):
        jobs.enqueue_once(note, word)
    assert statuses() == ["READY", "READY"]
    jobs._claim_job("somebody")
    jobs.enqueue_once(note, "one")  # the one that runs may not see what is new
    assert sorted(statuses()) == ["READY", "READY", "RUNNING"]


@pytest.mark.django_db
def test_those_that_wait_or_run_are_told_from_those_of_which_nothing_more_is_to_come() -> None:
    numbers = [note.enqueue("done").id, note_once.enqueue("failed").id]
    jobs.run_jobs("worker")
    numbers += [note.enqueue("running").id, note.enqueue("waiting").id]
    jobs._claim_job("worker")
    assert jobs.unfinished([*numbers, "00000000-0000-0000-0000-000000000000"]) == set(numbers[2:])
    assert jobs.unfinished([]) == set()
