"""Names of files: made harmless, and those that look like others told."""

import re
import unicodedata
from typing import Final

from noroshi.kit.domain.plain_text import TURNING, UNWRITABLE
from noroshi.sharing.domain.file_kinds import LOOKS, FileKind, ending_of

MAX_NAME: Final = 120
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2064\ufeff\ufff9-\ufffb]"
)
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(name: str, kind: FileKind) -> str:
    """Return a name that is one plain file name, as readers see it, with an ending that fits what the file is."""
    plain = name.replace("\\", "/").rpartition("/")[2]
    plain = _FORBIDDEN.sub("_", _INVISIBLE.sub("", TURNING.sub("_", UNWRITABLE.sub("", plain))))
    plain = "".join(char for char in plain if char.isprintable() or char.isspace())
    # What stood apart may have come together: composed and spaced last, so that a clean name is clean already.
    plain = " ".join(unicodedata.normalize("NFC", plain).split()).strip(" .")
    if not plain or _RESERVED.match(plain):
        plain = f"_{plain}"
    endings = LOOKS[kind].endings
    stem, ending = plain, endings[0]
    if ending_of(plain) in endings:
        stem, _dot, ending = plain.rpartition(".")
    return f"{stem[: MAX_NAME - len(ending) - 1].rstrip(' .') or '_'}.{ending}"


def neutral_name(place: int, kind: FileKind, name: str) -> str:
    """Return a name that says nothing of who made the file: its place among the others, and its ending."""
    return f"attachment-{place}.{ending_of(clean_name(name, kind))}"
