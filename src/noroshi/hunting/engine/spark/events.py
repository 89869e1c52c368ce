"""The events of a lake as the queries of rules are asked of them, on a cluster."""

import re
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from noroshi.hunting.engine.detections.dialect import Dialect
from noroshi.hunting.engine.engines import AskError, LateError, MovedError, Plain
from noroshi.hunting.engine.spark import sql
from noroshi.hunting.engine.spark.dialect import SPARK

_PARAMETER: Final = re.compile(r"\$(\w+)")
_AGAIN: Final = 0.5
"""Seconds. What is cancelled may just have begun another of its jobs."""


class SparkEvents:
    """The view ``events`` of some parts, in a session of its own."""

    dialect: Dialect = SPARK
    patience = 600.0

    def __init__(self, spark: SparkSession, parts: Sequence[Path]) -> None:
        self._spark = spark.newSession()
        self._parts = parts
        self._spark.read.schema(sql.EVENTS).parquet(*map(str, parts)).createTempView("events")

    def rows(self, text: str, values: Mapping[str, Plain], seconds: float) -> list[dict[str, Any]]:
        """Answer a query; its jobs are cancelled after so many seconds."""
        late = threading.Event()
        try:
            with self._cancelled_after(seconds, late):
                rows = self._spark.sql(_PARAMETER.sub(r":\1", text), dict(values)).collect()
        except (PySparkException, Py4JJavaError) as error:
            if late.is_set():
                raise LateError from error
            if not all(part.exists() for part in self._parts):
                raise MovedError from error
            raise AskError(" ".join(str(error).split())) from error
        return [row.asDict() for row in rows]

    def close(self) -> None:
        """Forget the view; the session goes with whoever held it."""
        self._spark.catalog.dropTempView("events")

    @contextmanager
    def _cancelled_after(self, seconds: float, late: threading.Event) -> Iterator[None]:
        """Cancel the jobs that this thread begins, once so many seconds are over."""
        context, group, done = self._spark.sparkContext, uuid.uuid4().hex, threading.Event()

        def watch() -> None:
            if not done.wait(seconds):
                late.set()
                while not done.wait(_AGAIN):
                    context.cancelJobGroup(group)

        context.setJobGroup(group, "a rule", interruptOnCancel=True)
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
