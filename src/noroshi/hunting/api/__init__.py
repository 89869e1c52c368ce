"""The hunting room over REST: each router is mounted by `site.api` under `/api/v1`."""

from typing import Final

from ninja import Router

from noroshi.hunting.api.allowing import router as allowing
from noroshi.hunting.api.detections import router as detections
from noroshi.hunting.api.logs import batches
from noroshi.hunting.api.logs import router as logs
from noroshi.hunting.api.searches import router as searches
from noroshi.hunting.api.seen import router as seen

ROUTERS: Final[dict[str, Router]] = {
    "/detections": detections,
    "/searches": searches,
    "/hunting/logs": logs,
    "/hunting/log-batches": batches,
    "/hunting/seen": seen,
    "/hunting/allowed": allowing,
}
"""Under which address each router stands."""

__all__ = ["ROUTERS"]
