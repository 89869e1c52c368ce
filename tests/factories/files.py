"""Files as people bring them, with all that they should not tell: made here, so that every byte is known."""

import io
import zipfile
from typing import Final

from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import Text
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

SECRET: Final = "yamadaofbanka"
"""What every file made here tells of its maker, in each place where such files do."""

PE: Final = b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00"
XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def picture(kind="JPEG", size=(24, 16), **options) -> bytes:
    """A picture with Exif (maker, place), XMP, a colour profile and a comment."""
    image = Image.new("RGB", size, (200, 30, 30))
    exif = image.getexif()
    exif[0x013B] = exif[0x010F] = SECRET
    exif.get_ifd(0x8825)[29] = SECRET
    if kind != "GIF":
        options = {"exif": exif.tobytes(), "icc_profile": SECRET.encode() * 4, **options}
    if kind in {"JPEG", "WEBP"}:
        options["xmp"] = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
    if kind in {"JPEG", "GIF"}:
        options["comment"] = SECRET.encode()
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pdf(**extras) -> bytes:
    """A PDF with an information dictionary, XMP, a note by somebody, and a photograph with Exif."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": SECRET, "/Title": SECRET, "/Producer": SECRET})
    metadata = DecodedStreamObject()
    metadata.set_data(f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode())
    metadata.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    writer.root_object[NameObject("/Metadata")] = writer._add_object(metadata)
    note = Text(rect=(10, 10, 60, 60), text="読んだ", title_bar=SECRET)
    writer.add_annotation(0, note)
    photo = DecodedStreamObject()
    photo.set_data(picture())
    photo.update({NameObject("/Subtype"): NameObject("/Image"), NameObject("/Filter"): NameObject("/DCTDecode")})
    objects = DictionaryObject({NameObject("/Im0"): writer._add_object(photo)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): objects})
    page[NameObject("/LastModified")] = TextStringObject(SECRET)
    if extras.get("attached"):
        writer.add_attachment("hidden.txt", SECRET.encode())
    if extras.get("locked"):
        writer.encrypt("word", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(members: dict[str, bytes | str], **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", options.get("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def office_parts(folder="word") -> dict[str, bytes | str]:
    """The parts of an Office file, told of by its maker in every way that Word, Excel and PowerPoint have."""
    return {
        "[Content_Types].xml": XML + "<Types/>",
        "_rels/.rels": XML + '<Relationships><Relationship Id="r1" Type="t" Target="docProps/thumbnail.jpeg"/>'
        '<Relationship Id="r2" Type="t" Target="word/document.xml"/></Relationships>',
        "docProps/core.xml": XML + f"<c><dc:creator>{SECRET}</dc:creator><m>{SECRET}</m></c>",
        "docProps/app.xml": XML + f"<Properties><Company>{SECRET}</Company></Properties>",
        "docProps/custom.xml": XML + f"<Properties><property>{SECRET}</property></Properties>",
        "docProps/thumbnail.jpeg": picture(),
        "docMetadata/LabelInfo.xml": XML + f"<clbl:labelList>{SECRET}</clbl:labelList>",
        "customXml/item1.xml": XML + f"<x>{SECRET}</x>",
        f"{folder}/document.xml": XML + f'<w:document xmlns:w="{WORD}"><w:p w:rsidR="00AB12CD">'
        f'<w:ins w:author="{SECRET}" w:date="2026-11-22T09:00:00Z">'
        "<w:r><w:t>本文 author=&quot;x&quot;</w:t></w:r></w:ins></w:p></w:document>",
        f"{folder}/settings.xml": XML + '<w:settings><w:rsids><w:rsid w:val="00AB12CD"/></w:rsids>'
        f'<w:attachedTemplate w:val="{SECRET}"/></w:settings>',
        f"{folder}/comments.xml": XML
        + f"<w:comments><w:comment w:initials='{SECRET}' w:author=\"{SECRET}\">意見</w:comment>"
        f"<authors><author>{SECRET}</author></authors></w:comments>",
        f"{folder}/people.xml": XML + f'<w15:people><w15:person w15:author="{SECRET}">'
        f'<w15:presenceInfo userId="{SECRET}"/></w15:person></w15:people>',
        f"{folder}/workbook.xml": XML + f'<w><mc:Choice><x15ac:absPath url="C:\\Users\\{SECRET}\\"/></mc:Choice></w>',
        f"{folder}/media/image1.jpeg": picture(),
    }


def office(folder="word", **more) -> bytes:
    return zipped({**office_parts(folder), **more})


def everything_in(data: bytes) -> bytes:
    """The bytes of a file, and of what it holds."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join([data, *(archive.read(name) for name in archive.namelist())])
