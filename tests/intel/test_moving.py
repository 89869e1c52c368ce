"""`noroshi intel import`: files of STIX into triage, and what a killed one leaves behind."""

import gzip
import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
import stix2
import stix2validator
from click.testing import CliRunner

from factories.stix import EXAMPLES
from factories.stix_store import ids_of, indicator, polled, report, send_in
from noroshi.core import clock
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.core.models import LedgerEntry
from noroshi.intel.actions import receive
from noroshi.intel.domain.stix.tlp import TLP_2
from noroshi.intel.models import Parcel, StixObject
from noroshi.intel.tasks import clear_left_over
from noroshi.kit.jobs import run_until_idle
from noroshi.sharing import actions
from noroshi.sharing.actions import usual_marking
from noroshi.sharing.domain.content import Content
from noroshi.sharing.models import Receipt
from noroshi.site.cli import main

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast):
    def invoke(*arguments, stdin=None):
        return CliRunner().invoke(main, ["intel", *map(str, arguments)], input=stdin)

    return invoke


def bundle(*objects) -> bytes:
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid4()}", "objects": objects}).encode()


FORMS = {
    "bundle": bundle,
    "envelope": lambda *objects: json.dumps({"more": False, "objects": objects}).encode(),
    "list": lambda *objects: json.dumps(objects).encode(),
    "gzip": lambda *objects: gzip.compress(bundle(*objects)),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_any_form_goes_into_triage_of_its_organisation(cast, run, tmp_path, form):
    one, two = indicator(), indicator()
    path = tmp_path / "feed.json"
    path.write_bytes(FORMS[form](one, two, wave := report(one, object_marking_refs=[TLP_2[TLP.GREEN]])))
    result = run("import", path, "--org", "bank_a", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"accepted": 3, "refused": []})
    levels = dict(StixObject.everything.values_list("stix_id", "parcel__tlp"))
    assert levels == {one["id"]: TLP.GREEN, wave["id"]: TLP.GREEN, two["id"]: TLP.AMBER}
    assert set(ids_of(polled(cast.actor("a2")))) == set(levels)
    assert ids_of(polled(cast.actor("b1"))) == []
    assert {parcel.label for parcel in Parcel.everything.all()} == {"feed.json"}


def test_one_object_comes_from_standard_input_and_another_is_refused_with_its_reason(cast, run):
    assert run("import", "-", "--org", "bank_a", stdin=json.dumps(indicator())).stdout == "1 accepted, 0 refused\n"
    result = run("import", "-", "--org", "bank_a", "--json", stdin=bundle(bad := indicator(confidence=101), "text"))
    assert (result.exit_code, result.stderr) == (3, "noroshi: -: 2 refused\n")
    assert json.loads(result.stdout) == {
        "accepted": 0,
        "refused": [
            {"index": 0, "id": bad["id"], "reason": "confidence: 101 does not lie between 0 and 100. (STIX 2.1, 2.10)"},
            {"index": 1, "id": None, "reason": "This is no object. (STIX 2.1, 8.1)"},
        ],
    }


def test_red_is_taken_in_by_a_person_alone(cast, run):
    text = bundle(red := indicator(object_marking_refs=[TLP_2[TLP.RED]]))
    assert (run("import", "-", "--org", "bank_a", stdin=text).exit_code, StixObject.everything.count()) == (3, 0)
    assert run("import", "-", "--person", cast.a1.email, stdin=text).exit_code == 0
    assert ids_of(polled(cast.actor("a1"))) == [red["id"]]
    assert ids_of(polled(cast.actor("a2"))) == []


def test_whose_it_is_has_to_be_said_once(run):
    for said in ([], ["--org", "bank_a", "--person", "a1@bank-a.example"]):
        assert run("import", "-", *said, stdin="[]").exit_code == 2
    for said in (["--org", "nobody"], ["--person", "nobody@bank-a.example"]):
        assert run("import", "-", *said, stdin="[]").exit_code == 3


# Export


def exported(run, *arguments, path):
    result = run("export", path, *arguments)
    assert (result.exit_code, result.stderr) == (0, f"{len(json.loads(path.read_bytes())['objects']) - 1} objects\n")
    return json.loads(path.read_bytes())["objects"]


def test_a_bundle_has_what_may_leave_in_bulk_and_who_took_it(cast, run, tmp_path):
    strict, red = (indicator(object_marking_refs=[TLP_2[level]]) for level in (TLP.AMBER_STRICT, TLP.RED))
    send_in(cast.actor("a1"), one := indicator(), wave := report(one), strict, red)
    send_in(cast.actor("b1"), indicator())
    mark, *objects = exported(run, "--person", cast.a1.email, path=tmp_path / "a.json")
    assert [each["id"] for each in objects] == [one["id"], wave["id"]]
    assert mark["definition"]["statement"] == f"Exported by {cast.actor('a1').label}, {mark['created']}"
    assert LedgerEntry.objects.filter(action="intel.objects.exported").get().payload["objects"] == 2
    assert exported(run, "--org", "bank_a", "--type", "report", path=tmp_path / "b.json")[1:] == [wave]
    for slug in ("insurer", "supervisor"):
        result = run("export", tmp_path / "c.json", "--org", slug)
        assert (result.exit_code, (tmp_path / "c.json").exists()) == ((0, True) if slug == "insurer" else (3, False))
        (tmp_path / "c.json").unlink(missing_ok=True)
    assert run("export", tmp_path / "d.json", "--org", "bank_a", "--collection", "group-nobody").exit_code == 3
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.filterwarnings("ignore")  # of the libraries: deprecations of their own
def test_what_is_exported_is_taken_by_the_committees_library_and_validator(cast, run, tmp_path):
    send_in(cast.actor("a1"), *EXAMPLES.values(), indicator())
    bundle = exported(run, "--person", cast.a1.email, path=tmp_path / "a.json")
    assert len(bundle) == len(EXAMPLES) + 2
    text = (tmp_path / "a.json").read_text()
    assert len(stix2.parse(text, allow_custom=True).objects) == len(bundle)
    options = stix2validator.ValidationOptions(version="2.1", strict=False)
    assert stix2validator.validate_string(text, options).is_valid


def test_whoever_takes_a_signals_objects_out_gets_a_receipt(cast, run, tmp_path):
    signal = actions.share_signal(
        cast.actor("a1"),
        content=Content("phishing", "customer", "A wave", "Seen at 198.51.100.77."),
        marking=usual_marking(None, tlp="GREEN"),
    )
    run_until_idle()
    exported(run, "--person", cast.b1.email, path=tmp_path / "a.json")
    rows = Receipt.everything.filter(signal=signal, person=cast.b1).exclude(channel=Channel.MAIL_CONTENT)
    assert list(rows.values_list("channel", flat=True)) == [Channel.EXPORT]


def test_a_version_from_the_future_is_refused(cast):
    today, ahead = (clock.now() + timedelta(days=days) for days in (0, 2))
    sound, wrong = (indicator(modified=f"{moment:%Y-%m-%dT%H:%M:%S.000Z}") for moment in (today, ahead))
    tally, told = send_in(cast.actor("a1"), sound, wrong)
    assert tally.accepted == 1
    reason = f"The version {wrong['modified']} lies in the future: a clock is wrong."
    assert [each.reason for each in told] == ["", reason]
    with clock.stopped_at(ahead):
        assert send_in(cast.actor("a1"), wrong)[0].accepted == 1


@pytest.mark.parametrize("text", [gzip.compress(bundle(indicator()))[:-20], b"\x1f\x8b" + b"x" * 50])
def test_a_damaged_gzip_file_leaves_nothing(cast, text):
    with pytest.raises(InvalidInput, match="damaged"):
        receive(cast.actor("a1"), io.BytesIO(text), label="")
    assert Parcel.everything.count() == 0


def test_what_a_small_file_unpacks_to_has_a_bound(cast):
    bomb = gzip.compress(b" " * 5_000_000)
    with pytest.raises(TooLarge):
        receive(cast.actor("a1"), io.BytesIO(bomb), label="", most=4_000_000)
    assert Parcel.everything.count() == 0


def test_what_a_killed_process_left_is_cleared_after_a_day(cast):
    send_in(cast.actor("a1"), kept := indicator())
    left = Parcel.everything.create(owner=cast.bank_a, tlp=TLP.AMBER, source="received")
    StixObject.everything.create(
        parcel=left, position=0, stix_id=indicator()["id"], type="indicator", modified=1, raw=b"{}"
    )
    assert ids_of(polled(cast.actor("a1"))) == ids_of(polled(cast.machine("bank_a", Channel.TAXII))) == [kept["id"]]
    clear_left_over()
    assert StixObject.everything.filter(parcel=left).count() == 1
    with clock.stopped_at(clock.now() + timedelta(days=1, seconds=1)):
        clear_left_over()
    assert [row.stix_id for row in StixObject.everything.all()] == [kept["id"]]
    assert Parcel.everything.filter(pk=left.pk).count() == 0
