"""Real data of the intel room's tests, where this machine has it."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real samples, kept outside the repository."""
    folder = Path(os.environ.get("NOROSHI_SHARED_DATA", _BESIDE_THE_REPOSITORY))
    if not folder.is_dir():
        pytest.skip("no real samples here; NOROSHI_SHARED_DATA names their folder")
    return folder
