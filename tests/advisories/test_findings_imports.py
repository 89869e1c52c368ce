"""Files of findings taken in by a job: how far it is, killed halfway, not allowed any more, and what is left behind."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django_tasks_db.models import DBTaskResult

from factories.findings import AT, finding, send, take_in_file, written
from noroshi.advisories import actions, kept_uploads, tasks
from noroshi.advisories.actions import findings as writing
from noroshi.advisories.actions import findings_imports as importing
from noroshi.advisories.models import Finding, FindingsImport
from noroshi.core.models import LedgerEntry
from noroshi.kit import jobs
from noroshi.members.models import Organisation, Person, RoleAssignment

pytestmark = pytest.mark.django_db
ADDRESS = "/advisories/findings/"
PART = {"HX-Target": "progress", "HX-Request": "true"}
OLD = finding(resource="old")
NEWS = written(*(finding(resource=name, at=AT + 60) for name in ("a", "b", "c", "d", "e")))


@pytest.fixture(autouse=True)
def _at_that_time(stopped_clock):
    stopped_clock.now = datetime.fromtimestamp(AT, UTC) + timedelta(hours=1)


@pytest.fixture
def told(monkeypatch):
    """Everything is told, every second item, to whoever listens here: a list of functions."""
    listeners = []
    monkeypatch.setattr("noroshi.kit.progress.PAUSE", -1)
    monkeypatch.setattr("noroshi.advisories.domain.findings._A_STEP", 2)

    def reads(*said):
        body, now, tell = said

        def heard(done, items):
            tell(done, items)
            for listener in listeners:
                listener(done, items)

        return read(body, now, heard)

    read = importing.read_findings
    monkeypatch.setattr(importing, "read_findings", reads)
    return listeners


def standing():
    return {row.resource_name: row.stage for row in Finding.everything.all()}


def kept(settings):
    return sorted(path.name for path in (settings.MEDIA_ROOT / "waiting").glob("*"))


def now(row):
    row.refresh_from_db()
    return row


@pytest.mark.pages
def test_a_person_sends_a_file_watches_it_and_is_told_what_came_of_it(cast, settings, drain, told):
    client = cast.client("a1")
    file = SimpleUploadedFile("診断<1>.json", NEWS)
    sent = client.post(f"{ADDRESS}import", {"file": file, "is_whole": "on"})
    row = FindingsImport.everything.get()
    assert (sent.status_code, sent.url, row.stage) == (302, f"{ADDRESS}imports/{row.pk}/", "waiting")
    assert (kept(settings), standing()) == ([str(row.pk)], {})
    assert (settings.MEDIA_ROOT / "waiting" / str(row.pk)).stat().st_mode & 0o777 == 0o600
    page = client.get(sent.url).content.decode()
    assert (
        "every 1s" in page,
        "waits for its turn" in page,
        "Waiting for its turn" in page,
        "診断&lt;1&gt;.json" in page,
    ) == (
        True,
        True,
        False,
        True,
    )
    shown = []
    told.append(lambda *_: shown.append(client.get(sent.url, headers=PART)))
    drain()
    assert [text in part.content.decode() for part, text in zip(shown, ("0 / 5", "2 / 5", "4 / 5"), strict=True)] == [
        True
    ] * 3
    assert ["HX-Refresh" in part.headers for part in shown] == [False] * 3
    part = client.get(sent.url, headers=PART)
    assert (part.headers["HX-Refresh"], "every 1s" in part.content.decode()) == ("true", False)
    page = client.get(sent.url).content.decode()
    assert ("<dt>New checks</dt><dd>5</dd>" in page, "every 1s" in page) == (True, False)
    assert (kept(settings), sorted(standing())) == ([], ["a", "b", "c", "d", "e"])
    assert f'href="{sent.url}"' in client.get(ADDRESS).content.decode()
    said = LedgerEntry.objects.filter(action__startswith="advisories.findings.").order_by("pk")
    person = cast.actor("a1").person
    assert [(entry.action, entry.person) for entry in said] == [
        ("advisories.findings.sent", person),
        ("advisories.findings.imported", person),
    ]
    assert {each.imported_by_id for each in Finding.everything.all()} == {person}


def test_whoever_is_killed_while_reading_leaves_nothing_and_the_next_one_begins_anew(cast, settings, told):
    take_in_file(cast, written(OLD))
    row = send(cast, NEWS)

    def killed(done, _items):
        if done == 2:
            raise KeyboardInterrupt

    told.append(killed)
    with pytest.raises(KeyboardInterrupt):
        actions.take_in_findings(row)
    assert (now(row).stage, row.done, row.items) == ("reading", 2, 5)
    assert (standing(), kept(settings)) == ({"old": "failing"}, [str(row.pk)])
    told.clear()
    actions.take_in_findings(row)
    assert (now(row).stage, row.fresh, row.closed, standing()["old"], kept(settings)) == ("done", 5, 1, "closed", [])


def test_whoever_is_killed_while_writing_has_written_nothing(cast, settings, monkeypatch):
    take_in_file(cast, written(OLD))
    row = send(cast, NEWS)
    with monkeypatch.context() as patched:
        patched.setattr(writing, "_close", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            actions.take_in_findings(row)
    assert (now(row).stage, standing(), kept(settings)) == ("writing", {"old": "failing"}, [str(row.pk)])
    actions.take_in_findings(row)
    assert (now(row).stage, len(standing()), kept(settings)) == ("done", 6, [])
    actions.take_in_findings(row)  # killed between its end and the queue hearing of it
    assert LedgerEntry.objects.filter(action="advisories.findings.imported").count() == 2


def on_the_queue():
    jobs.deliver_events()
    return DBTaskResult.objects.get(task_path="noroshi.advisories.receivers.findings.take_in_findings")


def test_a_worker_that_dies_loses_nothing_and_after_the_third_the_page_says_so(cast, settings, drain):
    take_in_file(cast, written(OLD))
    jobs.run_until_idle()
    DBTaskResult.objects.all().delete()
    row = send(cast, NEWS)
    on_the_queue()
    for worker in ("one", "two"):
        jobs._claim_job(worker)
        tasks.look_after_imports()
        jobs.recover_lost_jobs()
        tasks.look_after_imports()
    assert now(row).stage == "waiting"
    jobs._claim_job("three")
    jobs.recover_lost_jobs()
    tasks.look_after_imports()
    assert (now(row).stage, row.refusal, kept(settings)) == ("refused", "lost", [])
    page = cast.client("a1").get(f"{ADDRESS}imports/{row.pk}/").content.decode()
    assert ("broken off several times" in page, standing()) == (True, {"old": "failing"})


def test_a_job_of_a_dead_worker_is_done_by_another(cast, settings, drain):
    row = send(cast, NEWS)
    on_the_queue()
    jobs._claim_job("one")
    jobs.recover_lost_jobs()
    drain()
    tasks.look_after_imports()
    assert (now(row).stage, len(standing()), kept(settings)) == ("done", 5, [])


def lose(cast, how):
    """Let a1 lose what taking in findings needs."""
    person = Person.objects.filter(pk=cast.actor("a1").person)
    if how == "role":
        RoleAssignment.objects.filter(person__in=person).delete()
    elif how == "suspended":
        person.update(standing="suspended")
    elif how == "organisation suspended":
        Organisation.objects.filter(pk=cast.actor("a1").organisation).update(standing="suspended")
    elif how == "moved":
        person.update(organisation=cast.actor("b1").organisation)
    else:
        FindingsImport.everything.update(sent_by=None)  # as the database does when the account goes


@pytest.mark.parametrize("how", ["role", "suspended", "organisation suspended", "moved", "gone"])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_who_lost_the_right_meanwhile_takes_nothing_in(cast, settings, told, how, when):
    take_in_file(cast, written(OLD))
    row = send(cast, NEWS)
    asked = []
    if when == "before":
        lose(cast, how)
        told.append(lambda *said: asked.append(said))
    else:
        told.append(lambda done, _items: lose(cast, how) if done == 2 else None)
    actions.take_in_findings(row)
    assert (now(row).stage, row.refusal, asked) == ("refused", "no right", [])
    assert (standing(), kept(settings)) == ({"old": "failing"}, [])
    assert LedgerEntry.objects.filter(action="advisories.findings.imported").count() == 1


def test_what_breaks_is_said_and_the_queue_records_why(cast, settings, monkeypatch):
    take_in_file(cast, written(OLD))
    row = send(cast, NEWS)
    monkeypatch.setattr(writing.bulk, "write_values", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.take_in_findings(row)
    assert (now(row).stage, row.refusal) == ("refused", "broken")
    assert (standing(), kept(settings)) == ({"old": "failing"}, [])


def test_what_was_given_up_meanwhile_writes_nothing(cast, told):
    row = send(cast, NEWS)
    told.append(lambda *_: actions.give_up_imports([row.pk]))
    actions.take_in_findings(row)
    assert (now(row).stage, row.refusal, standing()) == ("refused", "lost", {})


def test_a_file_that_is_gone_is_said(cast):
    row = send(cast, NEWS)
    kept_uploads.remove(row.pk)
    actions.take_in_findings(row)
    assert (now(row).stage, row.refusal) == ("refused", "lost")


@pytest.mark.pages
def test_what_the_disk_or_the_bounds_refuse_is_said_at_once_and_leaves_nothing(cast, settings, monkeypatch):
    client = cast.client("a1")

    def full(*_):
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(kept_uploads, "publish", full)
        answer = client.post(f"{ADDRESS}import", {"file": SimpleUploadedFile("f.json", NEWS)})
    assert (answer.status_code, "The disk refuses it" in answer.content.decode()) == (422, True)
    monkeypatch.setattr("noroshi.advisories.forms.findings.MOST_BYTES", 10)
    answer = client.post(f"{ADDRESS}import", {"file": SimpleUploadedFile("f.json", NEWS)})
    assert (answer.status_code, "too large" in answer.content.decode()) == (422, True)
    assert (kept(settings), FindingsImport.everything.count()) == ([], 0)


def test_a_file_goes_with_the_row_that_was_not_written(cast, settings, monkeypatch):
    monkeypatch.setattr(importing.ledger, "record", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send(cast, NEWS)
    assert (kept(settings), FindingsImport.everything.count()) == ([], 0)


def test_what_nobody_waits_for_is_forgotten_after_a_day_and_old_rows_after_thirty(cast, settings, stopped_clock):
    ended = take_in_file(cast, NEWS)
    row = send(cast, NEWS)
    for name in (str(row.pk), str(ended.pk), f"{ended.pk}.part"):
        path = settings.MEDIA_ROOT / "waiting" / name
        path.touch()
        os.utime(path, (stopped_clock.now.timestamp(),) * 2)
    stopped_clock.advance(hours=23)
    assert actions.forget_left_uploads() == 0
    stopped_clock.advance(hours=2)
    assert (actions.forget_left_uploads(), kept(settings)) == (2, [str(row.pk)])
    stopped_clock.advance(days=30)
    last = send(cast, NEWS)
    assert set(FindingsImport.everything.values_list("pk", flat=True)) == {row.pk, last.pk}


@pytest.mark.pages
@pytest.mark.parametrize("name", ["b1", "hub_op", "a_reader", "a_admin", "sup", "v1"])
def test_nobody_else_sees_what_was_sent(cast, name):
    row = take_in_file(cast, NEWS)
    client = cast.client(name)
    assert list(FindingsImport.objects.visible_to(cast.actor(name))) == []
    assert client.get(f"{ADDRESS}imports/{row.pk}/").status_code in (403, 404)
    assert "f.json" not in client.get(ADDRESS).content.decode()


@pytest.mark.pages
def test_the_pages_cost_the_same_for_one_and_for_three(cast, django_assert_num_queries):
    client = cast.client("a1")
    for bodies in ((NEWS,), (b"[]", NEWS)):
        rows = [take_in_file(cast, body) for body in bodies]
        for address, questions in ((ADDRESS, 12), (f"{ADDRESS}imports/{rows[-1].pk}/", 9)):
            client.get(address)
            with django_assert_num_queries(questions):
                client.get(address)
    assert FindingsImport.everything.count() == 3


def test_known_findings_are_written_in_few_statements(cast, django_assert_max_num_queries):
    take_in_file(cast, NEWS)
    later = written(*(finding(resource=name, at=AT + 120) for name in ("a", "b", "c", "z")))
    row = send(cast, later)
    with django_assert_max_num_queries(30 if connection.vendor == "sqlite" else 40):
        actions.take_in_findings(row)
    assert (now(row).fresh, row.renewed, row.closed) == (1, 3, 2)
