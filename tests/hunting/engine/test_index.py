"""The index answers alone where it can, says so where it cannot, and is whole again after a compaction."""

import json
import os
import time
from datetime import UTC, date, datetime

import duckdb
import pytest

from noroshi.hunting.engine import Merge, Needle, PartProblem, hunt, index_files, report
from noroshi.hunting.engine.index import epoch_of
from noroshi.hunting.engine.reasons import ScanReason
from noroshi.hunting.engine.records import HuntProgress, ScannedFiles

START = 1_790_000_000
ADDRESS = Needle("ipv4", "192.0.2.1")


@pytest.fixture
def ingest(lake, write):
    """Bring events of one address in by a file of their own: seconds after START, other fields."""

    def ingest_events(organisation, *seconds, **fields):
        events = [{"time": START + second, "src_ip": "192.0.2.1", **fields} for second in seconds]
        lines = "".join(json.dumps(event) + "\n" for event in events)
        assert lake.ingest(organisation, "app", [write(f"{organisation}-{seconds}.json", lines)]).events == len(events)

    return ingest_events


def index_paths(lake):
    return sorted((lake._root / "index").rglob("*.parquet"))


def answer(lake, needle=ADDRESS, **asked):
    """What a hunt finds, by organisation, and how many files of events it read for which reason."""
    found = lake.hunt([needle], samples=False, **asked)
    return {hit.organisation: hit.count for hit in found.hits}, [
        (ScanReason(s.reason).name, s.files) for s in found.scanned
    ]


def test_a_hunt_reads_no_events_where_the_index_tells_it_all(lake, ingest):
    ingest("bank-a", 0, 1, url="https://h.example/a/b", host="h.example")
    ingest("bank-b", 5)
    for path in (lake._root / "events").rglob("*.parquet"):
        path.unlink()
    assert answer(lake) == ({"bank-a": 2, "bank-b": 1}, [])
    assert answer(lake, Needle("url", "https://h.example/a")) == ({"bank-a": 2}, [])


def test_a_hunt_that_is_told_to_do_without_the_index_says_so(lake, ingest):
    ingest("bank-a", 0, 1)
    assert answer(lake, index=False) == ({"bank-a": 2}, [("ASKED", 1)])


@pytest.mark.parametrize("damage", ["missing", "torn", "noise"])
def test_an_index_that_cannot_be_read_is_done_without_and_made_anew(lake, ingest, damage):
    ingest("bank-a", 0, 1)
    ingest("bank-b", 0)
    path = index_paths(lake)[0]
    content = {"torn": path.read_bytes()[:-9], "noise": b"x" * path.stat().st_size}.get(damage)
    path.write_bytes(content) if content else path.unlink()
    hits, scanned = answer(lake)
    assert (hits, scanned) == ({"bank-a": 2, "bank-b": 1}, [("UNREADABLE", 1)])
    assert lake.verify(deep=True).problems == ((path.relative_to(lake._root).as_posix(), PartProblem.INDEX),)
    lake.compact_index()
    assert answer(lake) == ({"bank-a": 2, "bank-b": 1}, [])
    assert lake.verify(deep=True).problems == ()


def test_events_taken_out_by_whatever_way_take_the_voice_of_their_index(lake, ingest):
    for second in (0, 1, 2):
        ingest("bank-a", second)
    ingest("bank-b", 0)
    lake.compact_index()
    with lake._manifest.transaction() as connection:
        connection.execute("DELETE FROM part WHERE path = (SELECT min(path) FROM part WHERE organisation = 'bank-a')")
    assert answer(lake) == ({"bank-a": 2, "bank-b": 1}, [("NOT_INDEXED", 2)])
    assert lake.compact_index().indexed_files == 2
    assert answer(lake) == ({"bank-a": 2, "bank-b": 1}, [])


def test_small_parts_of_the_events_made_one_keep_their_index(lake, ingest):

    for second in (0, 1, 2):
        ingest("bank-a", second)
    lake.compact_index()
    assert lake.compact("bank-a", date(2026, 12, 31)) == (3, 1)
    assert answer(lake) == ({"bank-a": 3}, [])


def test_who_is_forgotten_is_in_no_file_of_the_index(lake, ingest):
    ingest("bank-a", 0, user="yamada")
    ingest("bank-a", 1, user="suzuki")
    ingest("bank-b", 60 * 86_400)
    ingest("bank-b", 60 * 86_400 + 1)
    lake.compact_index(Merge.SMALL)
    elsewhere = max(index_paths(lake))
    lake.forget("bank-a", "yamada")
    assert max(index_paths(lake)) == elsewhere  # what nothing was taken out of stays as it is
    rows = duckdb.read_parquet([str(path) for path in index_paths(lake)], hive_partitioning=False)
    assert rows.filter("type = 11").select("n").fetchall() == [(1,)]
    assert answer(lake, Needle("account", "suzuki")) == ({"bank-a": 1}, [])


def test_compaction_leaves_one_file_an_epoch_whoever_saw_what(lake, ingest):
    for second in (0, 60 * 86_400, 1):
        ingest("bank-a", second)
        ingest("bank-b", second)
    done = lake.compact_index()
    assert (done.merged_parts, done.parts, len(index_paths(lake))) == (6, 2, 2)
    assert answer(lake) == ({"bank-a": 3, "bank-b": 3}, [])
    assert lake.compact_index().merged_parts == 0
    for path in index_paths(lake):
        rows = duckdb.read_parquet(str(path), hive_partitioning=False).order("type, key, key2, organisation").fetchall()
        assert duckdb.read_parquet(str(path), hive_partitioning=False).fetchall() == rows


def test_a_large_part_is_cut_into_files_of_which_only_those_are_read_that_can_know(lake, ingest, monkeypatch):
    for number in range(4):
        ingest("bank-a", number, user=f"user-{number}")
        ingest("bank-b", number, user=f"user-{number}")
    monkeypatch.setattr(index_files, "ROWS_OF_A_FILE", 3)
    monkeypatch.setattr(index_files, "WORTH_CUTTING", 1)
    done = lake.compact_index()
    assert (done.parts, done.rows, len(index_paths(lake))) == (1, 10, 4)
    whole = duckdb.read_parquet([str(path) for path in index_paths(lake)], hive_partitioning=False).fetchall()
    assert whole == sorted(whole)
    accounts = [Needle("account", f"user-{number}") for number in range(4)]
    assert [answer(lake, needle) for needle in [ADDRESS, *accounts]] == [
        ({"bank-a": 4, "bank-b": 4}, []), *[({"bank-a": 1, "bank-b": 1}, [])] * 4
    ]  # fmt: skip
    index_paths(lake)[3].write_bytes(index_paths(lake)[3].read_bytes()[::-1])
    assert answer(lake) == ({"bank-a": 4, "bank-b": 4}, [])  # it is in the first file
    assert lake.verify(deep=True).problems == (
        (index_paths(lake)[0].parent.relative_to(lake._root).as_posix(), PartProblem.INDEX),
    )
    monkeypatch.undo()
    ingest("bank-b", 9)
    lake.compact_index()  # finds out what cannot be read
    lake.compact_index()
    assert len(index_paths(lake)) == 1
    assert answer(lake) == ({"bank-a": 4, "bank-b": 5}, [])


def test_gathering_leaves_a_large_part_alone_until_the_small_ones_are_worth_it(lake, ingest):
    ingest("bank-a", *range(50), user="x")
    for number in range(40):
        ingest("bank-b", number)
    lake.compact_index()
    ingest("bank-b", 100)
    ingest("bank-b", 101)
    assert lake.compact_index(Merge.SMALL).merged_parts in {2, 3}
    assert answer(lake) == ({"bank-a": 50, "bank-b": 42}, [])


def test_files_that_a_killed_process_left_are_swept_when_nobody_can_still_want_them(lake, ingest):
    ingest("bank-a", 0)
    folder = index_paths(lake)[0].parent
    old, young = folder / "old.parquet", folder / "young.parquet"
    for path in (old, young):
        path.write_bytes(b"torn")
    os.utime(old, (time.time() - 7200,) * 2)
    lake.compact_index()
    assert (old.exists(), young.exists()) == (False, True)
    assert answer(lake) == ({"bank-a": 1}, [])


def test_a_window_that_cuts_what_the_index_counts_has_only_those_days_read(lake, ingest):

    day = 86_400
    ingest("bank-a", 0, day, 2 * day, 3 * day)
    ingest("bank-b", 2 * day)
    since = datetime.fromtimestamp(START + day + 1, UTC)
    assert answer(lake, since=since) == ({"bank-a": 2, "bank-b": 1}, [("CUT", 2)])


@pytest.mark.parametrize(("since", "until"), [(3600, 7200), (7200, 3600), (0, 0)])
def test_a_window_between_the_events_or_of_no_length_holds_nothing(lake, ingest, since, until):
    ingest("bank-a", -86_400, 0, 60)
    ingest("bank-a", 20_000, 86_400)
    bounds = [datetime.fromtimestamp(START + second, UTC) for second in (since, until)]
    assert answer(lake, since=bounds[0], until=bounds[1])[0] == {}


def test_progress_tells_the_index_first_then_each_lake_that_is_read(lake, ingest):
    told: list[HuntProgress] = []
    for organisation in ("bank-a", "bank-b", "bank-c"):
        ingest(organisation, 0)
    with lake._manifest.transaction() as connection:
        connection.execute("DELETE FROM indexed WHERE organisation <> 'bank-b'")
    found = lake.hunt([ADDRESS], progress=told.append)
    assert [(step.organisations, step.waiting, len(step.hits), step.files_read) for step in told] == [
        ((), 3, 0, 0),
        (("bank-b",), 2, 1, 0),
        ((), 2, 0, 0),
        (("bank-a",), 1, 1, 1),
        ((), 1, 0, 1),
        (("bank-c",), 0, 1, 2),
    ]
    assert {(step.parts, step.files) for step in told} == {(1, 2)}
    assert [hit.organisation for hit in found.hits] == ["bank-a", "bank-b", "bank-c"]
    assert found.scanned == (ScannedFiles(str(ScanReason.NOT_INDEXED), 2),)


def test_a_lake_is_read_in_slices_with_what_is_known_so_far_and_the_same_answer(lake, ingest, monkeypatch):
    day = 86_400
    for number in range(3):
        ingest("bank-a", number * day, number * day + 60)
    whole = lake.hunt([ADDRESS], index=False)
    told: list[HuntProgress] = []
    monkeypatch.setattr(hunt, "SLICE", 1)
    assert lake.hunt([ADDRESS], index=False, progress=told.append).hits == whole.hits
    assert [(step.organisations, sum(hit.count for hit in step.hits), step.files_read) for step in told] == [
        ((), 0, 0),
        ((), 0, 0),
        ((), 2, 1),
        ((), 4, 2),
        (("bank-a",), 6, 3),
    ]
    assert {len(hit.samples) for step in told[:-1] for hit in step.hits} == {0}


def test_a_hunt_whose_listener_raises_ends_there(lake, ingest, monkeypatch):
    told: list[HuntProgress] = []

    def stop(step):
        told.append(step)
        if step.files_read:
            raise KeyboardInterrupt

    monkeypatch.setattr(hunt, "SLICE", 1)
    for number in range(3):
        ingest("bank-a", number * 86_400)
    with pytest.raises(KeyboardInterrupt):
        lake.hunt([ADDRESS], index=False, progress=stop)
    assert told[-1].files_read == 1


def test_needles_that_match_everything_have_a_capped_answer_that_says_so(lake, ingest, monkeypatch):
    monkeypatch.setattr(report, "MAX_HITS", 2)
    for organisation in ("bank-a", "bank-b", "bank-c"):
        ingest(organisation, 0)
    found = lake.hunt([ADDRESS])
    assert (len(found.hits), found.capped) == (2, True)
    monkeypatch.setattr(report, "MAX_HITS", 3)
    assert lake.hunt([ADDRESS]).capped is False


def test_an_epoch_is_sixty_days():
    day = 86_400_000_000
    assert [epoch_of(moment) for moment in (0, 60 * day - 1, 60 * day)] == [0, 0, 60]


def test_the_index_knows_each_day_and_keeps_none_that_first_and_last_tell(lake, ingest):
    day = 86_400
    for days in ([0], [1, 3], [3, 4, 7]):
        ingest("bank-a", *(day * number for number in days))
    kept = [duckdb.read_parquet(str(path), hive_partitioning=False).select("days") for path in index_paths(lake)]
    assert sorted((rows.fetchall()[0][0] or 0).bit_count() for rows in kept) == [0, 0, 1]
    lake.compact_index()
    (path,) = index_paths(lake)
    ((bits,),) = duckdb.read_parquet(str(path), hive_partitioning=False).select("days").fetchall()
    assert bits.bit_count() == 3
    since = datetime.fromtimestamp(START + day, UTC)
    assert answer(lake, since=since) == ({"bank-a": 5}, [("CUT", 5)])


@pytest.mark.parametrize(("fraction", "unit"), [("", 1_000_000), (".250", 1_000), (".250001", 1)])
def test_times_are_kept_in_the_largest_unit_in_which_all_are_whole(lake, tmp_path, fraction, unit):
    for number, seconds in enumerate(("00", "02" + fraction)):
        log = tmp_path / f"{number}.json"
        log.write_text(f'{{"time": "2026-10-01T09:00:{seconds}Z", "src_ip": "{ADDRESS.value}"}}\n')
        lake.ingest("bank-a", "web", [log])
    units = [duckdb.read_parquet(str(path), hive_partitioning=False).select("unit") for path in index_paths(lake)]
    assert {rows.fetchall()[0][0] for rows in units} == {1_000_000, unit}
    lake.compact_index()
    (path,) = index_paths(lake)
    found = duckdb.read_parquet(str(path), hive_partitioning=False).select("unit, span").fetchall()
    assert found == [(unit, int(float("2" + fraction) * 1_000_000) // unit)]
    (hit,) = lake.hunt([ADDRESS], samples=False).hits
    assert [hit] == list(lake.hunt([ADDRESS], samples=False, index=False).hits)


def test_an_index_of_an_older_format_is_not_read_and_made_anew(lake, ingest):
    ingest("bank-a", 0)
    (path,) = index_paths(lake)
    old = path.parents[2] / "1" / path.name
    old.parent.mkdir()
    path.rename(old)
    with lake._manifest.transaction() as connection:
        for table, column in (("index_part", "path"), ("indexed", "index_part"), ("news", "index_part")):
            new_name = (old.relative_to(lake._root).as_posix(),)
            connection.execute(f"UPDATE {table} SET {column} = ?", new_name)
    assert answer(lake) == ({"bank-a": 1}, [("UNREADABLE", 1)])
    lake.compact_index()
    assert answer(lake) == ({"bank-a": 1}, [])
    assert not old.exists()
