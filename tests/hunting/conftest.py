"""A lake of its own for each test, and the real logs where they are laid out."""

import os
from pathlib import Path

import pytest

from noroshi.hunting.engine import Lake

KEY = b"a pseudonym key for tests only.."


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake", key=KEY, memory_limit="512MB")


@pytest.fixture
def shared_data():
    """The folder of real samples; SHARED_DATA_DIR names it, else it lies beside the repository."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("SHARED_DATA_DIR", beside))
    if not folder.is_dir():
        pytest.skip(f"the real samples are not here: set SHARED_DATA_DIR or lay them out at {beside}")
    return folder


@pytest.fixture
def write(tmp_path):
    """Write a log file: text as UTF-8, or bytes as they are."""

    def write_file(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file
