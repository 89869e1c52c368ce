from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.moments import moment_of

TOKYO = ZoneInfo("Asia/Tokyo")
NINE = datetime(2099, 4, 2, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("2099-04-02T09:30:00+09:00", True),
        ("2099-04-02T00:30:00Z", True),
        ("2099-04-02T09:30:00", False),
        ("2099-04-02 09:30", False),
        ("Thu, 02 Apr 2099 09:30:00 +0900", True),
        ("Thu, 02 Apr 2099 09:30:00 JST", True),
        ("Thu, 02 Apr 2099 00:30:00 GMT", True),
        ("2099年4月2日 9時30分", False),
        ("２０９９年４月２日（木） 09:30", False),
        ("2099/04/02 09:30:00", False),
    ],
)
def test_a_date_is_a_moment_and_says_whether_its_zone_is_known(written, known):
    found = moment_of(written, TOKYO)
    assert (found.at, found.written, found.zone_known) == (NINE, written, known)


@pytest.mark.parametrize("written", ["", "soon", "2099-13-45", "2099年13月1日", "0", "x" * 200])
def test_what_is_no_date_is_none(written):
    assert moment_of(written, TOKYO) is None


@given(st.text(max_size=40))
def test_whatever_is_written_is_a_moment_in_utc_or_none(written):
    found = moment_of(written, TOKYO)
    assert found is None or found.at.tzinfo is UTC
