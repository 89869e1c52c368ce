"""Logs as JSON lines, each carrying the number of the request or job it belongs to."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "request",
    "server_time",
}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request, and whatever was passed as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := request_id.get() or getattr(getattr(record, "request", None), "number", ""):
            line["request"] = number
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD and key not in line}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class WithoutProbes(logging.Filter):
    """Leaves out that `/readyz` answered "not yet": whoever asks gets the answer, and asks every few seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is kept."""
        return record.args != ("Service Unavailable", "/readyz")
