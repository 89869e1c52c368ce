"""A file that is loaded again: what says the same to the letter is not read, and nothing is written of it."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.advisories import actions
from noroshi.advisories.actions.vulnerabilities import work_out
from noroshi.advisories.actions.writing import readable, write_records
from noroshi.advisories.domain import readers
from noroshi.advisories.domain.records import Claim, ClaimKind, Record
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import DeadLetter, Fetch, Item, Mention, Revision, Vulnerability, VulnerabilityName
from noroshi.core.actor import Actor

OPERATOR = Actor.system("the operator of the machine")
KEPT = (Item, Revision, Vulnerability, VulnerabilityName, Mention, DeadLetter)


def record(number, title="t", *, updated="2099-01-01T00:00:00Z", vector="CVSS:3.1/AV:N", text="d", name=""):
    said = {"cveId": name or f"CVE-2099-{number}", "state": "PUBLISHED", "dateUpdated": updated}
    metrics = [{"cvssV3_1": {"vectorString": vector, "baseScore": 9.8}}]
    cna = {"title": title, "descriptions": [{"lang": "en", "value": text}], "metrics": metrics}
    return json.dumps({"cveMetadata": said, "containers": {"cna": cna}})


@pytest.fixture
def load(db, tmp_path):
    """Write lines into a file and load it."""
    source = actions.source_for_files(OPERATOR, name="CVEs", kind=SourceKind.CVE5)

    def loaded(*lines):
        (tmp_path / "cves.ndjson").write_text("\n".join(lines), encoding="utf-8")
        fetch = actions.load_file(OPERATOR, source, tmp_path / "cves.ndjson")
        return fetch.new, fetch.changed, fetch.refused

    return loaded


def kept():
    return {model: sorted(map(repr, model._base_manager.values_list())) for model in KEPT}


@pytest.fixture
def unread(monkeypatch):
    """Let every document that is read be told."""
    seen = []

    def reading(body, given):
        seen.append(json.loads(body)["containers"]["cna"]["title"])
        return readers.READERS[SourceKind.CVE5](body, given)

    monkeypatch.setattr("noroshi.advisories.actions.reading.READERS", {SourceKind.CVE5: reading})
    return seen


def test_the_same_file_again_is_not_read_and_writes_no_row_of_what_it_says(load, unread):
    lines = [record(number, f"t{number}") for number in range(1000, 1005)]
    assert load(*lines) == (5, 0, 0)
    before, _ = kept(), unread.clear()
    with CaptureQueriesContext(connection) as asked:
        assert load(*reversed(lines)) == (0, 0, 0)
    written = {query["sql"].split()[2 if "INSERT" in query["sql"] else 1].strip('"') for query in asked
               if query["sql"].startswith(("INSERT", "UPDATE", "DELETE", "COPY"))}  # fmt: skip
    assert (unread, kept()) == ([], before)
    assert not {model._meta.db_table for model in KEPT} & written
    assert Fetch.objects.order_by("at").last().read == 5


def test_only_what_is_another_is_read_and_another_date_is_no_change(load, unread):
    load(record(1000), record(1001), record(1002))
    unread.clear()
    assert load(record(1000), record(1001, "other"), record(1002, "t", updated="2099-02-02T00:00:00Z")) == (0, 1, 0)
    assert unread == ["other", "t"]
    unread.clear()
    assert load(record(1000), record(1001, "other"), record(1002, "t", updated="2099-02-02T00:00:00Z")) == (0, 0, 0)
    assert unread == []


def test_what_was_changed_meanwhile_by_something_else_is_read_again(load, unread):
    load(record(1000))
    item = Item.objects.get()
    fetch = Fetch.objects.create(source=item.source)
    write_records(fetch, [readable(Record("CVE-2099-1000", "from elsewhere", names=("CVE-2099-1000",)))])
    unread.clear()
    assert (load(record(1000)), unread) == ((0, 1, 0), ["t"])
    assert Item.objects.get().newest.title == "t"


def test_of_two_that_are_one_the_first_stays_however_often_they_come(load):
    lines = [record(1000, "first"), record(1000, "second"), record(1001)]
    assert [load(*lines) for _ in range(3)] == [(2, 0, 1)] * 1 + [(0, 0, 1)] * 2
    assert load(record(1000, "first"), record(1000, "first"), record(1001)) == (0, 0, 1)
    assert sorted(Revision.objects.values_list("title", flat=True)) == ["first", "t"]


def test_another_version_of_the_product_reads_everything_anew(load, unread, monkeypatch):
    load(record(1000))
    unread.clear()
    monkeypatch.setattr("noroshi.advisories.actions.reading.version", lambda _name: "another")
    assert (load(record(1000)), unread) == ((0, 0, 0), ["t"])


ROTTEN = {
    "no JSON": "{rotten}",
    "no object": "[1]",
    "no identity": record(1, name="CVE-2099-x"),
    "an identity of a database's end": record(1, name="CVE-2099-1000\u0000"),
    "half a character": record(1000).replace('"t"', '"\\ud800"'),
    "nested without end": '{"containers": ' * 5_000,
}
AWKWARD = {
    "a date before all others": record(1007, updated="0001-01-01T00:00:00+09:00"),
    "a date after all others": record(1007, updated="9999-12-31T23:59:59-09:00"),
    "a vector without end": record(1007, vector="CVSS:3.1/" + "A" * 5_000),
    "the end of a text in C": record(1007, "a\u0000b", text="c\u0000d", vector="e\u0000f"),
    "letters of all sorts": record(1007, "髙\U0001f525", text="\u202e"),
    "a score beyond numbers": record(1007).replace("9.8", "1e308"),
}


@pytest.mark.parametrize("what", ROTTEN)
def test_one_rotten_record_is_a_dead_letter_and_keeps_nothing_else_out(load, what):
    good = [record(number) for number in range(1001, 1004)]
    assert load(good[0], ROTTEN[what], *good[1:]) == (3, 0, 1)
    assert DeadLetter.objects.get().document == 2
    assert load(good[0], ROTTEN[what], *good[1:]) == (0, 0, 1)
    assert DeadLetter.objects.count() == 1


@pytest.mark.parametrize("what", ROTTEN)
def test_nor_does_a_rotten_one_at_the_beginning_or_the_end(load, what):
    good = [record(number) for number in range(1001, 1004)]
    assert load(ROTTEN[what], *good) == (3, 0, 1)
    assert load(*good, ROTTEN[what]) == (0, 0, 1)


@pytest.mark.parametrize("what", AWKWARD)
def test_an_awkward_record_is_read_with_what_can_be_kept_of_it(load, what):
    assert load(record(1001), AWKWARD[what], record(1002)) == (3, 0, 0)
    assert load(record(1001), AWKWARD[what], record(1002)) == (0, 0, 0)
    assert Vulnerability.everything.count() == 3


def test_what_is_worked_out_before_it_is_written_is_what_would_be_afterwards(shared_data, load):
    lines = (shared_data / "advisories/cve5/cve5-records.ndjson").read_text(encoding="utf-8").splitlines()
    assert load(*lines) == (len(lines), 0, 0)
    assert work_out(Vulnerability.everything.values_list("pk", flat=True)) == 0
    assert Vulnerability.everything.exclude(title="").exclude(score=None).count() > len(lines) / 2


@pytest.mark.django_db
def test_several_items_that_speak_of_one_new_vulnerability_are_heard_in_their_order():
    source = actions.source_for_files(OPERATOR, name="x", kind=SourceKind.OSV)
    first, second = (
        Record(number, f"t{number}", names=("CVE-2099-0001",), claims=(Claim("CVE-2099-0001", ClaimKind.STATE, state),))
        for number, state in (("1", {"state": "published"}), ("2", {"state": "withdrawn"}))
    )
    write_records(Fetch.objects.create(source=source), [readable(first), readable(second)])
    row = Vulnerability.everything.get()
    assert (work_out([row.pk]), row.title != "", Mention.objects.count()) == (0, True, 2)


def test_what_was_kept_under_a_digest_of_another_time_is_no_change_and_gets_that_of_now(load):
    lines = [record(1000, "t", text='説明 \\ "d"'), record(1001)]
    load(*lines)
    now = dict(Item.objects.values_list("native_id", "material"))
    Item.objects.update(material="0" * 64, fingerprint=None)
    assert load(*lines) == (0, 0, 0)
    assert dict(Item.objects.values_list("native_id", "material")) == now
    Item.objects.update(material="0" * 64, fingerprint=None)
    assert load(lines[0], record(1001, "other")) == (0, 1, 0)
    assert sorted(Revision.objects.values_list("item__native_id", "number", "changed")) == [
        ("CVE-2099-1000", 1, []), ("CVE-2099-1001", 1, []), ("CVE-2099-1001", 2, ["title"]),
    ]  # fmt: skip
