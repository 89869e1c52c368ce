"""What a file is, what it is called, and what is left of it when it is clean."""

import io
import zipfile
import zlib
from contextlib import suppress

import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from factories import files
from noroshi.sharing.domain import archives, cleaning
from noroshi.sharing.domain.file_kinds import FileKind, Refusal, Unfit
from noroshi.sharing.domain.file_names import clean_name, neutral_name

# What it is


@pytest.mark.parametrize(
    ("data", "name", "kind", "charset"),
    [
        (files.picture("PNG"), "a.exe", "png", ""),
        (files.picture("JPEG"), "", "jpeg", ""),
        (files.picture("GIF"), "a.html", "gif", ""),
        (files.picture("WEBP"), "a.png", "webp", ""),
        (files.pdf(), "report.docx", "pdf", ""),
        (files.office("word"), "a", "docx", ""),
        (files.office("xl"), "a", "xlsx", ""),
        (files.office("ppt"), "a", "pptx", ""),
        (b"\xd4\xc3\xb2\xa1" + b"\0" * 20, "a.pcap", "capture", ""),
        (files.zipped({"a.txt": "x", "b/c.csv": "1,2"}), "a.zip", "zip", ""),
        (archives.wrap(files.PE, "x"), "a.zip", "sample", ""),
        ("検知した値\n".encode(), "a.txt", "text", "utf-8"),
        ("検知した値\n".encode("cp932"), "a.csv", "text", "shift_jis"),
        ("検知した値\n".encode("euc_jp"), "a.csv", "text", "euc-jp"),
        ("検知した値\n".encode("iso2022_jp"), "a.eml", "text", "iso-2022-jp"),
        ("検知した値\n".encode("utf-16"), "a.txt", "text", "utf-16"),
    ],
)
def test_kind_when_asked_then_the_content_decides(data, name, kind, charset):
    known = archives.identify(data, name)
    assert (known.kind, known.charset) == (kind, charset)


REFUSED = {
    "nothing": (b"", "a.txt", Refusal.EMPTY),
    "program": (files.PE, "holiday.jpg", Refusal.EXECUTABLE),
    "linux program": (b"\x7fELF" + b"\0" * 20, "a.pdf", Refusal.EXECUTABLE),
    "shortcut": (b"L\0\0\0\x01\x14\x02\0" + b"\0" * 9, "a.txt", Refusal.EXECUTABLE),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9, "a.doc", Refusal.OLD_OFFICE),
    "rtf": (b"{\\rtf1 x}", "a.rtf", Refusal.OLD_OFFICE),
    "7z": (b"7z\xbc\xaf\x27\x1c", "a.7z", Refusal.OTHER_ARCHIVE),
    "gzip": (b"\x1f\x8b\x08", "a.gz", Refusal.OTHER_ARCHIVE),
    "shell": (b"#!/bin/sh\nrm", "a.txt", Refusal.SCRIPT),
    "powershell": (b"Write-Host x", "a.ps1", Refusal.SCRIPT),
    "html": (b" \n<!DOCTYPE  html><p>x", "a.txt", Refusal.SCRIPT),
    "svg": (b'<?xml version="1.0"?><svg onload="x">', "a.txt", Refusal.SCRIPT),
    "svg in utf-16": ('<?xml version="1.0"?><svg>'.encode("utf-16"), "a.txt", Refusal.SCRIPT),
    "noise": (bytes(range(256)), "a.txt", Refusal.UNKNOWN),
    "macro": (files.office(**{"word/vbaProject.bin": b"x"}), "a.docx", Refusal.MACRO),
    "macro by type": (
        files.zipped({**files.office_parts(), "[Content_Types].xml": "application/macroEnabled"}),
        "a.docx",
        Refusal.MACRO,
    ),
    "zipped program": (files.zipped({"a.txt": "x", "b.jpg": files.PE}), "a.zip", Refusal.EXECUTABLE),
    "zipped script": (files.zipped({"a.vbs": "x"}), "a.zip", Refusal.SCRIPT),
    "zipped twice program": (files.zipped({"a.zip": files.zipped({"b": files.PE})}), "a.zip", Refusal.EXECUTABLE),
    "zipped thrice": (
        files.zipped({"a.zip": files.zipped({"b.zip": files.zipped({"c.txt": "x"})})}),
        "a.zip",
        Refusal.NESTED,
    ),
    "way out": (files.zipped({"../../etc/passwd": "x"}), "a.zip", Refusal.HIDDEN_PATH),
    "way out of windows": (files.zipped({"C:\\a.txt": "x"}), "a.zip", Refusal.HIDDEN_PATH),
    "bomb": (files.zipped({"a.txt": b" " * 30_000_000}), "a.zip", Refusal.BOMB),
    "many": (files.zipped({f"{number}.txt": "" for number in range(1001)}), "a.zip", Refusal.BOMB),
    "cut off": (files.zipped({"a.txt": "x" * 999})[:-30], "a.zip", Refusal.BROKEN_ARCHIVE),
    "office bomb": (files.office(**{"word/x.xml": b" " * 30_000_000}), "a.docx", Refusal.BOMB),
}


@pytest.mark.parametrize(("data", "name", "reason"), REFUSED.values(), ids=REFUSED)
def test_file_when_it_is_none_of_ours_then_the_reason_is_named(data, name, reason):
    with pytest.raises(Unfit) as refused:
        archives.identify(data, name)
    assert refused.value.reason is reason


def test_archive_when_its_directory_lies_about_sizes_then_what_comes_out_counts():
    data = bytearray(files.zipped({"a.txt": b" " * 30_000_000}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with pytest.raises(Unfit) as refused:
        archives.identify(bytes(data), "a.zip")
    assert refused.value.reason in {Refusal.BOMB, Refusal.BROKEN_ARCHIVE}


@given(data=st.binary(max_size=300), name=st.text(max_size=20), start=st.sampled_from([b"", b"PK\x03\x04", b"%PDF-"]))
@settings(max_examples=150, deadline=None)
def test_file_when_it_is_any_bytes_then_it_is_known_or_refused(data, name, start):
    for look in (lambda: archives.identify(start + data, name), lambda: archives.require_encrypted(start + data)):
        with suppress(Unfit):
            assert look().kind in FileKind


# Samples


def test_sample_when_wrapped_then_it_opens_by_the_customary_password_alone_and_tells_no_time():
    wrapped = archives.wrap(files.PE, "x.bin")
    assert archives.require_encrypted(wrapped).kind is FileKind.SAMPLE
    with pyzipper.AESZipFile(io.BytesIO(wrapped)) as archive:
        assert [info.date_time for info in archive.infolist()] == [(1980, 1, 1, 0, 0, 0)]
        with pytest.raises(RuntimeError):
            archive.read("x.bin", pwd=b"wrong")
        assert archive.read("x.bin", pwd=b"infected") == files.PE
    assert files.PE not in wrapped


@pytest.mark.parametrize(
    "data", [files.PE, files.zipped({"a.exe": files.PE}), files.zipped({}), b"PK\x03\x04 cut"], ids=range(4)
)
def test_sample_when_it_is_not_encrypted_then_it_is_refused(data):
    with pytest.raises(Unfit):
        archives.require_encrypted(data)


def test_sample_when_only_some_of_it_is_encrypted_then_it_is_refused():
    out = io.BytesIO(archives.wrap(files.PE, "x.bin"))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run me.exe", files.PE)
    for look in (archives.require_encrypted, lambda data: archives.identify(data, "a.zip")):
        with pytest.raises(Unfit) as refused:
            look(out.getvalue())
        assert refused.value.reason is Refusal.NOT_ENCRYPTED


# Clean


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_picture_when_clean_then_its_points_are_left_and_nothing_else(kind):
    data = files.picture(kind)
    if kind != "PNG":
        assert files.SECRET.encode() in data
    clean = cleaning.clean(data, FileKind(kind.lower()))
    picture = Image.open(io.BytesIO(clean))
    assert (files.SECRET.encode() in clean, dict(picture.getexif()), picture.info.get("icc_profile")) == (
        False,
        {},
        None,
    )
    red, green, blue = picture.convert("RGB").getpixel((3, 3))
    assert (abs(red - 200) < 9, abs(green - 30) < 9, abs(blue - 30) < 9, picture.size) == (True, True, True, (24, 16))


def test_picture_when_it_lay_on_its_side_then_it_stands():
    image = Image.new("RGB", (24, 16), (1, 2, 3))
    exif = image.getexif()
    exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif.tobytes())
    assert Image.open(io.BytesIO(cleaning.clean(out.getvalue(), FileKind.JPEG))).size == (16, 24)


def test_pdf_when_clean_then_its_pages_are_left_and_nobody_is_named():
    data = files.pdf()
    clean = cleaning.clean(data, FileKind.PDF)
    assert files.SECRET.encode() in data
    reader = PdfReader(io.BytesIO(clean))
    note = reader.pages[0]["/Annots"][0].get_object()
    assert (len(reader.pages), reader.metadata, reader.xmp_metadata, "/ID" in reader.trailer) == (1, None, None, False)
    assert (note["/Contents"], "/T" in note) == ("読んだ", False)
    photo = reader.pages[0]["/Resources"]["/XObject"]["/Im0"]
    assert Image.open(io.BytesIO(photo._data)).size == (24, 16)
    assert files.SECRET.encode() not in clean + photo._data + b"".join(_streams(clean))


def test_pdf_when_it_was_written_again_at_its_end_then_the_earlier_words_are_gone():
    data = files.pdf()
    assert cleaning.clean(data + b"\n% " + files.SECRET.encode(), FileKind.PDF).count(files.SECRET.encode()) == 0


@pytest.mark.parametrize("folder", ["word", "xl", "ppt"])
def test_office_file_when_clean_then_its_words_are_left_and_nobody_is_named(folder):
    data = files.office(folder)
    assert files.everything_in(data).count(files.SECRET.encode()) >= 12
    clean = cleaning.clean(data, FileKind.DOCX)
    everything = files.everything_in(clean)
    assert everything.count(files.SECRET.encode()) == 0
    assert [word for word in (b"00AB12CD", b"2026-11-22", b"thumbnail") if word in everything] == []
    with zipfile.ZipFile(io.BytesIO(clean)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        text = archive.read(f"{folder}/document.xml").decode()
    assert '<w:p><w:ins w:author="-" w:date="2000-01-01T00:00:00Z"><w:r><w:t>本文 author=&quot;x&quot;</w:t>' in text
    assert archives.identify(clean, "x").kind in FileKind


UNCLEAN = {
    "locked pdf": (files.pdf(locked=True), FileKind.PDF),
    "pdf with a file": (files.pdf(attached=True), FileKind.PDF),
    "half a pdf": (files.pdf()[:400], FileKind.PDF),
    "half a picture": (files.picture("PNG")[:60], FileKind.PNG),
    "office with a file": (files.office(**{"word/embeddings/a.bin": b"x"}), FileKind.DOCX),
    "office with a film": (files.office(**{"word/media/a.mp4": b"x"}), FileKind.DOCX),
    "office with entities": (files.office(**{"word/x.xml": "<!DOCTYPE x []><x/>"}), FileKind.DOCX),
    "capture": (b"\xd4\xc3\xb2\xa1", FileKind.CAPTURE),
    "archive": (files.zipped({"a.txt": "x"}), FileKind.ZIP),
    "sample": (archives.wrap(b"x", "x"), FileKind.SAMPLE),
    "film": (None, FileKind.GIF),
}


@pytest.mark.parametrize(("data", "kind"), UNCLEAN.values(), ids=UNCLEAN)
def test_file_when_it_cannot_be_cleaned_with_certainty_then_it_is_refused(data, kind):
    if data is None:
        out, frames = io.BytesIO(), [Image.new("RGB", (4, 4), (number * 90, 0, 0)) for number in range(3)]
        frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=9)
        data = out.getvalue()
    with pytest.raises(Unfit):
        cleaning.clean(data, kind)


def _streams(data):
    """What is packed inside a PDF."""
    for part in data.split(b"stream\n")[1:]:
        try:
            yield zlib.decompressobj().decompress(part)
        except zlib.error:
            continue


# Names


@pytest.mark.parametrize(
    ("name", "kind", "clean"),
    [
        ("報告書.pdf", FileKind.PDF, "報告書.pdf"),
        ("../../etc/passwd", FileKind.TEXT, "passwd.txt"),
        ("C:\\Users\\x\\a.PNG", FileKind.PNG, "a.PNG"),
        ("report\u202efdp.exe", FileKind.PDF, "report_fdp.exe.pdf"),
        ("a.pdf.exe", FileKind.PDF, "a.pdf.exe.pdf"),
        ("a\r\nSet-Cookie: x.txt", FileKind.TEXT, "a Set-Cookie_ x.txt"),
        ("\u200b.\u200b", FileKind.ZIP, "_.zip"),
        ("CON.txt", FileKind.TEXT, "_CON.txt"),
        ("", FileKind.JPEG, "_.jpg"),
        ("mail.eml", FileKind.TEXT, "mail.eml.txt"),
        ("か\u3099.csv", FileKind.TEXT, "が.csv"),
        ("x" * 500 + ".png", FileKind.PNG, "x" * 116 + ".png"),
    ],
)
def test_name_when_cleaned_then_it_is_one_plain_name_that_fits_what_the_file_is(name, kind, clean):
    assert clean_name(name, kind) == clean


@given(name=st.text(max_size=200), kind=st.sampled_from(FileKind))
@settings(max_examples=200, deadline=None)
def test_name_when_it_is_any_text_then_the_clean_one_is_short_visible_and_clean_already(name, kind):
    clean = clean_name(name, kind)
    assert len(clean) <= 120
    assert clean.isprintable()
    assert not set(clean) & set('/\\<>:"|?*\r\n\0')
    assert clean_name(clean, kind) == clean


def test_name_when_neutral_then_only_its_place_and_ending_are_left():
    assert neutral_name(2, FileKind.TEXT, "Bank A values.csv") == "attachment-2.csv"
