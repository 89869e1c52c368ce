"""Pages of the sharing room."""

from noroshi.sharing.views.browsing import drafts, release_queue, signal_list, withdrawn_list
from noroshi.sharing.views.composing import compose, edit, preview, review
from noroshi.sharing.views.reading import act, amend, detail
from noroshi.sharing.views.unmasking import unmask

__all__ = [
    "act",
    "amend",
    "compose",
    "detail",
    "drafts",
    "edit",
    "preview",
    "release_queue",
    "review",
    "signal_list",
    "unmask",
    "withdrawn_list",
]
