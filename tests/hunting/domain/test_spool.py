"""A spool loses and doubles no whole line, whoever dies."""

import errno
import os
from contextlib import ExitStack

import pytest

from noroshi.hunting.domain import spool as module
from noroshi.hunting.domain.spool import Spool, SpoolBusyError


@pytest.fixture
def spool_of():
    """Make spools, and leave them at the end."""
    with ExitStack() as stack:

        def make(folder, **wish):
            spool = Spool(folder, **wish)
            stack.callback(spool.leave)
            return spool

        yield make


def contents(spool):
    return [path.read_bytes() for path in spool.closed()]


def test_lines_become_batches_by_count_bytes_or_time(tmp_path, monkeypatch, spool_of):
    spool = Spool(tmp_path, seconds=1000)
    assert (spool.is_due(), contents(spool)) == (False, [])
    spool.add(b"one\n")
    assert not spool.is_due()
    monkeypatch.setattr(module, "MAX_LINES", 2)
    spool.add(b"two\n")
    assert spool.is_due()
    spool.close_batch()
    spool.close_batch()
    assert (spool.is_due(), contents(spool)) == (False, [b"one\ntwo\n"])
    monkeypatch.setattr(module, "MAX_BYTES", 3)
    spool.add(b"six\n")
    assert spool.is_due()
    spool.leave()
    quick = spool_of(tmp_path, seconds=0)
    quick.add(b"x\n")
    assert quick.is_due()
    assert contents(quick) == [b"one\ntwo\n", b"six\n"]


def test_what_a_killed_process_left_is_a_batch_of_its_whole_lines(tmp_path, spool_of):
    (tmp_path / "open").write_bytes(b"one\ntwo\nthr")
    (tmp_path / "next").touch()
    spool = spool_of(tmp_path)
    spool.add(b"four\n")
    spool.close_batch()
    assert contents(spool) == [b"one\ntwo\n", b"four\n"]
    assert sorted(path.suffix or path.name for path in tmp_path.iterdir()) == [".log", ".log", "lock", "open"]


def test_one_process_at_a_time_has_a_spool(tmp_path):
    first = Spool(tmp_path)
    with pytest.raises(SpoolBusyError):
        Spool(tmp_path)
    first.leave()
    Spool(tmp_path).leave()


def test_a_disk_that_is_full_in_the_middle_of_a_line_leaves_none_of_it(tmp_path, monkeypatch):
    spool, write = Spool(tmp_path), os.write
    spool.add(b"one\n")

    def half(descriptor, data):
        if len(data) < 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(OSError, match="No space"):
            spool.add(b"second\n")
    spool.add(b"third\n")
    spool.leave()
    assert contents(spool) == [b"one\nthird\n"]


def test_it_is_full_while_too_many_batches_wait(tmp_path, monkeypatch, spool_of):
    monkeypatch.setattr(module, "MAX_CLOSED", 2)
    spool = spool_of(tmp_path)
    for line in (b"1\n", b"2\n"):
        assert not spool.is_full()
        spool.add(line)
        spool.close_batch()
    assert spool.is_full()
    spool.closed()[0].unlink()
    spool.closed()
    assert not spool.is_full()
