"""The sharing room over REST: each router is mounted by `site.api` under `/api/v1`."""

from typing import Final

from ninja import Router

from noroshi.sharing.api.attachments import router as attachments
from noroshi.sharing.api.changes import router as changes
from noroshi.sharing.api.consultations import answers
from noroshi.sharing.api.consultations import router as consultations
from noroshi.sharing.api.replies import router as replies
from noroshi.sharing.api.signals import router as signals

signals.add_router("", replies)

ROUTERS: Final[dict[str, Router]] = {
    "/signals": signals,
    "/signal-changes": changes,
    "/attachments": attachments,
    "/consultations": consultations,
    "/answers": answers,
}
"""Under which address each router stands."""

__all__ = ["ROUTERS"]
