"""Counts of patch tasks in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DUE_WORDS: Final[dict[str, Promise]] = {
    "overdue": _("Overdue"),
    "three_days": _("Due within three days"),
    "later": _("Due later"),
    "no_day": _("With the next upgrade"),
}
