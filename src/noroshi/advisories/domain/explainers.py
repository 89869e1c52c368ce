"""Explainers: how their texts show pictures, how long their parts may be, which of a series come before and after."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

MAX_NAME: Final = 80
MAX_SUMMARY: Final = 400
MAX_TAGS: Final = 10
MAX_TAG: Final = 40
MAX_COMMENT: Final = 5_000
MAX_PART: Final = 999
MAX_PICTURE_NAME: Final = 40
MOST_PICTURES: Final = 40
MAX_PICTURE_BYTES: Final = 5 * 1024 * 1024
MAX_PICTURE_SIDE: Final = 6_000

_PICTURE: Final = re.compile(r"!\[((?:\\.|[^\]\\])*)\]\(image:([^\s)]*)[^)]*\)")
_PICTURE_NAME: Final = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{MAX_PICTURE_NAME - 1}}}")

T = TypeVar("T")


def pictures_used(text: str) -> Iterator[tuple[str, str]]:
    """Yield the pictures that a text shows, ``![what is seen](image:name)``: name, and what is said of it."""
    for found in _PICTURE.finditer(text):
        yield found[2], found[1].strip()


def is_picture_name(name: str) -> bool:
    """Tell whether a picture can go by this name."""
    return _PICTURE_NAME.fullmatch(name) is not None


def picture_name(file_name: str) -> str:
    """Return the name that a file's own suggests; empty where it suggests none."""
    plain = re.sub(r"[^a-z0-9]+", "-", file_name.rpartition(".")[0].lower()).strip("-")
    return plain[:MAX_PICTURE_NAME].rstrip("-")


def around(rows: Sequence[T], here: T) -> tuple[T | None, T | None]:
    """Return what comes before and after `here` in a series; None at its ends, or where `here` is no part of it."""
    if here not in rows:
        return None, None
    place = rows.index(here)
    return (rows[place - 1] if place else None), (rows[place + 1] if place + 1 < len(rows) else None)
