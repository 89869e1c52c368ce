"""What is not needed any more, forgotten."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from noroshi.advisories import raw
from noroshi.advisories.models import DeadLetter, Fetch, Outcome, Revision
from noroshi.core import clock

_SHORTEST: Final = timedelta(days=1)
"""What somebody fetches just now is not yet named by any row."""


def forget_fetched() -> int:
    """Forget the bytes and the fetches that are older than they are kept; return how many files went.

    Bytes of what waits to be read by somebody are kept, and fetches that items came by.
    """
    before = clock.now() - max(timedelta(days=settings.ADVISORY_DAYS), _SHORTEST)
    needed = set(_needed(before).values_list("digest", flat=True))
    gone = [name for name in raw.names_older_than(before.timestamp()) if name not in needed]
    for name in gone:
        raw.remove(name)
    old = Fetch.objects.filter(at__lt=before).exclude(outcome=Outcome.READING)
    for kind in (Revision, DeadLetter):
        old = old.exclude(Exists(kind.objects.filter(fetch=OuterRef("pk"))))
    old.delete()
    return len(gone)


def _needed(before: object) -> "QuerySet[Fetch]":
    waiting = DeadLetter.objects.filter(fetch=OuterRef("pk"), state="waiting")
    young = Fetch.objects.filter(at__gte=before)
    return young | Fetch.objects.filter(Exists(waiting)) | Fetch.objects.filter(outcome=Outcome.READING)
