"""Pages of the advisories room."""

from noroshi.advisories.views.bulletins import (
    bulletin_detail,
    bulletin_edit,
    bulletin_list,
    bulletin_new,
    bulletin_pdf,
    bulletin_verb,
    desk,
)
from noroshi.advisories.views.set_up import categories, templates

__all__ = [
    "bulletin_detail",
    "bulletin_edit",
    "bulletin_list",
    "bulletin_new",
    "bulletin_pdf",
    "bulletin_verb",
    "categories",
    "desk",
    "templates",
]
