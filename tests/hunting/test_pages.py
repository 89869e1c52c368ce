"""The pages of the hunting room, as a person's browser gets them."""

import csv
import gzip
import json
from datetime import timedelta
from io import BytesIO, StringIO
from uuid import uuid4

import duckdb
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories.lakes import EVIL_ADDRESS, EVIL_DOMAIN, event, fill_lake, lakes, share, to_people
from noroshi.core import clock
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.hunting.engine import ScanReason
from noroshi.hunting.lake import waiting_room
from noroshi.hunting.models import Hit, Hunt, LogFile
from noroshi.hunting.views.hunts import MAX_UPLOAD
from noroshi.sharing.models import Signal

BODY = f"{EVIL_ADDRESS} http://{EVIL_DOMAIN}/login"
DEFANGED_ADDRESS = EVIL_ADDRESS.replace(".", "[.]")
PAGES = ("/hunting/", "/hunting/searches/", "/hunting/searches/new", "/hunting/lake/", "/hunting/lake/send")


@pytest.fixture
def touched(cast):
    fill_lake(
        cast.bank_a,
        [
            event("2026-11-20T01:00:00Z", src_ip=EVIL_ADDRESS, user="taro@bank-a.example"),
            event("2026-11-21T05:00:00Z", url=f"http://{EVIL_DOMAIN}/login?id=1"),
        ],
    )
    fill_lake(cast.bank_b, [event(src_ip=EVIL_ADDRESS, url="https://secret.bank-b.example.jp/")])
    return cast


@pytest.fixture
def hunted(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    return touched, signal


def make_hits(organisation, number, **fields):
    """Hits of a signal that everybody sees, without a hunt through any log."""
    author = organisation.people.first()
    signal = Signal.everything.create(owner=organisation, author=author, tlp="CLEAR", state="published", title="x")
    hunt = Hunt.everything.create(signal=signal, state="done")
    now = clock.now()
    values = {"type": "ipv4", "first_seen": now, "last_seen": now, "count": 1, **fields}
    return Hit.everything.bulk_create(
        Hit(hunt=hunt, organisation=organisation, **{"value": f"45.155.204.{place}", **values})
        for place in range(number)
    )


def rows_of(response):
    return list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def text_of(response):
    return response.content.decode()


# Hits.


def test_the_list_shows_the_own_hits_defanged(hunted):
    cast, _signal = hunted
    page = text_of(cast.client("a1").get("/hunting/"))
    assert DEFANGED_ADDRESS in page
    assert "hxxp://evil-bank[.]example[.]com/login" in page
    assert EVIL_ADDRESS not in page
    assert EVIL_DOMAIN not in page


def test_the_list_of_an_untouched_member_names_nothing_of_the_hunt(hunted):
    cast, _signal = hunted
    page = text_of(cast.client("i1").get("/hunting/"))
    assert "Nothing that was shared has been found in your logs." in page
    assert DEFANGED_ADDRESS not in page


def test_the_list_is_filtered(hunted):
    cast, _signal = hunted
    client = cast.client("a1")
    expected = {
        "": 2,
        "?type=ipv4": 1,
        "?type=domain": 0,
        "?q=evil-bank": 1,
        "?since=2026-11-21": 1,
        "?until=2026-11-20": 1,
        "?signal=Phishing": 2,
        "?signal=unheard": 0,
    }
    counts = {query: client.get(f"/hunting/{query}").context["listing"].page.count for query in expected}
    assert counts == expected


def test_the_list_is_filtered_by_the_signals_number(hunted, drain):
    cast, signal = hunted
    other = share(cast.actor("b1"), EVIL_ADDRESS)
    drain()
    client = cast.client("a1")
    assert client.get(f"/hunting/?signal={signal.pk}").context["listing"].page.count == 2
    assert client.get(f"/hunting/?signal={other.pk}").context["listing"].page.count == 1


def test_the_chart_counts_the_days_of_the_last_month(cast, stopped_clock):
    make_hits(cast.bank_a, 2)
    make_hits(cast.bank_b, 5)
    stopped_clock.advance(days=2)
    make_hits(cast.bank_a, 1)
    page = text_of(cast.client("a1").get("/hunting/"))
    assert '<tr><th scope="row">11/22</th><td>2</td></tr>' in page
    assert '<tr><th scope="row">11/23</th><td>0</td></tr>' in page
    assert '<tr><th scope="row">11/24</th><td>1</td></tr>' in page


@pytest.mark.parametrize("path", ["/hunting/", "/hunting/searches/", "/hunting/lake/"])
def test_a_list_costs_as_many_queries_for_three_rows_as_for_one(
    cast, path, django_assert_num_queries, django_assert_max_num_queries
):
    client = cast.client("a1")
    signal = Signal.everything.create(owner=cast.bank_b, author=cast.b1, tlp="CLEAR", state="published", title="x")

    def add():
        hunt = Hunt.everything.create(signal=signal, version=Hunt.everything.count() + 1)
        now = clock.now()
        Hit.everything.create(
            hunt=hunt, organisation=cast.bank_a, type="ipv4", value="45.1.1.1", first_seen=now, last_seen=now, count=1
        )
        Hunt.everything.create(organisation=cast.bank_a, requested_by=cast.a2, values=[["ipv4", "45.1.1.1"]])
        LogFile.everything.create(organisation=cast.bank_a, sent_by=cast.a2, source="proxy", name="x.log")

    add()
    client.get(path)
    with django_assert_max_num_queries(30) as one:
        assert client.get(path).context["listing"].page.count == 1
    add()
    add()
    with django_assert_num_queries(len(one)):
        assert client.get(path).context["listing"].page.count == 3


def test_the_csv_holds_the_own_hits_and_who_took_them(hunted):
    cast, _signal = hunted
    lines = rows_of(cast.client("a1").get("/hunting/?export=csv&sort=type"))
    assert [line[:3] for line in lines[1:]] == [
        ["IPv4 address", DEFANGED_ADDRESS, "1"],
        ["URL", "hxxp://evil-bank[.]example[.]com/login", "1"],
    ]
    assert {line[-1].rpartition(" ")[0] for line in lines[1:]} == {f"{cast.a1.name} <{cast.a1.email}>"}


def test_the_csv_leaves_out_hits_of_signals_that_may_not_leave_in_bulk(touched, drain):
    share(touched.actor("i1"), BODY, tlp=TLP.AMBER_STRICT, entries=to_people(touched.a1))
    drain()
    client = touched.client("a1")
    assert client.get("/hunting/").context["listing"].page.count == 2
    assert len(rows_of(client.get("/hunting/?export=csv"))) == 1


@pytest.mark.parametrize("agent", ["=HYPERLINK(1)", "@SUM(1)", "+1+cmd", "-1+cmd", " =1", "＝cmd"])
def test_the_csv_runs_no_formula_of_a_log(cast, agent):
    make_hits(cast.bank_a, 1, type="user_agent", value=agent)
    lines = rows_of(cast.client("a1").get("/hunting/?export=csv"))
    assert lines[1][1] == f"'{agent.strip()}"


def test_markup_of_a_log_stays_text(cast, drain):
    agent = "<script>alert(1)</script>"
    fill_lake(cast.bank_a, [event(user_agent=agent)])
    (hit,) = make_hits(cast.bank_a, 1, type="user_agent", value=agent)
    client = cast.client("a1")
    for path in ("/hunting/", f"/hunting/hits/{hit.pk}/", f"/hunting/hits/{hit.pk}/events"):
        page = text_of(client.get(path))
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


# One hit, and the events behind it.


def test_a_hit_shows_its_numbers_and_where_it_stands(hunted):
    cast, signal = hunted
    hit = Hit.everything.get(organisation=cast.bank_a, type="ipv4")
    page = text_of(cast.client("a1").get(f"/hunting/hits/{hit.pk}/"))
    assert DEFANGED_ADDRESS in page
    assert "bank_a-proxy.ndjson:1" in page
    assert signal.title in page


def test_the_events_of_a_hit_are_the_own_logs_defanged(hunted):
    cast, _signal = hunted
    hit = Hit.everything.get(organisation=cast.bank_a, type="ipv4")
    response = cast.client("a1").get(f"/hunting/hits/{hit.pk}/events")
    (shown,) = response.context["events"]
    assert shown.fields["src_ip"] == DEFANGED_ADDRESS
    assert shown.fields["url"] == "www[.]example[.]org/"
    assert (shown.file, shown.line, shown.source) == ("bank_a-proxy.ndjson", 1, "proxy")
    page = text_of(response)
    assert "taro@bank-a.example" not in page
    assert "secret" not in page
    assert '<tr><th scope="row">11/20</th><td>1</td></tr>' in page


def test_a_hit_is_not_there_for_anybody_else(hunted):
    cast, _signal = hunted
    hit = Hit.everything.get(organisation=cast.bank_a, type="ipv4")
    paths = (f"/hunting/hits/{hit.pk}/", f"/hunting/hits/{uuid4()}/", f"/hunting/hits/{hit.pk}/events")
    others = ("b1", "i1", "hub_op", "auditor", "a_admin", "a_reader", "sup", "v1")
    answers = {name: [cast.client(name).get(path).status_code for path in paths] for name in ("a1", *others)}
    assert answers == {"a1": [200, 404, 200], **{name: [404, 404, 404] for name in others}}


# What a signal's hunt has found.


def test_the_signals_page_shows_a_member_its_own_hits_and_no_count(hunted):
    cast, signal = hunted
    response = cast.client("b1").get(f"/hunting/signals/{signal.pk}/")
    page = text_of(response)
    assert DEFANGED_ADDRESS in page
    assert response.context["counts"] == []
    assert "Bank_A" not in page
    assert "By organisation" not in page


def test_the_signals_page_shows_the_hub_counts_and_no_value(hunted):
    cast, signal = hunted
    response = cast.client("hub_op").get(f"/hunting/signals/{signal.pk}/")
    page = text_of(response)
    assert [(count.organisation.slug, count.values) for count in response.context["counts"]] == [
        ("bank_a", 2),
        ("bank_b", 1),
    ]
    assert "Bank_A" in page
    assert DEFANGED_ADDRESS not in page
    assert "evil-bank" not in page


def test_the_signals_page_is_not_there_for_who_does_not_see_the_signal(touched, drain):
    signal = share(touched.actor("i1"), BODY, tlp=TLP.AMBER_STRICT, entries=to_people(touched.a1))
    drain()
    statuses = {
        name: touched.client(name).get(f"/hunting/signals/{signal.pk}/").status_code
        for name in ("a1", "b1", "hub_op", "sup")
    }
    assert statuses == {"a1": 200, "b1": 404, "hub_op": 404, "sup": 404}


# Searching the own lake.


def search(client, text="", **fields):
    return client.post("/hunting/searches/new", {"values": text, **fields})


def test_a_search_finds_the_own_events_alone(touched, drain):
    client = touched.client("a1")
    response = search(client, f"hxxp://{EVIL_DOMAIN.replace('.', '[.]')}/login\n{EVIL_ADDRESS}\nnonsense here")
    assert response.status_code == 302
    assert "Waiting for its turn" in text_of(client.get(response.url))
    drain()
    page = client.get(response.url)
    assert page.context["listing"].page.count == 2
    assert [(hit.type, hit.count) for hit in Hit.everything.order_by("type")] == [("ipv4", 1), ("url", 1)]
    assert set(Hit.everything.values_list("organisation__slug", flat=True)) == {"bank_a"}
    assert "nonsense here" in text_of(page)


def test_a_running_search_refreshes_itself_until_it_is_done(touched, drain):
    client = touched.client("a1")
    url = search(client, EVIL_ADDRESS).url
    waiting = client.get(url, headers={"HX-Request": "true", "HX-Target": "progress"})
    assert 'hx-trigger="every 1s"' in text_of(waiting)
    assert "HX-Refresh" not in waiting
    drain()
    done = client.get(url, headers={"HX-Request": "true", "HX-Target": "progress"})
    assert done["HX-Refresh"] == "true"
    assert "hx-trigger" not in text_of(done)


def test_a_search_tells_nobody_and_leaves_no_sighting(touched, drain):
    from noroshi.intel.models import Sighting
    from noroshi.notify.models import Notice

    search(touched.client("a1"), EVIL_ADDRESS)
    drain()
    assert Notice.everything.count() == 0
    assert Sighting.everything.count() == 0
    asked = LedgerEntry.objects.get(action="hunting.hunt.requested")
    assert (asked.person, asked.payload) == (touched.a1.pk, {"values": 1})


def test_what_a_search_found_is_not_among_what_was_shared(touched, drain):
    client = touched.client("a1")
    search(client, EVIL_ADDRESS)
    drain()
    page = client.get("/hunting/")
    assert page.context["listing"].page.count == 0
    assert len(rows_of(client.get("/hunting/?export=csv"))) == 1


def test_a_list_of_values_can_be_a_file_in_an_old_encoding(touched, drain):
    content = f"# 攻撃元の一覧\n{EVIL_ADDRESS}\n".encode("cp932")
    response = search(touched.client("a1"), file=SimpleUploadedFile("ioc.txt", content))
    assert response.status_code == 302
    assert Hunt.everything.get().values == [["ipv4", EVIL_ADDRESS]]


@pytest.mark.parametrize(
    ("text", "file", "sentence"),
    [
        ("", None, "No line names a value that can be looked for."),
        ("just words", None, "No line names a value that can be looked for."),
        ("", b"\x00\x01\x02\xff" * 100, "The file of values is not text."),
        ("", b"a" * 2_000_001, "The file of values is larger than 2 MB."),
    ],
)
def test_a_search_for_nothing_says_why_and_starts_nothing(touched, text, file, sentence):
    files = {"file": SimpleUploadedFile("ioc.bin", file)} if file else {}
    response = search(touched.client("a1"), text, **files)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert Hunt.everything.count() == 0


def test_a_search_for_too_many_values_is_refused(touched, monkeypatch):
    from noroshi.hunting.actions import hunts

    monkeypatch.setattr(hunts, "MAX_VALUES", 2)
    response = search(touched.client("a1"), "45.1.1.1\n45.1.1.2\n45.1.1.3")
    assert response.status_code == 413
    assert "more than 2 values" in text_of(response)
    assert Hunt.everything.count() == 0


def test_a_search_is_there_for_colleagues_and_for_nobody_else(touched, drain):
    url = search(touched.client("a1"), EVIL_ADDRESS).url
    drain()
    names = ("a2", "b1", "hub_op", "a_admin", "sup")
    statuses = {name: touched.client(name).get(url).status_code for name in names}
    assert statuses == {"a2": 200, "b1": 404, "hub_op": 404, "a_admin": 404, "sup": 404}


def test_what_a_search_found_leaves_as_csv(touched, drain):
    client = touched.client("a1")
    url = search(client, f"{EVIL_ADDRESS}\n{EVIL_DOMAIN}").url
    drain()
    lines = rows_of(client.get(f"{url}?export=csv&sort=type"))
    assert [line[1] for line in lines[1:]] == ["evil-bank[.]example[.]com", DEFANGED_ADDRESS]


def test_what_a_search_found_leaves_as_stix_sightings_for_colleagues_alone(touched, drain):
    url = f"{search(touched.client('a1'), EVIL_ADDRESS).url}sightings"
    drain()
    found = json.loads(touched.client("a2").get(url).content)["objects"]
    assert [made["value"] for made in found if made["type"] == "ipv4-addr"] == [EVIL_ADDRESS]
    assert sum(made["type"] == "sighting" for made in found) == 1
    statuses = {name: touched.client(name).get(url).status_code for name in ("b1", "hub_op", "a_admin", "sup")}
    assert statuses == {"b1": 404, "hub_op": 404, "a_admin": 404, "sup": 404}


def test_what_a_search_found_leaves_as_parquet_for_colleagues_alone(touched, drain, tmp_path):
    client = touched.client("a1")
    url = f"{search(client, f'{EVIL_ADDRESS}').url}hits.parquet"
    drain()
    target = tmp_path / "hits.parquet"
    target.write_bytes(client.get(url).content)
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT organisation, type, value, count FROM read_parquet(?)", [str(target)])
        assert rows.fetchall() == [("bank_a", "ipv4", EVIL_ADDRESS, 1)]
    assert {name: touched.client(name).get(url).status_code for name in ("a2", "b1", "hub_op")} == {
        "a2": 200,
        "b1": 404,
        "hub_op": 404,
    }


def test_a_search_within_days_finds_what_lies_in_them_and_says_what_it_read(touched, drain):
    client = touched.client("a1")
    values = f"{EVIL_ADDRESS}\n{EVIL_DOMAIN}"
    url = search(client, values, since="2026-11-21", until="2026-11-21").url
    drain()
    page = client.get(url)
    assert [hit.value for hit in Hit.everything.all()] == [EVIL_DOMAIN]
    hunt = Hunt.everything.get()
    assert (hunt.since.isoformat(), hunt.until.isoformat()) == (
        "2026-11-20T15:00:00+00:00",
        "2026-11-21T15:00:00+00:00",
    )
    assert "<dt>Ends</dt>" in text_of(page)
    Hunt.everything.update(capped=True, scanned=[[ScanReason.NOT_INDEXED, 3]])
    page = text_of(client.get(url))
    assert "3 files" in page
    assert "These files are not in the index yet: compact the lake." in page
    assert "More was found than one search may hold" in page


def test_a_hit_says_how_common_its_value_is_in_the_own_logs(touched, drain):
    client = touched.client("a1")
    search(client, EVIL_ADDRESS)
    drain()
    page = text_of(client.get(f"/hunting/hits/{Hit.everything.get().pk}/events"))
    assert "1 of 2 in your logs" in page
    assert page.count("<dd>1 of 2</dd>") == 1  # days
    assert page.count("<dd>1 of 1</dd>") == 1  # sources


@pytest.mark.parametrize("days", [("2026-11-22", "2026-11-21"), ("1000-01-01", ""), ("", "9999-12-31")])
def test_a_search_within_days_that_cannot_be_is_refused(touched, days):
    response = search(touched.client("a1"), EVIL_ADDRESS, since=days[0], until=days[1])
    assert (response.status_code, Hunt.everything.count()) == (422, 0)


def test_a_search_leaves_harmless_values_out_and_names_them_unless_they_are_asked_for(touched, drain):
    fill_lake(touched.bank_a, [event(src_ip="8.8.8.8")], source="dns")
    client = touched.client("a1")
    url = search(client, "8.8.8.8").url
    drain()
    assert "A warning list knows this value as harmless; it is in the logs." in text_of(client.get(url))
    assert Hit.everything.count() == 0
    search(client, "8.8.8.8", harmless_too="on")
    drain()
    assert [hit.value for hit in Hit.everything.all()] == ["8.8.8.8"]


# The lake and its quarantine.


def test_the_lake_shows_a_member_its_own_sources(touched):
    response = touched.client("a1").get("/hunting/lake/")
    assert [(row.organisation, row.source, row.events) for row in response.context["sources"]] == [
        ("bank_a", "proxy", 2)
    ]
    assert response.context["counts"] == []
    assert "bank_b" not in text_of(response).lower()


def test_the_lake_shows_the_hub_counts_by_organisation_and_no_source(touched):
    response = touched.client("hub_op").get("/hunting/lake/")
    counts = [(row.organisation.slug, row.files, row.events) for row in response.context["counts"]]
    assert counts == [("bank_a", 1, 2), ("bank_b", 1, 1)]
    assert response.context["sources"] == []
    assert "proxy" not in text_of(response)


def test_the_quarantine_shows_the_own_lines_with_their_reasons(cast):
    fill_lake(cast.bank_a, [event(), {"timestamp": "no time at all", "src_ip": "45.1.1.1"}])
    fill_lake(cast.bank_b, [event(), {"timestamp": "the other bank's line"}])
    client = cast.client("a1")
    assert '<a href="/hunting/lake/quarantine/proxy/">1</a>' in text_of(client.get("/hunting/lake/"))
    response = client.get("/hunting/lake/quarantine/proxy/")
    (line, reason) = response.context["lines"][0]
    assert (line.line, reason) == (2, "The line has no readable time between 1990 and 2100.")
    assert "the other bank" not in text_of(response)


def test_a_long_quarantine_has_pages(cast):
    bad = [{"timestamp": f"bad {number}"} for number in range(130)]
    fill_lake(cast.bank_a, [event(), *bad])
    client = cast.client("a1")
    first, second = (client.get(f"/hunting/lake/quarantine/proxy/?page={page}") for page in (1, 2))
    assert [len(first.context["lines"]), len(second.context["lines"])] == [100, 30]
    assert second.context["lines"][-1][0].line == 131
    for page in ("0", "-1", "x", "9999", "99999999999999999999"):
        assert client.get(f"/hunting/lake/quarantine/proxy/?page={page}").status_code == 200


def test_the_quarantine_is_narrowed_to_a_reason_and_its_pages_stay_narrow(cast):
    rows = [{"timestamp": "never"}] * 130 + [{"timestamp": "2096-01-01T00:00:00Z"}, event()]
    fill_lake(cast.bank_a, rows)
    client = cast.client("a1")
    reasons = client.get("/hunting/lake/quarantine/proxy/").context["reasons"]
    assert [number for _value, _words, number in reasons] == [130, 1]
    response = client.get("/hunting/lake/quarantine/proxy/", {"reason": reasons[0][0]})
    assert (response.context["page"].count, len(response.context["lines"])) == (130, 100)
    following = client.get(f"/hunting/lake/quarantine/proxy/{response.context['page'].next_url}")
    assert [line.line for line, _words in following.context["lines"]] == list(range(101, 131))
    assert client.get("/hunting/lake/quarantine/proxy/?reason=none").context["page"].count == 131


def test_the_lake_shows_the_last_days_and_where_events_are_missing(cast, stopped_clock):
    fill_lake(cast.bank_a, [event(f"2026-11-{day}T01:00:00Z") for day in (17, 18, 21)])
    fill_lake(cast.bank_b, [event("2026-11-22T01:00:00Z", device="b")], source="secret-b")
    page = text_of(cast.client("a1").get("/hunting/lake/"))
    assert "proxy: 3 days without events since its first" in page
    assert "Events, by source and day" in page
    assert "secret-b" not in page
    hub = text_of(cast.client("hub_op").get("/hunting/lake/"))
    assert "Bank_A: 3 days without events since its first" in hub
    assert "secret-b" not in hub


def test_a_source_says_how_it_is_read_and_refuses_a_mapping_that_is_none(cast):
    client = cast.client("a1")
    assert client.get("/hunting/lake/sources/vpn/").status_code == 200
    refused = client.post("/hunting/lake/sources/vpn/", {"mapping": "a: nothing", "keep_days": ""})
    assert refused.status_code == 422
    assert "mapping:1: “nothing” is no role" in text_of(refused)
    assert client.post("/hunting/lake/sources/vpn/", {"mapping": "a: time", "keep_days": "90"}).status_code == 302
    assert "a: time" in text_of(cast.client("a2").get("/hunting/lake/sources/vpn/"))
    assert "a: time" not in text_of(cast.client("b1").get("/hunting/lake/sources/vpn/"))
    assert client.get("/hunting/lake/sources/no slug/").status_code == 404


def test_a_source_that_is_not_there_has_an_empty_quarantine(touched):
    response = touched.client("a1").get("/hunting/lake/quarantine/nothing/")
    assert (response.status_code, response.context["lines"]) == (200, [])


# Sending a log file.


def send(client, content, name="access.log", source="web"):
    return client.post("/hunting/lake/send", {"source": source, "file": SimpleUploadedFile(name, content)})


LINE = f'{EVIL_ADDRESS} - - [20/Nov/2026:10:00:00 +0900] "GET /login HTTP/1.1" 200 12 "-" "curl/8"\n'


def test_a_log_file_sent_from_the_page_is_in_the_lake_after_its_job(cast, drain):
    client = cast.client("a1")
    response = send(client, LINE.encode() * 3)
    assert response.status_code == 302
    assert lakes() == []
    assert "Reading lines" in text_of(client.get(response.url))
    drain()
    file = LogFile.everything.get()
    assert (file.state, file.lines, file.events, file.quarantined, file.known) == ("done", 3, 3, 0, False)
    assert lakes() == ["bank_a"]
    assert not waiting_room(file.pk).exists()
    sent = LedgerEntry.objects.get(action="hunting.log.sent")
    assert (sent.person, sent.payload) == (cast.a1.pk, {"source": "web"})


def test_the_same_file_sent_twice_adds_nothing(cast, drain):
    client = cast.client("a1")
    send(client, LINE.encode())
    drain()
    response = send(client, gzip.compress(LINE.encode()), name="access.log.gz")
    drain()
    assert "added nothing" in text_of(client.get(response.url))
    assert client.get("/hunting/lake/").context["sources"][0].events == 1


def test_a_log_file_taken_in_twice_is_taken_in_once(cast, drain):
    from noroshi.hunting.actions import take_in

    send(cast.client("a1"), LINE.encode())
    drain()
    file = LogFile.everything.get()
    take_in(file)
    file.refresh_from_db()
    assert (file.state, file.events, file.known) == ("done", 1, False)


BOMB = gzip.compress(b"a" * 50_000_000)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BOMB, "The file expands far more than a log does"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100, "The file is not text."),
        (b"PK\x03\x04" + b"\x00" * 1000, "The compression is not known"),
        (gzip.compress(LINE.encode() * 1000)[:-20], "ends too early"),
        (b"hello world\nthis is no log\n", "No known log format"),
    ],
    ids=["bomb", "picture", "zip", "cut", "prose"],
)
def test_a_bad_file_gives_one_clear_sentence_and_stores_nothing(cast, drain, content, sentence, settings):
    client = cast.client("a1")
    response = send(client, content)
    drain()
    page = text_of(client.get(response.url))
    assert sentence in page
    assert "Nothing of it was stored." in page
    assert lakes() == []
    assert list(settings.LAKE_DIR.glob("events/**/*.parquet")) == []
    assert list(settings.LAKE_DIR.glob("waiting/*")) == []


def test_a_sentence_of_the_engine_is_told_in_japanese(cast, drain):
    client = cast.client("a1", language="ja")
    response = send(client, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100)
    drain()
    assert "テキストファイルではありません。" in text_of(client.get(response.url))


def test_an_upload_that_says_it_is_too_large_is_refused_unread(cast):
    class Unread(BytesIO):
        def read(self, *_arguments):
            pytest.fail("the body was read")

    response = cast.client("a1").generic(
        "POST",
        "/hunting/lake/send",
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(MAX_UPLOAD + 1),
        **{"wsgi.input": Unread()},
    )
    assert response.status_code == 413
    assert "at most 256 MB" in text_of(response)


def test_an_upload_from_elsewhere_is_refused(cast):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.a1)
    assert send(client, LINE.encode()).status_code == 403
    assert LogFile.everything.count() == 0


@pytest.mark.parametrize("source", ["", "../x", "a b", "x" * 64, "源", "-x"])
def test_a_source_that_cannot_name_a_folder_is_refused(cast, source):
    response = send(cast.client("a1"), LINE.encode(), source=source)
    assert response.status_code == 422
    assert LogFile.everything.count() == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("アクセスログ" * 20 + ".log", "アクセスログ" * 10),
        ("..evil.log", "evil.log"),
        ("a\u202eb.log", "ab.log"),
        ("x" * 300, "x" * 180),
    ],
)
def test_a_file_keeps_a_name_that_a_disk_can_hold(cast, drain, name, kept):
    response = send(cast.client("a1"), LINE.encode(), name=name)
    drain()
    assert response.status_code == 302
    file = LogFile.everything.get()
    assert (file.name, file.state) == (kept, "done")


def test_a_sending_that_fails_leaves_no_file(cast, settings, tmp_path):
    from noroshi.core.errors import NotAllowed
    from noroshi.hunting.actions import send_log_file

    path = tmp_path / "x.log"
    path.write_text(LINE)
    with pytest.raises(NotAllowed):
        send_log_file(cast.actor("a_admin"), source="web", name="x.log", path=path)
    with pytest.raises(FileNotFoundError):
        send_log_file(cast.actor("a1"), source="web", name="x.log", path=tmp_path / "gone")
    assert LogFile.everything.count() == 0
    assert list(settings.LAKE_DIR.glob("waiting/*")) == []


def test_a_sent_file_is_there_for_colleagues_and_for_nobody_else(cast, drain):
    url = send(cast.client("a1"), LINE.encode()).url
    drain()
    names = ("a2", "b1", "hub_op", "a_admin", "sup")
    statuses = {name: cast.client(name).get(url).status_code for name in names}
    assert statuses == {"a2": 200, "b1": 404, "hub_op": 404, "a_admin": 404, "sup": 404}


# Doors.


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_its_roles_alone(cast, path):
    names = ("a1", "b2", "hub_op", "a_admin", "a_reader", "auditor", "sup", "sup_admin")
    found = {name: cast.client(name).get(path).status_code for name in names}
    assert found == {
        "a1": 200,
        "b2": 200,
        "hub_op": 200,
        "a_admin": 403,
        "a_reader": 403,
        "auditor": 403,
        "sup": 404,
        "sup_admin": 404,
    }


@pytest.mark.parametrize("path", PAGES)
def test_a_suspended_persons_pages_are_closed(cast, path):
    client = cast.client("a1")
    cast.a1.standing = "suspended"
    cast.a1.save()
    assert client.get(path).status_code in {302, 403}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_page_has_no_inline_script_or_style(hunted, language):
    cast, _signal = hunted
    client = cast.client("a1", language=language)
    pages = {path: text_of(client.get(path)) for path in PAGES}
    inline = {path: [mark for mark in (" style=", "<style", " onclick=") if mark in pages[path]] for path in PAGES}
    assert inline == {path: [] for path in PAGES}


def test_old_hits_leave_the_chart_and_stay_in_the_list(cast, stopped_clock):
    make_hits(cast.bank_a, 1)
    stopped_clock.now += timedelta(days=40)
    response = cast.client("a1").get("/hunting/")
    assert response.context["listing"].page.count == 1
    assert "11/22" not in text_of(response).split("list-hits")[0]
