"""`noroshi advisories load` and `collect`: files without a network, also after the power failed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from factories.shell import fresh_environment
from noroshi.advisories import actions
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.domain import readers
from noroshi.advisories.domain.records import Claim, ClaimKind, Record
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import DeadLetter, Item, Revision, Source
from noroshi.site.cli import main


def record(number, title="t"):
    said = {"cveId": f"CVE-2099-{number}", "state": "PUBLISHED"}
    cna = {"title": title, "descriptions": [{"lang": "en", "value": "d"}]}
    return json.dumps({"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": said, "containers": {"cna": cna}})


def noroshi(*words):
    return CliRunner().invoke(main, ["advisories", *words])


@pytest.mark.django_db
def test_a_file_is_read_in_once_and_one_rotten_record_keeps_nothing_out(tmp_path):
    file = tmp_path / "cves.ndjson"
    file.write_text("\n".join([record(1001), "{rotten}", record(1002), record(1003)]))
    said = noroshi("load", "--kind", "cve5", "--source", "CVEs", str(file))
    assert (said.exit_code, said.stdout) == (0, "CVEs: 3 new, 0 changed, 1 not read\n")
    file.write_text("\n".join([record(1001, "other"), "{rotten}", record(1002), record(1003)]))
    assert noroshi("load", "--kind", "cve5", "--source", "CVEs", str(file)).stdout == (
        "CVEs: 0 new, 1 changed, 1 not read\n"
    )
    assert (Item.objects.count(), Revision.objects.count()) == (3, 4)
    assert {row.native_id: row.newest.title for row in Item.objects.all()}["CVE-2099-1001"] == "other"
    assert noroshi("load", "--kind", "kev", "--source", "CVEs", str(file)).exit_code == 3
    assert noroshi("collect").exit_code == 0
    assert noroshi("collect", "--source", "CVEs").exit_code == 3  # it is not switched on


@pytest.mark.django_db
def test_a_file_says_itself_of_what_kind_it_is_and_a_source_that_is_named_says_it_first(tmp_path):
    file = tmp_path / "cves.ndjson"
    file.write_text(f"{record(1001)}\n{record(1002)}")
    assert noroshi("load", str(file)).stdout == "files, cve5: 2 new, 0 changed, 0 not read\n"
    feed = tmp_path / "feed.json"
    items = [{"id": "1", "title": "t"}]
    feed.write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    assert noroshi("load", "--kind", "jpcert", "--source", "J", str(feed)).stdout == "J: 1 new, 0 changed, 0 not read\n"
    feed.write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [*items, {"id": "2"}]}))
    assert noroshi("load", "--source", "J", str(feed)).stdout == "J: 1 new, 0 changed, 0 not read\n"
    assert noroshi("load", "--source", "F", str(feed)).stdout == "F: 2 new, 0 changed, 0 not read\n"
    assert set(Source.everything.values_list("name", "kind")) == {
        ("files, cve5", "cve5"),
        ("J", "jpcert"),
        ("F", "feed"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "untold", "several"),
    [
        (
            "en",
            "x.json does not say of what kind it is: say it by --kind.",
            "both holds several kinds (cve5, osv): load each by itself.",
        ),
        (
            "ja",
            "x.json の種類は中身から判断できません。--kind で指定してください。",
            "both には複数の種類(cve5, osv)が入っています。1種類ずつ読み込んでください。",
        ),
    ],
)
def test_what_does_not_say_its_kind_is_refused_in_one_sentence_and_nothing_is_made(tmp_path, language, untold, several):
    (tmp_path / "x.json").write_text('{"id": "x"}')
    (folder := tmp_path / "both").mkdir()
    (folder / "1.json").write_text(record(1001))
    (folder / "2.json").write_text(json.dumps({"id": "OSV-1", "modified": "", "affected": []}))
    with override(language):
        said = [noroshi("load", str(path)) for path in (tmp_path / "x.json", folder)]
    assert [(each.exit_code, each.stderr) for each in said] == [
        (3, f"noroshi: {untold}\n"),
        (3, f"noroshi: {several}\n"),
    ]
    assert not Source.everything.exists()


@pytest.mark.django_db
def test_what_no_database_keeps_is_taken_out_of_the_words_or_is_a_dead_letter(cast, tmp_path, monkeypatch):
    claim = Claim("CVE-2099-1", ClaimKind.REMEDY, {"text": "a\x00b", "more": ["\ud800", "\\u0000", 1, None]})
    found = [
        Record("a", "a\x00b", names=("CVE-2099-1",), claims=(claim,)),
        Record("b", "half \ud800"),
        Record("c\x00", "t"),
        Record("", "t"),
        Record("a", "again"),
    ]
    monkeypatch.setattr(
        "noroshi.advisories.actions.reading.READERS", {SourceKind.FEED: lambda _body, _given: iter(found)}
    )
    source = actions.add_source(cast.actor("hub_op"), said=SourceSaid("x", "feed"))
    (tmp_path / "x").write_bytes(b"x")
    fetch = actions.load_file(cast.actor("hub_op"), source, tmp_path / "x")
    assert (fetch.new, fetch.refused) == (1, 4)
    (revision,) = Revision.objects.all()
    assert (revision.title, revision.names) == ("ab", ["CVE-2099-1"])
    assert revision.claims[0]["value"] == {"text": "ab", "more": ["?", "\\u0000", 1, None]}
    assert DeadLetter.objects.count() == 4


@pytest.mark.django_db
def test_scores_that_change_every_day_are_written_over(cast, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "noroshi.advisories.actions.reading.READERS",
        {**readers.READERS, SourceKind.EPSS: lambda body, _given: iter([Record("CVE-2099-1", body.decode())])},
    )
    source = actions.add_source(cast.actor("hub_op"), said=SourceSaid("EPSS", "epss"))
    for day in ("one", "two"):
        (tmp_path / "x").write_text(day)
        fetch = actions.load_file(cast.actor("hub_op"), source, tmp_path / "x")
    assert (fetch.new, fetch.changed) == (0, 1)
    (revision,) = Revision.objects.all()
    assert (revision.number, revision.title, revision.fetch_id, Item.objects.get().newest_id) == (
        1, "two", fetch.pk, revision.pk,
    )  # fmt: skip


@pytest.mark.slow
def test_a_load_that_is_killed_leaves_whole_chunks_and_the_next_one_goes_on(tmp_path, migrated):
    file = tmp_path / "cves.ndjson"
    file.write_text("\n".join(record(number) for number in range(1000, 5000)))
    environment = fresh_environment(NOROSHI_DATA_DIR=str(tmp_path / "data"), NOROSHI_LOG_LEVEL="ERROR")
    command = [sys.executable, "-m", "noroshi.site"]
    migrated(tmp_path / "data")
    subprocess.run([*command, "manage", "migrate", "--verbosity", "0"], env=environment, check=True)
    load = [*command, "advisories", "load", "--kind", "cve5", str(file)]
    database = tmp_path / "data" / "noroshi.sqlite3"
    with subprocess.Popen(load, env=environment, stdout=subprocess.DEVNULL) as process:
        while not counted(database)[0]:
            assert process.poll() is None
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    items, revisions, place = counted(database)
    assert 0 < items == revisions <= 4000
    assert place in {items - 1, items}  # the document that filled a chunk is looked at again
    said = subprocess.run(load, env=environment, check=True, capture_output=True, text=True).stdout
    assert said == "files, cve5: 4,000 new, 0 changed, 0 not read\n"
    assert counted(database) == (4000, 4000, 4000)


def counted(path):
    """Look into the database from outside: how many items and revisions there are, and up to which document."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        return database.execute(
            "SELECT (SELECT count(*) FROM advisories_item), (SELECT count(*) FROM advisories_revision),"
            " (SELECT max(place) FROM advisories_fetch)"
        ).fetchone()


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "times"), [(1, 0), (2, 1)])
def test_a_large_file_makes_the_database_count_its_tables_anew(tmp_path, monkeypatch, number, times):
    counted = []
    monkeypatch.setattr("noroshi.advisories.actions.loading.MANY", 2)
    monkeypatch.setattr("noroshi.advisories.actions.loading.count_for_plans", lambda: counted.append(1))
    file = tmp_path / "cves.ndjson"
    file.write_text("\n".join(record(1001 + place) for place in range(number)))
    assert noroshi("load", "--kind", "cve5", "--source", "CVEs", str(file)).exit_code == 0
    assert len(counted) == times
