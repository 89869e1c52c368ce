"""Counts of patch tasks for the hub: only by agreement, never an asset, and forgotten when it is revoked."""

from datetime import date
from uuid import UUID, uuid4

import msgspec
import pytest

from factories.tasks import HEADINGS, read_in, task_of, tell
from noroshi.advisories import actions, queries
from noroshi.advisories.domain.counts import MOST_CVES, Counts, CveCount, band_of, counts_of, is_sound, totals
from noroshi.advisories.federating import SUBJECT
from noroshi.advisories.models import CountsAgreement, MemberCounts
from noroshi.core.errors import InvalidInput, NotAllowed
from noroshi.core.models import LedgerEntry
from noroshi.federation.carriers import CARRIERS, Parcel, Skip
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import OutboxEntry, Peer, PeerKind, PeerState
from noroshi.federation.wording import SUBJECTS

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(("number", "band"), [(1, "1-9"), (9, "1-9"), (10, "10-99"), (100, "100+"), (12345, "100+")])
def test_how_many_systems_are_hit_is_told_as_a_band(number, band):
    assert band_of(number) == band


def test_counts_say_by_cve_a_band_and_whether_anything_is_open_and_tasks_by_their_day():
    rows = [
        ("CVE-2099-0001", False, None),
        *[("CVE-2099-0002", True, date(2026, 11, 21))] * 12,
        ("CVE-2099-0003", True, date(2026, 11, 25)),
        ("CVE-2099-0003", False, date(2026, 11, 1)),
        ("CVE-2099-0003", True, date(2026, 11, 26)),
        ("JVNDB-2099-1", True, None),
    ]
    counts = counts_of(rows, TODAY)
    assert [(each.cve[-1], each.band, each.is_open) for each in counts.cves] == [
        ("2", "10-99", True), ("3", "1-9", True), ("1", "1-9", False),
    ]  # fmt: skip
    assert counts.due == {"overdue": 12, "three_days": 1, "later": 1, "no_day": 1}
    assert is_sound(counts)
    many = counts_of([(f"CVE-2099-{number:05d}", True, None) for number in range(MOST_CVES + 7)], TODAY)
    assert (len(many.cves), many.left_out) == (MOST_CVES, 7)


def test_totals_of_members():
    told = [
        Counts([CveCount("CVE-2099-0001", "1-9", is_open=False)], {"overdue": 1}),
        Counts([CveCount("CVE-2099-0001", "100+", is_open=True)], {"overdue": 2, "later": 3}),
    ]
    (row,), due = totals(told)
    assert (row.members, row.members_open, dict(row.bands)) == (2, 1, {"1-9": 1, "10-99": 0, "100+": 1})
    assert due == {"overdue": 3, "three_days": 0, "later": 3, "no_day": 0}


@pytest.mark.parametrize(
    "counts",
    [
        Counts([CveCount("境界FW", "1-9", is_open=True)]),
        Counts([CveCount("CVE-2099-0001", "7", is_open=True)]),
        Counts([CveCount("CVE-2099-0001", "1-9", is_open=True)] * 2),
        Counts([], {"A001": 1}),
        Counts([], {"later": -1}),
        Counts([], {}, -1),
    ],
)
def test_what_is_no_count_is_not_sound(counts):
    assert not is_sound(counts)


def peer_of(cast, kind, organisation="bank_a") -> Peer:
    owner = cast.organisations[organisation].pk
    return Peer.objects.create(kind=kind, name="p", organisation_id=owner, state=PeerState.ACTIVE, installation=uuid4())


def letter(number: UUID, data) -> Letter:
    return Letter(1, SUBJECT, number, [uuid4()], data)


@pytest.mark.django_db
def test_without_an_agreement_nothing_goes_and_with_one_counts_alone(cast, tmp_path, drain):
    tell(tmp_path)
    read_in(cast)
    drain()
    peer, number = peer_of(cast, PeerKind.HUB), cast.organisations["bank_a"].pk
    carrier = CARRIERS[SUBJECT]
    assert carrier.write(peer, number, has_copy=False) == Skip("never_sent")
    assert (actions.tell_counts(), list(carrier.due_to(peer)), MemberCounts.everything.count()) == (0, [], 0)
    actions.agree_to_counts(cast.actor("a_admin"))
    drain()
    assert OutboxEntry.objects.filter(peer=peer, subject=SUBJECT, subject_id=number).count() == 1
    parcel = carrier.write(peer, number, has_copy=False)
    assert isinstance(parcel, Parcel)
    assert parcel.data == {
        "counts": {
            "cves": [{"cve": "CVE-2099-1001", "band": "1-9", "is_open": True}],
            "due": {"overdue": 0, "three_days": 1, "later": 0, "no_day": 0},
            "left_out": 0,
        }
    }
    assert [word for word in ("A001", "境界FW", "Quokka", "Gate", "7.2.4") if word in str(parcel.data)] == []
    other = cast.organisations["bank_b"].pk
    assert carrier.write(peer, other, has_copy=False) == Skip("gone")
    assert carrier.write(peer_of(cast, PeerKind.PARTNER), number, has_copy=True) == Skip("gone")
    assert SUBJECT in SUBJECTS


@pytest.mark.django_db
def test_what_did_not_change_is_told_once_and_revoked_the_hub_forgets_it(cast, tmp_path, drain):
    tell(tmp_path)
    read_in(cast)
    drain()
    actions.agree_to_counts(cast.actor("a_admin"))
    assert [actions.tell_counts(), actions.tell_counts()] == [1, 0]
    actions.fix_task(cast.actor("a1"), task_of(cast))
    assert [actions.tell_counts(), actions.tell_counts()] == [1, 0]
    row = MemberCounts.everything.get()  # at the hub itself nothing has to travel
    assert queries.read_counts(row).cves == [CveCount("CVE-2099-1001", "1-9", is_open=False)]
    peer, number = peer_of(cast, PeerKind.HUB), cast.organisations["bank_a"].pk
    actions.revoke_counts(cast.actor("a_admin"))
    drain()
    assert (MemberCounts.everything.count(), CountsAgreement.everything.count()) == (0, 0)
    ended = CARRIERS[SUBJECT].write(peer, number, has_copy=True)
    assert (ended.data, ended.ends) == ({"counts": None}, True)
    assert OutboxEntry.objects.filter(peer=peer, subject=SUBJECT).count() == 2  # agreed, and revoked
    assert actions.tell_counts() == 0
    told = LedgerEntry.objects.filter(action__startswith="advisories.counts.")
    assert [entry.payload for entry in told] == [{}] * 4


@pytest.mark.django_db
def test_the_hub_takes_counts_of_the_member_itself_alone(cast):
    node, number = peer_of(cast, PeerKind.NODE), cast.organisations["bank_a"].pk
    carrier = CARRIERS[SUBJECT]
    good = {"counts": msgspec.to_builtins(Counts([CveCount("CVE-2099-0001", "1-9", is_open=True)], {"later": 1}))}
    carrier.read(node, letter(number, good))
    assert MemberCounts.everything.get().organisation_id == number
    for peer, of, data in (
        (node, cast.organisations["bank_b"].pk, good),
        (peer_of(cast, PeerKind.PARTNER), number, good),
        (node, number, {"counts": {"assets": ["A001"]}}),
        (node, number, {"counts": {"cves": [{"cve": "x", "band": "1-9", "is_open": True}]}}),
        (node, number, {"counts": good["counts"], "name": "A001"}),
    ):
        with pytest.raises(InvalidInput):
            carrier.read(peer, letter(of, data))
    assert MemberCounts.everything.get().counts == good["counts"]
    carrier.read(node, letter(number, {"counts": None}))
    assert MemberCounts.everything.count() == 0


@pytest.mark.django_db
def test_an_administrator_alone_agrees_and_nobody_but_the_hub_reads_what_members_told(cast, tmp_path, drain):
    for name in ("a1", "a_reader", "hub_op", "hub_admin", "b1", "sup"):
        with pytest.raises(NotAllowed):
            actions.agree_to_counts(cast.actor(name))
        with pytest.raises(NotAllowed):
            actions.revoke_counts(cast.actor(name))
    tell(tmp_path)
    read_in(cast, text=HEADINGS + "A001,境界FW,open,high,Quokka,Gate,7.2.4\n")
    drain()
    assert cast.client("a_admin").post("/advisories/counts/agree").status_code == 302
    assert cast.client("a_admin").post("/advisories/counts/nonsense").status_code == 404
    actions.tell_counts()
    seen = {name: cast.client(name).get("/advisories/counts/") for name in ("hub_op", "a1", "a_admin", "b1", "sup")}
    assert {name: page.status_code for name, page in seen.items()} == {
        "hub_op": 200, "a1": 200, "a_admin": 200, "b1": 200, "sup": 404,
    }  # fmt: skip
    assert {name: "CVE-2099-1001" in page.content.decode() for name, page in seen.items()} == {
        "hub_op": True, "a1": True, "a_admin": False, "b1": False, "sup": False,
    }  # fmt: skip
    assert [word for word in ("境界FW", "A001", "Quokka") if word in seen["hub_op"].content.decode()] == []
    assert list(MemberCounts.objects.visible_to(cast.actor("b1"))) == []
    assert "agreed" in seen["a_admin"].content.decode()
    assert cast.client("a_admin").post("/advisories/counts/revoke").status_code == 302
    assert "CVE-2099-1001" not in cast.client("hub_op").get("/advisories/counts/").content.decode()
