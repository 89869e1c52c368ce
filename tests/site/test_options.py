from datetime import time

import pytest

from noroshi.site.options import OptionError, read_options


def test_limits_are_two_numbers():
    assert read_options({})["READING_LIMITS"] == (500, 3000)
    assert read_options({"NOROSHI_READING_LIMITS": " 5, 5"})["READING_LIMITS"] == (5, 5)


@pytest.mark.parametrize("text", ["", "300", "300,", ",300", "0,5", "-1,5", "5,4", "5,x", "1,2,3", "１,２"])
def test_limits_that_mean_nothing_stop_the_start(text):
    with pytest.raises(OptionError, match="NOROSHI_READING_LIMITS"):
        read_options({"NOROSHI_READING_LIMITS": text})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("08:30", (frozenset(range(7)), time(8, 30))),
        ("mon-fri 08:30", (frozenset(range(5)), time(8, 30))),
        ("Mon,wed-thu, sun 23:59", (frozenset({0, 2, 3, 6}), time(23, 59))),
    ],
)
def test_a_time_of_day_may_have_days(text, expected):
    assert read_options({"NOROSHI_SHEET_AT": text})["SHEET_AT"] == expected


@pytest.mark.parametrize("text", ["8", "24:00", "mon", "fri-mon 08:30", "someday 08:30", "mon- 08:30", "08:30 mon"])
def test_a_time_of_day_that_means_nothing_stops_the_start(text):
    with pytest.raises(OptionError, match="NOROSHI_SHEET_AT"):
        read_options({"NOROSHI_SHEET_AT": text})
