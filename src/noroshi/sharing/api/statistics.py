"""The sector's figures over REST: `/api/v1/statistics`. What is not told is null: it would be about too few."""

from datetime import date, timedelta
from typing import Any, Final

from ninja import Query, Router, Schema

from noroshi.core.domain.small_numbers import Shown
from noroshi.core.errors import NotFound
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import policy, queries
from noroshi.sharing.domain.periods import Period

READ_STATISTICS: Final = TokenAuth(Scope.STATISTICS_READ)
FIGURES: Final[dict[str, Any]] = {
    "kinds": {"total": 42, "cells": {"phishing": 30, "fraud": 9, "incident": None}},
    "targets": {"total": 42, "cells": {"customer": 33, "own_system": 9}},
    "types": {"total": 42, "cells": {"regional_bank": 25, "insurer": 8, "anonymous": 9}},
    "to_share": 5400,
    "to_first_note": 600,
    "to_note": 86400,
    "seen": 12,
    "stances": {"affected": 3, "checking": 6, "patched": None, "not_affected": 12},
}

router = Router(tags=["statistics"])


class PeriodLine(Schema):
    """A month ("2026-10") or a quarter ("2026-Q3") that has ended; `end` is the first day after it."""

    model_config = example(period="2026-10", start="2026-10-01", end="2026-11-01")

    period: str
    start: date
    end: date


class Table(Schema):
    """A table of counts, and their total."""

    total: int | None
    cells: dict[str, int | None]


class Sector(Schema):
    """What is told of one period. Spans are seconds, medians; answers are sums of numbers in steps of three."""

    kinds: Table
    targets: Table
    types: Table
    to_share: int | None
    to_first_note: int | None
    to_note: int | None
    seen: int | None
    stances: dict[str, int | None]


class Total(Schema):
    """The signals of one month."""

    period: str
    total: int | None


class SectorReport(Schema):
    """The figures of a period, of the one before, and of the same a year before; and each month's total."""

    model_config = example(
        period="2026-10",
        now=FIGURES,
        before=FIGURES,
        year_before=FIGURES,
        trend=[{"period": "2026-09", "total": 37}, {"period": "2026-10", "total": 42}],
    )

    period: str
    now: Sector
    before: Sector
    year_before: Sector
    trend: list[Total]


@router.get("", response=Page[PeriodLine], auth=READ_STATISTICS)
def list_periods(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List the months and quarters that can be asked for."""
    policy.require_member(request.actor)
    found = page_by_place(queries.periods_on_offer(), cursor=wanted.cursor, limit=wanted.limit)
    return listed(found, lambda each: {"period": str(each), "start": each.start, "end": each.end})


@router.get("/{str:period}", response=SectorReport, auth=READ_STATISTICS)
def read_report(request: ActorRequest, period: str) -> dict[str, Any]:
    """Read the figures of one period, made of what the token's holder may take out in bulk."""
    policy.require_member(request.actor)
    asked = Period.of(period)
    if asked is None or asked not in queries.periods_on_offer():
        raise NotFound
    report = queries.sector_report(request.actor, asked)
    return {
        "period": str(asked),
        **{name: _figures(getattr(report, name)) for name in ("now", "before", "year_before")},
        "trend": [{"period": str(each), "total": total} for each, total in report.trend],
    }


def _figures(figures: queries.Figures) -> dict[str, Any]:
    return {
        **{name: _table(getattr(figures, name)) for name in ("kinds", "targets", "types")},
        **{name: _seconds(getattr(figures, name)) for name in ("to_share", "to_first_note", "to_note")},
        "seen": figures.seen,
        "stances": dict(figures.stances),
    }


def _table(shown: Shown[str]) -> dict[str, Any]:
    return {"total": shown.total, "cells": {str(key): count for key, count in shown.cells.items()}}


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())
