"""The repository as its own subject: its tools can be imported, its files can be listed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def tracked(root):
    """Every file of the repository, those not yet committed included, those ignored left out."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a git checkout: which files belong to the repository is not known")
    return [path for name in listing.stdout.split("\0") if name and (path := root / name).is_file()]


@pytest.fixture
def package(tmp_path):
    """An empty package to put rooms into."""
    folder = tmp_path / "src" / "noroshi"
    folder.mkdir(parents=True)
    return folder
