"""DuckDB sessions. An instance takes longer to make than a look-up, so that each process keeps one for a lake."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

import duckdb

# What a missing or damaged file makes DuckDB say; a lack of memory or an interruption is something else.
UNREADABLE: Final = (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException)


def connect(memory_limit: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB that stays within ``memory_limit``, spills to ``spill`` and fetches nothing."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": "false",
        "TimeZone": "UTC",
    }
    connection = duckdb.connect(config=config)
    connection.execute("SET enable_progress_bar = false").fetchall()
    return connection


def session(memory_limit: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """Return a session of the process's instance, with temporary tables of its own."""
    return _instance(os.getpid(), memory_limit, spill).cursor()


def forget_files(opened: duckdb.DuckDBPyConnection) -> None:
    """Let a session keep no longer in mind what lies where in a Parquet file: worth it only for those of the index."""
    opened.execute("SET SESSION parquet_metadata_cache = false").fetchall()


def forget_instance() -> None:
    """Let the next session have another instance: one keeps in mind what room there was when it first spilled over."""
    _instance.cache_clear()


@lru_cache(maxsize=2)
def _instance(_process: int, memory_limit: str, spill: Path) -> duckdb.DuckDBPyConnection:
    instance = connect(memory_limit, spill)
    instance.execute("SET GLOBAL parquet_metadata_cache = true").fetchall()
    return instance
