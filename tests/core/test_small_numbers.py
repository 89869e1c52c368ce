"""A number about fewer than three organisations is not shown, nor what it could be worked out from."""

from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.domain.small_numbers import FEWEST, NOTHING, Cell, Shown, publishable, together, told

ORGANISATIONS = st.frozensets(st.integers(1, 6), max_size=5)


@st.composite
def cells(draw):
    """A figure and who stands behind it: at least one thing of each; none of nobody is a cell without anything."""
    organisations = draw(ORGANISATIONS)
    return Cell(draw(st.integers(len(organisations), 40)) if organisations else 0, organisations)


TABLES = st.dictionaries(st.sampled_from("abcdefgh"), cells(), max_size=8)


def left(table, shown):
    return together(table[key] for key, count in shown.cells.items() if count is None)


@given(st.integers(0, 500))
def test_told_when_one_more_answers_then_the_number_stays_or_rises_by_three(number):
    before, after = told(number), told(number + 1)
    assert (after or 0) - (before or 0) in (0, FEWEST)
    assert before is None or number - FEWEST < before <= number


def test_told_when_there_are_few_then_nothing_is():
    assert [told(number) for number in range(7)] == [None, None, None, 3, 3, 3, 6]


@given(TABLES)
def test_publishable_when_a_cell_is_shown_then_three_organisations_stand_behind_it(table):
    shown = publishable(table)
    for key, count in shown.cells.items():
        assert count is None or (count == table[key].count and len(table[key].organisations) >= FEWEST)


@given(TABLES)
def test_publishable_when_all_that_is_shown_is_taken_from_the_total_then_the_rest_points_at_nobody(table):
    shown = publishable(table)
    if shown.total is not None:
        assert shown.total == sum(cell.count for cell in table.values())
        assert left(table, shown).tells_nobody_apart
        assert len(together(table.values()).organisations) >= FEWEST


@given(TABLES, TABLES)
def test_publishable_when_its_parts_are_known_then_no_hidden_part_can_be_worked_out(first, second):
    """A quarter of two months: what is hidden in a month is not the quarter less the other month."""
    months = [publishable(first), publishable(second)]
    keys = {*first, *second}
    whole = {key: first.get(key, NOTHING) + second.get(key, NOTHING) for key in keys}
    hidden = {
        key: together(
            table.get(key, NOTHING)
            for table, shown in zip((first, second), months, strict=True)
            if shown.cells.get(key) is None
        )
        for key in keys
    }
    totals = together(
        together(table.values()) for table, shown in zip((first, second), months, strict=True) if shown.total is None
    )
    quarter = publishable(whole, known=hidden, known_total=totals)
    for key, count in quarter.cells.items():
        assert count is None or hidden[key].tells_nobody_apart
    if quarter.total is not None:
        assert totals.tells_nobody_apart
        assert together(hidden[key] for key, count in quarter.cells.items() if count is None).tells_nobody_apart


def test_publishable_when_one_small_cell_would_be_left_then_a_second_is_hidden_with_it():
    big, other, small = (Cell(n, frozenset(range(k))) for n, k in ((30, 5), (12, 4), (1, 1)))
    assert publishable({"big": big, "other": other, "small": small}) == Shown(
        43, {"big": 30, "other": None, "small": None}
    )


def test_publishable_when_nothing_is_in_the_others_then_the_one_cell_is_shown():
    assert publishable({"a": Cell(9, frozenset("xyz")), "b": NOTHING}) == Shown(9, {"a": 9, "b": None})
