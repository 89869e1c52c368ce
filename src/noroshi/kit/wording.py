"""Numbers and spans of time as short words, in the reader's language."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
YEAR: Final = 365 * DAY

_ENGLISH: Final = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
_JAPANESE: Final = ((10**12, "兆"), (10**8, "億"), (10**4, "万"))
_LARGEST: Final = 10**16


def compact(value: float) -> str:
    """Return a number that fits a chart's axis: 1.2k, 3.4M; in Japanese 1.2万, 3.4億."""
    if abs(value) >= _LARGEST:
        return f"{value:.1e}"
    units = _JAPANESE if (get_language() or "").startswith("ja") else _ENGLISH
    for size, unit in units:
        if abs(value) >= size:
            return f"{_short(value / size)}{unit}"
    return _short(value)


def _short(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def exact(value: float) -> str:
    """Return a number in full, with the language's separators."""
    whole = float(value).is_integer()
    return number_format(int(value) if whole else round(value, 2), use_l10n=True, force_grouping=True)


def relative(moment: datetime, now: datetime) -> str:
    """Return how far `moment` (aware) is from `now`: "3 minutes ago", "in 2 days"."""
    gap = moment - now
    if abs(gap) < timedelta(seconds=MINUTE):
        return _("just now")
    text = _("in %(span)s") if gap > timedelta(0) else _("%(span)s ago")
    return text % {"span": span(abs(gap))}


def span(gap: timedelta) -> str:
    """Return a span of time in its largest unit: "3 minutes", "2 days"."""
    seconds = gap.total_seconds()
    if seconds < HOUR:
        number = int(seconds // MINUTE)
        return ngettext("%(number)d minute", "%(number)d minutes", number) % {"number": number}
    if seconds < DAY:
        number = int(seconds // HOUR)
        return ngettext("%(number)d hour", "%(number)d hours", number) % {"number": number}
    if seconds < YEAR:
        number = int(seconds // DAY)
        return ngettext("%(number)d day", "%(number)d days", number) % {"number": number}
    number = int(seconds // YEAR)
    return ngettext("%(number)d year", "%(number)d years", number) % {"number": number}
