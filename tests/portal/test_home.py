"""The home pages: what needs the reader, and nothing that is not theirs."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories.signals import COMMUNITY, make_signal, to_person, without
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.membership import Standing
from noroshi.core.models import AudienceEntry
from noroshi.hunting.models import Hit, Hunt
from noroshi.notify.actions import post_notices
from noroshi.notify.models import NoticeKind
from noroshi.portal import queries
from noroshi.sharing.models import Acknowledgement, Signal


def _acknowledge(signal, *people):
    for person in people:
        Acknowledgement.everything.create(signal=signal, person=person, organisation=person.organisation)


def _hit(signal, *organisations):
    hunt, _new = Hunt.everything.get_or_create(signal=signal)
    for place, organisation in enumerate(organisations):
        now = clock.now()
        Hit.everything.create(
            hunt=hunt, organisation=organisation, type="domain", value=f"evil{place}.example", first_seen=now,
            last_seen=now, count=5,
        )  # fmt: skip


def _tell(signal, *people):
    with transaction.atomic():
        event = ledger.record(Actor.system("test"), "test.thing.done")
    post_notices(
        people=people, kind=NoticeKind.SIGNAL, subject="sharing.signal", subject_id=signal.pk, event=event, world="real"
    )


LEVELS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")


@pytest.fixture
def levels(cast):
    """A signal of each level, the narrow ones to B's analyst."""
    for tlp in LEVELS:
        audience = [COMMUNITY, without(cast.insurer)] if tlp in LEVELS[:3] else [to_person(cast.b1)]
        make_signal(cast.a1, *audience, tlp=tlp, title=f"Signal of {tlp}.")


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("b1", set(LEVELS)),
        ("b2", set(LEVELS) - {"RED"}),
        ("b_reader", {"CLEAR", "GREEN"}),
        ("i1", set()),
        ("hub_op", {"CLEAR", "GREEN", "AMBER"}),
        ("auditor", {"CLEAR", "GREEN"}),
        ("sup", set()),
        ("sup_admin", set()),
    ],
)
def test_home_when_a_reader_opens_it_then_only_what_they_see(cast, levels, name, seen):
    page = cast.client(name).get("/").text

    assert {tlp for tlp in LEVELS if f"Signal of {tlp}." in page} == seen


def test_home_when_the_public_opens_it_then_only_what_is_clear(client, cast, levels):
    make_signal(cast.a1, tlp="CLEAR", title="Signal withheld", state=State.HELD)
    make_signal(cast.a1, tlp="CLEAR", title="Signal in an exercise", world="exercise:1")

    page = client.get("/", headers={"Accept-Language": "en"}).text

    assert {tlp for tlp in LEVELS if f"Signal of {tlp}." in page} == {"CLEAR"}
    assert [word for word in ("withheld", "exercise", "a1@", "Bank_A", "bank_a") if word in page] == []


def test_home_when_a_suspended_person_opens_it_then_nothing_is_shown(cast, levels):
    client = cast.client("b1")
    cast.b1.standing = Standing.SUSPENDED
    cast.b1.save()

    page = client.get("/").text

    assert {tlp for tlp in LEVELS[1:] if f"Signal of {tlp}." in page} == set()


def test_home_when_a_supervisor_opens_it_then_it_explains_and_shows_no_number(cast, levels):
    page = cast.client("sup").get("/").text

    assert "Sharing is not reporting" in page
    assert "stat-value" not in page
    assert "badge" not in page


def test_home_when_notices_are_unread_then_they_lead_there_through_the_policy(cast):
    kept, closed = (make_signal(cast.a1, title=f"{word} words") for word in ("Kept", "Closed"))
    for signal in (kept, closed):
        _tell(signal, cast.b1)
    AudienceEntry.objects.create(item_id=closed.pk, kind="excluded_person", target=cast.b1.pk)

    page = cast.client("b1").get("/").text

    assert "Kept words" in page
    assert "Closed words" not in page
    assert "What this notice is about is not shown to you." in page


def test_to_acknowledge_when_a_colleague_has_or_it_is_own_or_old_then_it_is_not_asked(cast, stopped_clock):
    own, done, open_one, public = (
        make_signal(cast.b2, title="own"),
        make_signal(cast.a1, title="done"),
        make_signal(cast.a1, title="open"),
        make_signal(cast.a1, title="public", tlp="CLEAR"),
    )
    _acknowledge(done, cast.b2)
    _acknowledge(open_one, cast.i1)
    old = make_signal(cast.a1, title="old")
    Signal.everything.filter(pk=old.pk).update(published_at=clock.now() - timedelta(days=15))

    found = queries.to_acknowledge(cast.actor("b1"))

    assert (own.tlp, public.tlp) == ("AMBER", "CLEAR")
    assert ([signal.title for signal in found.rows], found.count) == (["open"], 1)


def test_hits_when_found_then_a_day_has_its_number_for_the_own_organisation_alone(cast, stopped_clock):
    signal = make_signal(cast.a1)
    _hit(signal, cast.bank_b, cast.bank_b, cast.insurer)

    assert queries.hits_by_day(cast.actor("b1"))[-1] == (timezone.localdate(clock.now()), 2)
    assert len(queries.hits_by_day(cast.actor("b1"))) == queries.DAYS
    assert sum(count for _day, count in queries.hits_by_day(cast.actor("i1"))) == 1
    assert sum(count for _day, count in queries.hits_by_day(cast.actor("hub_op"))) == 0
    assert queries.hits_by_day(cast.actor("b_reader")) == queries.hits_by_day(cast.actor("sup")) == []


@pytest.mark.parametrize(
    ("names", "told"),
    [([], None), (["bank_a"], None), (["bank_a", "bank_b"], None), (["bank_a", "bank_b", "insurer"], 3)],
)
def test_organisations_hit_when_fewer_than_three_then_no_number_is_told(cast, names, told):
    signal = make_signal(cast.hub_op)
    _hit(signal, *(cast.organisations[name] for name in names), *(cast.organisations[name] for name in names))

    assert queries.organisations_hit(cast.actor("hub_op")) == told
    page = cast.client("hub_op").get("/").text
    assert ("fewer than 3" in page) is (told is None)


def test_organisations_hit_when_the_operator_does_not_see_the_signal_then_it_is_not_counted(cast):
    signal = make_signal(cast.a1, to_person(cast.b1), tlp="RED")
    _hit(signal, cast.bank_a, cast.bank_b, cast.insurer)

    assert queries.organisations_hit(cast.actor("hub_op")) is None


def _progress(cast, name="hub_op"):
    return {
        row.signal.title: (row.reached, row.acknowledged, row.missing and [one.slug for one in row.missing])
        for row in queries.acknowledgement_progress(cast.actor(name))
    }


def test_acknowledgements_when_the_operator_is_not_the_author_then_numbers_without_names(cast):
    signal = make_signal(cast.a1, tlp="GREEN", title="Told to all")
    _acknowledge(signal, cast.b1, cast.b2, cast.i1, cast.t1)

    assert _progress(cast) == {"Told to all": (6, 3, None)}
    page = cast.client("hub_op").get("/home/acknowledgements").text
    assert [name for name in ("Insurer", "Outsider", "Supporter") if name in page] == []


def test_acknowledgements_when_fewer_than_three_have_then_the_number_is_not_told(cast):
    signal = make_signal(cast.a1, tlp="GREEN", title="Told to all")
    _acknowledge(signal, cast.b1, cast.i1)

    assert _progress(cast) == {"Told to all": (6, None, None)}
    assert "Fewer than 3 of 6 organisations" in cast.client("hub_op").get("/home/acknowledgements").text


def test_acknowledgements_when_it_reached_fewer_than_three_then_no_number_at_all(cast):
    make_signal(cast.a1, to_person(cast.hub_op), to_person(cast.b1), tlp="RED", title="Told to two")

    assert _progress(cast) == {"Told to two": (None, None, None)}
    assert "It reached fewer than 3 organisations." in cast.client("hub_op").get("/home/acknowledgements").text


def test_acknowledgements_when_the_operator_wrote_it_then_who_has_not_is_named(cast):
    signal = make_signal(cast.hub_op, tlp="AMBER", title="From the hub")
    _acknowledge(signal, cast.a1, cast.b1)

    assert _progress(cast) == {"From the hub": (4, None, ["insurer", "outsider"])}
    assert "Outsider" in cast.client("hub_op").get("/home/acknowledgements").text


def test_acknowledgements_when_somebody_acknowledged_who_sees_it_no_more_then_they_do_not_count(cast):
    signal = make_signal(cast.hub_op, tlp="AMBER", title="From the hub")
    _acknowledge(signal, cast.a1, cast.b1, cast.i1)
    AudienceEntry.objects.create(item_id=signal.pk, kind="excluded_organisation", target=cast.insurer.pk)

    assert _progress(cast) == {"From the hub": (3, None, ["outsider"])}


def test_acknowledgements_when_a_signal_is_listed_then_it_leads_to_the_hits_by_organisation(cast):
    signal = make_signal(cast.a1, tlp="GREEN", title="Told to all")

    assert f'href="/hunting/signals/{signal.pk}/"' in cast.client("hub_op").get("/home/acknowledgements").text


@pytest.mark.parametrize(("name", "asked"), [("a1", True), ("a_admin", False), ("auditor", False)])
def test_home_when_the_role_does_not_need_to_know_then_nothing_is_asked_of_it(cast, name, asked):
    page = cast.client(name).get("/").text

    assert [text in page for text in ("To take note of", "The first fire is yours to light.")] == [asked, asked]
    assert ("No signal that you may read yet." in page) is not asked


@pytest.mark.parametrize("name", ["a1", "auditor", "sup", "hub_reader"])
def test_acknowledgements_when_no_operator_asks_then_there_is_no_such_page(cast, name):
    assert cast.client(name).get("/home/acknowledgements").status_code == 404


def test_release_when_something_waits_then_the_operator_s_page_has_it_and_the_analyst_s_not(cast):
    make_signal(cast.a1, tlp="RED", state=State.HELD, title="Waits for release.")

    assert "Waits for release." in cast.client("hub_op").get("/").text
    assert "Waits for release." not in cast.client("b1").get("/").text


@pytest.mark.parametrize("name", ["b1", "hub_op"])
def test_home_when_it_has_one_or_three_rows_of_each_then_the_queries_are_the_same(cast, name):
    client, counts = cast.client(name), []
    client.get("/")
    for more in (1, 2):
        for _ in range(more):
            signal = make_signal(cast.a1)
            make_signal(cast.a1, tlp="RED", state=State.HELD)
            _tell(signal, cast.people[name])
            _hit(signal, cast.bank_b, cast.hub)
        with CaptureQueriesContext(connection) as made:
            assert client.get("/").status_code == 200
        counts.append(len(made))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(("language", "words"), [("ja", "対応が必要なこと"), ("en", "What needs you")])
def test_home_when_read_in_a_language_then_it_speaks_it(cast, language, words):
    assert words in cast.client("b1", language).get("/").text


def test_some_when_there_are_more_than_are_counted_then_the_number_says_so():
    assert queries.Some([], queries.MOST_COUNTED).count_text == "99"
    assert queries.Some([], queries.MOST_COUNTED + 1).count_text == "99+"
