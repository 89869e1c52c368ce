"""A threat-trend report in words: its sections, as a page, files of figures and a PDF show them alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from noroshi.advisories.queries import Trends
from noroshi.core.domain.small_numbers import Shown
from noroshi.intel.wording import TYPES
from noroshi.kit.charts import Chart, HeatMap, Series, bar_chart, heat_map
from noroshi.kit.lists import csv_line
from noroshi.kit.lists.export import BYTE_ORDER_MARK
from noroshi.sharing.models import Kind
from noroshi.sharing.reports.sections import period_name

PHISHING: Final = Kind.PHISHING
COLUMN: Final = 84
"""Of a grid, in pixels: room for a month."""
LONGEST_NAME: Final = 20
"""Of a row of a grid; the file has names in full."""


@dataclass(frozen=True)
class Section:
    """Figures under a heading: rows by columns. Where a figure is None, it is not told."""

    name: str
    """What its file is called."""
    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int | None]]]
    unit: str
    note: str = ""
    is_grid: bool = False
    """Whether it is drawn as a grid: many rows, each with a name of its own."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for _label, values in self.rows for value in values)

    @property
    def chart(self) -> Chart:
        """Its rows as stacked bars; of one row, only what is told."""
        if len(self.rows) == 1:
            ((label, values),) = self.rows
            points = [(name, value) for name, value in zip(self.columns, values, strict=True) if value is not None]
            return Chart(self.title, [name for name, _ in points], [Series(label, [v for _, v in points])], self.unit)
        return Chart(
            self.title, self.columns, [Series(label, _drawn(values)) for label, values in self.rows], self.unit
        )

    @property
    def plot(self) -> SafeString:
        """Its picture; none where there is nothing to draw."""
        if self.is_empty:
            return SafeString("")
        if not self.is_grid:
            return bar_chart(self.chart)
        values = [_drawn(values) for _label, values in self.rows]
        names = [_shortened(name) for name, _values in self.rows]
        return heat_map(HeatMap(self.title, names, self.columns, values, self.unit, COLUMN))

    def lines(self, mark: str) -> Iterator[str]:
        """Yield the figures as lines of a file; `mark` says who took it, and when."""
        yield BYTE_ORDER_MARK + csv_line(["", *self.columns, _("Exported by, at")])
        for label, values in self.rows:
            yield csv_line([label, *("" if value is None else value for value in values), mark])


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _drawn(values: Sequence[int | None]) -> list[int]:
    return [value or 0 for value in values]


def sections(trends: Trends) -> list[Section]:
    """Return the report in words; what signals tell is there once the quarter has ended."""
    months = [period_name(month) for month in trends.quarter.months]
    catalogues = trends.catalogues
    found = [
        Section(
            "bulletins",
            _("Bulletins by category"),
            months,
            [(str(category), numbers) for category, numbers in trends.bulletins.items()],
            _("bulletins"),
        ),
        _exploited(trends, months),
        Section("removed", _("Taken away from catalogues"), months, [(_("removed"), catalogues.removed)], _("entries")),
        _grid("vendors", _("Makers most named in catalogues"), months, catalogues.vendors),
        _grid("products", _("Products most named in catalogues"), months, catalogues.products),
    ]
    return [*found, *_of_signals(trends, months)]


def _exploited(trends: Trends, months: Sequence[str]) -> Section:
    listed, ransomware = trends.catalogues.listed, trends.catalogues.ransomware
    others = [every - some for every, some in zip(listed, ransomware, strict=True)]
    note = ""
    if whole := sum(listed):
        said = {"some": sum(ransomware), "whole": whole, "share": f"{sum(ransomware) / whole * 100:.0f} %"}
        note = _("Used for ransomware: %(some)s of %(whole)s, %(share)s.") % said
    rows = [(_("used for ransomware"), ransomware), (_("others"), others)]
    return Section("exploited", _("Listed as exploited"), months, rows, _("entries"), note)


def _grid(name: str, title: str, months: Sequence[str], named: Mapping[str, Sequence[int]]) -> Section:
    return Section(name, title, months, list(named.items()), _("entries"), is_grid=True)


def _of_signals(trends: Trends, months: Sequence[str]) -> list[Section]:
    signals = trends.signals
    if signals is None:
        return []
    phishing = [shown.cells[PHISHING] for _month, shown in signals.by_month]
    return [
        Section("phishing", _("Phishing in signals"), months, [(_("signals"), phishing)], _("signals")),
        _told("kinds", _("Signals by kind"), signals.kinds, dict(Kind.choices), _("signals")),
        _told(
            "values",
            _("Values named in signals"),
            signals.values,
            {kind.value: word for kind, word in TYPES.items()},
            _("values"),
        ),
        _told("families", _("Ransomware families named in signals"), signals.families, {}, _("signals")),
    ]


def _told(name: str, title: str, shown: Shown[str], labels: Mapping[str, object], unit: str) -> Section:
    """Return what is told of a table, the most first."""
    told = [(key, count) for key, count in shown.cells.items() if count is not None]
    ranked = sorted(told, key=lambda pair: (-pair[1], pair[0]))
    names = [str(labels.get(key, key)) for key, _count in ranked]
    return Section(name, title, names, [(unit, [count for _key, count in ranked])], unit)
