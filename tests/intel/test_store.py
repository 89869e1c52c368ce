"""The store of STIX: what comes in, at which level, to whom it arrives, when, and which of its versions."""

import io
import json
from datetime import timedelta

import pytest

from factories.stix_store import ids_of, indicator, polled, report, send_in
from noroshi.core import clock
from noroshi.core.domain.audience import EntryKind, State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotAllowed, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.intel.actions import delete_received, publish_parcel, receive, receiving, replace_parcel, touch_parcel
from noroshi.intel.domain.stix.header import header_of
from noroshi.intel.domain.stix.tlp import TLP_2, canonical_marking
from noroshi.intel.models import Arrival, Parcel, StixObject
from noroshi.intel.queries import Version, collections_for, delivery
from noroshi.members.models import GroupMembership

pytestmark = pytest.mark.django_db

OLDER, NEWER = "2026-11-02T03:04:05.678Z", "2026-11-03T00:00:00.5Z"


def marked(level):
    return {"object_marking_refs": [TLP_2[level]]}


def share(cast, *objects, to=None, tlp=TLP.AMBER, owner="bank_a", **facts):
    """A parcel as a room above publishes it, with an item of its own; granted to the community unless `to` says."""
    item = Parcel(owner=cast.organisations[owner], tlp=tlp, state=State.PUBLISHED, source="signal", **facts)
    kind, target = (EntryKind.COMMUNITY, None) if to is None else to
    AudienceEntry.objects.create(item_id=item.pk, kind=kind, target=target)
    publish_parcel(item, [(header_of(each), json.dumps(each).encode()) for each in objects], shown_at=clock.now())
    return item


def test_what_is_sent_in_is_for_the_senders_organisation_alone(cast):
    one = indicator()
    tally, told = send_in(cast.machine("bank_a", Channel.TAXII), one)
    assert (tally.accepted, tally.refused, [each.reason for each in told]) == (1, 0, [""])
    assert ids_of(polled(cast.actor("a1"))) == [one["id"]]
    assert ids_of(polled(cast.actor("a2"), "sent-in")) == [one["id"]]
    assert ids_of(polled(cast.machine("bank_a", Channel.TAXII))) == [one["id"]]
    for stranger in ("a_reader", "b1", "hub_op", "v1"):
        assert ids_of(polled(cast.actor(stranger))) == []


@pytest.mark.parametrize("level", [TLP.CLEAR, TLP.GREEN])
def test_even_what_is_public_waits_until_somebody_shares_it(cast, level):
    one = indicator(**marked(level))
    send_in(cast.actor("a1"), one)
    assert ids_of(polled(cast.actor("a2"))) == [one["id"]]
    assert ids_of(polled(cast.actor("b1"))) == []


def test_a_person_who_sends_in_red_sees_it_alone_and_a_token_is_refused(cast):
    red = indicator(**marked(TLP.RED))
    assert send_in(cast.actor("a1"), red)[0].accepted == 1
    assert ids_of(polled(cast.actor("a1"))) == [red["id"]]
    assert ids_of(polled(cast.actor("a2"))) == []
    tally, told = send_in(cast.machine("bank_a", Channel.TAXII), red, plain := indicator())
    assert (tally.accepted, tally.refused) == (1, 1)
    assert [(each.place, each.reason) for each in told] == [(0, "TLP:RED does not travel by this way."), (1, "")]
    assert plain["id"] in ids_of(polled(cast.actor("a2")))


def test_bytes_are_served_as_they_came(cast):
    odd = (
        b'{ "type":"indicator", "spec_version" : "2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",'
        b'"created":"2026-11-02T03:04:05.678Z","modified":"2026-11-02T03:04:05.678000Z","pattern_type":"stix",'
        b'"pattern":"[ipv4-addr:value = \'198.51.100.7\']","valid_from":"2026-11-02T03:04:05Z","x_n":1.50e1}'
    )
    receive(cast.actor("a1"), io.BytesIO(odd), label="")
    assert [row.raw for row in polled(cast.actor("a1"))] == [odd]


def test_one_bad_object_does_not_stop_the_others(cast):
    good, bad = indicator(), indicator(confidence=101)
    tally, told = send_in(cast.actor("a1"), bad, good, "text")
    assert (tally.accepted, tally.refused) == (1, 2)
    assert [(each.place, each.stix_id, bool(each.reason)) for each in told] == [
        (0, bad["id"], True), (1, good["id"], False), (2, "", True),
    ]  # fmt: skip


def test_the_same_version_again_is_kept_once(cast):
    one = indicator()
    for _time in range(2):
        assert send_in(cast.actor("a1"), one, one)[0].accepted == 2
    assert StixObject.everything.count() == 1
    send_in(cast.actor("b1"), one)  # another organisation's is its own
    assert ids_of(polled(cast.actor("b1"))) == [one["id"]]


def test_the_markings_of_the_tlp_are_taken_and_not_kept_and_forged_ones_refused(cast):
    forged = {**canonical_marking(TLP_2[TLP.RED]), "extensions": canonical_marking(TLP_2[TLP.CLEAR])["extensions"]}
    tally, _told = send_in(cast.actor("a1"), canonical_marking(TLP_2[TLP.GREEN]), forged)
    assert (tally.accepted, tally.refused, StixObject.everything.count()) == (1, 1, 0)


def levels_of(tally):
    return {
        level: set(StixObject.everything.filter(parcel=parcel).values_list("stix_id", flat=True))
        for level, parcel in tally.parcels.items()
    }


def test_a_containers_marking_reaches_what_it_holds_wherever_that_stands(cast):
    inner, before, green = indicator(), indicator(**marked(TLP.CLEAR)), indicator(**marked(TLP.GREEN))
    held = report(inner, **marked(TLP.CLEAR))
    outer = report(held, before, **marked(TLP.AMBER_STRICT))
    tally, _told = send_in(cast.actor("a1"), before, outer, held, inner, green, report(green))
    assert levels_of(tally)[TLP.AMBER_STRICT] == {outer["id"], held["id"], inner["id"], before["id"]}
    assert levels_of(tally)[TLP.GREEN] == {green["id"]}  # a report without a marking says nothing of it


def test_of_several_markings_the_strictest_holds_and_an_unknown_one_is_red(cast):
    statement = {
        "type": "marking-definition", "spec_version": "2.1", "created": OLDER, "definition_type": "statement",
        "id": "marking-definition--62fd3f9b-15f3-4ebc-802c-91fce9536bcf", "definition": {"statement": "(c)"},
    }  # fmt: skip
    both = indicator(object_marking_refs=[TLP_2[TLP.GREEN], TLP_2[TLP.AMBER_STRICT]])
    granular = indicator(
        object_marking_refs=[TLP_2[TLP.GREEN]],
        granular_markings=[{"marking_ref": TLP_2[TLP.RED], "selectors": ["pattern"]}],
    )
    known = indicator(object_marking_refs=[statement["id"], TLP_2[TLP.GREEN]])
    unknown = indicator(object_marking_refs=["marking-definition--0d0c8a26-5ba0-4b4b-8ef1-bb2b7ca5ec1b"])
    tally, _told = send_in(cast.actor("a1"), both, granular, known, unknown, statement)
    assert levels_of(tally) == {
        TLP.AMBER_STRICT: {both["id"]},
        TLP.RED: {granular["id"], unknown["id"]},
        TLP.GREEN: {known["id"]},
        TLP.AMBER: {statement["id"]},
    }


def test_a_broken_bundle_leaves_what_came_before_and_an_error_leaves_nothing(cast, monkeypatch):
    one = json.dumps(indicator()).encode()
    tally = receive(cast.actor("a1"), io.BytesIO(b"[" + one + b", {"), label="")
    assert (tally.accepted, tally.refused, Parcel.everything.filter(size__gt=0).count()) == (1, 1, 1)

    def fails(*_args, **_values):
        raise OSError("disk full")

    monkeypatch.setattr(receiving, "show", fails)
    with pytest.raises(OSError, match="disk full"):
        receive(cast.actor("b1"), io.BytesIO(one), label="")
    assert not Parcel.everything.filter(owner=cast.bank_b).exists()


def test_who_may_send_in(cast):
    for name in ("a_reader", "a_admin"):
        with pytest.raises(NotAllowed):
            send_in(cast.actor(name), indicator())
    with pytest.raises(NotFound):
        send_in(cast.actor("sup"), indicator())


# Arrival


def test_each_reader_has_his_own_moments_strictly_rising(cast):
    with clock.stopped_at(clock.now() - timedelta(hours=2)):
        share(cast, *[indicator() for _ in range(3)])
        early = polled(cast.actor("b1"))
    share(cast, *[indicator() for _ in range(2)])
    again, late = polled(cast.actor("b1")), polled(cast.actor("i1"))
    assert again[:3] == early
    assert ids_of(again) == ids_of(late)
    for rows in (again, late):
        assert [row.added for row in rows] == sorted({row.added for row in rows})
    assert polled(cast.actor("b1"), after=early[-1].added) == again[3:]
    assert polled(cast.actor("b1"), after=again[-1].added) == []


def test_pages_join_to_the_whole_wherever_they_are_cut(cast):
    for number in (1, 4, 2, 3):
        share(cast, *[indicator() for _ in range(number)])
    whole = polled(cast.actor("b1"))
    assert len(whole) == 10
    for limit in (1, 2, 3, 7, 10):
        pages, after = [], 0
        while page := polled(cast.actor("b1"), after=after, limit=limit):
            assert len(page) <= limit
            pages += page
            after = page[-1].added
        assert pages == whole


def test_what_opens_later_comes_behind_what_was_there(cast):
    strict = indicator()
    item = share(cast, strict, tlp=TLP.RED, to=(EntryKind.PERSON, cast.a2.pk))
    share(cast, seen := indicator())
    first = polled(cast.actor("b1"))
    assert ids_of(first) == [seen["id"]]

    item.tlp = TLP.GREEN  # lowered, and open to all
    AudienceEntry.objects.create(item_id=item.pk, kind=EntryKind.COMMUNITY)
    lowered = {**strict, "modified": NEWER}
    publish_parcel(item, [(header_of(lowered), json.dumps(lowered).encode())], shown_at=clock.now())
    behind = polled(cast.actor("b1"), after=first[-1].added)
    assert [(row.stix_id, row.raw) for row in behind] == [(strict["id"], json.dumps(lowered).encode())]


def test_a_new_membership_brings_what_the_group_was_given(cast):
    given = indicator()
    share(cast, given, to=(EntryKind.GROUP, cast.wg_incident.pk), tlp=TLP.AMBER_STRICT, profile="f-isac-jp")
    assert ids_of(polled(cast.actor("i1"))) == []
    GroupMembership.objects.create(group=cast.wg_incident, person=cast.i1)
    assert ids_of(polled(cast.actor("i1"))) == ids_of(polled(cast.actor("i1"), "group-wg_incident")) == [given["id"]]
    GroupMembership.objects.filter(person=cast.i1).update(left_at=clock.now())
    assert ids_of(polled(cast.actor("i1"))) == []
    with pytest.raises(NotFound):
        polled(cast.actor("i1"), "group-wg_incident")


def test_the_end_of_an_embargo_is_an_arrival(cast):
    later = clock.now() + timedelta(hours=1)
    held = indicator()
    share(cast, held, embargo_until=later)
    assert ids_of(polled(cast.actor("b1"))) == []
    with clock.stopped_at(later + timedelta(seconds=1)):
        assert ids_of(polled(cast.actor("b1"))) == [held["id"]]


def test_a_line_of_the_audience_that_comes_later_is_an_arrival_once_it_is_said(cast):
    given = indicator()
    item = share(cast, given, to=(EntryKind.ORGANISATION, cast.bank_b.pk))
    assert ids_of(polled(cast.actor("i1"))) == []
    AudienceEntry.objects.create(item_id=item.pk, kind=EntryKind.ORGANISATION, target=cast.insurer.pk)
    touch_parcel(item.pk)
    assert ids_of(polled(cast.actor("i1"))) == [given["id"]]


def test_what_is_taken_back_is_gone_and_what_says_so_arrives(cast):
    item = share(cast, one := indicator())
    before = polled(cast.actor("b1"))
    gone = {**one, "modified": NEWER, "revoked": True, "pattern": "[x-gone:value = 'x']"}
    replace_parcel(item, [(header_of(gone), json.dumps(gone).encode())], shown_at=clock.now())
    everything = polled(cast.actor("b1"), versions=frozenset({Version.ALL}))
    assert [json.loads(row.raw)["pattern"] for row in everything] == [gone["pattern"]]
    assert everything[0].added > before[0].added


def test_nothing_hidden_changes_what_a_reader_gets(cast):
    """Arrivals are the reader's own: no gap between two of his moments tells of something he may not see."""
    now = clock.now()
    with clock.stopped_at(now):
        share(cast, indicator())
        share(cast, indicator(), to=(EntryKind.PERSON, cast.a2.pk), tlp=TLP.RED)
        share(cast, indicator())
        assert len(polled(cast.actor("a2"))) == 3
        rows = polled(cast.actor("b1"))
    assert rows[1].added - rows[0].added == 1
    assert Arrival.everything.filter(reader__holder=cast.b1.pk).count() == 2


# Versions


def versions(actor, *wanted, **more):
    return [row.modified for row in polled(actor, versions=frozenset(wanted), **more)]


def test_versions_are_told_apart(cast):
    name = indicator()["id"]
    first, last = indicator(name=name, modified=OLDER), indicator(name=name, modified=NEWER)
    share(cast, first, last)
    old, new = (header_of(each).modified for each in (first, last))
    reader = cast.actor("b1")
    assert versions(reader, Version.LAST) == [new]
    assert versions(reader, Version.FIRST) == [old]
    assert versions(reader, Version.ALL) == [old, new]
    assert versions(reader, old) == versions(reader, old, ids=frozenset({name})) == [old]
    assert versions(reader, Version.FIRST, new) == [old, new]
    assert versions(reader, old + 1) == []


def test_the_last_version_is_the_last_that_the_reader_may_see(cast):
    name = indicator()["id"]
    share(cast, old := indicator(name=name, modified=OLDER))
    share(cast, indicator(name=name, modified=NEWER), to=(EntryKind.PERSON, cast.a2.pk), tlp=TLP.RED)
    assert versions(cast.actor("b1"), Version.LAST) == [header_of(old).modified]
    assert versions(cast.actor("a2"), Version.LAST) == [header_of({**old, "modified": NEWER}).modified]


def test_nobody_puts_words_into_anothers_mouth(cast):
    name = indicator()["id"]
    share(cast, true := indicator("198.51.100.7", name=name))
    polled(cast.actor("i1"))
    share(cast, indicator("192.0.2.1", name=name, modified=NEWER), owner="bank_b")
    assert [json.loads(row.raw) for row in polled(cast.actor("i1"))] == [true]
    assert [json.loads(row.raw) for row in polled(cast.actor("i1"), ids=frozenset({name}))] == [true]


def test_filters_by_type_and_id(cast):
    one, two = indicator(), indicator()
    wave = report(one)
    share(cast, one, two, wave)
    assert ids_of(polled(cast.actor("b1"), types=frozenset({"report"}))) == [wave["id"]]
    assert ids_of(polled(cast.actor("b1"), ids=frozenset({two["id"], "indicator--x"}))) == [two["id"]]
    assert ids_of(polled(cast.actor("b1"), ids=frozenset({two["id"]}), types=frozenset({"report"}))) == []


def test_a_large_parcel_is_read_in_pieces(cast, monkeypatch):
    monkeypatch.setattr(delivery, "SMALL", 3)
    objects = [indicator() for _ in range(20)]
    wave = report(objects[0])
    share(cast, indicator())
    share(cast, *objects, wave)
    share(cast, indicator())
    whole = polled(cast.actor("b1"))
    assert (len(whole), ids_of(whole)[1:22]) == (23, ids_of_values(*objects, wave))
    assert polled(cast.actor("b1"), after=whole[4].added, limit=7) == whole[5:12]
    assert ids_of(polled(cast.actor("b1"), limit=2, types=frozenset({"report"}))) == [wave["id"]]


def ids_of_values(*objects):
    return [each["id"] for each in objects]


# Collections


def test_a_page_is_read_as_it_is_given_a_bounded_number_of_bytes_at_a_time(cast, monkeypatch):
    bound = 20_000
    large = [indicator(f"198.51.100.{place}", description="x" * 6_000) for place in range(1, 12)]
    share(cast, *large)
    for place in range(5):
        share(cast, *[indicator(f"203.0.113.{place}", description="y" * 3_000) for _each in range(3)])
    whole = [row.stix_id for row in polled(cast.actor("b1"))]
    weights, weigh = [], delivery._chosen
    monkeypatch.setattr(delivery, "MOST_BYTES", bound)

    def note(view, wanted, rows, runs):
        weights.append(sum(len(row.raw) for some in rows.values() for row in some))
        return weigh(view, wanted, rows, runs)

    monkeypatch.setattr(delivery, "_chosen", note)
    found, after, pages = [], 0, 0
    while page := polled(cast.actor("b1"), after=after):
        assert sum(len(row.raw) for row in page[:-1]) <= bound
        found, after, pages = [*found, *ids_of(page)], page[-1].added, pages + 1
    assert (found, len(found), pages > 4) == (whole, 26, True)
    assert max(weights) <= bound
    monkeypatch.setattr(delivery, "MOST_BYTES", 10)  # one that is larger than all goes by itself
    assert ids_of(polled(cast.actor("b1"))) == whole[:1]


def test_collections_are_the_readers_own(cast):
    titles = {name: [each.alias for each in collections_for(cast.actor(name))] for name in ("a1", "i1", "sup")}
    assert titles == {"a1": ["everything", "sent-in", "group-wg_incident"], "i1": ["everything", "sent-in"], "sup": []}
    machine = cast.machine("bank_a", Channel.TAXII)
    assert [(each.alias, each.can_write) for each in collections_for(machine)] == [
        ("everything", False), ("sent-in", True), ("group-wg_incident", False),
    ]  # fmt: skip
    ids = {each.id for each in collections_for(machine)}
    assert len(ids) == 3
    assert {each.version for each in ids} == {4}


def test_a_group_has_what_was_given_to_it_and_no_more(cast):
    share(cast, given := indicator(), to=(EntryKind.GROUP, cast.wg_incident.pk))
    share(cast, indicator())
    assert ids_of(polled(cast.actor("b1"), "group-wg_incident")) == [given["id"]]


def test_only_what_lies_in_triage_is_deleted(cast):
    share(cast, shared := indicator())
    name = indicator()["id"]
    send_in(cast.actor("a1"), indicator(name=name), indicator(name=name, modified=NEWER))
    assert delete_received(cast.actor("a1"), stix_id=shared["id"]) == 0
    assert delete_received(cast.actor("b1"), stix_id=name) == 0
    newer = header_of(indicator(modified=NEWER)).modified
    assert delete_received(cast.actor("a2"), stix_id=name, versions=frozenset({newer})) == 1
    assert delete_received(cast.actor("a2"), stix_id=name) == 1
    assert ids_of(polled(cast.actor("a1"))) == [shared["id"]]


@pytest.mark.parametrize("parcels", [1, 3])
def test_a_poll_asks_the_database_the_same_number_of_times(cast, parcels, django_assert_num_queries):
    for _ in range(parcels):
        share(cast, indicator(), indicator())
    polled(actor := cast.machine("bank_b", Channel.TAXII))
    with django_assert_num_queries(6):
        polled(actor)
