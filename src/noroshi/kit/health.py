"""What the machines around an installation ask: is it alive, is it ready, how is it doing."""

import hmac
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from noroshi.core import ledger
from noroshi.core.models import Cursor, ParkedEvent, PendingEntry
from noroshi.kit.jobs import living_workers

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
FORWARDED: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
"""Any of these says that a proxy on this machine asks for somebody who is not."""


@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the process runs."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and a worker has a pulse, else 503 and which of them does not."""
    del request
    state = _state()
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
    forwarded = any(name in request.headers for name in FORWARDED)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded


def _state() -> dict[str, bool]:
    try:
        return {"database": True, "worker": living_workers().exists()}
    except Error:
        return {"database": False, "worker": False}


def _figures() -> CollectorRegistry:
    """Counts of the machinery; nothing about what members share."""
    registry = CollectorRegistry()
    position, _ = ledger.head()
    for name, text, value in (
        ("noroshi_workers", "Worker processes with a pulse", living_workers().count()),
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
    read = dict(Cursor.objects.values_list("subscriber", "position"))
    for subscription in ledger.subscriptions():
        lag.labels(subscription.name).set(position - read.get(subscription.name, 0))
    return registry
