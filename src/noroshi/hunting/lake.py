"""The installation's log lake, opened by its settings. An organisation's slug is its name in the lake."""

import hashlib
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from noroshi.core import clock
from noroshi.hunting.engine import Engine, Lake
from noroshi.members.models import Organisation

STREAMS: Final = "streams"


def open_lake() -> Lake:
    """Return the lake of this installation."""
    key = hashlib.sha256(settings.LAKE_KEY.encode()).digest()  # the engine bounds a key's length, a setting does not
    return Lake(settings.LAKE_DIR, key=key, memory_limit=settings.LAKE_MEMORY, clock=clock.now, engine=_engine())


def _engine() -> Engine | None:
    """Return the engine that the settings choose; PySpark is asked for by nobody else."""
    if not settings.LAKE_SPARK:
        return None
    from noroshi.hunting.engine.spark import SparkEngine  # noqa: PLC0415 - an extra of the installation

    return SparkEngine(settings.LAKE_SPARK, rules_from=settings.LAKE_SPARK_RULES_FROM << 20)


def drop_folder(organisation: Organisation, source: str) -> Path:
    """Return the folder into which log files of a source are dropped; there is none without NOROSHI_DROP_DIR."""
    return Path(settings.DROP_DIR) / organisation.slug / source


def waiting_rooms() -> Path:
    """Return the folder of all that waits for its ingest, on the lake's own disk."""
    return Path(settings.LAKE_DIR) / "waiting"


def waiting_room(file_id: UUID) -> Path:
    """Return the folder in which a log file sent from the page waits for its ingest."""
    return waiting_rooms() / str(file_id)


def stream_folder(organisation: Organisation, source: str) -> Path:
    """Return the folder in which the batches of a stream of a source wait."""
    return waiting_rooms() / STREAMS / organisation.slug / source
