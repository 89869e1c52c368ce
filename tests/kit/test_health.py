"""What the machines around an installation ask, and what they are told."""

import json

import pytest
from django.db import OperationalError
from django.test import Client

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.models import ParkedEvent
from noroshi.kit import health, jobs
from noroshi.kit.models import WorkerBeat


@pytest.fixture
def client(db):
    """A machine that is nobody in particular, on this machine."""
    return Client()


@pytest.fixture
def worker(db):
    """A worker with a pulse."""
    return WorkerBeat.objects.create(worker="w", seen_at=clock.now())


def test_alive_needs_neither_database_nor_sign_in():
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_with_a_worker_is_yes(client, worker):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "worker": True})


def test_ready_without_a_worker_says_which_is_missing(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "worker": False})


def test_ready_with_a_worker_whose_pulse_stopped_is_no(client, stopped_clock):
    WorkerBeat.objects.create(worker="w", seen_at=clock.now())
    stopped_clock.advance(seconds=jobs.LOST_AFTER.total_seconds())
    assert client.get("/readyz").status_code == 503


def test_ready_without_a_database_is_no_and_no_error(client, monkeypatch):
    def unreachable() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "living_workers", unreachable)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": False, "worker": False})


PROXIED = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"]


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 403), ("", 403)])
def test_metrics_without_a_token_are_for_loopback(client, address, status):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize("header", PROXIED)
def test_metrics_without_a_token_are_not_for_those_behind_a_proxy_on_this_machine(client, header):
    assert client.get("/metrics", headers={header: "203.0.113.9"}).status_code == 403


@pytest.mark.parametrize(
    ("given", "status"),
    [("Bearer secret", 200), ("Bearer secre", 403), ("secret", 403), ("", 403), ("Bearer 秘密", 403)],
)
def test_metrics_with_a_token_are_for_its_holder_wherever(client, settings, given, status):
    settings.METRICS_TOKEN = "secret"
    for address in ("127.0.0.1", "203.0.113.9"):
        assert client.get("/metrics", REMOTE_ADDR=address, HTTP_AUTHORIZATION=given).status_code == status


def figures(client) -> dict[str, float]:
    lines = client.get("/metrics").content.decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_metrics_count_the_machinery(client, worker, monkeypatch):
    reader = ledger.Subscription("test.reader", frozenset({"test.said"}), lambda _: None, history=True)
    late = ledger.Subscription("test.late", frozenset({"test.said"}), lambda _: None, history=True)
    monkeypatch.setattr(ledger, "_subscriptions", {"test.reader": reader, "test.late": late})
    entries = [ledger.record(Actor.system("test"), "test.said") for _ in range(3)]
    ledger.seal(limit=2)
    ledger.deliver(reader, limit=1)
    ParkedEvent.objects.create(subscriber="test.late", entry=entries[0], reason="x")
    assert figures(client) == {
        "noroshi_workers": 1,
        "noroshi_ledger_position": 2,
        "noroshi_ledger_pending": 1,
        "noroshi_events_parked": 1,
        "noroshi_jobs_ready": 0,
        "noroshi_jobs_failed": 0,
        'noroshi_subscriber_lag{subscriber="test.late"}': 2,
        'noroshi_subscriber_lag{subscriber="test.reader"}': 1,
    }


def test_metrics_say_nothing_of_what_members_share(cast):
    text = Client().get("/metrics").content.decode()
    assert [name for name in ("bank_a", "wg_incident", "b1@", str(cast.bank_a.pk)) if name in text] == []


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probe_starts_no_session_and_is_kept_nowhere(client, path):
    answer = client.get(path)
    assert answer.cookies == {}
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready_is_json_that_a_machine_reads(client):
    assert set(json.loads(client.get("/readyz").content)) == {"database", "worker"}
