import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from factories.members import PASSWORD
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members import actions
from noroshi.members.mail import mail_invitation
from noroshi.members.models import Invitation, Person

ADDRESS = "new@bank-a.example"


@pytest.fixture
def invited(cast):
    return actions.invite_person(
        cast.actor("a_admin"), email=ADDRESS, name="新谷", organisation=cast.bank_a, roles=["analyst"]
    )


def accept(secret, password=PASSWORD):
    return actions.accept_invitation(secret, password=password)


def test_invitation_accepted_makes_the_account(cast, invited):
    person = accept(invited[1])
    actor = cast_actor(person)
    assert (person.email, person.name, person.organisation) == (ADDRESS, "新谷", cast.bank_a)
    assert actor.roles == {"analyst"}
    assert person.check_password(PASSWORD)
    entry = LedgerEntry.objects.latest("id")
    assert (entry.action, entry.person) == ("members.invitation.accepted", person.pk)


def cast_actor(person):
    from noroshi.members.queries import actor_of

    return actor_of(person)


def test_invitation_is_stored_as_a_hash(invited):
    assert invited[1] not in str(list(Invitation.objects.values()) + list(LedgerEntry.objects.values()))


def test_invitation_works_once(invited):
    accept(invited[1])
    with pytest.raises(NotFound):
        accept(invited[1])
    assert Person.objects.filter(email=ADDRESS).count() == 1


def test_invitation_works_for_seven_days(stopped_clock, invited):
    stopped_clock.advance(days=7)
    with pytest.raises(NotFound):
        accept(invited[1])
    stopped_clock.advance(seconds=-1)
    assert accept(invited[1]).email == ADDRESS


def test_invitation_revoked_or_replaced_works_no_more(cast, invited):
    admin = cast.actor("a_admin")
    _, second = actions.invite_person(admin, email=ADDRESS, name="新谷", organisation=cast.bank_a)
    with pytest.raises(NotFound):
        accept(invited[1])
    actions.revoke_invitation(admin, invitation=Invitation.objects.latest("created_at"))
    with pytest.raises(NotFound):
        accept(second)
    with pytest.raises(Conflict):
        actions.revoke_invitation(admin, invitation=invited[0])


def test_invitation_into_a_suspended_house_waits(cast, invited):
    actions.suspend_organisation(cast.actor("hub_op"), organisation=cast.bank_a, reason="unpaid")
    with pytest.raises(NotFound):
        accept(invited[1])
    cast.bank_a.refresh_from_db()
    with pytest.raises(Conflict):
        actions.invite_person(cast.actor("hub_op"), email="x@y.example", name="x", organisation=cast.bank_a)


@pytest.mark.parametrize("password", ["", "short", "qwerty123456", "new@bank-a.example"])
def test_invitation_with_a_weak_password_stays_open(invited, password):
    with pytest.raises(InvalidInput) as refused:
        accept(invited[1], password)
    assert refused.value.field == "password"
    assert accept(invited[1]).email == ADDRESS


def test_invitation_of_a_colleague_is_refused_but_of_a_stranger_tells_nothing(cast):
    admin = cast.actor("a_admin")
    with pytest.raises(InvalidInput):
        actions.invite_person(admin, email="A1@bank-a.example", name="x", organisation=cast.bank_a)
    _, secret = actions.invite_person(admin, email=cast.b1.email, name="x", organisation=cast.bank_a)
    with pytest.raises(InvalidInput):
        accept(secret)


def test_invitation_mailed_holds_a_working_link_in_both_languages(cast, invited, drain):
    mail_invitation.enqueue(str(invited[0].pk))
    drain()
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    assert "ご招待" in message.subject
    assert "Invitation to Noroshi" in message.subject
    links = set(re.findall(r"https?://\S+", message.body))
    assert len(links) == 1
    assert "新谷 様" in message.body
    with pytest.raises(NotFound):
        accept(invited[1])
    assert Client().get(urlsplit(links.pop()).path).status_code == 200


def test_invitation_mailed_keeps_its_secret_out_of_the_database(cast, invited, drain):
    from django_tasks_db.models import DBTaskResult

    mail_invitation.enqueue(str(invited[0].pk))
    drain()
    secret = re.search(r"/invitation/([\w-]+)/", mail.outbox[0].body)[1]
    assert secret not in str(list(DBTaskResult.objects.values()) + list(Invitation.objects.values()))


def test_invitation_revoked_before_its_mail_is_not_sent(cast, invited, drain):
    mail_invitation.enqueue(str(invited[0].pk))
    actions.revoke_invitation(cast.actor("a_admin"), invitation=invited[0])
    drain()
    assert mail.outbox == []


def test_page_of_an_invitation_opens_the_account_and_leads_to_sign_in(invited):
    client = Client()
    address = reverse("members:invitation-accept", args=[invited[1]])
    assert ADDRESS in client.get(address).content.decode()
    answer = client.post(address, {"name": "新谷 葵", "language": "en", "password": PASSWORD})
    assert answer.url == reverse("account_login")
    assert answer.cookies["django_language"].value == "en"
    assert Person.objects.get(email=ADDRESS).name == "新谷 葵"
    assert client.get(address).status_code == 404
    client.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    assert client.get(reverse("members:tokens")).url == reverse("mfa_index")


def test_page_of_an_invitation_with_a_weak_password_says_why(invited):
    address = reverse("members:invitation-accept", args=[invited[1]])
    answer = Client().post(address, {"name": "x", "language": "ja", "password": "short"})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["password"]
    assert 'value="short"' not in answer.content.decode()


def test_page_of_no_invitation_is_not_there(db):
    answer = Client(headers={"Accept-Language": "en"}).get(reverse("members:invitation-accept", args=["x" * 43]))
    assert answer.status_code == 404
    assert "Ask for a new one." in answer.content.decode()
