from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.tally import FEWEST, Reading, Tally, tally

HOMES = [UUID(int=number) for number in range(1, 8)]
MOMENT = datetime(2026, 11, 22, 9, 41, tzinfo=UTC)
READINGS = st.lists(
    st.builds(
        Reading,
        organisation=st.sampled_from(HOMES),
        person=st.sampled_from([UUID(int=number) for number in range(100, 120)]),
        channel=st.sampled_from(["web", "api", "mail"]),
        first_at=st.just(MOMENT),
    ),
    max_size=40,
)
NAMED = st.sets(st.sampled_from(HOMES))


@given(READINGS, NAMED)
def test_numbers_when_told_then_each_is_about_three_unnamed_organisations_or_more(readings, named):
    told = tally(readings, named)
    unnamed = {row.organisation for row in readings} - named
    assert told.organisations == (len(unnamed) if len(unnamed) >= FEWEST else None)
    for channel, count in told.channels.items():
        by = {row.organisation for row in readings if row.channel == channel} - named
        assert count == len(by) >= FEWEST
        assert len(unnamed - by) not in {1, 2}


@given(READINGS, NAMED)
def test_numbers_when_there_are_too_few_then_nothing_tells_two_from_none(readings, named):
    unnamed = sorted({row.organisation for row in readings} - named)
    few = [row for row in readings if row.organisation in named or row.organisation in unnamed[:2]]
    assert tally(few, named) == tally([], named) == Tally()


def test_moment_when_told_then_it_is_the_hour():
    readings = [Reading(home, None, "api", MOMENT) for home in HOMES]
    assert tally(readings, []) == Tally(7, 0, datetime(2026, 11, 22, 9, tzinfo=UTC), {"api": 7})
