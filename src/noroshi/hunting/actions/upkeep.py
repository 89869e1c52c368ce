"""Keeping the lake: what has aged goes, small parts become one, a person is forgotten. Each is in the ledger."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.hunting import queries
from noroshi.hunting.engine import CompactReport, LakeError, Merge, Removed
from noroshi.hunting.lake import open_lake
from noroshi.members.models import Organisation


def age_lakes(actor: Actor) -> None:
    """Take out of every lake what is older than its installation, or its organisation for a source, keeps logs."""
    organisations = {organisation.slug: organisation for organisation in Organisation.objects.all()}
    kept = queries.kept_days()
    lake = open_lake()
    for status in lake.status():
        days = queries.shortest(settings.LAKE_DAYS, kept.get((status.organisation, status.source)))
        if days and status.organisation in organisations:
            before = _today() - timedelta(days=days)
            removed = lake.age(status.organisation, status.source, before)
            _record_ageing(actor, organisations[status.organisation], status.source, before, removed)


def compact_lakes() -> tuple[CompactReport, dict[str, tuple[int, int]]]:
    """Make the index one, and small parts of past days in every lake; return parts before and after by organisation.

    The index first: what speaks for all of some parts speaks for the one that they become.
    """
    lake = open_lake()
    index = lake.compact_index()
    return index, {name: lake.compact(name, _today()) for name in lake.organisations()}


def gather_index() -> None:
    """Merge what many small ingests have left of the index, so that a hunt opens few files."""
    open_lake().compact_index(Merge.SMALL)


def forget_subject(actor: Actor, *, organisation: Organisation, subject: str) -> Removed:
    """Take a person's events out of an organisation's lake; the ledger learns how many, never who."""
    try:
        removed = open_lake().forget(organisation.slug, subject)
    except LakeError as error:
        raise InvalidInput("subject", str(error)) from error
    with transaction.atomic():
        ledger.record(
            actor,
            "hunting.lake.forgotten",
            organisation,
            events=removed.events,
            quarantined=removed.quarantined,
        )
    return removed


def _today() -> date:
    """The lake's days are UTC's."""
    return clock.now().date()


def _record_ageing(actor: Actor, organisation: Organisation, source: str, before: date, removed: Removed) -> None:
    if removed != Removed(0, 0, 0):
        with transaction.atomic():
            ledger.record(
                actor,
                "hunting.log.aged",
                organisation,
                source=source,
                before=before.isoformat(),
                events=removed.events,
            )
