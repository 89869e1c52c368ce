"""Vulnerabilities: joined by their names, each claim with whoever makes it, and taken back when it is said no more."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from msgspec import structs

from noroshi.advisories import queries
from noroshi.advisories.actions.writing import readable, write_records
from noroshi.advisories.domain.records import Claim, ClaimKind, Record
from noroshi.advisories.models import Fetch, Mention, Source, Vulnerability, VulnerabilityName

CVE, JVN = "CVE-2099-0001", "JVNDB-2099-000001"
KEV = Claim(CVE, ClaimKind.KEV, {"catalogue": "cisa", "added": "2099-01-31", "due": "2099-02-21"})
SCORE = Claim(CVE, ClaimKind.SEVERITY, {"system": "CVSS:3.1", "score": 9.8}, "maker")


@pytest.fixture
def told(db):
    """Have a source of a kind say something, as if it had been fetched."""

    def tell(kind, *records):
        source, _new = Source.everything.get_or_create(name=kind, kind=kind)
        with transaction.atomic():
            return write_records(Fetch.objects.create(source=source), list(map(readable, records)))

    return tell


def record(number="1", title="A title", names=(CVE,), claims=(), **more):
    return Record(number, title, names=names, claims=claims, **more)


def names():
    rows = VulnerabilityName.objects.order_by("name").values_list("name", "vulnerability__name")
    return dict(rows)


def only():
    return Vulnerability.everything.get()


def test_what_several_say_of_one_is_one_and_each_claim_stays_with_who_makes_it(cast, told):
    told("cve5", record(claims=(SCORE,)))
    told("kev", record(title="Another title", claims=(KEV,)))
    row = queries.vulnerabilities_for(cast.actor("a1")).get()
    assert (row.name, row.title, row.score, row.level) == (CVE, "A title", 9.8, "critical")
    assert (str(row.exploited_since), str(row.due)) == ("2099-01-31", "2099-02-21")
    made = [(each.item.source.name, each.kind, each.by, each.until) for each in queries.claims_about(row)]
    assert made == [("kev", "kev", "", None), ("cve5", "severity", "maker", None)]


def test_a_claim_that_is_not_made_any_more_is_taken_back_with_its_time(told, stopped_clock):
    told("kev", record(claims=(KEV,)))
    stopped_clock.advance(hours=1)
    told("kev", record(claims=()))
    row = only()
    assert row.exploited_since is None
    (made,) = queries.claims_about(row)
    assert (made.until - made.since).total_seconds() == 3600
    stopped_clock.advance(hours=1)
    told("kev", record(claims=(KEV,)))
    assert [each.until is None for each in queries.claims_about(only())] == [True, False]


def test_what_is_said_again_changes_nothing(told, stopped_clock, django_assert_num_queries):
    told("cve5", record(claims=(SCORE,)))
    before = only().changed_at
    stopped_clock.advance(hours=1)
    fetch = Fetch.objects.create(source=Source.everything.get())
    with django_assert_num_queries(1):
        write_records(fetch, [readable(record(claims=(SCORE,)))])
    assert only().changed_at == before
    told("feed", record(title="Somebody speaks of it"))
    assert only().changed_at == before


def test_two_names_are_one_where_an_item_says_so_and_the_cve_names_it(told):
    told("jvn_rss", record(number=JVN, title="題名", names=(JVN,), claims=(structs.replace(SCORE, about=JVN),)))
    told("cve5", record(claims=(KEV,)))
    assert names() == {CVE: CVE, JVN: JVN}
    told("jvn_rss", record(number=JVN, title="題名", names=(JVN, CVE), same_as=((JVN, CVE),), claims=()))
    assert names() == {CVE: CVE, JVN: CVE}
    row = only()
    assert (row.title, str(row.exploited_since)) == ("題名", "2099-01-31")
    assert Mention.objects.count() == 2


def test_a_digest_speaks_of_many_and_joins_nothing(told):
    told("jpcert", record(names=(CVE, "CVE-2099-0002"), same_as=((CVE, "CVE-2099-0002"),), is_digest=True))
    assert names() == {CVE: CVE, "CVE-2099-0002": "CVE-2099-0002"}
    assert set(Vulnerability.everything.values_list("title", flat=True)) == {""}


def test_names_of_documents_are_no_vulnerabilities(told):
    told("jpcert", record(names=("JPCERT-AT-2099-0001", CVE)))
    assert names() == {CVE: CVE}


def test_a_batch_costs_the_same_questions_whatever_it_holds(told, django_assert_max_num_queries):
    told("cve5", record())
    source = Source.everything.get()
    batch = [record(number=f"CVE-2099-{n}", names=(f"CVE-2099-{n}",), claims=(SCORE,)) for n in range(1000, 1100)]
    with django_assert_max_num_queries(20):
        write_records(Fetch.objects.create(source=source), list(map(readable, batch)))
    assert Vulnerability.everything.count() == 101


@pytest.mark.parametrize(("name", "status"), [("a1", 200), ("i_reader", 200), ("hub_op", 200), ("sup", 404)])
def test_every_member_sees_them_and_nobody_behind_the_wall(cast, told, name, status):
    told("kev", record(claims=(KEV,)))
    client = cast.client(name)
    assert client.get("/advisories/vulnerabilities/").status_code == status
    assert client.get(f"/advisories/vulnerabilities/{only().pk}/").status_code == status


def test_the_page_says_who_says_what_and_how_urgent_it_is(cast, told):
    point = Claim(CVE, ClaimKind.SSVC, {"automatable": True, "impact": "total", "at": "2099-01-01"}, "CISA-ADP")
    block = {"vendor": "Maker", "name": "Thing"}
    ranges = [["1.0", "2.0", True, False, "affected"]]
    value = {"product": block, "scheme": "semver", "ranges": ranges, "otherwise": "unknown", "text": ""}
    told("cve5", record(claims=(SCORE, point, Claim(CVE, ClaimKind.AFFECTED, value, "maker"))))
    told("kev", record(claims=(KEV,)))
    page = cast.client("a1").get(f"/advisories/vulnerabilities/{only().pk}/").content.decode()
    for words in (
        "Maker Thing · &gt;= 1.0 &lt; 2.0: affected",
        "within 3 days, and look for traces of an intrusion",
        "CISA-ADP",
        "automatable",
    ):
        assert words in page, words


@pytest.mark.parametrize("number", [1, 3])
def test_list_and_page_cost_the_same_questions(cast, told, number, django_assert_num_queries):
    told(
        "cve5",
        *(record(number=f"CVE-2099-{n}", names=(f"CVE-2099-{n}",), claims=()) for n in range(1000, 1000 + number)),
    )
    told(
        "kev",
        *(
            record(number=f"k{n}", names=("CVE-2099-1000",), claims=(structs.replace(KEV, about="CVE-2099-1000"),))
            for n in range(number)
        ),
    )
    client = cast.client("a1")
    client.get("/advisories/vulnerabilities/")
    with django_assert_num_queries(10):
        client.get("/advisories/vulnerabilities/")
    row = Vulnerability.everything.get(name="CVE-2099-1000")
    with django_assert_num_queries(20):
        client.get(f"/advisories/vulnerabilities/{row.pk}/")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?exploited=yes", {"CVE-2099-0001"}),
        ("?exploited=ransomware", set()),
        ("?level=critical", {"CVE-2099-0002"}),
        ("?q=Another", {"CVE-2099-0002"}),
        ("?q=2099-0001", {"CVE-2099-0001"}),
        ("", {"CVE-2099-0001", "CVE-2099-0002"}),
    ],
)
def test_the_list_is_narrowed(cast, told, asked, found):
    told("kev", record(claims=(KEV,)))
    other = structs.replace(SCORE, about="CVE-2099-0002")
    told("cve5", record(number="2", title="Another", names=("CVE-2099-0002",), claims=(other,)))
    page = cast.client("a1").get(f"/advisories/vulnerabilities/{asked}").content.decode()
    assert {name for name in ("CVE-2099-0001", "CVE-2099-0002") if f">{name}</a>" in page} == found


def test_vulnerabilities_are_found_by_their_names_in_a_world(cast):
    with CaptureQueriesContext(connection) as asked:
        assert queries.numbers_of_names(cast.actor("a1"), ["CVE-2099-0001"]) == {}
    (said,) = [query["sql"] for query in asked if "advisories_vulnerabilityname" in query["sql"]]
    assert '"advisories_vulnerabilityname"."world" = ' in said
