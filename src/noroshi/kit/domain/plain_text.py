"""What people type, made readable for everybody: no control character acts in it, and none deceives."""

import re
from typing import Final

# Every control character but tab and line feed; halves of characters that JSON may name and no encoding can write.
UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Marks, embeddings, overrides and isolates that turn the direction of what follows (UAX 9, section 2).
TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """Return `text` as one readable line."""
    return " ".join(readable(text).split())


def readable(text: str) -> str:
    r"""Return `text` as everybody reads it: no control characters, and those that turn the direction spelt out.

    `report\u202efdp.exe` looks like `reportexe.pdf`; shown as `report[U+202E]fdp.exe` it deceives nobody, and an
    analyst can still tell of it.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return TURNING.sub(lambda found: f"[U+{ord(found[0]):04X}]", UNWRITABLE.sub("", plain)).strip()
