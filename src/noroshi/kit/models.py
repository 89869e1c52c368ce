"""Rows behind search, schedules, workers and repeated calls."""

from django.db import models

from noroshi.core import clock


class SearchEntry(models.Model):
    """A stretch of an item's text in the search index.

    The tokens live beside it, in the database's own index: an FTS5 table on SQLite, a `tsvector` column on
    PostgreSQL (migration 0002).
    """

    kind = models.CharField(max_length=40)
    item_id = models.UUIDField(db_index=True)
    at = models.DateTimeField(null=True)
    """The moment by which the list is ordered in which the item is found; of a comment, its signal's."""


class Schedule(models.Model):
    """When a recurring task is due next."""

    name = models.CharField(max_length=80, primary_key=True)
    due_at = models.DateTimeField()
    last_started_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)


class WorkerBeat(models.Model):
    """The pulse of a worker process. Jobs of a worker without a pulse are handed out again."""

    worker = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()


class AnsweredCall(models.Model):
    """A call of the API that was answered under an idempotency key, kept for a day to be answered the same again.

    `holder` is the hash of the token: another token with the same key is another call. Kit knows no tokens, so it is
    no foreign key; a token that opens nothing any more is refused before anybody looks here.
    """

    holder = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of method, address and body: the same key with another body is a mistake, and told as one."""
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, default="")
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "key"], name="answered_once")]
