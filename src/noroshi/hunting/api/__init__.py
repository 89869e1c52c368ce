"""The hunting room over REST: each router is mounted by `site.api` under `/api/v1`."""

from typing import Final

from ninja import Router

from noroshi.hunting.api.detections import router as detections
from noroshi.hunting.api.searches import router as searches

ROUTERS: Final[dict[str, Router]] = {"/detections": detections, "/searches": searches}
"""Under which address each router stands."""

__all__ = ["ROUTERS"]
