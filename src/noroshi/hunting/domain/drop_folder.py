"""A folder into which log files are dropped: which of them are ready, and where they go afterwards.

A file is ready once nothing about it has changed for a while: not its content, its name or its rights. Hidden files and
the names that copying programs use meanwhile are passed over, and so is everything that is no plain file.
"""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SETTLED: Final = 10.0
"""Seconds without a change."""
DONE, REFUSED = "done", "refused"
_UNFINISHED: Final = frozenset({".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", ".lock"})


@dataclass(frozen=True)
class Outcome:
    """What became of a dropped file: a sentence if it was refused."""

    name: str
    events: int
    quarantined: int
    known: bool
    refused: str


def ready_files(folder: Path, now: float) -> list[Path]:
    """Return the files of a folder that may be read at `now` (seconds since 1970), the oldest first."""
    found = []
    for path in folder.iterdir():
        changed = _last_change(path)
        if changed is not None and now - changed >= SETTLED and _is_finished(path.name):
            found.append((changed, path.name, path))
    return [path for _changed, _name, path in sorted(found)]


def put_away(path: Path, refused: str = "") -> Path:
    """Move a file to `done`, or to `refused` with a note that says why; return where it is now."""
    folder = path.parent / (REFUSED if refused else DONE)
    folder.mkdir(exist_ok=True)
    target = _free_name(folder, path.name)
    path.rename(target)
    if refused:
        target.with_name(f"{target.name}.reason.txt").write_text(f"{refused}\n", encoding="utf-8")
    return target


def _last_change(path: Path) -> float | None:
    """Return when a plain file was last written, renamed or copied into; None if it is none, or is gone."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return max(status.st_mtime, status.st_ctime) if stat.S_ISREG(status.st_mode) else None


def _is_finished(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() not in _UNFINISHED and name.isprintable()


def _free_name(folder: Path, name: str) -> Path:
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{name}.{number}"
    return target
