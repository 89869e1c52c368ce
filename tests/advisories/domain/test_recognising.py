"""Of what kind a document is: told by what its format alone has, and by nothing where another could have it too."""

import gzip
import io
import json
import zipfile

import pytest

from noroshi.advisories.domain.documents import documents, documents_in
from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.recognising import kind_of, kinds_of
from noroshi.advisories.domain.records import Record
from noroshi.advisories.domain.sources import SourceKind

MARKED = {
    "cve5": {"containers": {"cna": {}}, "cveMetadata": {"cveId": "CVE-2099-1"}},
    "kev": {"catalogVersion": "1", "dateReleased": "2099-01-01T00:00:00Z", "vulnerabilities": []},
    "nvd": {"resultsPerPage": 0, "format": "NVD_CVE", "version": "2.0", "vulnerabilities": []},
    "osv": {"id": "OSV-2099-1", "modified": "2099-01-01T00:00:00Z", "affected": []},
    "ghsa": {"ghsa_id": "GHSA-xxxx-xxxx-xxxx", "html_url": "https://github.com/advisories/GHSA-xxxx-xxxx-xxxx"},
    "csaf": {"document": {"csaf_version": "2.0", "tracking": {"id": "x"}}},
    "jvn_oka": {"$schema": "https://jvndb.jvn.jp/schema/myjvn_feed_1.0.json?1", "feed": {"entry": []}},
    "feed": {"version": "https://jsonfeed.org/version/1.1", "items": []},
}
RSS_1 = '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="r"><channel><link>%s</link></channel>%s</rdf:RDF>'
WRITTEN = {
    "an RSS 2.0": (b'<?xml version="1.0"?>\n<!-- a --><rss version="2.0"><channel/></rss>', "feed"),
    "an Atom in UTF-16": ('<feed xmlns="http://www.w3.org/2005/Atom"/>'.encode("utf-16"), "feed"),
    "an RSS 1.0": ((RSS_1 % ("https://example.com/", "")).encode(), "feed"),
    "JPCERT/CC's": ((RSS_1 % ("https://www.jpcert.or.jp/", "")).encode(), "jpcert"),
    "one that names JPCERT/CC": (
        (RSS_1 % ("x", "<item><link>https://www.jpcert.or.jp/</link></item>")).encode(),
        "feed",
    ),
    "JVN's": ((RSS_1 % ("x", "<item><sec:identifier>JVNDB-2099-1</sec:identifier></item>")).encode(), "jvn_rss"),
    "MyJVN's list": ((RSS_1 % ("x", '<status:Status retCd="0"/>')).encode(), "jvn_hnd"),
    "MyJVN's vulnerability": (b'<VULDEF-Document xmlns="http://jvn.jp/vuldef/"/>', "jvn_hnd"),
    "EPSS": (b"#model_version:v1,score_date:2099-01-01\ncve,epss,percentile\n", "epss"),
    "KEV's CSV": (b"\xef\xbb\xbfcveID,vendorProject,product\n", "kev"),
    "a mail": (b"Received: x\nFrom: a@example.com\nMessage-ID: <1@example.com>\n\ntext\n", "mail"),
}
UNTOLD = {
    "nothing": b"",
    "a JSON that is broken": b'{"cveMetadata": {}, "containers": ',
    "a JSON nested without end": b'{"document": ' * 100_000,
    "an empty list": b"[]",
    "a list of numbers": b"[1]",
    "an object of everybody's": b'{"id": "1", "modified": "2099", "name": "x"}',
    "a list of vulnerabilities": b'{"vulnerabilities": []}',
    "a bill of materials": b'{"bomFormat": "CycloneDX", "version": 1, "vulnerabilities": []}',
    "a bundle of STIX": b'{"type": "bundle", "id": "bundle--1", "objects": []}',
    "a web page": b"<!DOCTYPE html><html><body>x</body></html>",
    "an XML of another": b"<bom/>",
    "RDF without a feed": b'<rdf:RDF xmlns:rdf="r"><rdf:Description/></rdf:RDF>',
    "an XML that declares entities": b'<!DOCTYPE rss [<!ENTITY a "a">]><rss/>',
    "a table of another": b"cve,score\nCVE-2099-1,1\n",
    "a mailbox of many mails": b"From a@example.com Thu\nFrom: a@example.com\nMessage-ID: <1>\n\n",
    "a text that looks like headers": b"Note: x\nFrom: me\n\n",
    "a zip that is none": b"PK\x03\x04",
}


@pytest.mark.parametrize("kind", MARKED)
def test_an_object_is_known_by_its_own_names_wherever_they_stand(kind):
    said = json.dumps({"more": 1, **MARKED[kind], "less": None}, indent=1).encode()
    assert [
        kind_of(said),
        kind_of(b"\xef\xbb\xbf" + said),
        kind_of(b"[" + said + b"]"),
        kind_of(gzip.compress(said)),
    ] == [SourceKind(kind)] * 4


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_no_json_is_known_by_its_beginning(name):
    body, kind = WRITTEN[name]
    assert kind_of(body) == kind


@pytest.mark.parametrize("name", UNTOLD)
def test_what_another_format_could_hold_too_is_told_as_none(name):
    assert kind_of(UNTOLD[name]) is None


def test_an_archive_is_what_its_documents_are_and_says_where_they_differ():
    def packed(*kinds):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("about.json", "{}")
            for number, kind in enumerate(kinds):
                archive.writestr(f"{number}.json", json.dumps(MARKED[kind]))
        out.seek(0)
        return documents(out, None, "x.zip")

    assert kinds_of(packed("cve5", "cve5")) == {"cve5"}
    assert kinds_of(packed("cve5", "osv")) == {"cve5", "osv"}
    assert kinds_of(packed()) == set()


def test_lines_are_known_although_the_first_is_rotten():
    lines = b"\n".join([b"{rotten}", *[json.dumps(MARKED["osv"]).encode()] * 2])
    assert kinds_of(documents(io.BytesIO(lines), None, "x")) == {"osv"}


SAMPLES = {
    "cve5/cve5-records.ndjson": "cve5",
    "cve5/originals/*.json": "cve5",
    "csaf/cisa/*/white/*/*.json": "csaf",
    "csaf/oasis/csaf_2.0/examples/csaf/*.json": "csaf",
    "csaf/oasis/csaf_2.0/examples/csaf/csaf_vex/*.json": "csaf",
    "jvn/hnd/getVuln*.xml": "jvn_hnd",
    "jvn/hnd/getAlertList_hnd.xml": "jvn_hnd",
    "jvn/*/getAlertList_*.json": "jvn_oka",
    "jvn/oka/getVulnDetailInfo_oka_JVNDB-2018-009328.json": "jvn_oka",
    "kev/known_exploited_vulnerabilities.json": "kev",
    "kev/history/*.gz": "kev",
    "kev/*.csv.gz": "kev",
    "epss/*.csv": "epss",
    "osv/*.json": "osv",
    "synthetic/mail/*.eml": "mail",
    "synthetic/jvn-like/*.rdf": "jvn_rss",
    "synthetic/window/*.rdf": "feed",
}


@pytest.mark.parametrize("pattern", SAMPLES)
def test_every_real_sample_is_known_and_its_reader_reads_it(shared_data, pattern):
    paths = sorted((shared_data / "advisories").glob(pattern))
    assert paths
    for path in paths:
        with path.open("rb") as file:
            assert (path.name, kinds_of(documents(file, None, path.name))) == (path.name, {SAMPLES[pattern]})
            first = next(documents(file, SourceKind(SAMPLES[pattern]), path.name))
        assert isinstance(next(READERS[SourceKind(SAMPLES[pattern])](first.body, Given())), Record)


@pytest.mark.parametrize("pattern", ["sbom/*/*", "policy/*", "cve5/schema/*", "kev/*schema*", "synthetic/inventory/*"])
def test_no_real_sample_of_something_else_is_taken_for_a_source(shared_data, pattern):
    for path in (shared_data / "advisories").glob(pattern):
        if path.is_file():
            with path.open("rb") as file:
                assert (path.name, kinds_of(documents(file, None, path.name))) == (path.name, set())


def test_feeds_of_all_sorts_are_feeds_or_nothing(shared_data):
    found = {}
    for path in sorted((shared_data / "advisories/feeds/feedparser/wellformed").rglob("*.xml")):
        found.setdefault(kind_of(path.read_bytes()), []).append(path.name)
    assert set(found) <= {SourceKind.FEED, None}
    assert len(found[SourceKind.FEED]) > 20 * len(found.get(None, ()))


def test_a_folder_of_bulletins_with_its_lists_is_of_one_kind(shared_data):
    assert kinds_of(documents_in(shared_data / "advisories/csaf/cisa/IT", None)) == {"csaf"}
