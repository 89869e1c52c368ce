"""What the machines around an installation ask: is it alive, is it ready, how is it doing."""

import hmac
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from noroshi.core import clock, ledger
from noroshi.core.models import Cursor, ParkedEvent, PendingEntry
from noroshi.kit.jobs import LOST_AFTER
from noroshi.kit.models import WorkerBeat

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the process runs."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and a worker has a pulse, else 503 and which of them does not."""
    del request
    state = {"database": _database_answers(), "worker": False}
    state["worker"] = state["database"] and _workers() > 0
    status = HTTPStatus.OK if all(state.values()) else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse(state, status=status)


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' text format: to the holder of the token, or on loopback where there is none."""
    if not _may_measure(request):
        return HttpResponseForbidden("metrics are for the monitoring token, or for loopback\n")
    return HttpResponse(generate_latest(_figures()), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "X-Forwarded-For" not in request.headers


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _workers() -> int:
    return WorkerBeat.objects.filter(seen_at__gt=clock.now() - LOST_AFTER).count()


def _figures() -> CollectorRegistry:
    """Counts of the machinery; nothing about what members share."""
    registry = CollectorRegistry()
    position, _ = ledger.head()
    for name, text, value in (
        ("noroshi_workers", "Worker processes with a pulse", _workers()),
        ("noroshi_ledger_position", "Length of the sealed chain", position),
        ("noroshi_ledger_pending", "Entries waiting for their seal", PendingEntry.objects.count()),
        ("noroshi_events_parked", "Events set aside after failing", ParkedEvent.objects.count()),
        ("noroshi_jobs_ready", "Jobs waiting", DBTaskResult.objects.ready().count()),
        (
            "noroshi_jobs_failed",
            "Jobs that failed",
            DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count(),
        ),
    ):
        Gauge(name, text, registry=registry).set(value)
    lag = Gauge("noroshi_subscriber_lag", "Links a subscriber has not read", ["subscriber"], registry=registry)
    for cursor in Cursor.objects.exclude(subscriber=ledger.SEALER):
        lag.labels(cursor.subscriber).set(position - cursor.position)
    return registry
