"""Spark answers every hunt as DuckDB does, to the event and the microsecond."""

import random

import pytest

from hunting.engine.test_hunt import KEY, NEEDLES, TIMES, any_events, damaged_by_noise, ingest_halves, moment
from noroshi.hunting.engine import Lake, Merge, Needle
from noroshi.hunting.engine.reasons import ScanReason

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Spark leaves its socket to the garbage collector
]

SOUGHT = [Needle(*needle) for needle in NEEDLES]
WINDOW = {"since": moment(TIMES[9]), "until": moment(TIMES[20])}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A lake of two organisations whose events meet the needles in every way."""
    folder = tmp_path_factory.mktemp("sector")
    pick, lake = random.Random(20261126), Lake(folder / "lake", key=KEY)
    for organisation in ("bank-a", "bank-b"):
        ingest_halves(lake, folder, organisation, any_events(pick, 150))
    return folder


@pytest.fixture
def lakes(folder, spark):
    """The same lake, as DuckDB and as Spark reads it."""
    return Lake(folder / "lake", key=KEY), Lake(folder / "lake", key=KEY, engine=spark)


def both(lakes, question):
    """Ask both, and return what they say but for how long it took."""
    return [(found.hits, found.refused, found.scanned, found.capped) for found in map(question, lakes)]


@pytest.mark.parametrize(
    "asked",
    [{}, {"index": False, "samples": False, **WINDOW}, {"samples": False, **WINDOW}],
    ids=["by the index", "by the events", "in a window"],
)
def test_every_hunt_is_answered_alike(lakes, asked):
    duck, spark = both(lakes, lambda lake: lake.hunt(SOUGHT, **asked))
    assert spark == duck
    assert len(duck[0]) > 100


def test_hunt_of_one_organisation_is_answered_alike_when_the_index_is_one_file_and_when_it_is_torn(lakes, folder):
    lakes[0].compact_index(Merge.ALL)
    for damage in (lambda root: None, damaged_by_noise):
        damage(folder / "lake")
        duck, spark = both(lakes, lambda lake: lake.hunt(SOUGHT[:40], organisations=["bank-b"]))
        assert spark == duck
        assert {hit.organisation for hit in duck[0]} == {"bank-b"}
    assert {scanned.reason for scanned in duck[2]} == {str(ScanReason.UNREADABLE), str(ScanReason.CUT)}
    lakes[0].compact_index()


def test_drill_down_is_answered_alike(lakes):
    needle = Needle("cidr", "10.0.0.0/8")
    questions = (
        lambda lake: lake.events("bank-a", needle, 20),
        lambda lake: lake.daily_counts("bank-a", needle),
        lambda lake: lake.spread("bank-a", needle),
    )
    for question in questions:
        duck, spark = map(question, lakes)
        assert spark == duck
    assert duck.events > 10


def test_keys_leave_no_file_behind(lakes, folder):
    lakes[1].hunt(SOUGHT[:1], samples=False)
    assert list((folder / "lake" / "staging").glob("keys-*")) == []
