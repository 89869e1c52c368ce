"""Files of rules that people send, the pages of rules and detections, their API and their commands."""

import csv
import json
from io import StringIO
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from factories.lakes import fill_lake
from hunting.test_detections import BURST, SPRAY, burst, rule_line, spray
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions, queries, rulebook
from noroshi.hunting.models import Detection, RuleFile
from noroshi.hunting.tasks import look_at_news
from noroshi.members.actions import issue_token
from noroshi.site.cli import main

OWN = """\
title: Root logs in
id: 7f1f0b7e-2d8f-4b49-9d55-9b6a0b7f9a01
logsource: {category: authentication}
detection:
  root: {user: root}
  condition: root
level: high
noroshi:
  group-by: [user, src_ip]
"""
NUMBER = UUID("7f1f0b7e-2d8f-4b49-9d55-9b6a0b7f9a01")
LOGIN = {"class": "auth", "timestamp": "2026-11-20T01:00:00Z", "outcome": "success", "src_ip": "198.51.100.7"}


@pytest.fixture
def run(drain):
    def go():
        look_at_news()
        drain()

    return go


@pytest.fixture
def seen(cast, run):
    """Both banks have detections; those of bank_a have an address of their own."""
    fill_lake(cast.bank_a, burst() + spray(4000))
    fill_lake(cast.bank_b, burst())
    run()
    return cast


def titles(rows):
    return sorted(row.title_en for row in rows)


def origins(organisation):
    """The origin of the rule of the tests in what an organisation may use."""
    known = rulebook.rules_of(organisation.pk if organisation else None).get(NUMBER)
    return known and known.origin


def text_of(response):
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


# Files.


def test_an_own_rule_is_the_organisations_alone_and_starts_switched_off(cast, run):
    actor = cast.actor("a1")
    file = actions.save_rules(actor, name="root.yml", content=OWN.encode())
    fill_lake(cast.bank_a, [LOGIN | {"user": "root"}])
    run()
    assert Detection.everything.count() == 0
    assert (origins(cast.bank_a), origins(cast.bank_b), origins(None)) == ("own", None, None)
    assert [
        name for name in ("a1", "b1", "hub_op", "a_reader", "sup") if file in queries.rule_files_for(cast.actor(name))
    ] == ["a1"]
    actions.tune_rule(actor, queries.rule_for(actor, NUMBER), enabled=True, threshold=None)
    run()
    assert titles(queries.detections_for(actor)) == ["Root logs in"]


def test_a_rule_of_the_hub_is_everybodys_and_runs_at_once(cast, run):
    actions.save_rules(cast.actor("hub_op"), name="root.yml", content=OWN.encode(), for_all=True)
    fill_lake(cast.bank_a, [LOGIN | {"user": "root"}])
    run()
    assert titles(queries.detections_for(cast.actor("a1"))) == ["Root logs in"]
    assert (origins(cast.bank_a), origins(cast.bank_b)) == ("hub", "hub")
    with pytest.raises(NotAllowed):
        actions.save_rules(cast.actor("a1"), name="x.yml", content=OWN.encode(), for_all=True)
    with pytest.raises(NotFound):
        actions.save_rules(cast.actor("sup"), name="x.yml", content=OWN.encode(), for_all=True)
    with pytest.raises(NotAllowed):
        actions.remove_rules(cast.actor("a1"), RuleFile.everything.get())


def test_a_file_of_the_same_name_is_replaced_and_a_removed_one_runs_no_more(cast):
    actor = cast.actor("a1")
    first = actions.save_rules(actor, name="root.yml", content=OWN.encode())
    second = actions.save_rules(actor, name="root.yml", content=OWN.replace("Root", "Superuser").encode())
    assert (second.pk, rulebook.rules_of(cast.bank_a.pk)[NUMBER].rule.title.en) == (first.pk, "Superuser logs in")
    actions.remove_rules(actor, second)
    assert origins(cast.bank_a) is None
    told = [(entry.action, entry.payload) for entry in LedgerEntry.objects.filter(action__startswith="hunting.rules.")]
    saved = ("hunting.rules.saved", {"rules": 1, "for_all": False})
    assert told == [saved, saved, ("hunting.rules.removed", {"for_all": False})]


def test_a_wrong_file_names_its_line_and_nothing_of_it_is_kept(cast):
    actor = cast.actor("a1")
    pack = str(rule_line(cast, BURST).known.rule.id)
    for content, said in (
        (OWN.replace("user: root", "CommandLine: x"), "root.yml:5: The lake keeps no field “CommandLine”."),
        (OWN.replace(str(NUMBER), pack), f"root.yml:1: The number {pack} belongs to the rule “{BURST}” already."),
        ("title: [", "root.yml:1: This is not YAML: expected the node content, but found '<stream end>'"),
    ):
        with pytest.raises(InvalidInput) as refused:
            actions.save_rules(actor, name="root.yml", content=content.encode())
        assert refused.value.message == said
    assert RuleFile.everything.count() == 0


# Pages.

PAGES = ("/hunting/detections/", "/hunting/rules/", "/hunting/rules/send", "/hunting/coverage/")


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_who_needs_to_know(cast, path):
    answers = {name: cast.client(name).get(path).status_code for name in ("a1", "b2", "a_reader", "a_admin", "sup")}
    assert answers == {"a1": 200, "b2": 200, "a_reader": 403, "a_admin": 403, "sup": 404}


def test_a_detection_is_shown_with_its_events_to_its_own_people_and_to_nobody_else(seen):
    detection = Detection.everything.get(title_en=SPRAY)
    path = f"/hunting/detections/{detection.pk}/"
    page = text_of(seen.client("a1").get(path))
    assert "203[.]0[.]113[.]9" in page
    assert "203.0.113.9" not in page
    assert "15 different values within 30 minutes" in page
    events = text_of(seen.client("a1").get(f"{path}events"))
    assert events.count("203[.]0[.]113[.]9") == 15
    assert "From addresses" not in events  # how common a value is, is asked of hits alone
    for name in ("b1", "hub_op", "hub_trusted", "sup", "a_reader"):
        answers = [seen.client(name).get(f"{path}{more}").status_code for more in ("", "events")]
        assert answers == [404, 404]
        assert seen.client(name).post(f"{path}handle", {"state": "seen", "reason": "x"}).status_code == 404


def test_what_it_may_be_instead_is_said_in_the_readers_language(seen):
    detection = Detection.everything.get(title_en=SPRAY)
    client = seen.client("a1", "ja")
    for path in (f"/hunting/detections/{detection.pk}/", f"/hunting/rules/{detection.rule}/"):
        assert "一つの接続元を共有する多数の利用者の入力誤り" in text_of(client.get(path))
        assert "whose people all mistype" in text_of(seen.client("a2").get(path))


def test_the_list_is_filtered_and_exported(seen):
    client = seen.client("a1", "ja")
    page = text_of(client.get("/hunting/detections/?level=3"))
    assert "一つの接続元からのパスワードスプレー" in page
    assert "同一利用者へのログイン失敗の集中" not in page
    assert "一つの接続元からのパスワードスプレー" in text_of(client.get("/hunting/detections/?q=203.0.113.9"))
    run = Detection.everything.get(title_en=SPRAY).run_id
    other = Detection.everything.get(organisation=seen.bank_b).run_id
    counts = [text_of(client.get(f"/hunting/detections/?run={number}")).count("<code>") for number in (run, other, "x")]
    assert counts == [counts[0], 0, 0]
    rows = list(
        csv.reader(StringIO(text_of(seen.client("a1").get("/hunting/detections/?export=csv")).removeprefix("\ufeff")))
    )
    assert [row[1] for row in rows[1:3]] == [SPRAY, BURST]
    assert "203[.]0[.]113[.]9" in rows[1][2]


def test_a_person_answers_on_the_page(seen):
    client = seen.client("a1")
    path = f"/hunting/detections/{Detection.everything.get(title_en=SPRAY).pk}/"
    assert client.post(f"{path}handle", {"state": "seen", "reason": ""}).status_code == 422
    assert client.post(f"{path}handle", {"state": "seen", "reason": "ours"}).url == path
    assert "ours" in text_of(client.get(path))
    assert client.post(f"{path}handle", {"state": "seen", "reason": "ours"}).status_code == 409


def test_rules_are_run_by_hand(cast, drain):
    client = cast.client("a1")
    fill_lake(cast.bank_a, burst())
    waiting = client.post("/hunting/detections/run").url
    assert 'role="status"' in text_of(client.get(waiting))
    again = client.post("/hunting/detections/run", follow=True)
    assert "The rules are being run already." in text_of(again)
    drain()
    assert "1 new detection" in text_of(client.get(waiting))
    assert client.get(waiting, headers={"HX-Target": "progress"})["HX-Refresh"] == "true"
    assert cast.client("b1").get(waiting).status_code == 404


def test_a_rule_is_shown_with_what_it_asks_and_is_tuned(cast):
    client = cast.client("a1")
    path = f"/hunting/rules/{rule_line(cast, BURST).known.rule.id}/"
    page = text_of(client.get(path))
    assert "FROM events WHERE" in page
    assert "10 events within 10 minutes" in page
    assert client.post(f"{path}tune", {"threshold": "0"}).status_code == 422
    assert client.post(f"{path}tune", {"threshold": "12"}).url == path
    line = rule_line(cast, BURST)
    assert (line.enabled, line.threshold) == (False, 12)
    assert client.get("/hunting/rules/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_a_rule_is_tried_without_keeping_anything(cast):
    fill_lake(cast.bank_a, burst())
    path = f"/hunting/rules/{rule_line(cast, BURST).known.rule.id}/trial"
    answers = [text_of(cast.client("a1").get(f"{path}?days=3{more}")) for more in ("", "&threshold=11")]
    assert ["Last 3 days of the logs: 1 detections" in answer for answer in answers] == [True, False]
    assert (Detection.everything.count(), LedgerEntry.objects.filter(action__contains="detection").count()) == (0, 0)
    assert cast.client("hub_op").get(path).status_code == 200
    assert "0 detections" in text_of(cast.client("b1").get(path))


def test_a_file_is_sent_read_and_taken_away_on_the_pages(cast):
    client = cast.client("a1")
    sent = client.post("/hunting/rules/send", {"file": SimpleUploadedFile("my root!.yml", OWN.encode())})
    file = RuleFile.everything.get()
    assert (file.name, file.organisation, sent.url) == ("my-root-.yml", cast.bank_a, f"/hunting/rules/files/{file.pk}/")
    assert "Root logs in" in text_of(client.get(sent.url))
    assert cast.client("b1").get(sent.url).status_code == 404
    assert cast.client("hub_op").post(sent.url).status_code == 404
    assert client.post(sent.url).url == "/hunting/rules/"
    assert RuleFile.everything.count() == 0
    for values in (
        {"text": ""},
        {"text": OWN, "file": SimpleUploadedFile("a.yml", b"x")},
        {"text": "x" * 300_000},
        {"text": "a: ["},
    ):
        assert client.post("/hunting/rules/send", values).status_code == 422
    assert client.post("/hunting/rules/send", {"text": OWN, "for_all": "on"}).status_code == 302
    assert RuleFile.everything.get().organisation == cast.bank_a


def test_a_hub_operator_sends_rules_for_all(cast):
    sent = cast.client("hub_op").post("/hunting/rules/send", {"text": OWN, "name": "root.yml", "for_all": "on"})
    assert RuleFile.everything.get().organisation is None
    assert cast.client("b1").get(sent.url).status_code == 200
    assert cast.client("b1").post(sent.url).status_code == 403


def test_coverage_tells_what_the_sources_show_and_what_is_watched(cast):
    def stands(name):
        lines = queries.coverage_for(cast.actor(name)).lines
        return {line.technique.id: line.sight.value for line in lines if line.sight.value != "blind"}

    fill_lake(cast.bank_a, burst())
    assert stands("a1") == {
        "T1078": "watched", "T1133": "visible", "T1110": "watched", "T1110.003": "watched", "T1110.004": "watched",
        "T1621": "watched", "T1136": "visible", "T1098": "visible",
    }  # fmt: skip
    actions.tune_rule(cast.actor("a1"), rule_line(cast, SPRAY), enabled=False, threshold=None)
    assert stands("a1")["T1110.003"] == "visible"
    assert stands("b1") == {}
    page = text_of(cast.client("a1").get("/hunting/coverage/"))
    assert page.count('<svg class="heat"') == 2
    assert "of 36 techniques" in page


# API.


@pytest.fixture
def call(seen):
    def ask(path, name="a1", scopes=("hunting.read",)):
        token = issue_token(seen.actor(name), person=seen.people[name], label="x", scopes=list(scopes))[1]
        client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
        return client.get(f"/api/v1/detections{path}")

    return ask


def test_detections_are_read_over_the_api_page_by_page(call):
    first = call("?limit=1").json()
    second = call(f"?limit=1&cursor={first['next']}").json()
    assert sorted(item["title"] for page in (first, second) for item in page["items"]) == [BURST, SPRAY]
    assert second["next"] is None
    (grave,) = call("?level=high&state=new").json()["items"]
    assert (grave["level"], grave["keys"]) == ("high", [{"field": "src_ip", "value": "203.0.113.9"}])
    whole = call(f"/{grave['id']}").json()
    assert (len(whole["places"]), whole["places"][0]["source"], whole["reason"]) == (5, "proxy", "")
    assert call("?state=suppressed").json()["items"] == []


def test_the_api_shows_no_detection_of_another_organisation(call, seen):
    foreign = Detection.everything.get(organisation=seen.bank_b)
    assert call(f"/{foreign.pk}").status_code == 404
    assert call(f"/{foreign.pk}", "b1").status_code == 200
    assert [len(call("", name).json()["items"]) for name in ("b1", "i1", "hub_op")] == [1, 0, 0]
    assert call("", scopes=["signals.read"]).status_code == 401
    assert call("?since=2026-11-20T10:00:00").status_code == 422


# Commands.


def shell(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_check_reads_files_and_names_what_is_wrong(tmp_path):
    good, bad, worse = (tmp_path / name for name in ("good.yml", "bad.yml", "worse.yml"))
    good.write_text(OWN, encoding="utf-8")
    bad.write_text(OWN.replace("level: high", "level: grave"), encoding="utf-8")
    worse.write_bytes(b"\xff")
    assert (shell("detect", "check", good).exit_code, shell("detect", "check", good).stdout) == (
        0,
        f"{good}: 1 rules\n",
    )
    result = shell("detect", "check", good, bad, worse)
    assert result.exit_code == 3
    assert f"{bad}:7: Sigma refuses it: 'grave' is not a valid Sigma rule level" in result.stderr
    assert f"{worse}:1: The file is not UTF-8 text." in result.stderr


def test_run_looks_at_what_is_new_and_names_no_value(cast):
    fill_lake(cast.bank_a, burst() + spray(4000))
    fill_lake(cast.bank_b, burst())
    rule = rule_line(cast, SPRAY).known.rule.id
    one = json.loads(shell("detect", "run", "--org", "bank_a", "--rule", rule, "--json").stdout)
    assert [(row["organisation"], row["rule"], row["level"], row["count"]) for row in one] == [
        ("bank_a", SPRAY, "high", 15)
    ]
    rest = shell("detect", "run")
    assert (rest.exit_code, rest.stderr) == (0, "2 new detections\n")
    assert [line.split()[0] for line in rest.stdout.splitlines()] == ["organisation", "bank_a", "bank_b"]
    assert "203.0.113.9" not in rest.stdout
    assert shell("detect", "run").stderr == "0 new detections\n"
    assert shell("detect", "run", "--org", "nobody").exit_code == 3
