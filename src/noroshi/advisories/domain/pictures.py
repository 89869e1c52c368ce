"""Pictures: how large one is, read from its first bytes, before anything draws it."""

import io
import warnings
from typing import Final

from PIL import Image, UnidentifiedImageError

FORMATS: Final = ("PNG", "JPEG", "WEBP")


def sides_of(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a picture in points; None where it is none of the kinds that are taken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                return picture.width, picture.height
    except (
        *(OSError, ValueError, SyntaxError, EOFError, Warning),
        *(UnidentifiedImageError, Image.DecompressionBombError),
    ):
        return None
