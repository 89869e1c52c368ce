"""The sharing room over REST: each router is mounted by `site.api` under `/api/v1`."""

from typing import Final

from ninja import Router

from noroshi.sharing.api import (
    attachments,
    changes,
    consultations,
    desk,
    documents,
    drafts,
    guests,
    outputs,
    passages,
    readers,
    references,
    relations,
    replies,
    searches,
    signals,
    statistics,
    tags,
    upkeep,
    values,
)

_OF_SIGNALS: Final = (
    upkeep.router,
    replies.router,
    guests.router,
    relations.router,
    readers.router,
    attachments.of_signals,
    passages.of_signals,
)
for _part in _OF_SIGNALS:
    signals.router.add_router("", _part)
desk.router.add_router("", passages.at_desk)

ROUTERS: Final[dict[str, Router]] = {
    "/signals": signals.router,
    "/signal-changes": changes.router,
    "/drafts": drafts.router,
    "/release": desk.router,
    "/attachments": attachments.router,
    "/consultations": consultations.router,
    "/answers": references.router,
    "/saved-searches": searches.router,
    "/statistics": statistics.router,
    "/tags": tags.router,
    "/observables": values.router,
    "/documents": documents.router,
    "/groups": documents.of_groups,
    "/outputs": outputs.router,
}
"""Under which address each router stands."""

__all__ = ["ROUTERS"]
