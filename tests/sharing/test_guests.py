"""Guests of one signal: who invites, who may come, what they see, and that it ends."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from factories.audience import COMMUNITY, to_group, to_organisation, to_person, without
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.kit.jobs import run_due
from noroshi.members.actions import appoint_coordinator, leave_group, suspend_organisation
from noroshi.notify.models import Notice
from noroshi.sharing import actions, queries
from noroshi.sharing.models import Signal

STRICT = {"tlp": TLP.AMBER_STRICT}


@pytest.fixture
def thread(cast, share):
    """A thread of the working group, which b1 coordinates."""
    appoint_coordinator(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    return share("a1", to_group(cast.wg_incident), **STRICT)


def invite(cast, signal, by="b1", guest="o1", **times):
    return actions.invite_guest(cast.actor(by), signal, person=cast.people[guest], **times)


def sees(cast, name, signal):
    return Signal.objects.visible_to(cast.actor(name)).filter(pk=signal.pk).exists()


@pytest.mark.parametrize("by", ["a1", "b1"])
@pytest.mark.parametrize("profile", list(Profile))
def test_guest_when_invited_then_that_one_person_sees_it_and_no_colleague(cast, share, by, profile):
    appoint_coordinator(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    for tlp in (TLP.AMBER, TLP.AMBER_STRICT):
        signal = share("a1", to_group(cast.wg_incident), tlp=tlp, profile=profile)
        assert not sees(cast, "b_reader", signal)
        invite(cast, signal, by, "b_reader")
        invite(cast, signal, by, "o1")
        shown = {name: sees(cast, name, signal) for name in ("b_reader", "o1", "o_admin", "o_reader", "i1")}
        assert shown == {"b_reader": True, "o1": True, "o_admin": False, "o_reader": False, "i1": False}
        assert not Signal.objects.visible_to(cast.machine("outsider")).filter(pk=signal.pk).exists()
        node = cast.machine("outsider", Channel.FEDERATION)
        assert not Signal.objects.visible_to(node).filter(pk=signal.pk).exists()


@pytest.mark.parametrize("by", ["hub_op", "a2", "o1"])
def test_guest_when_somebody_else_invites_then_it_is_refused(cast, thread, by):
    with pytest.raises((NotAllowed, NotFound)):
        invite(cast, thread, by, "i1")


@pytest.mark.parametrize(("guest", "tlp"), [("t1", TLP.AMBER_STRICT), ("s1", TLP.AMBER_STRICT), ("sup", TLP.GREEN)])
def test_guest_when_the_class_is_too_low_then_it_is_refused_by_the_sentence_that_hides_an_exclusion(
    cast, share, guest, tlp
):
    signal = share("a1", to_group(cast.wg_incident), without(cast.outsider), tlp=tlp)
    for name in (guest, "o1"):
        with pytest.raises(InvalidInput, match="cannot be a guest of a signal with this marking and audience"):
            invite(cast, signal, "a1", name)
    assert not AudienceEntry.objects.filter(item_id=signal.pk, kind="person").exists()


def test_guest_when_of_a_vendor_then_up_to_amber(cast, share):
    signal = share("a1", to_group(cast.wg_incident), tlp=TLP.AMBER)
    invite(cast, signal, "a1", "v1")
    assert sees(cast, "v1", signal)


def test_guest_when_it_is_red_or_clear_then_nobody_is_invited(cast, share):
    for tlp in (TLP.RED, TLP.CLEAR):
        signal = share("a1", to_group(cast.wg_incident), tlp=tlp)
        with pytest.raises(NotAllowed):
            invite(cast, signal, "a1")


def test_guest_when_under_embargo_then_the_author_alone_invites(cast, share, stopped_clock):
    later = stopped_clock.now + timedelta(days=1)
    appoint_coordinator(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    signal = share("a1", to_group(cast.wg_incident), to_person(cast.b1), embargo_until=later)
    with pytest.raises(NotAllowed):
        invite(cast, signal, "b1")
    invite(cast, signal, "a1")
    assert sees(cast, "o1", signal)


def test_guest_when_the_author_is_anonymous_then_the_ledger_does_not_name_who_invited(cast, share, ledger):
    signal = share("a1", to_group(cast.wg_incident), author_mode=AuthorMode.ANONYMOUS)
    invite(cast, signal, "a1")
    assert ledger(signal)[-1] == ("sharing.guest.invited", None)


def test_guest_when_the_day_comes_then_the_stay_ends_by_itself(cast, thread, stopped_clock, ledger):
    invite(cast, thread, until=stopped_clock.now + timedelta(hours=2))
    stopped_clock.advance(hours=1)
    run_due()
    assert sees(cast, "o1", thread)
    stopped_clock.advance(hours=1, seconds=1)
    run_due()
    assert not sees(cast, "o1", thread)
    assert ledger(thread)[-1] == ("sharing.guest.ended", None)
    assert not AudienceEntry.objects.filter(item_id=thread.pk, kind="person").exists()


def test_guest_when_ended_by_hand_then_it_is_out_of_sight_and_may_be_invited_again(cast, thread):
    guest = invite(cast, thread)
    with pytest.raises(Conflict):
        invite(cast, thread)
    actions.end_guest(cast.actor("a1"), thread, guest_id=guest.pk)
    assert not sees(cast, "o1", thread)
    with pytest.raises(NotFound):
        actions.end_guest(cast.actor("a1"), thread, guest_id=guest.pk)
    invite(cast, thread)
    assert sees(cast, "o1", thread)


def test_guest_when_named_by_the_author_before_then_the_author_s_line_outlives_the_stay(cast, share):
    signal = share("a1", to_group(cast.wg_incident), to_person(cast.o1), **STRICT)
    guest = invite(cast, signal, "a1")
    actions.end_guest(cast.actor("a1"), signal, guest_id=guest.pk)
    assert sees(cast, "o1", signal)


def test_guests_when_listed_then_to_the_group_and_the_author_and_each_guest_itself(cast, share):
    signal = share("a1", to_group(cast.wg_incident), to_organisation(cast.insurer))
    for guest in ("o1", "t1"):
        invite(cast, signal, "a1", guest)
    shown = {
        name: [guest.person.name for guest in queries.guests_of(cast.actor(name), signal)]
        for name in ("a1", "b1", "hub_op", "o1", "t1", "i1", "a2")
    }
    both = ["o1", "t1"]
    assert shown == {"a1": both, "b1": both, "hub_op": both, "o1": ["o1"], "t1": ["t1"], "i1": [], "a2": []}


def test_guest_when_invited_then_told_once_and_finds_it_by_the_page(cast, thread, drain):
    drain()
    invite(cast, thread)
    drain()
    assert Notice.everything.filter(person=cast.o1).count() == 1
    page = f"/signals/{thread.pk}/"
    assert cast.client("o1").get(page).status_code == 200
    assert "Invite a guest" in cast.client("b1").get(page).content.decode()
    assert "Invite a guest" not in cast.client("o1").get(page).content.decode()
    cast.client("b1").post(f"{page}guests", {"email": cast.i1.email, "until": ""})
    assert sees(cast, "i1", thread)
    (guest,) = queries.guests_of(cast.actor("b1"), thread).filter(person=cast.i1)
    assert cast.client("o1").post(f"{page}guests/{guest.pk}/end").status_code == 403
    cast.client("b1").post(f"{page}guests/{guest.pk}/end")
    assert cast.client("i1").get(page).status_code == 404


@pytest.mark.parametrize("email", ["nobody@x.example", "", "o1@outsider.example"])
def test_guest_when_the_form_is_wrong_then_one_sentence_says_so(cast, thread, email):
    values = {"email": email, "until": "2020-01-01" if email.startswith("o1") else ""}
    answer = cast.client("b1").post(f"/signals/{thread.pk}/guests", values, follow=True)
    assert "notice-error" in answer.content.decode()
    assert not sees(cast, "o1", thread)


def test_guest_when_the_organisation_is_suspended_then_it_is_out_of_sight_at_once(cast, thread):
    invite(cast, thread)
    suspend_organisation(cast.actor("hub_op"), organisation=cast.outsider, reason="x")
    assert not sees(cast, "o1", thread)


def test_coordinator_when_gone_from_the_group_then_invites_nobody(cast, thread):
    leave_group(cast.actor("b1"), group=cast.wg_incident, person=cast.b1)
    with pytest.raises((NotAllowed, NotFound)):
        invite(cast, thread)


# A group's room


def test_room_when_read_then_it_has_what_was_shared_with_the_group_and_the_reader_sees(cast, share):
    ours = share("a1", to_group(cast.wg_incident), **STRICT)
    share("a1", COMMUNITY)
    shut = share("b1", to_group(cast.wg_incident), without(cast.bank_a))
    rows = {name: set(queries.shared_with(cast.actor(name), cast.wg_incident.pk)) for name in ("a1", "hub_op")}
    assert rows == {"a1": {ours}, "hub_op": {ours, shut}}


@pytest.mark.parametrize(
    ("name", "status"), [("a1", 200), ("a2", 404), ("o1", 404), ("hub_trusted", 404), ("sup", 404)]
)
def test_room_when_somebody_does_not_belong_to_the_group_then_it_is_not_there(cast, share, name, status):
    signal = share("a1", to_group(cast.wg_incident), COMMUNITY)
    answer = cast.client(name).get("/signals/groups/wg_incident/")
    assert answer.status_code == status
    assert (signal.title in answer.content.decode()) == (status == 200)


def test_room_when_an_author_is_anonymous_then_no_number_counts_it(cast, share, draft):
    for author in ("a1", "b1"):
        share(author, to_group(cast.wg_incident))
    hidden = actions.publish_signal(
        cast.actor("hub_op"), draft("hub_op", to_group(cast.wg_incident), author_mode=AuthorMode.ANONYMOUS)
    )
    actions.release_signal(cast.actor("hub_trusted"), hidden)
    numbers = queries.room_numbers(cast.actor("a1"), cast.wg_incident)
    assert (numbers.signals, numbers.organisations) == (3, None)


def test_room_when_its_file_is_taken_then_it_has_what_may_leave_in_bulk(cast, share):
    share("a1", to_group(cast.wg_incident), tlp=TLP.AMBER)
    share("b1", to_group(cast.wg_incident), **STRICT)
    answer = cast.client("a1").get("/signals/groups/wg_incident/?export=csv")
    lines = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [line["TLP"] for line in lines] == ["AMBER"]


def test_composer_when_come_to_from_a_room_then_it_starts_with_the_group_and_its_usual_marking(cast):
    cast.groups["wg_incident"].__class__.objects.update(default_tlp="GREEN")
    html = cast.client("a1").get("/signals/new?group=wg_incident").content.decode()
    assert f'value="{cast.wg_incident.pk}" id="id_groups_0" checked' in html
    foreign = cast.client("a2").get("/signals/new?group=wg_incident").content.decode()
    assert str(cast.wg_incident.pk) not in foreign


def test_preview_when_a_group_s_usual_marking_is_another_then_it_says_so(cast):
    values = {"tlp": "GREEN", "groups": [cast.wg_incident.pk], "pap": "green"}
    html = cast.client("a1").post("/signals/preview", values).content.decode()
    assert "Usual in wg_incident" in html


# Confidential groups


def test_confidential_group_when_others_look_then_its_name_stands_nowhere(cast, share):
    type(cast.wg_incident).objects.update(confidential=True, slug="quokka", name_ja="quokka", name_en="quokka")
    signal = share("a1", to_group(cast.wg_incident), COMMUNITY)
    pages = ("/members/groups/", "/members/groups/quokka/", "/signals/groups/quokka/", "/signals/new", "/signals/")
    for name in ("a2", "o1", "v1", "sup", "auditor"):
        browser = cast.client(name)
        answers = [browser.get(page) for page in (*pages, f"/signals/{signal.pk}/", f"/why/{signal.pk}/")]
        texts = [answer.content.decode() for answer in answers if answer.status_code == 200]
        assert (name, [text for text in texts if "quokka" in text]) == (name, [])
    assert [group.slug for group in queries.groups_on_offer(cast.actor("hub_trusted"))] == []
    assert "quokka" in cast.client("b1").get("/members/groups/").content.decode()


def test_confidential_group_when_its_author_has_left_then_the_name_is_gone_for_the_author(cast, share):
    signal = share("a1", to_group(cast.wg_incident))
    type(cast.wg_incident).objects.update(confidential=True)
    assert queries.audience_in_words(cast.actor("a1"), signal) == [("group", ["wg_incident"])]
    leave_group(cast.actor("a1"), group=cast.wg_incident, person=cast.a1)
    assert queries.audience_in_words(cast.actor("a1"), signal) == [("group", ["–"])]


def test_confidential_group_when_a_colleague_leaves_it_then_the_member_s_auditor_finds_no_entry(cast):
    type(cast.wg_incident).objects.update(confidential=True)
    cast.a_reader.role_assignments.create(role="auditor")
    leave_group(cast.actor("a1"), group=cast.wg_incident, person=cast.a1)
    pages = {name: cast.client(name).get("/ledger/").content.decode() for name in ("a_reader", "auditor")}
    assert {name: "members.group.left" in page for name, page in pages.items()} == {"a_reader": False, "auditor": True}


# Notices


def test_request_to_join_when_made_then_coordinators_and_operators_are_told_and_the_answer_comes_back(cast, drain):
    from noroshi.members.actions import accept_request, ask_to_join

    type(cast.wg_incident).objects.update(joining="request")
    cast.wg_incident.refresh_from_db()
    appoint_coordinator(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    asked = ask_to_join(cast.actor("o1"), group=cast.wg_incident, person=cast.o1, sentence="x")
    drain()
    told = Notice.everything.filter(kind="request").values_list("person__name", flat=True)
    assert sorted(told) == ["b1", "hub_op", "hub_trusted"]
    accept_request(cast.actor("b1"), request=asked)
    drain()
    assert Notice.everything.filter(kind="request", person=cast.o1).count() == 1
    assert "wg_incident" in cast.client("o1").get("/inbox/").content.decode()


def test_guest_when_an_anonymous_author_invites_then_the_notice_tells_the_hour_alone(cast, share, drain, stopped_clock):
    hour = stopped_clock.now.replace(minute=0, second=0, microsecond=0)
    stopped_clock.now = hour + timedelta(minutes=23)
    signal = share("a1", to_group(cast.wg_incident), tlp=TLP.AMBER, author_mode=AuthorMode.ANONYMOUS)
    drain()
    invite(cast, signal, "a1", "o1")
    drain()
    assert Notice.everything.get(person=cast.o1, subject_id=signal.pk).created_at == hour
