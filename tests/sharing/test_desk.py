"""The release desk: two operators for what is grave, what is asked, how long it takes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from factories.audience import to_person
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.members.models import RoleAssignment
from noroshi.notify.models import Notice
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.content import Content
from noroshi.sharing.domain.release import Step
from noroshi.sharing.models import CannedRequest, Holding, Inquiry

ANONYMOUS = {"author_mode": AuthorMode.ANONYMOUS}
INCIDENT = Content("incident", "own_system", "Ransom note on a file server", "since Monday")
WORDS = {"title_ja": "件名", "title_en": "When", "text_ja": "いつですか。", "text_en": "When was it?"}


@pytest.fixture(autouse=True)
def _grave(settings):
    settings.RELEASE_FOUR_EYES = "grave"


@pytest.fixture
def hold(cast, draft):
    def write(author="a1", *entries, **marking):
        return actions.publish_signal(cast.actor(author), draft(author, *entries, **marking))

    return write


def red(cast, hold):
    return hold("a1", to_person(cast.b1), tlp=TLP.RED)


def test_release_when_grave_then_one_approves_and_another_releases(cast, hold, ledger):
    signal = red(cast, hold)
    with pytest.raises(Conflict):
        actions.release_signal(cast.actor("hub_op"), signal)
    actions.approve_signal(cast.actor("hub_op"), signal)
    with pytest.raises(NotAllowed):
        actions.release_signal(cast.actor("hub_op"), signal)
    with pytest.raises(Conflict):
        actions.approve_signal(cast.actor("hub_trusted"), signal)
    assert actions.release_signal(cast.actor("hub_trusted"), signal).state == "published"
    assert [row for row in ledger(signal) if row[1] in (cast.hub_op.pk, cast.hub_trusted.pk)] == [
        ("sharing.signal.approved", cast.hub_op.pk),
        ("sharing.signal.released", cast.hub_trusted.pk),
        ("sharing.signal.published", cast.hub_trusted.pk),
    ]


def test_release_when_anonymous_then_an_incident_takes_two_and_the_rest_one(cast, hold):
    incident = hold("a1", content=INCIDENT, **ANONYMOUS)
    with pytest.raises(Conflict):
        actions.release_signal(cast.actor("hub_op"), incident)
    assert actions.release_signal(cast.actor("hub_op"), hold("a1", **ANONYMOUS)).state == "published"


@pytest.mark.parametrize(("setting", "alone"), [("off", True), ("all", False)])
def test_release_when_the_hub_decides_otherwise_then_it_goes_by_that(cast, hold, settings, setting, alone):
    settings.RELEASE_FOUR_EYES = setting
    signal = hold("a1", **ANONYMOUS)
    if alone:
        assert actions.release_signal(cast.actor("hub_op"), signal).state == "published"
    else:
        with pytest.raises(Conflict):
            actions.release_signal(cast.actor("hub_op"), signal)


def test_approval_when_the_author_took_it_back_and_sent_it_again_then_it_is_void(cast, hold):
    signal = red(cast, hold)
    actions.approve_signal(cast.actor("hub_op"), signal)
    actions.recall_signal(cast.actor("a1"), signal)
    actions.publish_signal(cast.actor("a1"), signal)
    with pytest.raises(Conflict):
        actions.release_signal(cast.actor("hub_trusted"), signal)


@pytest.mark.parametrize("name", ["a1", "b1", "hub_reader", "sup"])
def test_approve_when_by_nobody_s_operator_then_it_is_refused(cast, hold, name):
    with pytest.raises((NotAllowed, NotFound)):
        actions.approve_signal(cast.actor(name), red(cast, hold))


def test_approve_when_by_its_author_then_it_is_refused_though_an_operator(cast, hold):
    signal = hold("hub_op", to_person(cast.b1), tlp=TLP.RED)
    with pytest.raises(NotAllowed):
        actions.approve_signal(cast.actor("hub_op"), signal)


def test_desk_when_something_waits_then_each_operator_sees_the_own_next_step(cast, hold, settings, stopped_clock):
    signal = red(cast, hold)
    settings.RELEASE_TARGET = timedelta(minutes=30)
    stopped_clock.advance(minutes=31)
    actions.approve_signal(cast.actor("hub_op"), signal)
    steps = {name: queries.release_desk(cast.actor(name)) for name in ("hub_op", "hub_trusted", "a1", "hub_reader")}
    assert {name: [(each.step, each.late) for each in desk] for name, desk in steps.items()} == {
        "hub_op": [(Step.WAIT, True)],
        "hub_trusted": [(Step.RELEASE, True)],
        "a1": [],
        "hub_reader": [],
    }


def test_desk_when_more_waits_then_it_costs_no_more_queries(cast, hold, django_assert_num_queries):
    hold("a1", **ANONYMOUS)
    operator = cast.actor("hub_op")
    with django_assert_num_queries(1):
        assert len(queries.release_desk(operator)) == 1
    red(cast, hold)
    hold("b1", **ANONYMOUS)
    with django_assert_num_queries(1):
        assert len(queries.release_desk(operator)) == 3


def test_queue_page_when_the_hub_has_one_operator_then_it_says_that_a_second_is_missing(cast, hold):
    signal = red(cast, hold)
    page = reverse("sharing:release-queue")
    assert "the hub has only one" not in cast.client("hub_op").get(page).content.decode()
    RoleAssignment.objects.filter(person=cast.hub_trusted).delete()
    assert "the hub has only one" in cast.client("hub_op").get(page).content.decode()
    actions.approve_signal(cast.actor("hub_op"), signal)
    with pytest.raises(NotAllowed):
        actions.release_signal(cast.actor("hub_op"), signal)


def test_ask_when_the_author_is_anonymous_then_they_answer_and_nobody_learns_who(cast, hold, ledger, drain):
    signal = hold("a1", **ANONYMOUS)
    request = actions.keep_request(cast.actor("hub_op"), **WORDS)
    actions.ask_author(cast.actor("hub_op"), signal, request=request, text="And which system?")
    drain()
    assert set(Notice.everything.filter(kind="amended").values_list("person", flat=True)) == {cast.a1.pk}
    assert queries.release_desk(cast.actor("hub_op"))[0].asked is True
    actions.answer_hub(cast.actor("a1"), signal, text="On Monday.")
    drain()
    assert queries.release_desk(cast.actor("hub_trusted"))[0].asked is False
    assert [each.text for each in queries.inquiries_of(cast.actor("a1"), signal)] == [
        "When was it?\n\nAnd which system?",
        "On Monday.",
    ]
    assert ledger(signal)[-2:] == [("sharing.signal.asked", cast.hub_op.pk), ("sharing.signal.explained", None)]
    assert list(Inquiry.everything.order_by("at").values_list("operator", flat=True)) == [cast.hub_op.pk, None]


def test_inquiries_when_the_signal_is_out_then_its_author_alone_reads_them(cast, hold):
    signal = hold("a1", **ANONYMOUS)
    actions.ask_author(cast.actor("hub_op"), signal, text="Which system?")
    readers = ("a1", "a2", "b1", "hub_op", "hub_trusted", "auditor")
    held = [name for name in readers if queries.inquiries_of(cast.actor(name), signal)]
    signal = actions.release_signal(cast.actor("hub_trusted"), signal)
    out = [name for name in readers if queries.inquiries_of(cast.actor(name), signal)]
    assert (held, out) == (["a1", "hub_op", "hub_trusted"], ["a1"])
    assert "Which system?" not in cast.client("hub_op").get(page(signal)).content.decode()
    assert "Which system?" in cast.client("a1").get(page(signal)).content.decode()


def page(signal):
    return reverse("sharing:detail", args=[signal.pk])


def test_ask_when_nothing_is_asked_or_by_others_then_it_is_refused(cast, hold):
    signal = red(cast, hold)
    with pytest.raises(InvalidInput):
        actions.ask_author(cast.actor("hub_op"), signal)
    with pytest.raises(NotAllowed):
        actions.ask_author(cast.actor("a1"), signal, text="Who?")
    with pytest.raises(NotAllowed):
        actions.answer_hub(cast.actor("hub_op"), signal, text="Me.")


def test_ask_when_by_the_page_then_the_thread_is_on_both_pages(cast, hold):
    signal = red(cast, hold)
    request = actions.keep_request(cast.actor("hub_op"), **WORDS)
    assert cast.client("hub_op").post(f"{page(signal)}ask", {"request": request.pk}).status_code == 302
    assert cast.client("a1").post(f"{page(signal)}explain", {"text": "Yesterday evening"}).status_code == 302
    assert cast.client("a1").post(f"{page(signal)}explain", {"text": " "}).status_code == 422
    texts = {name: cast.client(name).get(page(signal)).content.decode() for name in ("a1", "hub_trusted")}
    assert {name: ("When was it?" in text, "Yesterday evening" in text) for name, text in texts.items()} == {
        "a1": (True, True),
        "hub_trusted": (True, True),
    }
    assert "いつですか。" in cast.client("a1", "ja").get(page(signal)).content.decode()


def test_requests_when_kept_changed_and_retired_then_operators_alone_do_it(cast):
    client, address = cast.client("hub_op"), reverse("sharing:requests")
    assert client.post(address, WORDS).status_code == 302
    row = CannedRequest.objects.get()
    assert (
        client.post(reverse("sharing:request", args=[row.pk]), {**WORDS, "title_en": "Since when"}).status_code == 302
    )
    assert client.post(address, {**WORDS, "text_ja": ""}).status_code == 422
    assert "Since when" in client.get(address).content.decode()
    assert client.post(reverse("sharing:retire-request", args=[row.pk])).status_code == 302
    assert list(queries.requests_on_offer()) == []
    assert client.get(reverse("sharing:request", args=[row.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        actions.keep_request(cast.actor("a1"), **WORDS)


@pytest.mark.parametrize("name", ["a1", "hub_admin", "auditor", "sup"])
def test_desk_pages_when_asked_for_by_others_then_they_are_not_there(cast, name):
    client = cast.client(name)
    pages = ("release-queue", "release-times", "requests")
    assert {client.get(reverse(f"sharing:{each}")).status_code for each in pages} == {404}


def test_times_when_three_were_released_in_a_week_then_median_and_ninth_tenth_are_shown(
    cast, hold, stopped_clock, settings
):
    settings.RELEASE_FOUR_EYES = "off"
    operator = cast.actor("hub_op")
    for minutes in (10, 20, 90):
        signal = hold("a1", **ANONYMOUS)
        stopped_clock.advance(minutes=minutes)
        if minutes == 90:
            assert queries.release_times(operator) == []
        actions.release_signal(operator, signal)
    actions.recall_signal(cast.actor("a1"), hold("a1", **ANONYMOUS))
    (week,) = queries.release_times(operator)
    assert (week.number, week.late) == (3, 1)
    assert (week.median, week.most) == (timedelta(minutes=20), timedelta(minutes=90))
    assert queries.release_times(cast.actor("a1")) == []
    assert "20 minutes" in cast.client("hub_op").get(reverse("sharing:release-times")).content.decode()


def test_discard_when_the_hub_had_handed_it_back_then_the_time_it_took_stays(cast, hold):
    signal = red(cast, hold)
    actions.ask_author(cast.actor("hub_op"), signal, text="Which system?")
    actions.return_signal(cast.actor("hub_op"), signal, reason="names a customer")
    actions.discard_draft(cast.actor("a1"), signal)
    assert list(Holding.everything.values_list("signal", "outcome")) == [(None, "returned")]
