"""Letters as they lie on a disk: one in a file, an mbox, a maildir, a folder of files. Nothing there is changed."""

import mailbox
from collections.abc import Iterator
from pathlib import Path


def letters_in(path: Path, most_bytes: int) -> Iterator[bytes]:
    """Yield the letters at `path`, of each at most so many bytes; in a maildir what is new and what was seen."""
    if path.is_dir():
        folders = [path / name for name in ("new", "cur")]
        for folder in folders if all(each.is_dir() for each in folders) else [path]:
            for file in sorted(each for each in folder.iterdir() if each.is_file() and not each.is_symlink()):
                yield from _letters(file, most_bytes)
    else:
        yield from _letters(path, most_bytes)


def _letters(file: Path, most_bytes: int) -> Iterator[bytes]:
    with file.open("rb") as stream:
        first = stream.read(most_bytes)
    if not first.startswith(b"From "):
        yield first
        return
    box = mailbox.mbox(file, create=False)
    try:
        for number in box.iterkeys():
            yield box.get_bytes(number)[:most_bytes]
    finally:
        box.close()
