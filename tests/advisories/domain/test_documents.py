"""What a file holds, document by document: whole ones, lines, archives, archives of archives, bombs."""

import gzip
import io
import json
import tarfile
import zipfile

import pytest

from noroshi.advisories.domain.documents import documents, documents_in
from noroshi.advisories.domain.records import RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

ONE, TWO = (json.dumps({"id": name}).encode() for name in ("one", "two"))


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def tarred(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return out.getvalue()


CVES = {"cves/2099/CVE-2099-1.json": ONE, "cves/2099/CVE-2099-2.json": TWO, "cves/delta.json": b"{}", "README.md": b"x"}


def read(body, kind=SourceKind.CVE5):
    return [each.body.strip() or each.refused.reason for each in documents(io.BytesIO(body), kind, "file")]


@pytest.mark.parametrize(
    "body",
    [
        ONE + b"\n" + TWO + b"\n",
        gzip.compress(ONE + b"\n" + TWO),
        zipped(CVES),
        zipped({"all.zip": zipped(CVES)}),
        tarred(CVES),
        gzip.compress(tarred(CVES)),
    ],
    ids=["lines", "packed lines", "zip", "zip in a zip", "tar", "tar.gz"],
)
def test_documents_come_one_by_one_in_whatever_way_they_are_packed(body):
    assert read(body) == [ONE, TWO]


def test_a_file_that_is_one_document_comes_whole():
    pretty = json.dumps({"id": "one", "more": {}}, indent=1).encode()
    assert read(pretty) == read(gzip.compress(pretty)) == [pretty]
    assert read(ONE + b"\n" + TWO, SourceKind.KEV) == [ONE + b"\n" + TWO]


def test_what_is_broken_or_a_bomb_keeps_nothing_else_out():
    bomb = {**CVES, "cves/CVE-2099-3.json": bytes(3_000_000), "cves/CVE-2099-4.json": TWO}
    assert read(zipped(bomb)) == [ONE, TWO, RefusedBecause.TOO_LARGE, TWO]
    assert read(zipped(CVES)[:-30]) == [RefusedBecause.SHAPE]
    assert read(gzip.compress(ONE * 9)[:-9]) == [RefusedBecause.SHAPE]
    assert read(zipped({"a.zip": zipped({"CVE-1.json": ONE, "b.zip": zipped(CVES)})})) == [ONE]  # opened once
    long = b'{"a": "' + b"x" * (4 * 1024 * 1024) + b'"}'
    assert read(ONE + b"\n" + TWO + b"\n" + long + b"\n" + ONE) == [ONE, TWO, RefusedBecause.TOO_LARGE, ONE]


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path):
    for name, body in (("b/CVE-2099-2.json", TWO), ("a/CVE-2099-1.json", ONE), ("a/notes.txt", b"x")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(body)
    assert [(each.number, each.body) for each in documents_in(tmp_path, SourceKind.CVE5)] == [(1, ONE), (2, TWO)]
