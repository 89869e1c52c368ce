"""What is kept beside the database for the matcher: it says what the database says, and may be lost at any time."""

import shutil
from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from factories.tasks import LIST, read_in, task_of, tell
from noroshi.advisories import actions, queries, tasks
from noroshi.advisories.actions import kept_records as keeping
from noroshi.advisories.actions.kept_records import kept_records
from noroshi.advisories.models import Match, Source, Vulnerability
from noroshi.core import clock
from noroshi.core.domain.worlds import REAL
from noroshi.kit import jobs

pytestmark = pytest.mark.django_db


def stages():
    return {row.vulnerability.name: row.stage for row in Match.everything.select_related("vulnerability")}


def news(minutes=30):
    return actions.match_news(REAL, clock.now() - timedelta(minutes=minutes))


@pytest.fixture
def extended(monkeypatch):
    """The names that each extension wrote, in turn."""
    calls, extend = [], keeping.Held.extend

    def counted(self, records, states):
        known = list(records)
        calls.append([name for name, _ in known])
        extend(self, known, states)

    monkeypatch.setattr(keeping.Held, "extend", counted)
    return calls


def test_a_range_that_grew_opens_a_task_though_the_vulnerability_reads_as_before(cast, tmp_path, stopped_clock):
    tell(tmp_path, below="7.0")
    read_in(cast)
    assert stages() == {}
    before = Vulnerability.everything.get().changed_at
    stopped_clock.advance(hours=5)
    tell(tmp_path, below="7.2.5")
    assert Vulnerability.everything.get().changed_at == before
    assert news() == 1
    assert stages() == {"CVE-2099-1001": "open"}
    stopped_clock.advance(hours=5)
    tell(tmp_path, below="7.0")
    assert (news(), stages()) == (0, {"CVE-2099-1001": "gone"})


def test_what_is_said_is_written_once_and_nothing_where_nothing_was_said(cast, tmp_path, stopped_clock, extended):
    tell(tmp_path, 1001)
    tell(tmp_path, 1002)
    inventory = read_in(cast)
    assert [len(names) for names in extended] == [2]
    news()
    actions.match_inventories(inventory.organisation_id, REAL)
    assert len(extended) == 1  # both are within the overlap, and say what they said
    stopped_clock.advance(hours=2)
    tell(tmp_path, 1002, below="7.0")
    news()
    number = Vulnerability.everything.get(name="CVE-2099-1002").pk
    assert extended[1:] == [[str(number)]]
    assert stages() == {"CVE-2099-1001": "open", "CVE-2099-1002": "gone"}


def test_much_that_was_read_is_held_before_anybody_asks_and_little_is_not(cast, tmp_path, drain, monkeypatch, extended):
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    drain()
    tell(tmp_path, 1001)
    drain()
    assert extended == []
    monkeypatch.setattr("noroshi.advisories.receivers.inventories.MUCH", 1)
    tell(tmp_path, 1002)
    tell(tmp_path, 1003)
    jobs.deliver_events()
    assert DBTaskResult.objects.ready().filter(task_path__endswith="hold_records").count() == 1
    drain()
    assert [len(names) for names in extended] == [3]
    assert actions.match_inventories(inventory.organisation_id, REAL) == 3
    assert len(extended) == 1


def test_nothing_is_held_where_nobody_has_a_list(tmp_path, drain, monkeypatch, extended):
    monkeypatch.setattr("noroshi.advisories.receivers.inventories.MUCH", 1)
    tell(tmp_path, 1001)
    drain()
    assert extended == []


def test_what_is_new_is_matched_by_one_job_however_often_its_time_comes(cast, tmp_path, drain):
    read_in(cast)
    tell(tmp_path)
    drain()
    for _ in range(2):
        tasks.queue_news()
    assert DBTaskResult.objects.ready().filter(task_path__endswith="match_news").count() == 1
    drain()
    assert stages() == {"CVE-2099-1001": "open"}


@pytest.mark.parametrize("harm", ["lost", "no file of ours", "another version"])
def test_what_is_lost_spoilt_or_of_another_version_is_made_anew(cast, tmp_path, settings, monkeypatch, harm):
    tell(tmp_path)
    inventory = read_in(cast)
    folder = settings.DATA_DIR / "matching"
    if harm == "lost":
        shutil.rmtree(folder)
    elif harm == "no file of ours":
        (folder / "real" / keeping.version("noroshi") / "held.duckdb").write_bytes(b"spoilt" * 1000)
    else:
        monkeypatch.setattr(keeping, "version", lambda _name: "999.0")
    Match.everything.all().delete()
    assert actions.match_inventories(inventory.organisation_id, REAL) == 1
    with kept_records(REAL) as kept:
        assert len(kept) == 1
    assert [each.name for each in (folder / "real").glob("*/")] == [keeping.version("noroshi")]


def test_who_is_killed_while_holding_goes_on_from_where_it_was(cast, tmp_path, monkeypatch):
    for number in (1001, 1002, 1003):
        tell(tmp_path, number)
    inventory = actions.read_in(cast.actor("a1"), name="基幹", body=LIST.encode())
    monkeypatch.setattr(keeping, "_AT_ONCE", 1)
    steps = []

    def killed(_stage, done, _records):
        steps.append(done)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.match_inventories(inventory.organisation_id, REAL, killed)
    assert (list(dict.fromkeys(steps)), stages()) == ([0, 1, 2], {})
    assert actions.match_inventories(inventory.organisation_id, REAL) == 3


def test_two_sources_come_to_one_verdict_and_each_is_heard_when_the_other_falls_silent(cast, tmp_path, stopped_clock):
    tell(tmp_path, below="7.0")
    Source.everything.filter(name="CVEs").update(name="others")
    tell(tmp_path, below="7.2.5")
    read_in(cast)
    assert task_of(cast).rule == "product quokka/gate; < 7.2.5: affected"
    stopped_clock.advance(hours=2)
    tell(tmp_path, below="7.0")
    news()
    assert stages() == {"CVE-2099-1001": "gone"}
    assert queries.affected_by(list(Vulnerability.everything.values_list("pk", flat=True))).popitem()[1] != []
