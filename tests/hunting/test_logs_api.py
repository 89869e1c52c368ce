"""Logs that machines send in batches, and what they ask of their own logs."""

import gzip
import json

import pytest

from factories.lakes import EVIL_ADDRESS, EVIL_DOMAIN, event, fill_lake, share
from factories.program import program_of
from noroshi.core.models import LedgerEntry
from noroshi.hunting.actions import arrival
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import Hit, LogFile

LINE = json.dumps(event(src_ip=EVIL_ADDRESS)) + "\n"
NDJSON = "application/x-ndjson"


def send(program, body=LINE, source="proxy", kind=NDJSON, **headers):
    return program.call("POST", f"/hunting/logs/{source}", body, kind, **headers)


def state_of(program, answer):
    found = program.get(f"/hunting/log-batches/{answer.json()['id']}").json()
    return found["state"], found["events"], found["quarantined"], found["known"], found["error"]


def waiting(settings):
    return list((settings.LAKE_DIR / "waiting").iterdir())


def test_a_batch_is_accepted_taken_in_and_watched(cast, drain, settings):
    share(cast.actor("i1"), EVIL_ADDRESS)
    machine = program_of(cast, "bank_a", "hunting.write", "hunting.read")
    drain()
    answer = send(machine, LINE + "no event\n")
    assert (answer.status_code, answer.json()["source"], answer.json()["state"]) == (202, "proxy", "waiting")
    drain()
    assert state_of(machine, answer) == ("done", 1, 1, False, "")
    assert [(hit.organisation.slug, hit.value, hit.count) for hit in Hit.everything.all()] == [
        ("bank_a", EVIL_ADDRESS, 1)
    ]
    assert waiting(settings) == []


def test_the_same_content_twice_adds_nothing_and_the_same_key_sends_nothing_twice(cast, drain):
    machine = program_of(cast, "bank_a", "hunting.write", "hunting.read")
    first, second = send(machine), send(machine)
    keyed = [send(machine, LINE * 2, Idempotency_Key="batch-2").json()["id"] for _ in range(2)]
    drain()
    states = [state_of(machine, answer) for answer in (first, second)]
    assert sorted(state[3] for state in states) == [False, True]
    assert keyed[0] == keyed[1]
    assert [source.events for source in open_lake().status()] == [3]


def test_a_batch_may_be_compressed(cast, drain):
    machine = program_of(cast, "bank_a", "hunting.write", "hunting.read")
    packed = gzip.compress(LINE.encode())
    answers = [send(machine, packed, kind="application/gzip")]
    answers.append(send(machine, gzip.compress((LINE * 2).encode()), Content_Encoding="gzip"))
    answers.append(send(machine, packed[:-9] + b"x", kind="application/gzip", source="cut"))
    drain()
    assert [state_of(machine, answer)[:2] for answer in answers] == [("done", 1), ("done", 2), ("failed", 0)]
    assert state_of(machine, answers[2])[4] != ""
    assert send(machine, Content_Encoding="br").status_code == 422


def test_what_cannot_be_a_batch_is_refused_and_leaves_nothing(cast, settings, monkeypatch):
    machine = program_of(cast, "bank_a", "hunting.write")
    monkeypatch.setattr(arrival, "MAX_BATCH", len(LINE))
    answers = [send(machine, LINE * 2), send(machine, ""), send(machine, source="a b"), send(machine, kind="text/html")]
    assert [answer.status_code for answer in answers] == [413, 422, 422, 415]
    assert (LogFile.everything.count(), waiting(settings)) == (0, [])


def test_while_too_many_batches_wait_another_is_told_when_to_come_again(cast, drain, settings, monkeypatch):
    monkeypatch.setattr(arrival, "MAX_WAITING", 2)
    machine, other = program_of(cast, "bank_a", "hunting.write"), program_of(cast, "bank_b", "hunting.write")
    answers = [send(machine, LINE * number) for number in (1, 2, 3)]
    assert [(answer.status_code, answer.headers.get("Retry-After")) for answer in answers] == [
        (202, None), (202, None), (429, "10")
    ]  # fmt: skip
    assert (len(waiting(settings)), send(other).status_code) == (2, 202)
    drain()
    assert send(machine, LINE * 3).status_code == 202


def test_a_batch_takes_its_scope_and_is_its_organisations_alone(cast):
    sent = send(program_of(cast, "bank_a", "hunting.write")).json()["id"]
    path = f"/hunting/log-batches/{sent}"
    readers = [program_of(cast, name, "hunting.read") for name in ("a1", "bank_a", "b1", "hub_op")]
    assert [reader.get(path).status_code for reader in readers] == [200, 200, 404, 404]
    assert send(program_of(cast, "bank_a", "hunting.read")).status_code == 401
    assert send(program_of(cast, "a_admin", "hunting.write")).status_code == 403
    assert LogFile.everything.get().organisation == cast.bank_a


# Have you seen this?


@pytest.fixture
def lakes(cast):
    fill_lake(cast.bank_a, [event("2026-11-20T01:00:00Z", src_ip=EVIL_ADDRESS), event(src_ip="8.8.8.8")])
    fill_lake(cast.bank_b, [event(url=f"https://{EVIL_DOMAIN}/x")])
    return cast


def ask(program, *values, **more):
    return program.post("/hunting/seen", {"values": values, **more})


def test_a_machine_learns_at_once_what_the_own_logs_have_seen(lakes):
    machine = program_of(lakes, "bank_a", "hunting.read")
    answer = ask(machine, "45[.]155.205.66", EVIL_DOMAIN, "no value", "8.8.8.8")
    assert answer.json() == {
        "items": [
            {
                "type": "ipv4",
                "value": EVIL_ADDRESS,
                "count": 1,
                "first_seen": "2026-11-20T01:00:00Z",
                "last_seen": "2026-11-20T01:00:00Z",
            },
            {"type": "domain", "value": EVIL_DOMAIN, "count": 0, "first_seen": None, "last_seen": None},
        ],
        "suppressed": [],
        "refused": [
            {"value": "no value", "reason": ""},
            {"value": "8.8.8.8", "reason": "A warning list knows this value as harmless; it is in the logs."},
        ],
    }
    assert [item["count"] for item in ask(machine, "8.8.8.8", harmless_too=True).json()["items"]] == [1]


def test_a_question_counts_within_its_window_alone(lakes):
    machine = program_of(lakes, "bank_a", "hunting.read")
    late = ask(machine, EVIL_ADDRESS, since="2026-11-20T01:00:01Z").json()["items"]
    assert [item["count"] for item in late] == [0]
    assert ask(machine, EVIL_ADDRESS, since="2026-11-20T01:00:01").status_code == 422
    assert ask(machine, EVIL_ADDRESS, since="2026-11-20T02:00:00Z", until="2026-11-20T01:00:00Z").status_code == 422


def test_nobody_learns_what_other_logs_have_seen_and_no_ledger_entry_names_a_value(lakes):
    for name in ("b1", "hub_op"):
        found = ask(program_of(lakes, name, "hunting.read"), EVIL_ADDRESS).json()
        assert [item["count"] for item in found["items"]] == [0]
    answers = [ask(program_of(lakes, name, "hunting.read"), EVIL_ADDRESS) for name in ("a_admin", "supervisor")]
    assert [answer.status_code for answer in answers] == [403, 404]
    entries = LedgerEntry.objects.filter(action="hunting.lake.asked")
    assert [entry.payload for entry in entries] == [{"values": 1, "hits": 0}] * 2


def test_too_many_values_are_refused(lakes):
    machine = program_of(lakes, "bank_a", "hunting.read")
    assert ask(machine, *(f"host{number}.example.jp" for number in range(1001))).status_code == 413
    assert ask(machine).status_code == 422
