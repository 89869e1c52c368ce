"""Catalogues, file by file: what changed is told, what went back changes nothing, what is gone is said no more."""

import json

import pytest

from noroshi.advisories import queries
from noroshi.advisories.actions.reading import read_fetch
from noroshi.advisories.domain.documents import Document
from noroshi.advisories.models import CatalogueChange, Fetch, Item, Origin, Outcome, Source, SourceState, Vulnerability

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(db):
    """A catalogue of which a file is read: the day of its release, and its entries by name."""
    source = Source.everything.create(name="KEV", kind="kev")
    SourceState.objects.create(source=source)

    def file(day, origin=Origin.NET, **entries):
        said = [
            {"cveID": f"CVE-2099-{name[1:]}", "vulnerabilityName": name, "dateAdded": "2099-01-01", **value}
            for name, value in entries.items()
        ]
        whole = {"dateReleased": f"2099-01-{day:02}T00:00:00Z", "catalogVersion": str(day), "vulnerabilities": said}
        fetch = Fetch.objects.create(source=source, origin=origin)
        return read_fetch(fetch, [Document(1, "", json.dumps(whole).encode())])

    return file


def changes():
    return list(CatalogueChange.everything.order_by("id").values_list("name", "change"))


def exploited():
    rows = Vulnerability.everything.filter(exploited_since__isnull=False)
    return sorted(rows.values_list("name", flat=True))


def test_the_first_file_begins_and_the_next_tells_what_changed(catalogue):
    catalogue(1, n0001={"dueDate": "2099-02-01"})
    assert changes() == []
    catalogue(2, n0001={"dueDate": "2099-01-20", "knownRansomwareCampaignUse": "Known"}, n0002={})
    assert changes() == [("CVE-2099-0001", "ransomware"), ("CVE-2099-0001", "due"), ("CVE-2099-0002", "added")]
    row = Vulnerability.everything.get(name="CVE-2099-0001")
    assert (str(row.due), row.ransomware) == ("2099-01-20", True)
    catalogue(2, n0001={"dueDate": "2099-01-20", "knownRansomwareCampaignUse": "Known"}, n0002={})
    assert len(changes()) == 3


def test_what_two_newer_files_leave_out_is_said_no_more_and_may_return(catalogue):
    catalogue(1, n0001={}, n0002={})
    catalogue(2, n0001={})
    assert (changes(), exploited()) == ([("CVE-2099-0002", "missing")], ["CVE-2099-0001", "CVE-2099-0002"])
    catalogue(3, n0001={})
    assert (changes()[1:], exploited()) == ([("CVE-2099-0002", "removed")], ["CVE-2099-0001"])
    (made,) = queries.claims_about(Vulnerability.everything.get(name="CVE-2099-0002"))
    assert made.until is not None
    catalogue(4, n0001={}, n0002={})
    assert (changes()[2:], exploited()) == ([("CVE-2099-0002", "returned")], ["CVE-2099-0001", "CVE-2099-0002"])


@pytest.mark.parametrize("origin", [Origin.NET, Origin.FILE])
def test_a_file_that_is_older_than_one_before_is_set_aside_whole(catalogue, origin):
    catalogue(1, n0001={})
    catalogue(5, n0001={}, n0002={})
    before = list(Item.objects.order_by("pk").values_list("pk", "number"))
    fetch = catalogue(1, origin, n0001={"dueDate": "2099-09-09"})
    assert (fetch.outcome, list(Item.objects.order_by("pk").values_list("pk", "number"))) == (Outcome.SET_ASIDE, before)
    assert fetch.is_regressed is (origin == Origin.NET)
    assert changes() == [("CVE-2099-0002", "added")]


def test_a_newer_file_from_which_the_newest_entry_was_taken_is_newer_all_the_same(catalogue):
    catalogue(1, n0001={}, n0002={"dateAdded": "2099-01-05"})
    fetch = catalogue(2, n0001={"dueDate": "2099-02-01"})
    assert (fetch.outcome, fetch.is_regressed) == (Outcome.GOOD, False)
    assert changes() == [("CVE-2099-0001", "due"), ("CVE-2099-0002", "missing")]
    assert str(Vulnerability.everything.get(name="CVE-2099-0001").due) == "2099-02-01"


@pytest.mark.parametrize(("name", "status"), [("a1", 200), ("sup", 404)])
def test_every_member_reads_the_changes_and_nobody_behind_the_wall(cast, catalogue, name, status):
    catalogue(1, n0001={})
    catalogue(2, n0001={"dueDate": "2099-01-20"}, n0002={"vendorProject": "Quokka"})
    answer = cast.client(name).get("/advisories/catalogues/")
    assert (answer.status_code, b"Quokka" in answer.content) == (status, status == 200)
    assert queries.catalogue_changes_for(cast.actor(name)).count() == (2 if status == 200 else 0)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_questions_and_leads_to_each(cast, catalogue, number, django_assert_num_queries):
    catalogue(1, n0001={})
    catalogue(2, n0001={}, **{f"n100{each}": {} for each in range(number)})
    client = cast.client("a1")
    client.get("/advisories/catalogues/")
    with django_assert_num_queries(11):
        page = client.get("/advisories/catalogues/").content.decode()
    assert page.count("/advisories/vulnerabilities/0") == number
