"""Charts: whole pictures for small inputs, and what must hold for any input."""

import re
from xml.etree import ElementTree as ET

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from noroshi.kit.charts import Chart, HeatMap, Series, bar_chart, heat_map, line_chart, sparkline
from noroshi.kit.wording import compact, exact

PLOTS = (bar_chart, line_chart, sparkline)
amounts = st.floats(min_value=0, max_value=1e300) | st.integers(min_value=0, max_value=10**18)


def parsed(html: str) -> ET.Element:
    """Read the answer as XML: what is not well formed fails here."""
    return ET.fromstring(html)


def texts(html: str, tag: str) -> list[str]:
    return ["".join(element.itertext()) for element in parsed(html).iter(tag)]


def coordinates(html: str) -> list[float]:
    picture = parsed(html).find(".//svg")
    names = ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height")
    found = [float(element.get(name)) for element in picture.iter() for name in names if element.get(name)]
    points = " ".join(element.get("points") for element in picture.iter("polyline"))
    return found + [float(number) for number in re.findall(r"[\d.e+-]+", points)]


def test_bar_chart_of_two_values_draws_two_bars_in_proportion():
    picture = parsed(bar_chart(Chart.of("一致", [("月", 1), ("火", 2)], "件")))
    heights = [float(bar.get("height")) for bar in picture.iter("rect")]
    assert [bar.get("class") for bar in picture.iter("rect")] == ["tone-1", "tone-1"]
    assert heights == pytest.approx([77, 154])


def test_bar_chart_of_two_series_stacks_them():
    chart = Chart("hits", ["Mon"], [Series("own", [1]), Series("customers", [3])])
    own, customers = parsed(bar_chart(chart)).iter("rect")
    bottom_of_upper = float(customers.get("y")) + float(customers.get("height"))
    assert bottom_of_upper == pytest.approx(float(own.get("y")), abs=0.11)
    assert [own.get("class"), customers.get("class")] == ["tone-1", "tone-2"]


def test_chart_of_two_series_has_a_legend_and_of_one_has_none():
    two = Chart("hits", ["Mon"], [Series("own", [1]), Series("customers", [3])])
    assert texts(bar_chart(two), "li") == ["own", "customers"]
    assert texts(bar_chart(Chart.of("hits", [("Mon", 1)])), "li") == []


@pytest.mark.parametrize("plot", PLOTS)
def test_chart_is_named_described_and_has_its_figures_as_a_table(plot):
    html = plot(Chart.of("日ごとの一致", [("11/01", 3), ("11/02", 1250)], "件"))
    picture = parsed(html).find(".//svg")
    assert picture.get("role") == "img"
    assert picture.find("title").text == "日ごとの一致"
    assert "1,250" in picture.find("desc").text
    assert texts(html, "td") == ["3", "1,250"]
    assert texts(html, "th") == ["", "件", "11/01", "11/02"]


@pytest.mark.parametrize("plot", PLOTS)
@pytest.mark.parametrize("chart", [Chart("none", [], []), Chart("none", [], [Series("a", [])])])
def test_chart_without_values_says_so(plot, chart):
    with override("en"):
        assert parsed(plot(chart)).find(".//desc").text == "There are no values."


@pytest.mark.parametrize("plot", PLOTS)
def test_chart_of_zeros_is_flat_on_the_base_line(plot):
    assert parsed(plot(Chart.of("zero", [("a", 0), ("b", 0)]))).find(".//svg") is not None


@pytest.mark.parametrize("plot", PLOTS)
def test_chart_escapes_what_it_is_given(plot):
    html = plot(Chart.of("<script>", [("<b>&", 1)], '"x"'))
    assert "<script>" not in html
    assert parsed(html).find(".//svg/title").text == "<script>"


@pytest.mark.parametrize("plot", PLOTS)
def test_chart_has_no_style_attribute_and_no_script(plot):
    html = plot(Chart("hits", ["a", "b"], [Series("x", [1, 2]), Series("y", [3, 4])]))
    assert {name for element in parsed(html).iter() for name in element.attrib} & {"style", "onclick", "href"} == set()


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_chart_of_what_is_no_amount_is_refused(value):
    with pytest.raises(ValueError, match="finite values"):
        Chart.of("bad", [("a", value)])


def test_chart_with_a_value_too_few_is_refused():
    with pytest.raises(ValueError, match="2 labels but 1 values"):
        Chart("bad", ["a", "b"], [Series("x", [1])])


@given(st.lists(amounts, max_size=40), st.sampled_from(PLOTS))
def test_chart_of_any_amounts_stays_inside_its_frame(values, plot):
    html = plot(Chart.of("any", [(str(place), value) for place, value in enumerate(values)]))
    width, height = (float(parsed(html).find(".//svg").get(name)) for name in ("width", "height"))
    assert all(-0.1 <= number <= max(width, height) for number in coordinates(html))


@given(st.lists(amounts, max_size=10))
def test_chart_of_the_same_values_is_the_same_text(values):
    points = [(str(place), value) for place, value in enumerate(values)]
    assert bar_chart(Chart.of("same", points)) == bar_chart(Chart.of("same", points))


def test_bar_chart_of_many_days_labels_only_those_that_fit():
    chart = Chart.of("days", [(f"day {number}", 1) for number in range(365)])
    labels = [text for text in texts(bar_chart(chart), "text") if text.startswith("day")]
    assert labels == ["day 0", "day 47", "day 94", "day 141", "day 188", "day 235", "day 282", "day 329"]


def test_bar_chart_of_counts_has_whole_numbers_on_its_axis():
    ticks = [text for text in texts(bar_chart(Chart.of("few", [("a", 3)])), "text") if text != "a"]
    assert ticks == ["0", "1", "2", "3"]


def test_heat_map_shades_by_share_of_the_highest():
    heat = HeatMap("hits", ["A", "B"], ["Mon", "Tue"], [[0, 1], [5, 10]])
    cells = [cell.get("class") for cell in parsed(heat_map(heat)).iter("rect")]
    assert cells == ["heat-0", "heat-1", "heat-3", "heat-5"]
    assert texts(heat_map(heat), "td") == ["0", "1", "5", "10"]


@pytest.mark.parametrize("heat", [HeatMap("none", [], [], []), HeatMap("zero", ["A"], ["x"], [[0]])])
def test_heat_map_without_hits_is_drawn(heat):
    assert parsed(heat_map(heat)).find(".//svg").get("role") == "img"


def test_heat_map_with_a_row_too_few_is_refused():
    with pytest.raises(ValueError, match="one row of values"):
        HeatMap("bad", ["A", "B"], ["x"], [[1]])


def test_sparkline_opens_to_its_figures():
    assert parsed(sparkline(Chart.of("hits", [("a", 1)]))).tag == "details"


@pytest.mark.parametrize(
    ("value", "english", "japanese"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1_200, "1.2k", "1,200"),
        (34_000, "34k", "3.4万"),
        (5_600_000, "5.6M", "560万"),
        (123_400_000, "123.4M", "1.2億"),
        (7e20, "7.0e+20", "7.0e+20"),
    ],
)
def test_number_on_an_axis_is_short_in_both_languages(value, english, japanese):
    with override("en"):
        assert compact(value) == english
    with override("ja"):
        assert compact(value) == japanese


def test_number_in_a_table_is_whole():
    assert [exact(1234567), exact(0.5), exact(3.0)] == ["1,234,567", "0.5", "3"]
