"""Files without what they tell of their makers: who, where, when, with which program.

A picture is drawn anew from its points; of a PDF only what its pages need is written again; an Office file is zipped
again with its properties emptied. What cannot be cleaned with certainty raises `Unfit`: half-cleaned is not clean.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from typing import Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from noroshi.sharing.domain.archives import members_of
from noroshi.sharing.domain.file_kinds import FileKind, Refusal, Unfit

MOST_POINTS: Final = 60_000_000
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_PICTURES: Final[dict[FileKind, tuple[str, dict[str, Any]]]] = {
    FileKind.PNG: ("PNG", {"optimize": False}),
    FileKind.JPEG: ("JPEG", {"quality": 92}),
    FileKind.GIF: ("GIF", {}),
    FileKind.WEBP: ("WEBP", {"lossless": True}),
}


def can_clean(kind: FileKind) -> bool:
    """Whether there is a way to clean files of this kind."""
    return kind in _CLEANERS


def clean(data: bytes, kind: FileKind) -> bytes:
    """Return the file without its metadata; raise Unfit where that cannot be done."""
    if not can_clean(kind):
        raise Unfit(Refusal.UNCLEANABLE_KIND)
    return _CLEANERS[kind](data)


def _clean_picture(kind: FileKind) -> Callable[[bytes], bytes]:
    name, options = _PICTURES[kind]

    def redrawn(data: bytes) -> bytes:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                return _redrawn(data, name, options)
        except (OSError, ValueError, SyntaxError, EOFError, UnidentifiedImageError, Warning) as error:
            raise Unfit(Refusal.UNCLEANABLE) from error

    return redrawn


def _redrawn(data: bytes, name: str, options: dict[str, Any]) -> bytes:
    """Draw a picture anew from its points alone, turned as its metadata said; one that moves is not cleaned."""
    with Image.open(io.BytesIO(data), formats=[name]) as picture:
        if picture.width * picture.height > MOST_POINTS or getattr(picture, "n_frames", 1) > 1:
            raise Unfit(Refusal.UNCLEANABLE)
        upright = ImageOps.exif_transpose(picture)
        plain = upright.convert("RGB") if name == "JPEG" else _in_plain_mode(upright)
        fresh = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    out = io.BytesIO()
    fresh.save(out, name, **options)
    return out.getvalue()


def _in_plain_mode(picture: Image.Image) -> Image.Image:
    if picture.mode in {"L", "RGB", "RGBA"}:
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _clean_pdf(data: bytes) -> bytes:
    from noroshi.sharing.domain.cleaning_pdf import clean_pdf  # noqa: PLC0415 - seven megabytes of every process

    return clean_pdf(data)


# Office Open XML

_EMPTY_PARTS: Final = {
    "docProps/core.xml": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>',
    "docProps/app.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docMetadata/LabelInfo.xml": b'<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"/>',
    "docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}
_XML: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TAG: Final = re.compile(rb"<[A-Za-z_][^<>]*>")
_QUOTED: Final = rb"""("[^"]*"|'[^']*')"""
_PREFIX: Final = rb"""\s(?:[A-Za-z_][\w.-]*:)?"""
_EDITING: Final = re.compile(_PREFIX + rb"(rsid\w*|paraId|textId|durableId)\s*=\s*" + _QUOTED)
_BY: Final = re.compile(rb"(" + _PREFIX + rb"(?:author|initials|userName|lastEditedBy)\s*=\s*)" + _QUOTED)
_AT: Final = re.compile(rb"(" + _PREFIX + rb"(?:date|dateUtc|dT|dt|created)\s*=\s*)" + _QUOTED)
_NAMED: Final = re.compile(rb"(" + _PREFIX + rb"(?:name|displayName|userId)\s*=\s*)" + _QUOTED)
_EMPTIED: Final = re.compile(rb"(<(?:[\w.-]+:)?author(?:\s[^<>]*)?>)[^<]*(</)")
_DROPPED: Final = re.compile(
    rb"<((?:[\w.-]+:)?(?:rsids|absPath|fileSharing|attachedTemplate|docId|docVars))\b(?:[^<>]*/>|.*?</\1\s*>)",
    re.DOTALL,
)
_LINK: Final = re.compile(rb"""<Relationship\b[^<>]*\bTarget=["'][^"']*(?:printerSettings|thumbnail)[^<>]*>""")
_PAGE: Final = re.compile(rb"""(<(?:[\w.-]+:)?pageSetup\b[^<>]*?)\s[\w.-]+:id\s*=\s*(?:"[^"]*"|'[^']*')""")
_PICTURE_PARTS: Final = {"png": FileKind.PNG, "jpg": FileKind.JPEG, "jpeg": FileKind.JPEG, "gif": FileKind.GIF}
_DROPPED_PARTS: Final = re.compile(r"/printerSettings/|^docProps/thumbnail", re.IGNORECASE)
_CUSTOM_PARTS: Final = re.compile(r"^customXml/item\d+\.xml$", re.IGNORECASE)
_PEOPLE: Final = re.compile(r"(people|person\d*|persons/[^/]*|commentAuthors|authors)\.xml$", re.IGNORECASE)


def _clean_office(data: bytes) -> bytes:
    """Zip an Office file again, its parts in the same order, at no time, by nobody.

    A part that is neither XML nor a picture (an embedded file, a film) cannot be cleaned, nor can the file.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members_of(data):
            if info.is_dir() or _DROPPED_PARTS.search(info.filename):
                continue
            part = zipfile.ZipInfo(info.filename, _EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, _clean_part(info.filename, content))
    return out.getvalue()


def _clean_part(name: str, content: bytes) -> bytes:
    if name in _EMPTY_PARTS:
        return _XML + _EMPTY_PARTS[name]
    if _CUSTOM_PARTS.search(name):
        return _XML + b"<empty/>"
    if name.lower().endswith((".xml", ".rels", ".vml")):
        return _clean_xml(name, content)
    kind = _PICTURE_PARTS.get(name.rpartition(".")[2].lower())
    if kind is None:
        raise Unfit(Refusal.UNCLEANABLE)
    return clean(content, kind)


def _clean_xml(name: str, content: bytes) -> bytes:
    """Take names, moments and editing numbers out of the tags; the words between them stay as they are."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unfit(Refusal.UNCLEANABLE)
    people = _PEOPLE.search(name)

    def neutral(tag: re.Match[bytes]) -> bytes:
        text = _AT.sub(rb'\1"2000-01-01T00:00:00Z"', _BY.sub(rb'\1"-"', _EDITING.sub(b"", tag[0])))
        return _NAMED.sub(rb'\1"-"', text) if people else text

    plain = _EMPTIED.sub(rb"\1-\2", _DROPPED.sub(b"", _TAG.sub(neutral, content)))
    return _PAGE.sub(rb"\1", _LINK.sub(b"", plain))


_CLEANERS: Final[dict[FileKind, Callable[[bytes], bytes]]] = {
    **{kind: _clean_picture(kind) for kind in _PICTURES},
    FileKind.PDF: _clean_pdf,
    FileKind.DOCX: _clean_office,
    FileKind.XLSX: _clean_office,
    FileKind.PPTX: _clean_office,
    FileKind.TEXT: bytes,
}
