"""VEX: what makers say of products, in three forms: of what it is surely about, below people, and taken back."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories.tasks import FIREWALL, HEADINGS, LIST, read_in, task_of, tell
from noroshi.advisories import actions, queries
from noroshi.advisories.domain.matching import Component
from noroshi.advisories.domain.vex import Statement, UnreadableVexError, VexStatus, covers, latest, read_vex
from noroshi.advisories.models import Match, VexDocument
from noroshi.advisories.vex_wording import FAULTS, JUSTIFICATIONS, UNREAD
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound

CVE = "CVE-2099-1001"
GROUPS = {
    "not_affected": "known_not_affected",
    "fixed": "fixed",
    "under_investigation": "under_investigation",
    "affected": "known_affected",
}


def csaf(status="not_affected", *, version="7.2.4", vendor="Quokka", product="Gate", date="2026-01-01", number="V-1"):
    named = {"name": "x", "product_id": "P"}
    category = "product_version_range" if version.startswith("vers:") else "product_version"
    tree = {"category": category, "name": version, "product": named}
    tree = {"category": "product_name", "name": product, "branches": [tree]}
    said = {
        "cve": CVE,
        "product_status": {GROUPS[status]: ["P"]},
        "flags": [{"label": "vulnerable_code_not_in_execute_path", "product_ids": ["P"]}],
        "threats": [{"category": "impact", "details": "機能を使わない構成です", "product_ids": ["P"]}],
    }
    document = {
        "category": "csaf_vex",
        "title": "VEX",
        "publisher": {"namespace": "https://quokka.example", "name": "Quokka PSIRT"},
        "tracking": {"id": number, "current_release_date": date},
    }
    branches = [{"category": "vendor", "name": vendor, "branches": [tree]}]
    return {"document": document, "product_tree": {"branches": branches}, "vulnerabilities": [said]}


def cyclonedx(state="not_affected", *, name="Gate", version="7.2.4"):
    subject = {"name": name, "version": version, "bom-ref": "it", "supplier": {"name": "Quokka"}}
    analysis = {"state": state, "justification": "code_not_reachable", "detail": "使わない構成です"}
    return {
        "bomFormat": "CycloneDX",
        "metadata": {"timestamp": "2026-01-01", "component": subject},
        "vulnerabilities": [{"id": CVE, "analysis": analysis, "affects": [{"ref": "it"}]}],
    }


def openvex(status="not_affected", *, product="pkg:npm/gate@7.2.4", parts=()):
    one = {"@id": product} | ({"subcomponents": [{"@id": each} for each in parts]} if parts else {})
    said = {"vulnerability": {"name": "OTHER-1", "aliases": [CVE]}, "products": [one], "status": status}
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://quokka.example/vex-1",
        "author": "Quokka",
        "timestamp": "2026-01-01T00:00:00Z",
        "statements": [said | {"justification": "component_not_present", "impact_statement": "含まれません"}],
    }


def read(said):
    return read_vex(json.dumps(said).encode())


@pytest.mark.parametrize(
    ("said", "author", "justification"),
    [
        (csaf(), "Quokka PSIRT", "vulnerable_code_not_in_execute_path"),
        (cyclonedx(), "Quokka", "code_not_reachable"),
        (openvex(), "Quokka", "component_not_present"),
    ],
)
def test_three_forms_say_the_same(said, author, justification):
    document = read(said)
    (statement,) = document.statements
    assert (document.author, statement.status, CVE in statement.names) == (author, VexStatus.NOT_AFFECTED, True)
    assert (statement.justification, bool(statement.detail), document.unread) == (justification, True, ())
    assert Statement.read(json.loads(json.dumps(statement.value))) == statement


@pytest.mark.parametrize(("state", "status"), [
    ("not_affected", "not_affected"), ("false_positive", "not_affected"), ("resolved", "fixed"),
    ("resolved_with_pedigree", "fixed"), ("in_triage", "under_investigation"), ("exploitable", "affected"),
])  # fmt: skip
def test_states_of_cyclonedx(state, status):
    assert read(cyclonedx(state)).statements[0].status == status


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        (csaf(version="すべて"), ["no version that can be compared"]),
        (cyclonedx(version=""), ["no version that can be compared"]),
        (cyclonedx("nonsense"), ["no status"]),
        (openvex("nonsense"), ["no status"]),
        (openvex(product="our-product"), ["no product"]),
    ],
)
def test_what_decides_nothing_is_named_with_its_reason(said, reasons):
    document = read(said)
    assert (document.statements, [each.reason for each in document.unread]) == ((), reasons)
    assert set(reasons) <= set(UNREAD)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "no JSON"),
        (b"[]", "no VEX"),
        (b"{}", "no VEX"),
        (b"[" * 100_000, "no JSON"),
        (b'{"document": {"title": 3}}', "no CSAF"),
        (b'{"bomFormat": "CycloneDX", "vulnerabilities": []}', "no statement"),
        (b'{"bomFormat": "CycloneDX", "vulnerabilities": 3, "metadata": 4}', "no statement"),
    ],
)
def test_what_is_no_vex_is_refused_by_its_name(body, fault):
    with pytest.raises(UnreadableVexError) as refused:
        read_vex(body)
    assert (str(refused.value), fault in FAULTS) == (fault, True)


GATE = Component("Gate", "7.2.4", "Quokka")


@pytest.mark.parametrize(
    ("said", "component", "others", "asset", "covered"),
    [
        (csaf(), GATE, [GATE], "A001", True),
        (csaf(version="7.2.5"), GATE, [GATE], "A001", False),
        (csaf(version="vers:generic/>=7.0|<7.3"), GATE, [GATE], "A001", True),
        (csaf(vendor=""), GATE, [GATE], "A001", False),
        (csaf(product="Other"), GATE, [GATE], "A001", False),
        (cyclonedx(), Component("lib", "1"), [Component("Gate", "7.2.4"), Component("lib", "1")], "Gate", False),
        (openvex(product="pkg:npm/gate"), Component("gate", "1", purl="pkg:npm/gate@1"), [], "A001", True),
        (openvex(product="pkg:npm/gate@2"), Component("gate", "1", purl="pkg:npm/gate@1"), [], "A001", False),
        (
            openvex(product="pkg:oci/app@1", parts=["pkg:npm/gate@1"]),
            Component("gate", "1", purl="pkg:npm/gate@1"),
            [Component("app", "1", purl="pkg:oci/app@1")],
            "A001",
            True,
        ),
        (
            openvex(product="pkg:oci/app@1", parts=["pkg:npm/gate@1"]),
            Component("gate", "1", purl="pkg:npm/gate@1"),
            [Component("other", "1", purl="pkg:oci/other@1")],
            "A001",
            False,
        ),
        (
            openvex(product="pkg:oci/app@1"),
            Component("gate", "1", purl="pkg:npm/gate@1"),
            [Component("app", "1", purl="pkg:oci/app@1"), Component("gate", "1", purl="pkg:npm/gate@1")],
            "app",
            True,
        ),
        (
            openvex(product="pkg:oci/app@1"),
            Component("gate", "1", purl="pkg:npm/gate@1"),
            [Component("app", "1", purl="pkg:oci/app@1"), Component("gate", "1", purl="pkg:npm/gate@1")],
            "A001",
            False,
        ),
    ],
)
def test_a_statement_is_about_a_component_for_sure_or_not_at_all(said, component, others, asset, covered):
    (statement,) = read(said).statements
    assert covers(statement, component, others, asset) is covered


def test_what_was_said_last_counts_and_of_what_was_said_at_once_the_gravest():
    said = [read(csaf(status, date=date)).statements[0] for status, date in (
        ("under_investigation", "2026-01-01"), ("not_affected", "2026-01-02"), ("fixed", "2026-01-02"),
    )]  # fmt: skip
    assert (latest(said).status, latest([])) == (VexStatus.FIXED, None)


def test_the_examples_of_the_standards_are_read(shared_data):
    folder = shared_data / "advisories"
    found = {path.name + path.parent.name: read_vex(path.read_bytes()) for path in sorted(folder.rglob("*vex*.json"))}
    assert sorted({each.statements[0].status for each in found.values() if each.statements}) == [
        "affected", "fixed", "not_affected",
    ]  # fmt: skip
    words = {each.justification for document in found.values() for each in document.statements} - {""}
    assert words <= set(JUSTIFICATIONS)
    assert len(found) >= 5


@pytest.fixture
def hit(cast, tmp_path, drain):
    """An inventory of a1 with one open task."""
    tell(tmp_path)
    inventory = read_in(cast)
    drain()
    return inventory


def give(cast, inventory, said, who="a1") -> VexDocument:
    return actions.import_vex(cast.actor(who), inventory, json.dumps(said).encode())


@pytest.mark.django_db
def test_a_match_stands_as_its_maker_says_until_the_document_is_taken_away(cast, hit, drain, tmp_path):
    document = give(cast, hit, csaf())
    drain()
    row = task_of(cast)
    assert (row.stage, row.decided_by, row.vex["author"]) == ("not_affected", None, "Quokka PSIRT")
    step = queries.steps_of(cast.actor("a1"), row)[0]
    assert (step.kind, step.by, "機能を使わない構成です" in step.reason) == ("vex", None, True)
    actions.match_inventories(row.organisation_id, row.world)
    assert queries.steps_of(cast.actor("a1"), row).count() == 2
    assert give(cast, hit, csaf("under_investigation", date="2026-02-01")).pk == document.pk
    drain()
    assert task_of(cast).stage == "investigated"
    with pytest.raises(Conflict):
        give(cast, hit, csaf(date="2025-12-31"))
    give(cast, hit, csaf("fixed", date="2026-03-01"))
    drain()
    assert task_of(cast).stage == "fixed"
    give(cast, hit, csaf("affected", date="2026-04-01", number="V-2"))
    drain()
    assert task_of(cast).stage == "open"
    actions.take_vex_away(cast.actor("a1"), VexDocument.everything.get(identity__endswith="V-2"))
    drain()
    assert task_of(cast).stage == "fixed"
    actions.take_vex_away(cast.actor("a1"), VexDocument.everything.get())
    drain()
    assert (task_of(cast).stage, task_of(cast).vex) == ("open", {})
    kinds = [each.kind for each in queries.steps_of(cast.actor("a1"), row)]
    assert kinds == ["vex_back", "vex", "vex_back", "vex", "vex", "vex", "found"]


@pytest.mark.django_db
def test_a_persons_own_judgement_outranks_it_before_and_after(cast, hit, drain):
    actions.accept_task(
        cast.actor("a1"), task_of(cast), reason="自社の判断", until=task_of(cast).due.replace(year=2999)
    )
    give(cast, hit, csaf())
    drain()
    assert task_of(cast).stage == "accepted"
    actions.reopen_task(cast.actor("a1"), task_of(cast), reason="やはり対処する")
    drain()
    actions.match_inventories(task_of(cast).organisation_id, "real")
    assert (task_of(cast).stage, task_of(cast).vex) == ("open", {})


@pytest.mark.django_db
def test_who_took_it_on_is_relieved_by_what_is_settled_and_keeps_what_is_looked_into(cast, hit, drain):
    actions.acknowledge_task(cast.actor("a1"), task_of(cast))
    document = give(cast, hit, csaf("under_investigation"))
    drain()
    assert task_of(cast).stage == "acknowledged"
    give(cast, hit, csaf(date="2026-02-01"))
    drain()
    assert task_of(cast).stage == "not_affected"
    actions.take_vex_away(cast.actor("a1"), document)
    drain()
    assert task_of(cast).stage == "acknowledged"


@pytest.mark.django_db
def test_it_holds_for_its_list_and_its_version_alone(cast, hit, drain):
    read_in(cast, text=HEADINGS + FIREWALL.replace("A001", "A002"), called="別")
    read_in(cast, "b1")
    give(cast, hit, csaf())
    drain()
    stages = {row.asset.label: row.stage for row in queries.matches_for(cast.actor("a1"))}
    assert (stages, task_of(cast, "b1").stage) == ({"A001": "not_affected", "A002": "open"}, "open")
    read_in(cast, text=HEADINGS + FIREWALL.replace("7.2.4", "7.2.3"))
    assert queries.matches_for(cast.actor("a1")).get(asset__label="A001").stage == "open"


@pytest.mark.django_db
def test_nobody_else_sees_imports_or_takes_away(cast, hit, drain):
    document = give(cast, hit, csaf())
    drain()
    for name in ("b1", "hub_op", "a_reader", "a_admin", "sup", "v1"):
        actor, client = cast.actor(name), cast.client(name)
        assert list(VexDocument.objects.visible_to(actor)) == [], name
        with pytest.raises((NotFound, NotAllowed)):
            give(cast, hit, csaf(), name)
        with pytest.raises((NotFound, NotAllowed)):
            actions.take_vex_away(actor, document)
        assert client.post(f"/advisories/vex/{document.pk}/take-away").status_code in (403, 404)
        assert client.post(f"/advisories/inventories/{hit.pk}/vex").status_code in (403, 404)
    assert VexDocument.everything.count() == 1


@pytest.mark.django_db
@pytest.mark.pages
def test_a_person_takes_a_document_in_and_away(cast, hit, drain):
    client, address = cast.client("a1"), f"/advisories/inventories/{hit.pk}/"
    wrong = client.post(f"{address}vex", {"file": SimpleUploadedFile("v.json", b"{}")})
    assert (wrong.status_code, "The document is no VEX" in wrong.content.decode()) == (422, True)
    said = json.dumps(csaf()).encode()
    assert client.post(f"{address}vex", {"file": SimpleUploadedFile("v.json", said)}).status_code == 302
    drain()
    assert "Quokka PSIRT" in client.get(address).content.decode()
    page = client.get(f"/advisories/tasks/{task_of(cast).pk}/").content.decode()
    assert ("the vulnerable code is never run" in page, "機能を使わない構成です" in page) == (True, True)
    with pytest.raises(InvalidInput):
        actions.import_vex(cast.actor("a1"), hit, b"")
    document = VexDocument.everything.get()
    assert client.post(f"/advisories/vex/{document.pk}/take-away").status_code == 302
    drain()
    assert Match.everything.get().stage == "open"
    assert LIST.startswith(HEADINGS)
