"""PDFs without what they tell of their makers; loaded when the first one comes."""

import io
from collections.abc import Iterator
from typing import Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from noroshi.sharing.domain.file_kinds import Refusal, Unfit

_TELLING: Final = frozenset(
    {"/Metadata", "/PieceInfo", "/LastModified", "/Author", "/Creator", "/Producer", "/CreationDate", "/ModDate"}
)
_TELLING_OF_NOTES: Final = frozenset({"/T", "/M", "/NM", "/RC"})
_CARRYING: Final = frozenset({"/EmbeddedFiles", "/EmbeddedFile", "/JavaScript", "/JS", "/Launch", "/RichMedia"})
_MOST_OBJECTS: Final = 500_000


def clean_pdf(data: bytes) -> bytes:
    """Write again what hangs on the root, so that earlier revisions and the information dictionary stay behind."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Unfit(Refusal.UNCLEANABLE)
        writer = PdfWriter()
        writer.clone_reader_document_root(reader)
        writer.metadata = None
        for thing in _things_in(writer.root_object):
            _strip(thing)
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        out = io.BytesIO()
        writer.write(out)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError, IndexError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(Refusal.UNCLEANABLE) from error
    return out.getvalue()


def _things_in(root: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield every dictionary and stream that can be reached from `root`, once."""
    waiting: list[Any] = [root]
    seen: set[int] = set()
    while waiting:
        thing = waiting.pop()
        thing = thing.get_object() if isinstance(thing, IndirectObject) else thing
        if id(thing) in seen or not isinstance(thing, (DictionaryObject, ArrayObject)):
            continue
        seen.add(id(thing))
        if len(seen) > _MOST_OBJECTS:
            raise Unfit(Refusal.UNCLEANABLE)
        if isinstance(thing, DictionaryObject):
            yield thing
            waiting.extend(thing.raw_get(key) for key in thing)
        else:
            waiting.extend(thing)


def _strip(thing: DictionaryObject) -> None:
    if not _CARRYING.isdisjoint(thing) or thing.get("/Type") == "/EmbeddedFile" or thing.get("/S") in _CARRYING:
        raise Unfit(Refusal.UNCLEANABLE)
    is_note = "/Rect" in thing and thing.get("/Subtype") != "/Widget"
    for key in [key for key in thing if key in _TELLING or (is_note and key in _TELLING_OF_NOTES)]:
        del thing[key]
    filters = thing.get("/Filter")
    if isinstance(thing, StreamObject) and filters in ("/DCTDecode", ["/DCTDecode"]):
        thing._data = without_segments(thing._data)  # noqa: SLF001 - set_data would decode and encode the picture


def without_segments(jpeg: bytes) -> bytes:
    """Return a JPEG stream without its application and comment segments, but Adobe's, which says how colours are."""
    if not jpeg.startswith(b"\xff\xd8"):
        raise Unfit(Refusal.UNCLEANABLE)
    kept, place = [jpeg[:2]], 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF:  # noqa: PLR2004 - what every marker begins with
        marker, length = jpeg[place + 1], int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if marker == _SCAN:
            break
        if marker not in _TOLD_BY_MAKERS:
            kept.append(jpeg[place : place + 2 + length])
        place += 2 + length
    return b"".join([*kept, jpeg[place:]])


_SCAN: Final = 0xDA
_TOLD_BY_MAKERS: Final = frozenset({*range(0xE1, 0xF0), 0xFE}) - {0xEE}
"""The application segments but the first (JFIF) and Adobe's, and comments."""
