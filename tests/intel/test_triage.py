"""What was sent in, on its pages; and what was refused of it, kept with its reasons until it is read again."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories.stix_store import ids_of, indicator, polled, report, send_in
from noroshi.core import clock
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.intel.actions import receive, replay_refused
from noroshi.intel.domain.stix import check
from noroshi.intel.domain.stix.tlp import TLP_2
from noroshi.intel.models import Parcel, RefusedObject
from noroshi.intel.queries import parcel_for, parcels_for, refusals_of
from noroshi.intel.tasks import forget_refused

pytestmark = pytest.mark.django_db

BROKEN = {"confidence": 101}


def kept(actor):
    """Places of what is kept of the refused, by level, as far as an actor sees it."""
    rows = RefusedObject.objects.visible_to(actor).order_by("parcel__tlp", "place")
    return list(rows.values_list("parcel__tlp", "place"))


def test_a_refused_object_is_kept_at_its_level_for_those_who_may_see_that(cast):
    green = indicator(object_marking_refs=[TLP_2[TLP.GREEN]], **BROKEN)
    red = indicator(object_marking_refs=[TLP_2[TLP.RED]], **BROKEN)
    misspelt = indicator(object_marking_ref=[TLP_2[TLP.RED]])
    no_list = indicator(object_marking_refs=TLP_2[TLP.RED])
    send_in(cast.actor("a1"), green, red, misspelt, no_list, "text", indicator(**BROKEN))
    assert kept(cast.actor("a1")) == [("AMBER", 5), ("GREEN", 0), ("RED", 1), ("RED", 2), ("RED", 3), ("RED", 4)]
    assert kept(cast.actor("a2")) == [("AMBER", 5), ("GREEN", 0)]
    for stranger in ("a_reader", "b1", "hub_op", "sup"):
        assert kept(cast.actor(stranger)) == []


def test_of_what_a_machine_may_not_send_nothing_is_kept(cast):
    red = indicator(object_marking_refs=[TLP_2[TLP.RED]])
    tally, _told = send_in(cast.machine("bank_a", Channel.TAXII), red, {**red, **BROKEN}, "text", indicator(**BROKEN))
    assert (tally.refused, kept(cast.actor("a1"))) == (4, [("AMBER", 3)])


def test_a_container_narrows_what_is_refused_in_it(cast):
    inner = indicator(**BROKEN)
    send_in(cast.actor("a1"), inner, report(inner, object_marking_refs=[TLP_2[TLP.AMBER_STRICT]]))
    assert kept(cast.actor("a2")) == [("AMBER+STRICT", 0)]


def test_what_is_read_again_leaves_the_quarantine_and_stays_at_its_level(cast, monkeypatch):
    inner, wrong = indicator(x_ours=1), indicator(**BROKEN)
    wave = report(inner, wrong, object_marking_refs=[TLP_2[TLP.AMBER_STRICT]])
    strict = check.check_object
    monkeypatch.setattr(check, "check_object", lambda value: strict({**value, "x": 1} if "x_ours" in value else value))
    tally, _told = send_in(cast.actor("a1"), inner, wrong, wave)
    (parcel,) = tally.parcels.values()
    monkeypatch.setattr(check, "check_object", strict)  # the checker has learnt
    again = replay_refused(cast.actor("a2"), parcel)
    assert (again.accepted, again.refused, set(again.parcels)) == (1, 1, {TLP.AMBER_STRICT})
    assert kept(cast.actor("a1")) == [("AMBER+STRICT", 1)]
    parcel.refresh_from_db()
    assert parcel.refused == 1
    assert set(ids_of(polled(cast.actor("a2")))) == {inner["id"], wave["id"]}
    assert replay_refused(cast.actor("a2"), parcel).accepted == 0


def test_refused_objects_are_kept_a_month_and_only_so_many(cast, monkeypatch):
    monkeypatch.setattr("noroshi.intel.actions.receiving.MOST_KEPT", 2)
    monkeypatch.setattr("noroshi.intel.actions.receiving.LARGEST_KEPT", 600)
    tally, _told = send_in(
        cast.actor("a1"), indicator(**BROKEN), indicator(description="x" * 600, **BROKEN), indicator(**BROKEN)
    )
    (parcel,) = tally.parcels.values()
    rows = refusals_of(cast.actor("a1"), parcel).order_by("place")
    assert (parcel.refused, [(row.place, bool(row.raw)) for row in rows]) == (3, [(0, True), (1, False)])
    for days, left in ((29, 2), (31, 0)):
        with clock.stopped_at(clock.now() + timedelta(days=days)):
            forget_refused()
        assert rows.all().count() == left


# Pages


def test_a_file_is_sent_by_a_page_and_read_there_in_words(cast):
    client = cast.client("a1")
    evil = indicator(
        "203.0.113.5",
        description="<script>alert(1)</script>",
        pattern="[url:value = 'https://evil.example/b' AND url:x != 'y']",
    )
    text = json.dumps([evil, indicator(**BROKEN)]).encode()
    answer = client.post("/intel/send", {"file": SimpleUploadedFile("feed.json", text)}, follow=True)
    page = answer.content.decode()
    parcel = Parcel.everything.get()
    assert answer.redirect_chain == [(f"/intel/parcels/{parcel.pk}/", 302)]
    assert [str(message) for message in answer.context["messages"]] == ["1 object is in.", "1 was refused: see why."]
    assert "evil[.]example/b" in page
    shown = client.get(f"/intel/parcels/{parcel.pk}/objects/0/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "What must not be is not looked for." in shown
    assert "confidence: 101 does not lie" in client.get(f"/intel/parcels/{parcel.pk}/refused").content.decode()
    assert "feed.json" in client.get("/intel/").content.decode()


def test_a_file_that_is_none_is_refused_as_one(cast):
    client = cast.client("a1", "ja")
    answer = client.post("/intel/send", {"file": SimpleUploadedFile("a.gz", b"\x1f\x8bnot gzip at all")})
    assert (answer.status_code, Parcel.everything.count()) == (422, 0)
    assert "gzipファイルが壊れています。" in answer.content.decode()


def test_only_the_own_organisations_parcels_are_there(cast):
    tally, _told = send_in(cast.actor("a1"), indicator(), indicator(**BROKEN))
    (parcel,) = tally.parcels.values()
    paths = ["", "refused", "objects/0/", "replay"]
    for name, status in (("a2", 200), ("b1", 404), ("hub_op", 404), ("sup", 404), ("a_reader", 403)):
        client = cast.client(name)
        found = [client.get(f"/intel/parcels/{parcel.pk}/{path}").status_code for path in paths[:3]]
        assert (name, found) == (name, [status] * 3)
    assert cast.client("b1").post(f"/intel/parcels/{parcel.pk}/replay").status_code == 404
    assert [list(parcels_for(cast.actor(name))) for name in ("a2", "b1")] == [[parcel], []]
    with pytest.raises(NotFound):
        parcel_for(cast.actor("b1"), parcel.pk)


def test_the_file_of_the_list_leaves_out_what_may_not_leave_in_bulk(cast):
    strict = indicator(object_marking_refs=[TLP_2[TLP.AMBER_STRICT]])
    send_in(cast.actor("a1"), strict, indicator(), label="feed")
    rows = b"".join(cast.client("a2").get("/intel/?export=csv")).decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["AMBER"]
    assert "indicator 1" in rows[1]
    page = cast.client("a2").get("/intel/").content.decode()
    assert page.count("/intel/parcels/") == 2


@pytest.mark.parametrize("parcels", [1, 3])
def test_the_list_asks_the_database_the_same_number_of_times(cast, parcels, django_assert_num_queries):
    for _ in range(parcels):
        receive(cast.actor("a1"), io.BytesIO(json.dumps(indicator()).encode()), label="a")
    client = cast.client("a1")
    client.get("/intel/")
    with django_assert_num_queries(11):
        client.get("/intel/")
