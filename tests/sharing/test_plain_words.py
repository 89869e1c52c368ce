"""Signals in plain words: who gets them, what they say, and that a mail never carries more than its marking allows."""

from datetime import time

import pytest
from django.core import mail as outgoing
from django.test import Client

from factories.audience import COMMUNITY, to_group
from factories.signals import make_signal
from factories.subscriptions import choose
from factories.travelling import arrived, make_peer, plain, read, written
from noroshi.core import ids
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.core.models import Cursor
from noroshi.federation.models import PeerKind
from noroshi.members.models import Person
from noroshi.notify.models import Delivery, Notice, Preferences
from noroshi.notify.tasks import send_due_mail
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.domain.outline import Form, Outline
from noroshi.sharing.domain.plain_words import MAX_PLAIN
from noroshi.sharing.models import PlainMail

TEXT = "Loader at 45.155.205.66 drops a DLL by sideloading."
OWN = "Do not open mails about a parcel. Call the help desk if you did."


@pytest.fixture(autouse=True)
def _english(cast):
    Person.objects.update(language="en")


@pytest.fixture
def chosen(cast, drain):
    """Bank B has chosen its reader without a role, and named whom to call; so has the hub."""
    actions.choose_plain_mail(cast.actor("b_admin"), cast.bank_b, people=[cast.b_reader.pk], contact="Sato, 03-1234")
    actions.choose_plain_mail(cast.actor("hub_op"), cast.hub, people=[], contact="03-9999")
    drain()
    outgoing.outbox.clear()
    return cast.b_reader


@pytest.fixture
def send(cast, drain):
    """Share a signal and return the mails that somebody got."""

    def share(person, tlp="GREEN", *lines, **content):
        values = {"kind": "malware", "target": "own_system", "title": "Parcel mail", "body": TEXT, **content}
        marking = Marking(TLP(tlp), entries=frozenset(lines or [COMMUNITY]))
        signal = actions.share_signal(cast.actor("a1"), content=Content(**values), marking=marking)
        drain()
        return signal, mails_to(person)

    return share


def mails_to(person):
    return [message for message in outgoing.outbox if message.to == [person.email]]


def test_mail_says_what_happened_whom_it_concerns_what_to_do_by_when_and_whom_to_call(
    cast, chosen, send, stopped_clock
):
    _signal, (message,) = send(chosen)
    text = message.body
    headings = [line for line in text.split("\n") if line.startswith("■")]
    assert headings == [
        "■ What has happened",
        "■ Whom it concerns",
        "■ What to do",
        "■ By when",
        "■ Whom to call",
        "■ For whoever looks after your systems",
        "■ Whom you may pass it on to",
    ]
    assert "“Parcel mail”" in text
    assert "1. Tell everybody in the house" in text
    assert "\nSato, 03-1234\n" in text
    assert f"{cast.hub.name} 03-9999" in text
    assert "45[.]155[.]205[.]66" in text
    assert "sideloading" not in text


def test_mail_is_written_in_the_language_of_who_reads_it(cast, chosen, send):
    Person.objects.filter(pk=chosen.pk).update(language="ja")
    _signal, (message,) = send(chosen)
    assert "■ 何が起きたか" in message.body
    assert "What has happened" not in message.body


def test_other_people_get_the_words_as_they_are(cast, chosen, send):
    send(chosen)
    (message,) = mails_to(cast.b1)
    assert (TEXT in message.body, "■" in message.body) == (True, False)


def test_author_s_own_plain_words_take_the_place_of_the_composed_ones(cast, chosen, send):
    _signal, (message,) = send(chosen, plain_words=OWN)
    assert OWN in message.body
    assert ("■ What to do" in message.body, "■ By when" in message.body) == (False, False)
    assert "\nSato, 03-1234\n" in message.body


def test_what_the_sender_did_is_told_where_the_fixed_form_says_it(cast, chosen, send):
    answers = Outline(measure="We blocked the sender.")
    _signal, (message,) = send(chosen, form=Form.OUTLINE, outline=answers)
    assert "■ What the sender did\nWe blocked the sender." in message.body


@pytest.mark.parametrize("tlp", ["AMBER", "AMBER+STRICT"])
def test_mail_carries_no_word_above_green_and_the_page_has_them_all(cast, send, tlp):
    actions.choose_plain_mail(cast.actor("b_admin"), cast.bank_b, people=[cast.b1.pk], contact="Sato, 03-1234")
    signal, (_told, message) = send(cast.b1, tlp, to_group(cast.wg_incident), plain_words=OWN)
    whole = message.message().as_string() + message.subject + message.body
    assert [word for word in (OWN, "parcel", "Parcel", "45.155", "■", "Sato") if word in whole] == []
    page = cast.client("b1").get(f"/signals/{signal.pk}/").content.decode()
    assert (OWN in page, "Sato, 03-1234" in page) == (True, True)


def test_reader_who_does_not_see_a_level_gets_no_mail(cast, chosen, send):
    assert send(chosen, "AMBER")[1] == []
    assert len(mails_to(cast.b1)) == 1


def test_same_signal_is_mailed_once_however_often_its_event_is_read(cast, chosen, send, drain):
    signal, mails = send(chosen)
    Cursor.objects.filter(subscriber="sharing.tell-readers").update(position=0)
    drain()
    actions.lower_marking(cast.actor("a1"), signal, tlp="CLEAR", reason="known")
    drain()
    subjects = [message.subject for message in mails_to(chosen)]
    assert subjects == [mails[0].subject, "A signal changed: Parcel mail (TLP:CLEAR)"]


@pytest.mark.parametrize("how", ["digest", "weekly", "quiet"])
def test_digest_and_quiet_hours_hold_and_a_mail_of_several_has_the_words(cast, chosen, send, drain, stopped_clock, how):
    if how == "quiet":
        Preferences.objects.create(person=chosen, quiet_from=time(0), quiet_until=time(23, 59))
    else:
        choose(cast.actor("b_reader"), "signal", Delivery(how))
    assert send(chosen)[1] == []
    assert send(chosen, title="Second mail")[1] == []
    stopped_clock.advance(days=1)
    if how == "quiet":
        Preferences.objects.all().delete()
    send_due_mail()
    drain()
    (message,) = mails_to(chosen)
    assert "2 notices" in message.subject
    assert message.body.count("  1. Tell everybody in the house") == 2
    assert [each.count("1. Tell everybody") for each, _kind in getattr(message, "alternatives", [])] in ([], [2])


def test_who_moved_to_another_house_reads_as_everybody_does_there(cast, chosen, send):
    Person.objects.filter(pk=chosen.pk).update(organisation=cast.bank_a)
    _signal, (message,) = send(chosen)
    assert "■" not in message.body


def test_choice_is_the_admin_s_of_the_house_and_the_hub_s_and_kept_in_the_ledger(cast, ledger):
    for name in ("b_admin", "hub_op"):
        actions.choose_plain_mail(cast.actor(name), cast.bank_b, people=[cast.b1.pk])
    assert list(PlainMail.objects.get(organisation=cast.bank_b).people.all()) == [cast.b1]
    assert ledger()[-2:] == [
        ("sharing.plain_mail.chosen", cast.b_admin.pk),
        ("sharing.plain_mail.chosen", cast.hub_op.pk),
    ]
    for name in ("b1", "a_admin", "auditor", "sup_admin"):
        with pytest.raises(NotFound):
            actions.choose_plain_mail(cast.actor(name), cast.bank_b, people=[])
    with pytest.raises(NotFound):
        actions.choose_plain_mail(cast.actor("hub_op"), cast.supervisor, people=[])


@pytest.mark.parametrize(("wrong", "field"), [({"people": ["a1"]}, "people"), ({"contact": "x" * 201}, "contact")])
def test_choice_that_is_wrong_is_refused_with_its_field(cast, wrong, field):
    people = [getattr(cast, name).pk for name in wrong.get("people", ["b1"])]
    with pytest.raises(InvalidInput) as refused:
        actions.choose_plain_mail(cast.actor("b_admin"), cast.bank_b, people=people, contact=wrong.get("contact", ""))
    assert refused.value.field == field
    assert not PlainMail.objects.exists()


def test_plain_words_that_are_too_long_are_refused(cast, draft):
    with pytest.raises(InvalidInput):
        draft(content=Content("malware", "own_system", "Long", plain_words="x" * (MAX_PLAIN + 1)))


def test_plain_words_are_amended_and_what_they_were_stays_as_a_version(cast, draft):
    signal = actions.publish_signal(
        cast.actor("a1"), draft(content=Content("malware", "own_system", "A", plain_words=OWN))
    )
    kept = actions.amend_signal(cast.actor("a1"), signal, title="B", body="", reason="clearer")
    assert kept.plain_words == OWN
    new = actions.amend_signal(cast.actor("a1"), signal, title="B", body="", plain_words="Call us.", reason="shorter")
    assert new.plain_words == "Call us."
    assert [row.plain_words for row in new.versions(manager="everything").order_by("number")] == [OWN, OWN]


def test_plain_words_are_scanned_for_the_own_house_and_for_values_like_the_rest(cast, draft):
    content = Content("malware", "own_system", "A", plain_words=f"Call {cast.bank_a.name_ja}; block 45.155.205.66.")
    signal = draft(content=content, author_mode=AuthorMode.ANONYMOUS)
    with pytest.raises(InvalidInput, match="names your own organisation"):
        actions.publish_signal(cast.actor("a1"), signal)
    assert signal.observables(manager="everything").count() == 1


def test_plain_words_travel_to_other_installations_and_are_not_said_where_there_are_none(cast):
    node, hub = make_peer(PeerKind.NODE, cast.bank_b), make_peer(PeerKind.HUB, cast.bank_b)
    signal = make_signal(cast.a1, COMMUNITY, plain_words=OWN)
    copy = arrived(hub, written(node, signal))
    assert copy.plain_words == OWN
    bare = plain(written(node, make_signal(cast.a1, COMMUNITY)))
    assert "plain_words" not in bare
    with pytest.raises(InvalidInput):
        read(hub, ids.new_id(), {**bare, "plain_words": "x" * (MAX_PLAIN + 1)})
    assert arrived(hub, written(node, signal, has_copy=True), ids.new_id()).plain_words == OWN


def test_page_chooses_and_the_review_shows_how_it_reads(cast, draft):
    client = cast.client("b_admin")
    assert client.get("/signals/plain-mail").url == f"/signals/plain-mail/{cast.bank_b.slug}"
    page = f"/signals/plain-mail/{cast.bank_b.slug}"
    answer = client.post(page, {"people": [str(cast.b_reader.pk)], "contact": "Sato, 03-1234"})
    assert (answer.status_code, answer.url) == (302, page)
    assert "Sato, 03-1234" in client.get(page).content.decode()
    assert client.post(page, {"people": [str(cast.a1.pk)]}).status_code == 422
    listed = cast.client("hub_op").get("/signals/plain-mail").content.decode()
    assert cast.b_reader.name in listed
    others = [cast.client(name).get(page).status_code for name in ("b1", "a_admin", "sup_admin")]
    assert others == [404, 404, 404]
    text = cast.client("a1").get(f"/signals/{draft('a1').pk}/review").content.decode()
    assert "(whom each organisation has named)" in text


def test_public_page_of_a_clear_signal_tells_the_author_s_plain_words_and_nobody_s_telephone(cast, chosen):
    signal = make_signal(cast.a1, COMMUNITY, tlp="CLEAR", plain_words=OWN)
    page = Client().get(f"/signals/{signal.pk}/").content.decode()
    assert (OWN in page, "03-" in page) == (True, False)


def test_who_is_chosen_is_told_once_what_comes_and_whom_to_call(cast, drain):
    admin, people = cast.actor("b_admin"), [cast.b_reader.pk]
    for contact in ("Sato, 03-1234", "Mori, 03-5678"):
        actions.choose_plain_mail(admin, cast.bank_b, people=people, contact=contact)
        drain()
    actions.choose_plain_mail(admin, cast.bank_b, people=[])
    actions.choose_plain_mail(admin, cast.bank_b, people=[*people, cast.b1.pk], contact="Abe")
    drain()
    (told,), (other,) = mails_to(cast.b_reader), mails_to(cast.b1)
    assert [line for line in ("in the place of the usual text", "To call: Sato, 03-1234") if line in told.body] == [
        "in the place of the usual text",
        "To call: Sato, 03-1234",
    ]
    assert "To call: Abe" in other.body
    notices = Notice.everything.filter(kind="plain").order_by("pk").values_list("person", flat=True)
    assert list(notices) == [cast.b_reader.pk, cast.b1.pk]
    page = cast.client("b_reader").get("/inbox/").content.decode()
    assert "You get signals in plain words from now on." in page
    actions.choose_plain_mail(admin, cast.bank_b, people=[])
    assert "from now on" not in cast.client("b_reader").get("/inbox/").content.decode()
