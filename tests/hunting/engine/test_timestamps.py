"""The times that logs write."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine import timestamps

TOKYO = ZoneInfo("Asia/Tokyo")
# Hypothesis gives naive times and takes naive bounds.
SECOND_DAY, LAST_BUT_ONE = datetime(1990, 1, 2), datetime(2099, 12, 30)  # noqa: DTZ001
NINE = "2026-04-01T00:00:05+00:00"

READABLE = [
    ("2026-04-01T00:00:05Z", NINE),
    ("2026-04-01T09:00:05+09:00", NINE),
    ("2026-04-01 09:00:05+0900", NINE),
    ("2026-04-01 09:00:05", NINE),
    ("2026/04/01 09:00:05", NINE),
    ("2026/4/1 9:00:05", NINE),
    ("2026-04-01 09:00:05 JST", NINE),
    ("2026-04-01 00:00:05 UTC", NINE),
    ("2026年4月1日 9時00分05秒", NINE),
    ("２０２６年４月１日 ９時００分０５秒", NINE),
    ("20260401090005", NINE),
    ("20260401T090005", NINE),
    ("[01/Apr/2026:09:00:05 +0900]", NINE),
    ("01/Apr/2026:00:00:05 +0000", NINE),
    ("01/Apr/2026 09:00:05", NINE),
    ("1775001605", NINE),
    ("1775001605000", NINE),
    ("1775001605000000", NINE),
    ("1775001605000000000", NINE),
    ("1775001605.25", "2026-04-01T00:00:05.250000+00:00"),
    ("2026-04-01T00:00:05.123456789Z", "2026-04-01T00:00:05.123456+00:00"),
    ("2026-04-01 09:00:05,5", "2026-04-01T00:00:05.500000+00:00"),
    ("2026-04-01 09:00", "2026-04-01T00:00:00+00:00"),
    ("2026-04-01", "2026-03-31T15:00:00+00:00"),
]
UNREADABLE = [
    "",
    "-",
    "yesterday",
    "2026-02-30 00:00:00",
    "2026-04-01 25:00:00",
    "2026-04-01 09:00:61",
    "04/01/2026 09:00:05",
    "01/Foo/2026:09:00:05 +0900",
    "1989-12-31 00:00:00Z",
    "2100-01-01 00:00:00Z",
    "0",
    "12345",
    "9999999999999999999",
    "2026-04-01T09:00:05+99:99",
]


@pytest.mark.parametrize(("raw", "expected"), READABLE)
def test_time_that_logs_write_is_read(raw, expected):
    expected_time = datetime.fromisoformat(expected)
    assert timestamps.parse(raw, TOKYO) == (expected_time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


@pytest.mark.parametrize("raw", UNREADABLE)
def test_time_that_cannot_be_read_is_none(raw):
    assert timestamps.parse(raw, TOKYO) is None


@given(st.datetimes(SECOND_DAY, LAST_BUT_ONE), st.sampled_from(["Asia/Tokyo", "America/New_York"]))
def test_time_written_in_any_zone_and_form_is_the_same_moment(naive, zone):
    local = naive.replace(tzinfo=ZoneInfo(zone))
    expected = (local - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert timestamps.parse(local.isoformat(), UTC) == expected
    assert timestamps.parse(naive.isoformat(" "), ZoneInfo(zone)) == expected
    assert timestamps.parse(local.strftime("[%d/%b/%Y:%H:%M:%S %z]"), UTC) == expected // 1_000_000 * 1_000_000


@given(st.text())
def test_time_survives_any_text(raw):
    timestamps.parse(raw, TOKYO)
