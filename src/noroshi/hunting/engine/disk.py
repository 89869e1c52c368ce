"""A disk that is full or fails, told in one sentence.

Whatever was being written, the lake is whole: files get their names when they are complete, and become known in one
transaction. So the sentence says what to do, and the error behind it is its cause.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

from noroshi.core.errors import Unavailable
from noroshi.hunting.engine.reasons import DiskReason, LakeError
from noroshi.hunting.engine.session import forget_instance

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
# SQLite finds no room for what it shares between processes even when it only reads.
_NO_ROOM_FOR_SQLITE: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
# What DuckDB says where a file cannot grow, and where there is no room for what memory does not hold.
_SAID: Final = (*map(os.strerror, _NO_ROOM), "max_temp_directory_size")


class DiskError(LakeError, Unavailable):
    """The disk is in the way; the message is a `DiskReason`."""


def is_full(error: BaseException) -> bool:
    """Tell whether an error is what a full disk makes of SQLite, DuckDB or a file."""
    match error:
        case sqlite3.Error():
            return getattr(error, "sqlite_errorcode", None) in _NO_ROOM_FOR_SQLITE
        case OSError():
            return error.errno in _NO_ROOM
    return any(words in str(error) for words in _SAID)


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Within the block, what a full disk makes fail is a `DiskError`."""
    try:
        yield
    except (duckdb.Error, sqlite3.Error, OSError) as error:
        if not is_full(error):
            raise
        forget_instance()
        raise DiskError(DiskReason.FULL) from error


@contextmanager
def disk_told() -> Iterator[None]:
    """Within the block, which writes, whatever fails on the way to the disk is a `DiskError`."""
    try:
        with full_disk_told():
            yield
    except (duckdb.Error, sqlite3.Error, OSError) as error:
        raise DiskError(DiskReason.REFUSES) from error
