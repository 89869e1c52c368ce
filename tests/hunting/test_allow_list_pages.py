"""The pages, the API and the commands of the allow-list."""

import csv
import json
from io import StringIO

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from factories.lakes import EVIL_ADDRESS, event, fill_lake, share
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions
from noroshi.hunting.models import AllowedValue, Hit
from noroshi.hunting.views import allowing, hunts
from noroshi.members.actions import issue_token
from noroshi.site.cli import main

DEFANGED = EVIL_ADDRESS.replace(".", "[.]")
PAGES = ("/hunting/allowed/", "/hunting/allowed/add", "/hunting/suppressed/")


@pytest.fixture
def suppressing(cast, drain):
    """A signal whose one value bank_a allows, and which is in its logs."""
    fill_lake(cast.bank_a, [event(src_ip=EVIL_ADDRESS), event("2026-11-21T00:00:00Z", src_ip=EVIL_ADDRESS)])
    line = actions.allow_values(cast.actor("a1"), text="45.155.205.0/24", reason="okapi scanner").values[0]
    signal = share(cast.actor("i1"), EVIL_ADDRESS)
    drain()
    return cast, line, signal


def text_of(response):
    return response.content.decode()


def rows_of(response):
    return list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


# Pages.


def test_values_are_allowed_from_the_page_pasted_or_in_a_file(cast, stopped_clock):
    client = cast.client("a1")
    file = SimpleUploadedFile("list.txt", "# 取引先\npartner.co.jp\n".encode("cp932"))
    asked = {"values": "198.51.100[.]0/24\nnothing here", "file": file, "reason": "ours", "until": "2026-12-31"}
    page = text_of(client.post("/hunting/allowed/add", asked, follow=True))
    assert "2 values are allowed." in page
    assert "1 line is not allowed: nothing here: Nothing that can be looked for was recognised in it." in page
    assert "198[.]51[.]100[.]0/24" in page
    assert {str(line.last_day) for line in AllowedValue.everything.all()} == {"2026-12-31"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"values": "partner.co.jp", "reason": ""}, "This field is required."),
        ({"values": "0.0.0.0/0", "reason": "x"}, "No line names a value that can be allowed."),
        ({"values": "partner.co.jp", "reason": "x", "until": "2026-11-21"}, "The last day is over already."),
    ],
)
def test_a_form_that_allows_nothing_says_why(cast, stopped_clock, fields, sentence):
    response = cast.client("a1").post("/hunting/allowed/add", fields)
    assert (response.status_code, AllowedValue.everything.count()) == (422, 0)
    assert sentence in text_of(response)


def test_a_hit_leads_to_a_form_that_names_its_value(cast, drain):
    fill_lake(cast.bank_a, [event(src_ip=EVIL_ADDRESS)])
    share(cast.actor("i1"), EVIL_ADDRESS)
    drain()
    client = cast.client("a1")
    assert f"?value=ipv4%3A+{EVIL_ADDRESS}" in text_of(client.get(f"/hunting/hits/{Hit.everything.get().pk}/"))
    assert f"ipv4: {EVIL_ADDRESS}</textarea>" in text_of(
        client.get("/hunting/allowed/add", {"value": f"ipv4: {EVIL_ADDRESS}"})
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", 3), ("?q=okapi", 1), ("?q=partner", 1), ("?type=cidr", 1), ("?state=holds", 2), ("?state=ended", 1)],
)
def test_the_list_is_filtered(cast, stopped_clock, query, expected):
    actor = cast.actor("a1")
    actions.allow_values(actor, text="45.155.205.0/24", reason="okapi")
    line = actions.allow_values(actor, text="partner.co.jp", reason="x").values[0]
    AllowedValue.everything.filter(pk=line.pk).update(until=stopped_clock.now)
    actions.allow_values(actor, text="45.1.1.1", reason="x")
    assert cast.client("a2").get(f"/hunting/allowed/{query}").context["listing"].page.count == expected


def test_the_list_costs_as_many_queries_for_three_rows_as_for_one(
    suppressing, drain, django_assert_num_queries, django_assert_max_num_queries
):
    cast, _line, _signal = suppressing
    client = cast.client("a1")
    for path in ("/hunting/allowed/", "/hunting/suppressed/"):
        client.get(path)
    for path in ("/hunting/allowed/", "/hunting/suppressed/"):
        with django_assert_max_num_queries(30) as one:
            assert client.get(path).context["listing"].page.count == 1
        actions.allow_values(cast.actor("a1"), text="b.co.jp\nc.co.jp", reason="x")
        for _more in range(2):
            hit = Hit.everything.first()
            hit.pk = None
            hit._state.adding = True
            hit.save()
        with django_assert_num_queries(len(one)):
            assert client.get(path).context["listing"].page.count == 3
        Hit.everything.exclude(pk=Hit.everything.order_by("created_at", "pk").first().pk).delete()


def test_a_line_shows_what_it_suppresses_is_changed_and_taken_off(suppressing, drain):
    cast, line, _signal = suppressing
    client = cast.client("a2")
    path = f"/hunting/allowed/{line.pk}/"
    assert DEFANGED in text_of(client.get(path))
    assert client.post(path, {"reason": "the scanner of 2026"}).status_code == 302
    drain()
    assert "the scanner of 2026" in text_of(client.get("/hunting/suppressed/"))
    page = text_of(client.post(f"{path}remove", follow=True))
    assert "It is off the list. What it suppressed is a hit again." in page
    assert client.get("/hunting/").context["listing"].page.count == 1
    assert client.get(path).status_code == 404


def test_what_is_suppressed_stands_beside_the_hits(suppressing):
    cast, _line, signal = suppressing
    client = cast.client("a1")
    page = text_of(client.get("/hunting/"))
    assert "1 value is suppressed by your allow-list" in page
    assert DEFANGED not in page
    for path in (f"/hunting/signals/{signal.pk}/", "/hunting/suppressed/"):
        page = text_of(client.get(path))
        assert DEFANGED in page
        assert "okapi scanner" in page
    lines = rows_of(client.get("/hunting/suppressed/?export=csv"))
    assert lines[1][:3] == ["IPv4 address", DEFANGED, "2"]
    assert "okapi scanner" in lines[1]
    assert rows_of(client.get("/hunting/allowed/?export=csv"))[1][1:3] == ["45[.]155[.]205[.]0/24", "okapi scanner"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", 2), ("?asked=signal", 1), ("?asked=search", 1), ("?search=a2", 1), ("?search=a1", 0), ("?q=okapi", 2)],
)
def test_what_is_suppressed_is_filtered_by_who_looked_for_it(suppressing, drain, query, expected):
    cast, _line, signal = suppressing
    hunt = actions.search_own_lake(cast.actor("a2"), text=EVIL_ADDRESS)
    drain()
    client = cast.client("a1")
    page = client.get(f"/hunting/suppressed/{query}")
    assert page.context["listing"].page.count == expected
    for narrow in (f"?signal={signal.pk}", f"?search={hunt.pk}"):
        assert client.get(f"/hunting/suppressed/{narrow}").context["listing"].page.count == 1


def test_more_than_a_page_shows_is_said_and_linked(suppressing, monkeypatch):
    cast, line, signal = suppressing
    client = cast.client("a1")
    page = text_of(client.get(f"/hunting/signals/{signal.pk}/"))
    assert "Nothing of it was found in your logs." not in page
    assert "are shown" not in page
    hunt = Hit.everything.get().hunt
    for _more in range(2):
        Hit.everything.create(
            hunt=hunt,
            organisation=cast.bank_a,
            type="ipv4",
            value="45.155.205.1",
            first_seen=hunt.created_at,
            last_seen=hunt.created_at,
            count=1,
            allowed=line,
        )
    monkeypatch.setattr(hunts, "SUPPRESSED_SHOWN", 2)
    monkeypatch.setattr(allowing, "SHOWN", 2)
    page = text_of(client.get(f"/hunting/signals/{signal.pk}/"))
    assert f'/hunting/suppressed/?signal={signal.pk}">2 of 3 are shown' in page
    assert "2 of 3 are shown" in text_of(client.get(f"/hunting/allowed/{line.pk}/"))


def test_a_search_shows_what_it_suppressed_and_hands_it_out_nowhere(suppressing, drain):
    cast, _line, _signal = suppressing
    client = cast.client("a1")
    url = client.post("/hunting/searches/new", {"values": EVIL_ADDRESS}).url
    drain()
    page = client.get(url)
    assert page.context["listing"].page.count == 0
    assert "okapi scanner" in text_of(page)
    assert "No hit: what of it is in your logs is known as harmless." in text_of(page)
    assert len(rows_of(client.get(f"{url}?export=csv"))) == 1
    assert b"sighting-of-ref" not in client.get(f"{url}sightings").content
    assert [row.found for row in client.get("/hunting/searches/").context["listing"].page.rows] == [0]


def test_markup_in_a_reason_stays_text(cast):
    line = actions.allow_values(cast.actor("a1"), text="partner.co.jp", reason="<script>alert(1)</script>").values[0]
    for path in ("/hunting/allowed/", f"/hunting/allowed/{line.pk}/"):
        page = text_of(cast.client("a1").get(path))
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("name", "status"), [("a_admin", 403), ("a_reader", 403), ("auditor", 403), ("hub_admin", 403), ("sup", 404)]
)
def test_the_pages_are_for_those_who_need_to_know(suppressing, name, status):
    cast, line, _signal = suppressing
    client = cast.client(name)
    assert [client.get(path).status_code for path in PAGES] == [status] * 3
    assert client.get(f"/hunting/allowed/{line.pk}/").status_code == 404
    assert client.post(f"/hunting/allowed/{line.pk}/remove").status_code == 404


# The API.


@pytest.fixture
def client(cast):
    def with_token(name="a1", scopes=("hunting.read", "hunting.write")):
        token = issue_token(cast.actor(name), label="x", scopes=list(scopes), person=cast.people[name])[1]
        return Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

    return with_token


def test_values_are_allowed_listed_and_taken_off_over_the_api(cast, client):
    caller = client()
    body = {"text": "45.155.205.0/24\n0.0.0.0/0\npartner.co.jp", "reason": "ours", "until": "2099-01-01T00:00:00Z"}
    made = caller.post("/api/v1/hunting/allowed", body, "application/json")
    assert (made.status_code, [line["value"] for line in made.json()["items"]]) == (
        201,
        ["45.155.205.0/24", "partner.co.jp"],
    )
    assert [line["value"] for line in made.json()["refused"]] == ["0.0.0.0/0"]
    first = caller.get("/api/v1/hunting/allowed?limit=1").json()
    second = caller.get(f"/api/v1/hunting/allowed?limit=1&cursor={first['next']}").json()
    lines = [line for page in (first, second) for line in page["items"]]
    assert {(line["value"], line["reason"], line["until"], line["added_by"]) for line in lines} == {
        ("45.155.205.0/24", "ours", "2099-01-01T00:00:00Z", "a1"),
        ("partner.co.jp", "ours", "2099-01-01T00:00:00Z", "a1"),
    }
    path = f"/api/v1/hunting/allowed/{lines[0]['id']}"
    assert caller.get(path).json() == lines[0]
    assert [client(name).delete(path).status_code for name in ("b1", "hub_op", "a2")] == [404, 404, 204]
    assert caller.get(path).status_code == 404
    assert client("b1").get("/api/v1/hunting/allowed").json()["items"] == []


def test_the_api_refuses_what_may_not_be_allowed(cast, client):
    def refused(caller, **body):
        answer = caller.post("/api/v1/hunting/allowed", {"text": "a.co.jp", "reason": "x", **body}, "application/json")
        return answer.status_code

    assert refused(client(scopes=["hunting.read"])) == 401
    assert refused(client("a_admin")) == 403
    assert refused(client(), until="2020-01-01T00:00:00Z") == 422
    assert refused(client(), until="2099-01-01T00:00:00") == 422
    assert AllowedValue.everything.count() == 0


def test_what_a_search_suppressed_and_what_was_seen_but_allowed_is_told_over_the_api(suppressing, client, drain):
    caller = client()
    asked = caller.post("/api/v1/searches", {"text": EVIL_ADDRESS}, "application/json").json()["id"]
    drain()
    (line,) = caller.get(f"/api/v1/searches/{asked}/suppressed").json()["items"]
    assert (line["value"], line["count"], line["reason"]) == (EVIL_ADDRESS, 2, "okapi scanner")
    assert caller.get(f"/api/v1/searches/{asked}/hits").json()["items"] == []
    assert client("b1").get(f"/api/v1/searches/{asked}/suppressed").status_code == 404
    seen = caller.post("/api/v1/hunting/seen", {"values": [EVIL_ADDRESS]}, "application/json").json()
    assert (seen["items"], seen["suppressed"]) == ([], [line])


# The shell.


def run(*arguments, stdin=None):
    return CliRunner().invoke(main, arguments, input=stdin)


def test_an_allow_list_is_kept_from_the_shell(cast, stopped_clock):
    added = run(
        "allow", "add", "-", "--org", "bank_a", "--reason", "ours", "--until", "2026-12-31",
        stdin="45.155.205.0/24\npartner.co.jp\nco.jp\n",
    )  # fmt: skip
    assert (added.exit_code, added.stdout) == (0, "2 values are allowed\n")
    assert added.stderr.startswith("not allowed: co.jp: ")
    assert LedgerEntry.objects.get().actor_label == "system:allow"
    shown = json.loads(run("allow", "list", "--org", "bank_a", "--json").stdout)
    assert {(line["value"], line["until"], line["added_by"]) for line in shown} == {
        ("45.155.205.0/24", "2026-12-31T15:00:00Z", None),
        ("partner.co.jp", "2026-12-31T15:00:00Z", None),
    }
    read = LedgerEntry.objects.get(action="hunting.value.listed")
    assert (read.subject_id, read.payload) == (cast.bank_a.pk, {"values": 2})
    assert run("allow", "remove", "-", "--org", "bank_b", stdin="partner.co.jp\n").exit_code == 3
    assert (
        run("allow", "remove", "-", "--org", "bank_a", stdin="partner[.]co.jp\n").stdout
        == "1 values are off the list\n"
    )
    assert "45.155.205.0/24" in run("allow", "list", "--org", "bank_a").stdout


def test_a_search_of_one_lake_from_the_shell_names_what_its_list_leaves_out(suppressing):
    result = run("hunt", "-", "--org", "bank_a", stdin="45.155.205[.]66\n")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "not shown: 45.155.205[.]66: on the organisation's own allow-list (2 events)" in result.stderr
    assert "okapi" not in result.stderr
    answer = json.loads(run("hunt", "-", "--org", "bank_a", "--json", stdin=EVIL_ADDRESS).stdout)
    assert (answer["hits"], answer["suppressed"]) == (
        [],
        [{"organisation": "bank_a", "type": "ipv4", "value": EVIL_ADDRESS, "count": 2}],
    )


def test_a_search_of_all_lakes_judges_each_by_its_own_list_and_points_at_nobody(suppressing):
    cast, _line, _signal = suppressing
    fill_lake(cast.bank_b, [event(src_ip=EVIL_ADDRESS)])
    for name in ("i1", "o1", "t1"):
        actor = cast.actor(name)
        fill_lake(cast.organisations[cast.people[name].organisation.slug], [event(src_ip=EVIL_ADDRESS)])
        told = json.loads(run("hunt", "-", "--json", stdin=EVIL_ADDRESS).stdout)
        assert "bank_b" in {hit["organisation"] for hit in told["hits"]}
        assert "bank_a" not in {hit["organisation"] for hit in told["hits"]}
        assert told["suppressed"] == []
        assert told["suppressed_in"] == (3 if name == "t1" else None)
        actions.allow_values(actor, text=EVIL_ADDRESS, reason="ours")
    assert "3 or more organisations left something out" in run("hunt", "-", stdin=EVIL_ADDRESS).stderr
