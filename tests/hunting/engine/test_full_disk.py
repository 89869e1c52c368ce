"""A disk that is really full: one sentence, nothing lost or half-written, and the same again once there is room."""

import json
import os
import shutil
import subprocess
from datetime import date, datetime

import pytest
from click.testing import CliRunner

from hunting.conftest import KEY
from noroshi.hunting.engine import DiskReason, HitRow, Lake, LakeError, Needle, write_parquet
from noroshi.hunting.engine.disk import full_disk_told
from noroshi.hunting.engine.session import session
from noroshi.site.cli import main

ALL = Needle("cidr", "192.0.0.0/16")
LINES = 1_500
FREE = (0, 60_000)
"""Bytes of room: none, not even for SQLite to read; for some files, but not for all."""
WRITE_LITTLE = {"ageing", "hunt", "hunt for many"}


class Disk:
    """A disk of 32 MiB."""

    def __init__(self, path):
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, *, but):
        """Take all room but some bytes away."""
        with self._ballast.open("wb") as file:
            room = os.statvfs(self.path)
            os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - but))

    def clear(self):
        """Give the room back."""
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path):
    mount, place = shutil.which("mount"), tmp_path / "disk"
    place.mkdir()
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", place]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk, and not in every container: run this test as root")
    yield Disk(place)
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """Three log files, of five days each."""
    folder = tmp_path_factory.mktemp("logs")
    for name in range(3):
        lines = (
            {
                "time": f"2026-11-{number % 5 + 1:02}T01:00:00Z",
                "src_ip": f"192.0.{name}.{number % 250}",
                "user_agent": os.urandom(24).hex(),
            }
            for number in range(LINES)
        )
        (folder / f"{name}.json").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def filled(logs, tmp_path_factory):
    """A lake of the first two; its parts are of one file each."""
    root = tmp_path_factory.mktemp("filled") / "lake"
    for path in logs[:2]:
        opened(root).ingest("bank-a", "app", [path])
    return root


def opened(root):
    return Lake(root, key=KEY, memory_limit="256MB")


def found(lake):
    return [sum(hit.count for hit in lake.hunt([ALL], samples=False, index=by).hits) for by in (True, False)]


def take_parts_together(lake, _logs):
    lake.compact("bank-a", date(2026, 12, 1))


def take_parts_together_and_index_them(lake, logs):
    take_parts_together(lake, logs)
    lake.compact_index()


# What is done, and the events that are there afterwards.
WORKS = {
    "ingest": (lambda lake, logs: lake.ingest("bank-a", "app", logs), 3 * LINES),
    "compaction of the index": (lambda lake, _logs: lake.compact_index(), 2 * LINES),
    "compaction of parts": (take_parts_together, 2 * LINES),
    "building of the index": (take_parts_together_and_index_them, 2 * LINES),
    "ageing": (lambda lake, _logs: lake.age("bank-a", "app", date(2026, 11, 3)), 2 * LINES * 3 // 5),
    "forgetting": (lambda lake, _logs: lake.forget("bank-a", "192.0.1.7"), 2 * LINES - LINES // 250),
    "hunt": (lambda lake, _logs: lake.hunt([ALL]), 2 * LINES),
    "hunt for many": (lambda lake, _logs: lake.hunt([Needle("account", f"a{n}") for n in range(1_001)]), 2 * LINES),
}


@pytest.mark.parametrize("name", WORKS)
def test_a_full_disk_is_one_sentence_and_the_same_again_succeeds(disk, filled, logs, name):
    work, events = WORKS[name]
    refused = []
    for free in FREE:
        root = disk.path / "lake"
        shutil.copytree(filled, root)
        disk.fill(but=free)
        try:
            work(opened(root), logs)
        except LakeError as error:
            refused.append((free, str(error)))
        disk.clear()
        lake = opened(root)
        assert lake.verify(deep=True).problems == ()
        if refused[-1:] == [(free, DiskReason.FULL)]:
            assert found(lake) == [2 * LINES] * 2
        work(lake, logs)
        assert found(lake) == [events] * 2
        assert lake.verify(deep=True).problems == ()
        assert list((root / "staging").rglob("*.parquet")) == []
        shutil.rmtree(root)
    assert refused == [(free, DiskReason.FULL) for free in (FREE[:1] if name in WRITE_LITTLE else FREE)]


def sort(small):
    """Sort more than fits into memory."""
    small.execute("SET threads = 1").fetchall()
    texts = "SELECT md5(range::VARCHAR) AS text FROM range(500000)"
    return small.execute(f"CREATE OR REPLACE TEMP TABLE sorted AS {texts} ORDER BY text").fetchall()


def test_what_spills_over_on_a_full_disk_spills_over_again_once_there_is_room(disk):
    disk.fill(but=0)
    with pytest.raises(LakeError, match="The disk is full"), full_disk_told(), session("24MB", disk.path) as small:
        sort(small)
    disk.clear()
    with session("24MB", disk.path) as small:
        assert sort(small) == [(500_000,)]


def test_a_file_of_hits_is_there_whole_or_not_at_all(disk):
    at = datetime.fromisoformat("2026-11-20T01:00:00Z")
    rows = [HitRow("bank-a", "md5", os.urandom(16).hex(), 1, at, at) for _ in range(5_000)]
    disk.fill(but=60_000)
    with pytest.raises(LakeError, match="The disk is full"):
        write_parquet(rows, disk.path / "hits.parquet")
    assert [path.name for path in disk.path.iterdir()] == ["ballast"]
    disk.clear()
    write_parquet(rows, disk.path / "hits.parquet")
    assert (disk.path / "hits.parquet").stat().st_size > 60_000


@pytest.mark.usefixtures("db")
def test_a_command_says_so_in_one_line(disk, filled, settings):
    settings.LAKE_DIR = shutil.copytree(filled, disk.path / "lake")
    disk.fill(but=0)
    for command in (["lake", "status"], ["lake", "verify"], ["lake", "compact"]):
        result = CliRunner().invoke(main, command)
        assert (result.exit_code, result.stdout) == (3, "")
        assert result.stderr.startswith(f"noroshi: {DiskReason.FULL} (")
        assert result.stderr.count("\n") == 1
