"""Pages of sources: who sees them, who changes what, and what they say."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.advisories import actions, queries
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.models import DeadLetter, Fetch, Item, Source
from noroshi.core.errors import InvalidInput, NotAllowed

pytestmark = pytest.mark.django_db

KEV = b'{"catalogVersion": "1", "dateReleased": "2026-11-01T00:00:00Z", "count": 1, "vulnerabilities": [%s]}'
ENTRY = (
    b'{"cveID": "CVE-2099-%d", "vendorProject": "V", "product": "P", "vulnerabilityName": "N",'
    b' "dateAdded": "2026-11-01",'
    b' "shortDescription": "S", "requiredAction": "A", "dueDate": "2026-12-01", "knownRansomwareCampaignUse": "Known",'
    b' "notes": "", "cwes": []}'
)


@pytest.fixture
def source(cast, tmp_path):
    source = actions.add_source(cast.actor("hub_op"), said=SourceSaid("KEV", "kev", "https://kev.example/kev.json"))
    path = tmp_path / "kev.json"
    path.write_bytes(KEV % b",".join(ENTRY % number for number in (1001, 1002)))
    actions.load_file(cast.actor("hub_op"), source, path)
    path.write_bytes(b"rotten")
    actions.load_file(cast.actor("hub_op"), source, path)
    return source


def pages(source):
    letter, item = DeadLetter.objects.get(), Item.objects.order_by("native_id").first()
    return {
        "/advisories/sources/": 200,
        f"/advisories/sources/{source.pk}/": 200,
        f"/advisories/sources/{source.pk}/items/": 200,
        f"/advisories/items/{item.pk}/": 200,
        "/advisories/letters/": 200,
        f"/advisories/letters/{letter.pk}/": 200,
    }


KEEPING = ("/advisories/sources/add", "/advisories/sources/{}/change", "/advisories/sources/{}/back-fill")


def test_every_member_reads_sources_the_hub_s_operators_keep_them_and_the_wall_holds(cast, source):
    expected = pages(source)
    for who in ("hub_op", "a1", "a_reader"):
        assert {url: cast.client(who).get(url).status_code for url in expected} == expected
    assert {cast.client("sup").get(url).status_code for url in expected} == {404}
    keeping = [url.format(source.pk) for url in KEEPING]
    assert [cast.client("hub_op").get(url).status_code for url in keeping] == [200, 200, 200]
    assert [cast.client("a1").get(url).status_code for url in keeping] == [403, 403, 403]
    assert [cast.client("sup").get(url).status_code for url in keeping] == [404, 404, 404]
    for verb in ("switch", "now", "settle"):
        assert cast.client("a1").post(f"/advisories/sources/{source.pk}/{verb}").status_code == 403


def test_a_source_is_added_from_a_preset_and_asked_nothing_before_it_is_switched_on(cast):
    client = cast.client("hub_op")
    page = client.get("/advisories/sources/add?preset=jvn").content.decode()
    assert 'value="https://jvn.jp/rss/jvn.rdf"' in page
    said = {"name": "JVN", "kind": "jvn_rss", "url": "https://jvn.jp/rss/jvn.rdf", "zone": "Asia/Tokyo", "minutes": 30}
    said |= {"rhythm_hours": 0, "most_mb": 20, "gap_seconds": 2, "ports": "8080, 8443", "networks": "", "secret": "k"}
    added = client.post("/advisories/sources/add", said)
    source = Source.everything.get()
    assert (added.status_code, source.enabled, source.ports, actions.handed_out()) == (302, False, [8080, 8443], [])
    assert source.secret not in {"", "k"}
    assert client.post("/advisories/sources/add", said).status_code == 422
    assert client.post("/advisories/sources/add", {**said, "name": "x", "url": "ftp://jvn.jp/"}).status_code == 422
    client.post(f"/advisories/sources/{source.pk}/switch")
    assert [each.name for each in actions.handed_out()] == ["JVN"]
    client.post(f"/advisories/sources/{source.pk}/change", {**said, "secret": "", "url": "https://jvn.jp/other"})
    source.refresh_from_db()
    assert (source.url, source.secret) == ("https://jvn.jp/other", "")  # a key stays with its server


def test_the_list_says_how_each_source_is_with_as_many_questions_for_one_as_for_three(cast, source):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/advisories/sources/")
        return len(asked), page.content.decode()

    client = cast.client("a1")
    client.get("/advisories/sources/")
    one, page = questions()
    assert "It is switched off" in page
    for name in ("B", "C"):
        actions.add_source(cast.actor("hub_op"), said=SourceSaid(name, "feed", "https://b.example/"))
    assert questions()[0] == one


def test_a_dead_letter_is_mended_in_its_page(cast, source):
    client, letter = cast.client("hub_op"), DeadLetter.objects.get()
    url = f"/advisories/letters/{letter.pk}/"
    assert "What came is not kept any more." in client.get(url).content.decode()  # it was a file of the operator's own
    entry = (KEV % (ENTRY % 1003)).decode()
    assert client.post(url, {"text": entry}).status_code == 302
    letter.refresh_from_db()
    assert (letter.state, Item.objects.filter(native_id="CVE-2099-1003").exists()) == ("replayed", True)
    assert cast.client("a1").post(url, {"ignore": "yes"}).status_code == 403


def test_a_file_is_read_in_by_the_page_and_read_again_from_what_was_kept(cast, source):
    client = cast.client("hub_op")
    url = f"/advisories/sources/{source.pk}/back-fill"
    assert client.post(url, {}).status_code == 422
    sent = SimpleUploadedFile("kev.json", KEV % (ENTRY % 1004))
    assert client.post(url, {"file": sent}).status_code == 302
    assert Item.objects.filter(native_id="CVE-2099-1004").exists()
    fetch = Fetch.objects.order_by("at").last()
    assert client.post(f"/advisories/fetches/{fetch.pk}/replay").status_code == 302
    assert Fetch.objects.filter(origin="replay", new=0, outcome="good").count() == 1


def test_what_may_not_be_said_of_a_source_is_refused(cast):
    with pytest.raises(NotAllowed):
        actions.add_source(cast.actor("a1"), said=SourceSaid("x", "feed"))
    for field, said in (
        ("url", {"url": "http://feeds.example:22/"}),
        ("zone", {"zone": "Mars/Olympus"}),
        ("networks", {"networks": ("inside",)}),
    ):
        with pytest.raises(InvalidInput) as refused:
            actions.add_source(cast.actor("hub_op"), said=SourceSaid("x", "feed", **said))
        assert refused.value.field == field


def test_the_items_of_a_source_are_walked_by_an_index_and_what_waits_for_a_revision_is_found_by_another():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Item._meta.db_table)
    indexes = {tuple(each["columns"]) for each in found.values() if each["index"] or each["unique"]}
    assert indexes - {("id",)} == {
        ("newest_id",),
        ("source_id", "native_id"),
        ("source_id", "first_seen", "id"),
    }


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL reads so small a table as a whole")
def test_the_newest_items_are_found_without_looking_at_all(cast, source):
    rows = queries.items_of(cast.actor("a1"), source).select_related(None)
    assert "items_by_time" in rows.values_list("pk")[:25].explain()
