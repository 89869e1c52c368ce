"""The history of a task: who did what when and why, what was known then, and that nobody else reads it."""

import json
from datetime import date, timedelta

import pytest

from noroshi.advisories import actions, queries
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.domain.decisions import is_replayed, tables
from noroshi.advisories.models import Match, TaskStep, Vulnerability
from noroshi.core.actor import Actor
from noroshi.core.domain.worlds import REAL
from noroshi.core.errors import Conflict, InvalidInput

pytestmark = pytest.mark.django_db

LIST = "asset_id,name,exposure,importance,vendor,product,version\nA001,境界FW,open,very high,Quokka,Gate,7.2.4\n"


@pytest.fixture
def known(db, tmp_path):
    """Let a source say that Quokka Gate is affected below a version."""
    source = actions.add_source(Actor.system("test"), said=SourceSaid("CVEs", "cve5"))

    def tell(vendor="Quokka", state="PUBLISHED"):
        span = {"version": "0", "status": "affected", "versionType": "semver", "lessThan": "7.2.5"}
        affected = {"vendor": vendor, "product": "Gate", "defaultStatus": "unaffected", "versions": [span]}
        cna = {"title": "t", "descriptions": [{"lang": "en", "value": "d"}], "affected": [affected]}
        if state == "REJECTED":
            cna = {"rejectedReasons": [{"lang": "en", "value": "r"}]}
        meta = {"cveId": "CVE-2099-1001", "state": state}
        whole = {"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": meta, "containers": {"cna": cna}}
        file = tmp_path / "1001.json"
        file.write_text(json.dumps(whole))
        actions.load_file(Actor.system("test"), source, file)

    return tell


def read_in(cast, name="a1", text=LIST):
    inventory = actions.read_in(cast.actor(name), name="基幹", body=text.encode())
    actions.match_inventories(inventory.organisation_id, REAL)


def task_of(cast, name="a1") -> Match:
    return queries.matches_for(cast.actor(name)).get()


def told(cast, name="a1") -> list[tuple[str, str, str]]:
    rows = reversed(queries.steps_of(cast.actor(name), task_of(cast, name)))
    return [(row.kind, row.before, row.after) for row in rows]


def test_each_decision_of_a_person_is_a_row_with_who_when_and_why(cast, known, stopped_clock):
    known()
    read_in(cast)
    actor, until = cast.actor("a1"), stopped_clock.now.date() + timedelta(days=40)
    moments = []
    for act in (
        lambda row: actions.acknowledge_task(actor, row),
        lambda row: actions.patch_task_virtually(actor, row, reason="WAF規則 1234", until=until),
        lambda row: actions.accept_task(actor, row, reason="停止できない", until=until),
        lambda row: actions.fix_task(actor, row),
        lambda row: actions.reopen_task(actor, row, reason="戻した"),
    ):
        stopped_clock.advance(hours=1)
        moments.append(stopped_clock.now)
        act(task_of(cast))
    assert told(cast) == [
        ("found", "", "open"),
        ("acknowledged", "open", "acknowledged"),
        ("virtual", "acknowledged", "virtual"),
        ("accepted", "virtual", "accepted"),
        ("fixed", "accepted", "fixed"),
        ("reopened", "fixed", "open"),
    ]
    rows = list(reversed(queries.steps_of(actor, task_of(cast))))
    assert [row.by_id for row in rows] == [None] + [actor.person] * 5
    assert [row.at for row in rows[1:]] == moments
    assert [row.reason for row in rows] == ["", "", "WAF規則 1234", "停止できない", "", "戻した"]
    assert [row.until for row in rows] == [None, None, until, until, None, None]


def test_what_happens_by_itself_is_a_row_without_a_person_and_the_inputs_then_are_kept(cast, known, stopped_clock):
    known()
    read_in(cast)
    calm = task_of(cast)
    stopped_clock.advance(days=1)
    Vulnerability.everything.update(exploited_since=date(2026, 11, 23))
    actions.match_inventories(calm.organisation_id, REAL)
    stopped_clock.advance(days=1)
    known(state="REJECTED")
    actions.match_inventories(calm.organisation_id, REAL)
    assert told(cast) == [("found", "", "open"), ("recomputed", "open", "open"), ("gone", "open", "gone")]
    first, again, gone = reversed(queries.steps_of(cast.actor("a1"), task_of(cast)))
    assert (first.decision["known"]["kev"], again.decision["known"]["kev"]) == ("no", "yes")
    assert (first.decision["outcome"], again.decision["outcome"]) == ("3 days", "3 days, forensics")
    assert [row.due for row in (first, again, gone)] == [date(2026, 11, 25)] * 3
    assert [row.by_id for row in (first, again, gone)] == [None, None, None]
    known_tables = tables()
    assert [is_replayed(known_tables[row.decision["table"]], row.decision) for row in (first, again)] == [True, True]
    number = TaskStep.everything.count()
    actions.match_inventories(calm.organisation_id, REAL)
    assert TaskStep.everything.count() == number


def test_a_task_that_opens_again_by_itself_says_so_once(cast, known, stopped_clock):
    known()
    read_in(cast)
    actions.accept_task(
        cast.actor("a1"), task_of(cast), reason="停止できない", until=stopped_clock.now.date() + timedelta(days=3)
    )
    stopped_clock.advance(days=5)
    assert [actions.reopen_what_is_over(), actions.reopen_what_is_over()] == [1, 0]
    assert told(cast)[-2:] == [("accepted", "open", "accepted"), ("over", "accepted", "open")]
    stopped_clock.advance(days=1)
    actions.fix_task(cast.actor("a1"), task_of(cast))
    stopped_clock.advance(days=1)
    read_in(cast, text=LIST + "A002,別,small,low,Wombat,Portal,2.0\n")
    assert told(cast)[-1] == ("listed_still", "fixed", "open")


def test_what_is_refused_leaves_no_row(cast, known):
    known(vendor="")
    read_in(cast)
    with pytest.raises(InvalidInput):
        actions.judge_match(cast.actor("a1"), task_of(cast), affected=False, reason=" ")
    with pytest.raises(Conflict):
        actions.fix_task(cast.actor("a1"), task_of(cast))
    assert told(cast) == [("found", "", "to_judge")]


@pytest.mark.parametrize("name", ["b1", "hub_op", "a_reader", "a_admin", "sup"])
def test_nobody_else_reads_the_history(cast, known, name):
    known()
    read_in(cast)
    actions.accept_task(cast.actor("a1"), task_of(cast), reason="秘密の理由", until=date(2999, 1, 1))
    read_in(cast, "b1", LIST.replace("A001", "B777"))
    mine = {task_of(cast, "b1").pk} if name == "b1" else set()
    assert set(TaskStep.objects.visible_to(cast.actor(name)).values_list("match", flat=True)) == mine
    page = cast.client(name).get(f"/advisories/tasks/{task_of(cast).pk}/")
    assert (page.status_code in (403, 404), "秘密の理由" in page.content.decode()) == (True, False)


@pytest.mark.pages
def test_the_page_shows_the_history_and_costs_the_same_however_long_it_is(cast, known, django_assert_num_queries):
    known(vendor="")
    read_in(cast)
    client, actor = cast.client("a1"), cast.actor("a1")
    address = f"/advisories/tasks/{task_of(cast).pk}/"
    client.get(address)
    with django_assert_num_queries(15):
        page = client.get(address).content.decode()
    assert (page.count("What was known then"), "by itself" in page) == (1, True)
    actions.judge_match(actor, task_of(cast), affected=False, reason="別の製品です")
    actions.judge_match(actor, task_of(cast), affected=True, reason="やはり該当します")
    with django_assert_num_queries(15):
        page = client.get(address).content.decode()
    assert page.count("What was known then") == 3
    assert ("別の製品です" in page, "やはり該当します" in page) == (True, True)
    assert page.count("worked out again just now: the same") == 4
