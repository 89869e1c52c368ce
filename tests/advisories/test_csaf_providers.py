"""CSAF from a provider: found by its metadata, read when it changes, checked against its checksums."""

import hashlib
import io
import json
import tarfile
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from factories.web import Page, web
from noroshi.advisories import actions
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.actions import csaf_providers as acting
from noroshi.advisories.domain.csaf_providers import (
    Entry,
    Mark,
    entries_of_changes,
    entries_of_feed,
    is_provider,
    listings_of,
    marked,
    metadata_address,
    pending,
)
from noroshi.advisories.domain.documents import documents, documents_in
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import DeadLetter, Item, Revision, Source
from noroshi.core.errors import Conflict

CSAF = SourceKind.CSAF
METADATA = "/.well-known/csaf/provider-metadata.json"


def document(name, title="A thing"):
    return json.dumps(
        {
            "document": {
                "category": "csaf_base", "title": title, "publisher": {"namespace": "https://example.com", "name": "E"},
                "tracking": {"id": name, "version": "1", "status": "final"},
            }
        }
    ).encode()  # fmt: skip


def checksum(body, kind="sha512", name="x.json"):
    return f"{hashlib.new(kind, body).hexdigest()}  {name}\n".encode()


class Provider:
    """What a provider publishes: documents with the moments of their last changes."""

    def __init__(self, site):
        self.site = site
        self.documents = {}

    def publish(self, name, day, *, title="A thing", sums=("sha512",), hash_link=True):
        body, path = document(name, title), f"/csaf/2026/{name.lower()}.json"
        self.site.pages[path] = Page(body)
        for kind in sums:
            self.site.pages[f"{path}.{kind}"] = Page(checksum(body, kind))
        self.documents[path] = (f"2026-11-{day:02}T00:00:00Z", sums if hash_link else ())
        self.list()

    def list(self):
        feed = {"feed": {"entry": [self._entry(*each) for each in sorted(self.documents.items(), reverse=True)]}}
        body = json.dumps(feed).encode()
        etag = hashlib.sha256(body).hexdigest()
        self.site.pages["/csaf/feed.json"] = lambda headers: (
            Page(status=304) if headers.get("if-none-match") == etag else Page(body, headers={"ETag": etag})
        )
        lines = [f'"{path.removeprefix("/csaf/")}","{updated}"' for path, (updated, _sums) in self.documents.items()]
        self.site.pages["/csaf/changes.csv"] = Page("\n".join(lines).encode())
        self.site.pages["/csaf/index.txt"] = Page("\n".join(p.removeprefix("/csaf/") for p in self.documents).encode())

    def _entry(self, path, said):
        updated, sums = said
        links = [{"rel": "self", "href": self.site.at(path)}]
        links += [{"rel": "hash", "href": f"{self.site.at(path)}.{kind}"} for kind in sums]
        return {"id": path, "link": links, "updated": updated, "content": {"src": self.site.at(path)}}

    def metadata(self, *distributions):
        self.site.pages[METADATA] = Page(json.dumps({"distributions": list(distributions)}).encode())

    def feed(self, label="WHITE", path="/csaf/feed.json"):
        return {"rolie": {"feeds": [{"tlp_label": label, "url": self.site.at(path)}]}}

    def asked(self):
        paths = [path for path, _headers in self.site.asked]
        self.site.asked.clear()
        return paths


@pytest.fixture
def provider():
    with web() as site:
        made = Provider(site)
        made.metadata(made.feed(), {"directory_url": site.at("/csaf/")})
        yield made


@pytest.fixture
def source(cast, provider):
    site = provider.site
    said = SourceSaid("CSAF", "csaf", site.at("/"), ports=(site.port,), networks=("127.0.0.0/8",), gap_seconds=0)
    source = actions.add_source(cast.actor("hub_op"), said=said)
    actions.switch_source(cast.actor("hub_op"), source, on=True)
    return source


def collected(source, pages=1):
    return actions.collect(Source.everything.get(pk=source.pk), pages=pages)


def names():
    return sorted(name.rpartition("/")[2] for name in Item.objects.values_list("native_id", flat=True))


@pytest.mark.django_db
def test_a_provider_is_read_from_its_domain_and_then_only_what_has_changed(provider, source):
    provider.publish("EX-1", 1)
    provider.publish("EX-2", 2)
    (fetch,) = collected(source)
    assert (fetch.outcome, fetch.new, fetch.refused, names()) == ("good", 2, 0, ["EX-1", "EX-2"])
    assert provider.asked() == [
        METADATA, "/csaf/feed.json", "/csaf/2026/ex-1.json", "/csaf/2026/ex-1.json.sha512", "/csaf/2026/ex-2.json",
        "/csaf/2026/ex-2.json.sha512",
    ]  # fmt: skip
    (fetch,) = collected(source)
    assert (fetch.outcome, provider.asked()) == ("unchanged", [METADATA, "/csaf/feed.json"])
    moved = provider.site.pages["/csaf/feed.json"]({}).body
    provider.site.pages["/csaf/feed.json"] = Page(moved, headers={"ETag": '"another"'})
    assert [fetch.outcome for fetch in collected(source)] == ["unchanged"]  # the list came anew, with nothing new in it
    provider.asked()
    provider.publish("EX-1", 5, title="Another thing")
    (fetch,) = collected(source)
    assert (fetch.new, fetch.changed, provider.asked()[2:]) == (
        0, 1, ["/csaf/2026/ex-1.json", "/csaf/2026/ex-1.json.sha512"],
    )  # fmt: skip
    provider.publish("EX-0", 3)  # later than the newest, dated before it
    assert [fetch.new for fetch in collected(source)] == [1]
    state = Source.everything.select_related("state").get(pk=source.pk).state
    assert (state.health, Revision.objects.count()) == ("ok", 4)


@pytest.mark.django_db
def test_a_backlog_comes_in_parts_and_a_killed_process_goes_on(provider, source, monkeypatch):
    monkeypatch.setattr(acting, "MOST_DOCUMENTS", 2)
    for number in range(1, 6):
        provider.publish(f"EX-{number}", 7)
    fetches = collected(source, pages=9)
    assert [(fetch.new, fetch.cursor["more"]) for fetch in fetches] == [(2, True), (2, True), (1, False)]
    assert names() == [f"EX-{number}" for number in range(1, 6)]


@pytest.mark.django_db
def test_a_round_ends_before_somebody_else_may_ask(provider, source, monkeypatch):
    provider.publish("EX-1", 1)
    monkeypatch.setattr(acting, "SECONDS", -1.0)
    assert collected(source)[0].outcome == "unchanged"
    monkeypatch.setattr(acting, "SECONDS", 60.0)
    assert collected(source)[0].new == 1


@pytest.mark.parametrize("kind", ["sha512", "sha256"])
@pytest.mark.django_db
def test_a_document_that_is_not_what_its_checksum_says_is_a_dead_letter(cast, provider, source, kind):
    provider.publish("EX-1", 1, sums=(kind,))
    provider.publish("EX-2", 2, sums=(kind,))
    provider.publish("EX-3", 3, sums=(kind,))
    provider.site.pages["/csaf/2026/ex-2.json"] = Page(document("EX-2", "Forged"))
    (fetch,) = collected(source)
    (letter,) = DeadLetter.objects.all()
    assert (fetch.new, fetch.refused, names()) == (2, 1, ["EX-1", "EX-3"])
    assert (letter.reason, letter.name, letter.detail[:7]) == ("checksum", "127.0.0.1/csaf/2026/ex-2.json", f"{kind}:")
    again = actions.replay_fetch(cast.actor("hub_op"), fetch)
    assert (again.refused, names()) == (1, ["EX-1", "EX-3"])  # it is what came that is checked
    with pytest.raises(Conflict, match="As it came it stays refused"):
        actions.replay_letter(cast.actor("hub_op"), letter)
    actions.replay_letter(cast.actor("hub_op"), letter, edited=document("EX-2"))
    assert names() == ["EX-1", "EX-2", "EX-3"]


@pytest.mark.django_db
def test_a_checksum_that_the_list_does_not_name_is_found_beside_the_document(provider, source):
    provider.publish("EX-1", 1, sums=("sha256",), hash_link=False)
    provider.site.pages["/csaf/2026/ex-1.json.sha256"] = Page(b"0" * 64)
    assert [fetch.refused for fetch in collected(source)] == [1]
    assert provider.asked()[3:] == ["/csaf/2026/ex-1.json.sha512", "/csaf/2026/ex-1.json.sha256"]


@pytest.mark.django_db
def test_a_directory_is_read_where_there_is_no_feed(provider, source):
    provider.metadata({"directory_url": provider.site.at("/csaf")})
    provider.publish("EX-1", 1)
    assert [fetch.new for fetch in collected(source)] == [1]
    assert provider.asked()[1] == "/csaf/changes.csv"
    assert collected(source)[0].outcome == "unchanged"
    del provider.site.pages["/csaf/changes.csv"]
    provider.site.pages["/csaf/index.txt"] = Page(b"2026/ex-1.json\n2026/ex-9.json\n")
    provider.site.pages["/csaf/2026/ex-9.json"] = Page(document("EX-9"))
    assert [fetch.new for fetch in collected(source)] == [1]


@pytest.mark.django_db
def test_feeds_that_are_not_public_are_asked_for_with_a_key_alone_which_stays_with_its_host(provider, source):
    with web() as other:
        other.pages["/d.json"] = Page(document("EX-7"))
        entry = {"updated": "2026-11-01T00:00:00Z", "content": {"src": other.at("/d.json")}}
        provider.site.pages["/csaf/amber.json"] = Page(json.dumps({"feed": {"entry": [entry]}}).encode())
        provider.metadata(provider.feed("AMBER", "/csaf/amber.json"))
        (fetch,) = collected(source)
        assert (fetch.outcome, "no feed and no directory that is open to us" in fetch.detail) == ("failed", True)
        row = Source.everything.get(pk=source.pk)
        said = SourceSaid("CSAF", "csaf", row.url, ports=(provider.site.port, other.port),
                          networks=("127.0.0.0/8",), gap_seconds=0, secret="s3cret")  # fmt: skip
        actions.change_source(actions.sources.Actor.system("test"), row, said=said)
        provider.asked()
        assert [fetch.new for fetch in collected(source)] == [1]
        assert {headers.get("authorization") for _path, headers in provider.site.asked} == {"Bearer s3cret"}
        assert {headers.get("authorization") for _path, headers in other.asked} == {None}


@pytest.mark.django_db
def test_one_document_that_cannot_be_had_keeps_no_other_out(provider, source):
    for number in (1, 2, 3):
        provider.publish(f"EX-{number}", number)
    provider.site.pages["/csaf/2026/ex-1.json"] = Page(status=404)
    provider.site.pages["/csaf/2026/ex-2.json"] = Page(status=500)
    (fetch,) = collected(source)
    assert (fetch.new, fetch.refused, sorted(DeadLetter.objects.values_list("reason", "detail"))) == (
        1, 2, [("error_answer", "HTTP 404"), ("error_answer", f"HTTP 500: {provider.site.at('/csaf/2026/ex-2.json')}")],
    )  # fmt: skip
    (fetch,) = collected(source)
    assert (fetch.outcome, fetch.detail[:9]) == ("failed", "HTTP 500:")  # the source is not well, and says so
    provider.publish("EX-2", 2)
    assert [fetch.new for fetch in collected(source)] == [1]
    assert names() == ["EX-2", "EX-3"]


@pytest.mark.django_db
def test_a_document_inside_a_network_is_not_fetched(provider, source):
    provider.publish("EX-1", 1)
    entry = {"updated": "2026-11-01T00:00:00Z", "content": {"src": "http://10.0.0.1/secret.json"}}
    provider.site.pages["/csaf/feed.json"] = Page(json.dumps({"feed": {"entry": [entry]}}).encode())
    (fetch,) = collected(source)
    (letter,) = DeadLetter.objects.all()
    assert (fetch.refused, "inside a network" in letter.detail) == (1, True)


@pytest.mark.parametrize(
    ("path", "page", "reason"),
    [
        (METADATA, Page(status=404), "HTTP 404"),
        (METADATA, Page(b"<html>"), "it is no JSON"),
        (METADATA, Page(b"[]"), "no feed and no directory"),
        ("/csaf/feed.json", Page(b'{"feed": 1}'), "it is no ROLIE feed"),
        ("/csaf/feed.json", Page(status=503), "HTTP 503"),
    ],
)
@pytest.mark.django_db
def test_what_is_no_provider_is_a_failure_that_says_why(provider, source, path, page, reason):
    provider.publish("EX-1", 1)
    provider.site.pages[path] = page
    (fetch,) = collected(source)
    assert (fetch.outcome, reason in fetch.detail, Item.objects.count()) == ("failed", True, 0)


def test_a_domain_and_metadata_are_a_providers_and_documents_are_not():
    urls = ["https://example.com", "https://example.com/", "https://example.com/a/provider-metadata.json",
            "https://example.com/csaf.zip", ""]  # fmt: skip
    assert [is_provider(CSAF, url) for url in urls] == [True, True, True, False, False]
    assert not is_provider(SourceKind.FEED, urls[0])
    assert [metadata_address(url) for url in urls[:3]] == [f"https://example.com{METADATA}"] * 2 + [urls[2]]


def test_nothing_of_a_list_is_lost_nor_taken_twice_whatever_the_order_of_its_moments():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    entries = [Entry(start + timedelta(hours=place % 7), f"https://h/{place}.json") for place in range(40)]
    mark, seen = Mark(), []
    while waiting := pending(entries, mark):
        seen.extend(waiting[:3])
        mark = Mark.of(json.loads(json.dumps(marked(mark, entries, waiting[:3]).kept)))
    assert (len(seen), set(seen)) == (40, set(entries))
    entries = [Entry(start + timedelta(days=place), f"https://h/{place}.json") for place in range(100)]
    mark = marked(Mark(), entries, entries)
    assert (len(mark.known), pending(entries, mark)) == (31, [])  # only what may come late is remembered


def test_the_lists_of_cisa_are_read(shared_data):
    folder = shared_data / "advisories" / "csaf" / "cisa" / "IT" / "white"
    feed = entries_of_feed((folder / "cisa-csaf-it-feed-tlp-white.json").read_bytes(), "https://h/f.json")
    changes = entries_of_changes((folder / "changes.csv").read_bytes(), "https://h/")
    assert (len(feed), len(changes)) == (len((folder / "index.txt").read_text().split()), len(changes))
    assert {each.digest == f"{each.url}.sha512" for each in feed} == {True}
    example = shared_data / "advisories" / "csaf" / "oasis" / "csaf_2.0" / "examples"
    (listing,) = listings_of(
        (example / "provider-metadata" / "example-01-provider-metadata.json").read_bytes(), has_key=False
    )
    assert listing.url == "https://www.example.com/.well-known/csaf/feed-tlp-white.json"
    (entry,) = entries_of_feed((example / "ROLIE" / "example-01-feed-tlp-white.json").read_bytes(), listing.url)
    assert entry.digest.endswith("2020-ESA-001.json.sha512")


def test_every_document_of_cisa_is_what_its_checksum_says(shared_data):
    found = list(documents_in(shared_data / "advisories" / "csaf" / "cisa" / "OT", CSAF))
    named = [each for each in found if each.name.endswith(".json") and "feed" not in each.name]
    assert (len(named) >= 40, [each.name for each in named if each.refused]) == (True, [])


def test_checksums_are_looked_at_in_archives_and_folders_too(tmp_path):
    good, bad = document("EX-1"), document("EX-2")
    files = {
        "a.json": good, "a.json.sha512": checksum(good), "b.json": bad, "b.json.sha256": checksum(good, "sha256"),
        "c.json": good, "d.json": good, "d.json.sha512": b"no checksum",
    }  # fmt: skip
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        for name, body in sorted(files.items(), key=lambda each: (each[0][0], not each[0].endswith(("512", "256")))):
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    zipped.seek(0)
    tarred.seek(0)
    expected = {"a.json": None, "b.json": "checksum", "c.json": None, "d.json": "checksum"}
    for found in (documents(zipped, CSAF), documents(tarred, CSAF), documents_in(tmp_path, CSAF)):
        assert {each.name: each.refused and each.refused.reason.value for each in found} == expected
