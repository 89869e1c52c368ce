"""The text of a file, in whichever encoding it came."""

from typing import Final

from noroshi.advisories.domain.inventory.assets import UnreadableInventoryError

MOST_BYTES: Final = 64 * 1024 * 1024
ENCODINGS: Final = ("utf-8-sig", "cp932", "euc_jp")
"""In the order in which they are tried; UTF-16 is told by its mark."""


def decoded(body: bytes) -> str:
    """Return the text of a file. Raises UnreadableInventoryError where it is too long, or in no encoding known here."""
    if len(body) > MOST_BYTES:
        raise UnreadableInventoryError(f"more than {MOST_BYTES:,} bytes")
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableInventoryError("the encoding is not known: UTF-8, UTF-16, CP932 and EUC-JP are")
