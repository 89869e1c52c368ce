"""Files that are there whole or not at all, whenever the power fails."""

import os
from pathlib import Path


def publish(scratch: Path, final: Path) -> None:
    """Give a finished file its name: contents to disk, rename, the name to disk."""
    sync(scratch)
    final.parent.mkdir(parents=True, exist_ok=True)
    scratch.replace(final)
    sync(final.parent)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
