"""Rows behind search, schedules and workers."""

from django.db import models


class SearchEntry(models.Model):
    """A stretch of an item's text in the search index.

    The tokens live beside it, in the database's own index: an FTS5 table on SQLite, a `tsvector` column on
    PostgreSQL (migration 0002).
    """

    kind = models.CharField(max_length=40)
    item_id = models.UUIDField(db_index=True)


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
