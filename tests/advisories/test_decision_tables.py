"""Own and chosen decision tables: read strictly, frozen once used, chosen by an organisation for its own tasks."""

import itertools
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories.tasks import read_in, task_of, tell
from noroshi.advisories import actions, queries
from noroshi.advisories.domain.decisions import BOD_26_04, TableError, decide, is_replayed, tables
from noroshi.advisories.domain.decisions.own import csv_rows, of_stored_table, read_own, stored_table
from noroshi.advisories.domain.urgency import HOUSE_TABLES, USUAL, Facts, cases_of
from noroshi.advisories.models import DecisionTable, MatchStage, TableChoice, Vulnerability
from noroshi.advisories.table_wording import FAULTS
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound

OWN = """kev,exposure,outcome,days,forensics
yes,*,至急,1,yes
no,open,今週,7,
no,controlled,今月,30,no
no,small,次回,,
"""
SSVC = "SSVC deployer 1.0.0"


def test_an_own_table_decides_as_it_is_written_and_comes_back_as_it_was():
    table = read_own("自組織", "1", OWN)
    assert [each.name for each in table.shape.outcomes] == ["次回", "今月", "今週", "至急"]
    assert decide(table, {"kev": "no", "exposure": "controlled"}).stored == {
        "table": "自組織 1",
        "known": {"kev": "no", "exposure": "controlled"},
        "not_known": [],
        "row": ["no", "controlled"],
        "outcome": "今月",
        "days": 30,
        "forensics": False,
    }
    assert decide(table, {"kev": "no"}).outcome.name == "今週"
    assert of_stored_table("自組織", "1", json.loads(json.dumps(stored_table(table)))) == table
    again = "\n".join(",".join(row) for row in csv_rows(table))
    assert read_own("自組織", "1", again) == table
    rows = [dict(zip(("kev", "exposure", "outcome"), (*key, said), strict=True)) for key, said in table.rows.items()]
    days = {"至急": (1, True), "今週": (7, False), "今月": (30, False), "次回": (None, False)}
    rows = [row | {"days": days[row["outcome"]][0], "forensics": days[row["outcome"]][1]} for row in rows]
    assert read_own("自組織", "1", json.dumps({"rows": rows})) == table


def said_by(table):
    return {frozenset(zip(table.shape.inputs, key, strict=True)): said for key, said in table.rows.items()}


@pytest.mark.parametrize("label", HOUSE_TABLES)
def test_a_table_that_comes_along_can_be_taken_out_and_in_again(label):
    table = tables()[label]
    again = read_own("x", "1", "\n".join(",".join(f'"{each}"' for each in row) for row in csv_rows(table)))
    assert said_by(again) == said_by(table)
    assert [each.due for each in again.shape.outcomes] == [each.due for each in table.shape.outcomes]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("weather,outcome,days\nsun,x,1\n", "unknown input"),
        ("kev,kev,outcome,days\nyes,no,x,1\n", "column twice"),
        ("kev,days\nyes,1\nno,1\n", "no column"),
        ("kev,outcome\nyes,x\nno,x\n", "no column"),
        ("outcome,days\nx,1\n", "no input"),
        ("", "no column"),
        ("kev,outcome,days\nyes,x,1\nno,x,2\n", "outcome contradicts"),
        ("kev,outcome,days\nyes,x,1\n*,y,2\n", "row contradicts"),
        ("kev,outcome,days\nyes,x,1\n", "not total"),
        ("kev,outcome,days\nyes,,1\nno,x,1\n", "no outcome"),
        ("kev,outcome,days\nyes,x,-1\nno,x,-1\n", "no days"),
        ("kev,outcome,days\nyes,x,²\nno,x,1\n", "no days"),
        ("kev,outcome,days\nyes,x,3651\nno,x,1\n", "no days"),
        ("kev,outcome,days,forensics\nyes,x,1,maybe\nno,x,1,\n", "no yes or no"),
        ("kev,outcome,days\nYes,x,1\nno,x,1\n", "unknown value"),
        ("kev,outcome,days\nyes\nno,x,1\n", "no outcome"),
        ("kev,outcome,days\n" + "".join(f"yes,x{each},1\n" for each in range(40)), "row contradicts"),
        ("kev,outcome,days\n" + "yes,x,1\n" * 20_001, "too many rows"),
        ("{", "unreadable"),
        ('{"rows": 3}', "no rows"),
        ('{"rows": [3]}', "no rows"),
        ('{"rows": [{"kev": ["yes"], "outcome": "x", "days": 1}]}', "unknown value"),
    ],
)
def test_what_is_not_total_contradicts_itself_or_asks_the_unknown_is_refused_by_its_name(text, fault):
    with pytest.raises(TableError) as refused:
        read_own("t", "1", text)
    assert refused.value.fault == fault
    assert "%" not in str(FAULTS[fault]) % refused.value.said


@pytest.fixture
def own(cast, db):
    """Take in an own table as a1."""

    def take(text=OWN, version="1", name="自組織", who="a1") -> DecisionTable:
        return actions.import_table(cast.actor(who), name=name, version=version, body=text.encode())

    return take


@pytest.mark.django_db
def test_a_choice_works_out_what_is_open_anew_and_writes_it_down(cast, own, tmp_path, drain, stopped_clock):
    tell(tmp_path)
    tell(tmp_path, 1002)
    read_in(cast)
    read_in(cast, "b1")
    drain()
    actions.fix_task(cast.actor("a1"), task_of(cast, number=1002))
    closed, other = task_of(cast, number=1002), task_of(cast, "b1")
    found_on = stopped_clock.now.date()
    stopped_clock.advance(days=2)
    row = own()
    actions.choose_table(cast.actor("a1"), "自組織 1")
    drain()
    task = task_of(cast)
    assert (task.decision["table"], task.decision["outcome"]) == ("自組織 1", "今週")
    assert task.due == found_on + timedelta(days=7)
    step = queries.steps_of(cast.actor("a1"), task)[0]
    assert (step.kind, step.by_id, step.due) == ("table", cast.actor("a1").person, task.due)
    assert is_replayed(queries.tables_for(cast.actor("a1"))["自組織 1"], step.decision)
    assert task_of(cast, number=1002).decision == closed.decision
    assert closed.decision["table"] == USUAL
    assert task_of(cast, "b1").decision == other.decision
    row.refresh_from_db()
    assert row.used_at == stopped_clock.now
    actions.choose_table(cast.actor("a1"), SSVC)
    drain()
    assert [each.decision["table"] for each in queries.steps_of(cast.actor("a1"), task)] == [SSVC, "自組織 1", USUAL]
    number = queries.steps_of(cast.actor("a1"), task).count()
    actions.choose_table(cast.actor("a1"), SSVC)
    assert actions.recompute_tasks(task.organisation_id, task.world) == 0
    assert queries.steps_of(cast.actor("a1"), task).count() == number


@pytest.mark.django_db
def test_to_change_tables_back_and_forth_wins_no_days(cast, own, tmp_path, drain, stopped_clock):
    tell(tmp_path)
    read_in(cast)
    due = task_of(cast).due
    own()
    for label in ("自組織 1", USUAL):
        stopped_clock.advance(days=1)
        actions.choose_table(cast.actor("a1"), label)
        drain()
    assert task_of(cast).due == due
    stopped_clock.advance(days=1)
    Vulnerability.everything.update(exploited_since=stopped_clock.now.date())
    actions.choose_table(cast.actor("a1"), "自組織 1")
    drain()
    assert task_of(cast).decision["outcome"] == "至急"


@pytest.mark.django_db
def test_what_opens_again_is_due_by_the_table_that_is_chosen_then(cast, own, tmp_path, drain, stopped_clock):
    tell(tmp_path)
    read_in(cast)
    actions.fix_task(cast.actor("a1"), task_of(cast))
    own()
    actions.choose_table(cast.actor("a1"), "自組織 1")
    drain()
    assert task_of(cast).decision["table"] == USUAL
    actions.reopen_task(cast.actor("a1"), task_of(cast), reason="戻した")
    assert task_of(cast).decision["table"] == "自組織 1"
    until = stopped_clock.now.date() + timedelta(days=1)
    actions.accept_task(cast.actor("a1"), task_of(cast), reason="r", until=until)
    stopped_clock.advance(days=3)
    assert (actions.reopen_what_is_over(), task_of(cast).stage) == (1, MatchStage.OPEN)


@pytest.mark.django_db
def test_a_version_that_was_used_is_frozen_and_one_that_was_not_may_change(cast, own):
    first = own()
    changed = OWN.replace("今週,7", "今週,5")
    assert own(changed).pk == first.pk
    actions.choose_table(cast.actor("a1"), "自組織 1")
    assert own(changed).pk == first.pk  # the same once more changes nothing
    for act in (lambda: own(OWN), lambda: actions.discard_table(cast.actor("a1"), first)):
        with pytest.raises(Conflict):
            act()
    assert DecisionTable.everything.get().content == stored_table(read_own("自組織", "1", changed))
    second = own(OWN, "2")
    actions.discard_table(cast.actor("a1"), second)
    assert list(DecisionTable.everything.values_list("version", flat=True)) == ["1"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "長" * 61}, "name"),
        ({"name": BOD_26_04.name, "version": BOD_26_04.version}, "name"),
        ({"version": "1 2"}, "version"),
        ({"version": ""}, "version"),
        ({"text": "kev,outcome,days\n"}, "file"),
    ],
)
def test_what_is_typed_wrong_is_said_at_its_field(own, said, field):
    with pytest.raises(InvalidInput) as refused:
        own(**said)
    assert (refused.value.field, DecisionTable.everything.count()) == (field, 0)


@pytest.mark.django_db
def test_nobody_else_sees_uses_or_chooses_a_table(cast, own):
    row = own()
    actions.choose_table(cast.actor("a1"), "自組織 1")
    for name in ("b1", "hub_op", "a_reader", "a_admin", "sup", "v1"):
        actor, client = cast.actor(name), cast.client(name)
        for model in (DecisionTable, TableChoice):
            assert list(model.objects.visible_to(actor)) == []
        for address in (f"tables/{row.pk}/", "tables/table.csv?label=自組織 1", "tables/"):
            page = client.get(f"/advisories/{address}")
            assert "自組織" not in page.content.decode(), (name, address)
        with pytest.raises((NotFound, NotAllowed, InvalidInput)):
            actions.choose_table(actor, "自組織 1")
        with pytest.raises((NotFound, NotAllowed)):
            actions.discard_table(actor, row)
    assert TableChoice.everything.count() == 1


@pytest.mark.django_db
@pytest.mark.pages
def test_a_person_takes_a_table_in_chooses_it_and_reads_what_it_asks(cast, tmp_path, drain):
    tell(tmp_path)
    read_in(cast)
    client = cast.client("a1")
    assert "BOD 26-04 1.0.0" in client.get("/advisories/tables/").content.decode()
    wrong = client.post(
        "/advisories/tables/",
        {"name": "自組織", "version": "1", "file": SimpleUploadedFile("t.csv", b"kev,outcome,days\nyes,x,1\n")},
    )
    assert (wrong.status_code, "No row says what follows of no." in wrong.content.decode()) == (422, True)
    made = client.post(
        "/advisories/tables/", {"name": "自組織", "version": "1", "file": SimpleUploadedFile("t.csv", OWN.encode())}
    )
    page = client.get(made["Location"]).content.decode()
    assert ("within 7 days" in page, "within 1 day, and look for traces of an intrusion" in page) == (True, True)
    assert client.get("/advisories/tables/table.csv", {"label": "自組織 1"}).content.decode().splitlines()[1:3] == [
        "no,small,次回,,no",
        "no,controlled,今月,30,no",
    ]
    assert client.get("/advisories/tables/table.csv", {"label": "nonsense"}).status_code == 404
    assert client.post("/advisories/tables/choose", {"label": "nonsense"}).status_code == 302
    assert client.post("/advisories/tables/choose", {"label": "自組織 1"}).status_code == 302
    drain()
    shown = client.get(f"/advisories/tasks/{task_of(cast).pk}/").content.decode()
    assert ("今週 (within 7 days)" in shown, "Worked out by the table that was chosen" in shown) == (True, True)
    assert "今週 (within 7 days)" in client.get("/advisories/tasks/").content.decode()
    assert client.post(f"{made['Location']}discard").status_code == 302
    assert DecisionTable.everything.count() == 1


def cases(label, **known):
    facts = Facts(**{"exploited": False, "exploitation": "", "automatable": None, "impact": ""} | known, **ANY_ASSET)
    return [(each.exposure, each.importances, each.decision.outcome.name) for each in cases_of(facts, tables()[label])]


ANY_ASSET = {"exposure": "", "importance": ""}
DEPTHS = ("very high", "high", "medium", "low")


def test_a_table_says_what_it_asks_of_each_kind_of_asset_that_it_tells_apart():
    assert cases(USUAL, exploited=True, automatable=True, impact="total") == [
        ("open", (), "3 days, forensics"),
        ("controlled", (), "3 days, forensics"),
    ]
    assert cases(SSVC, exploited=True, automatable=True) == [
        ("open", ("very high", "high"), "immediate"),
        ("open", ("medium", "low"), "out of cycle"),
        ("controlled", (), "out of cycle"),
        ("small", ("very high", "high", "medium"), "out of cycle"),
        ("small", ("low",), "scheduled"),
    ]
    blind = read_own("x", "1", "kev,outcome,days\nyes,now,1\nno,later,9\n")
    facts = Facts(exploited=True, exploitation="", automatable=None, impact="", **ANY_ASSET)
    (case,) = cases_of(facts, blind)
    assert (case.exposure, case.importances, case.decision.outcome.name) == ("", (), "now")


@pytest.mark.parametrize("label", HOUSE_TABLES)
def test_each_kind_of_asset_stands_in_exactly_one_case(label):
    table = tables()[label]
    for exploited, automatable in itertools.product((True, False), (True, False, None)):
        facts = Facts(exploited=exploited, exploitation="poc", automatable=automatable, impact="partial", **ANY_ASSET)
        found = cases_of(facts, table)
        for exposure, importance in itertools.product(("open", "controlled", "small"), DEPTHS):
            reached = "controlled" if label == USUAL and exposure == "small" else exposure
            (case,) = [
                each for each in found if each.exposure == reached and importance in (each.importances or DEPTHS)
            ]
            asset = replace(facts, exposure=exposure, importance=importance)
            assert case.decision.outcome == decide(table, asset.inputs).outcome


@pytest.mark.django_db
@pytest.mark.pages
def test_the_page_of_a_vulnerability_goes_by_the_table_that_the_readers_organisation_chose(cast, own, tmp_path):
    tell(tmp_path)
    own()
    actions.choose_table(cast.actor("a1"), "自組織 1")
    address = f"/advisories/vulnerabilities/{Vulnerability.everything.get().pk}/"
    page = cast.client("a1").get(address).content.decode()
    assert ("Urgency by 自組織 1" in page, "今週 (within 7 days)" in page, "BOD 26-04" in page) == (True, True, False)
    for name in ("b1", "hub_op", "a_reader"):
        page = cast.client(name).get(address).content.decode()
        assert ("Urgency by BOD 26-04 1.0.0" in page, "自組織" in page, "今週" in page) == (True, False, False), name


@pytest.mark.django_db
@pytest.mark.pages
@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_tables_costs_the_same(cast, own, number, django_assert_num_queries):
    for version in range(number):
        own(version=str(version))
    client = cast.client("a1")
    client.get("/advisories/tables/")
    with django_assert_num_queries(12):
        client.get("/advisories/tables/")
