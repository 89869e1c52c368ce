"""Small plots as inline SVG made on the server: they print, need no script, and carry their figures as a table.

Every function takes a description and returns a `<figure>` (a sparkline: a `<details>`) whose picture has a title and
a description (WAI-ARIA `img`) and whose figures stand behind it in a table. Colours come from the style sheet's
classes. The same input always gives the same output. Values are counts or amounts: finite and not negative.
"""

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from noroshi.kit.wording import compact, exact

WIDTH: Final = 560
HEIGHT: Final = 190
LEFT: Final = 48
RIGHT: Final = 12
TOP: Final = 12
BOTTOM: Final = 24
TICKS: Final = 4
LABEL_WIDTH: Final = 64
TONES: Final = 6
HEAT_LEVELS: Final = 5
CELL: Final = 22
ROW_LABEL_WIDTH: Final = 136
SPARK_WIDTH: Final = 120
SPARK_HEIGHT: Final = 28


@dataclass(frozen=True)
class Series:
    """One named row of values, as many as the chart has labels."""

    label: str
    values: Sequence[float]


@dataclass(frozen=True)
class Chart:
    """A chart over labelled positions (days, organisations ...). `unit` is a word: "hits"."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""

    def __post_init__(self) -> None:
        for series in self.series:
            _check(series.values, len(self.labels))

    @classmethod
    def of(cls, title: str, points: Iterable[tuple[str, float]], unit: str = "") -> "Chart":
        """Return a chart of one series from pairs of label and value."""
        pairs = list(points)
        values = [value for _label, value in pairs]
        return cls(title, [label for label, _value in pairs], [Series(unit or title, values)], unit)


@dataclass(frozen=True)
class HeatMap:
    """Rows by columns of values: `values[row][column]`. A wide column has room for a word as its label."""

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float]]
    unit: str = ""
    column_width: int = CELL

    def __post_init__(self) -> None:
        if len(self.values) != len(self.rows):
            raise ValueError("a heat map has one row of values for each row label")
        for row in self.values:
            _check(row, len(self.columns))


def _check(values: Sequence[float], expected: int) -> None:
    if len(values) != expected:
        raise ValueError(f"{expected} labels but {len(values)} values")
    if not all(math.isfinite(value) and value >= 0 for value in values):
        raise ValueError("a chart shows finite values of zero and more")


def bar_chart(chart: Chart) -> SafeString:
    """Return vertical bars; several series are stacked."""
    totals = [sum(values) for values in zip(*(series.values for series in chart.series), strict=True)]
    scale = _Scale.reaching(max(totals, default=0))
    return _plot(chart, scale, _bars(chart, scale))


def line_chart(chart: Chart) -> SafeString:
    """Return one line for each series, with a dot at each value where there is room."""
    scale = _Scale.reaching(_highest(chart))
    lines = format_html_join("", "{}", ((_line(chart, scale, place),) for place in range(len(chart.series))))
    return _plot(chart, scale, lines)


def heat_map(heat: HeatMap) -> SafeString:
    """Return a grid whose cells are the darker the higher their value; zero is empty."""
    height = BOTTOM + len(heat.rows) * CELL
    width = ROW_LABEL_WIDTH + len(heat.columns) * heat.column_width + RIGHT
    headings = [heat.title, *heat.columns]
    body = [[row, *map(exact, values)] for row, values in zip(heat.rows, heat.values, strict=True)]
    picture = as_picture(heat.title, _heat_summary(heat), (width, height), _heat_body(heat), "heat")
    return as_figure(heat.title, picture, as_table(headings, body), SafeString(""))


def sparkline(chart: Chart) -> SafeString:
    """Return the first series as a line of a word's size; opening it shows the figures."""
    values = chart.series[0].values if chart.series else []
    top = max(values, default=0) or 1
    step = (SPARK_WIDTH - 6) / max(1, len(values) - 1)
    points = [
        (3 + place * step, SPARK_HEIGHT - 3 - (SPARK_HEIGHT - 6) * value / top) for place, value in enumerate(values)
    ]
    last = format_html_join("", '<circle cx="{}" cy="{}" r="2.5"/>', ((_n(x), _n(y)) for x, y in points[-1:]))
    body = format_html('<polyline points="{}"/>{}', _path(points), last)
    picture = as_picture(chart.title, _summary(chart), (SPARK_WIDTH, SPARK_HEIGHT), body, "spark")
    return format_html('<details class="spark-box"><summary>{}</summary>{}</details>', picture, _chart_table(chart))


@dataclass(frozen=True)
class _Scale:
    """A value axis from zero to a round number not below the highest value."""

    step: float
    ticks: int

    @classmethod
    def reaching(cls, highest: float) -> "_Scale":
        rough = highest / TICKS
        if rough < sys.float_info.min:  # nothing, or less than a float can divide
            return cls(1, 1)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
        if highest >= 1:
            step = max(1.0, step if step >= 10 else math.ceil(step))  # noqa: PLR2004 - counts have no fractions
        return cls(step, max(1, math.ceil(highest / step)))

    @property
    def top(self) -> float:
        return self.step * self.ticks

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / self.top)

    def values(self) -> list[float]:
        return [self.step * tick for tick in range(self.ticks + 1)]


def _highest(chart: Chart) -> float:
    return max((value for series in chart.series for value in series.values), default=0)


def _slot(chart: Chart) -> float:
    return (WIDTH - LEFT - RIGHT) / max(1, len(chart.labels))


def _middle(chart: Chart, place: int) -> float:
    return LEFT + _slot(chart) * (place + 0.5)


def _bars(chart: Chart, scale: _Scale) -> SafeString:
    width = min(36.0, _slot(chart) * 0.72)
    rectangles = []
    for place, label in enumerate(chart.labels):
        below = 0.0
        for number, series in enumerate(chart.series):
            value = series.values[place]
            y, height = scale.y(below + value), scale.y(below) - scale.y(below + value)
            name = f"{label} {series.label}: {exact(value)}"
            rectangles.append(
                (
                    _tone(number),
                    _n(_middle(chart, place) - width / 2),
                    _n(y),
                    _n(width),
                    _n(height),
                    name,
                )
            )
            below += value
    return format_html_join(
        "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', rectangles
    )


def _line(chart: Chart, scale: _Scale, number: int) -> SafeString:
    series = chart.series[number]
    points = [(_middle(chart, place), scale.y(value)) for place, value in enumerate(series.values)]
    names = (
        f"{label} {series.label}: {exact(value)}" for label, value in zip(chart.labels, series.values, strict=True)
    )
    dots = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="3"><title>{}</title></circle>',
        ((_n(x), _n(y), name) for (x, y), name in zip(points, names, strict=True)),
    )
    return format_html('<g class="line {}"><polyline points="{}"/>{}</g>', _tone(number), _path(points), dots)


def _plot(chart: Chart, scale: _Scale, marks: SafeString) -> SafeString:
    body = format_html("{}{}{}", _value_axis(scale), marks, _label_axis(chart))
    picture = as_picture(chart.title, _summary(chart), (WIDTH, HEIGHT), body, "plot")
    return as_figure(chart.title, picture, _chart_table(chart), _legend(chart))


def _value_axis(scale: _Scale) -> SafeString:
    rows = ((_n(scale.y(value)), _n(scale.y(value) + 4), compact(value)) for value in scale.values())
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, WIDTH - RIGHT, y, y, LEFT - 6, text_y, text) for y, text_y, text in rows),
    )


def _label_axis(chart: Chart) -> SafeString:
    """Write every label where they fit, otherwise every n-th."""
    every = max(1, math.ceil(LABEL_WIDTH / _slot(chart)))
    return format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (_n(_middle(chart, place)), HEIGHT - 8, label)
            for place, label in enumerate(chart.labels)
            if place % every == 0
        ),
    )


def _heat_body(heat: HeatMap) -> SafeString:
    highest = max((value for row in heat.values for value in row), default=0)
    every = max(1, math.ceil(LABEL_WIDTH / 2 / heat.column_width))
    headings = format_html_join(
        "",
        '<text class="tick" x="{}" y="14">{}</text>',
        (
            (ROW_LABEL_WIDTH + place * heat.column_width, label)
            for place, label in enumerate(heat.columns)
            if place % every == 0
        ),
    )
    rows = format_html_join("", "{}", ((_heat_row(heat, number, highest),) for number in range(len(heat.rows))))
    return format_html("{}{}", headings, rows)


def _heat_row(heat: HeatMap, number: int, highest: float) -> SafeString:
    y = BOTTOM + number * CELL
    name = heat.rows[number]
    cells = format_html_join(
        "",
        '<rect class="heat-{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>',
        (
            (
                _level(value, highest),
                ROW_LABEL_WIDTH + place * heat.column_width,
                y,
                heat.column_width - 2,
                CELL - 2,
                f"{name} {label}: {exact(value)}",
            )
            for place, (label, value) in enumerate(zip(heat.columns, heat.values[number], strict=True))
        ),
    )
    return format_html(
        '<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>{}',
        ROW_LABEL_WIDTH - 8,
        y + 15,
        name,
        cells,
    )


def _level(value: float, highest: float) -> int:
    """Return 0 for nothing, else 1 to HEAT_LEVELS."""
    return math.ceil(HEAT_LEVELS * (value / highest)) if value > 0 else 0


def as_picture(title: str, description: str, size: tuple[int, int], body: SafeString, kind: str) -> SafeString:
    """Return an `<svg>` with its title and description, for what is drawn in `body`."""
    width, height = size
    return format_html(
        '<svg class="{}" role="img" viewBox="0 0 {} {}" width="{}" height="{}">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        *(kind, width, height, width, height, title, description, body),
    )


def as_figure(title: str, picture: SafeString, table: SafeString, legend: SafeString) -> SafeString:
    """Return a `<figure>`: the picture, and its table folded away below."""
    return format_html(
        '<figure class="chart"><figcaption>{}{}</figcaption>'
        '<div class="chart-scroll" tabindex="0" role="group" aria-label="{}">{}</div>'
        "<details><summary>{}</summary>{}</details></figure>",
        *(title, legend, title, picture, _("Show as a table"), table),
    )


def _legend(chart: Chart) -> SafeString:
    if len(chart.series) < 2:  # noqa: PLR2004 - one series is named by the title
        return SafeString("")
    entries = format_html_join(
        "",
        '<li class="{}">{}</li>',
        ((_tone(number), series.label) for number, series in enumerate(chart.series)),
    )
    return format_html('<ul class="legend">{}</ul>', entries)


def _chart_table(chart: Chart) -> SafeString:
    headings = ["", *(series.label for series in chart.series)]
    columns = [[exact(value) for value in series.values] for series in chart.series]
    return as_table(
        headings,
        [[label, *(column[place] for column in columns)] for place, label in enumerate(chart.labels)],
    )


def as_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> SafeString:
    """Return a table whose first column heads its rows."""
    head = format_html_join("", '<th scope="col">{}</th>', ((text,) for text in headings))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((row[0], format_html_join("", "<td>{}</td>", ((text,) for text in row[1:]))) for row in rows),
    )
    return format_html('<table class="figures"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, body)


def _summary(chart: Chart) -> str:
    if not chart.labels or not chart.series:
        return _("There are no values.")
    highest = _highest(chart)
    place = next(place for series in chart.series for place, value in enumerate(series.values) if value == highest)
    return _(
        "%(count)d values from %(first)s to %(last)s; highest %(highest)s (%(place)s), latest %(latest)s %(unit)s"
    ) % {
        "count": len(chart.labels),
        "first": chart.labels[0],
        "last": chart.labels[-1],
        "highest": exact(highest),
        "place": chart.labels[place],
        "latest": exact(sum(series.values[-1] for series in chart.series)),
        "unit": chart.unit,
    }


def _heat_summary(heat: HeatMap) -> str:
    highest = max((value for row in heat.values for value in row), default=0)
    return _("%(rows)d rows by %(columns)d columns; highest %(highest)s %(unit)s") % {
        "rows": len(heat.rows),
        "columns": len(heat.columns),
        "highest": exact(highest),
        "unit": heat.unit,
    }


def _tone(number: int) -> str:
    return f"tone-{number % TONES + 1}"


def _path(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(value: float) -> str:
    """Return a coordinate: one decimal is a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")
