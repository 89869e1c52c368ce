"""Every page of the room against every kind of reader."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories.members import make_organisation, make_people
from noroshi.core import clock
from noroshi.members import actions
from noroshi.members.models import Alarm, JoinRequest, Meter, Organisation, Person, Token
from noroshi.members.urls import urlpatterns

READERS = (
    "hub_op",
    "hub_trusted",
    "hub_admin",
    "auditor",
    "a_admin",
    "a1",
    "a_reader",
    "b_admin",
    "v1",
    "sup",
    "sup_admin",
)
COMMUNITY = {"hub_op", "hub_trusted"}
OF_BANK_A = COMMUNITY | {"a_admin"}
ADMINS = COMMUNITY | {"hub_admin", "a_admin", "b_admin", "sup_admin"}
EVERYBODY = set(READERS)
OF_MEMBERS = EVERYBODY - {"v1", "sup", "sup_admin"}

PAGES = {
    "organisation-list": COMMUNITY,
    "organisation-new": COMMUNITY,
    "organisation-detail": OF_BANK_A,
    "organisation-marks": {"a_admin"},
    "invite": OF_BANK_A,
    "person-list": ADMINS,
    "person-detail": OF_BANK_A,
    "group-list": EVERYBODY,
    "group-new": COMMUNITY,
    "group-detail": OF_MEMBERS,
    "group-edit": COMMUNITY,
    "group-charter": COMMUNITY,
    "group-requests": COMMUNITY,
    "profile": EVERYBODY,
    "tokens": EVERYBODY,
    "alarms": EVERYBODY,
    "ceilings": COMMUNITY,
}
POSTS = {
    "organisation-readers": {"a_admin"},
    "organisation-membership": COMMUNITY,
    "organisation-standing": COMMUNITY,
    "invitation-send": OF_BANK_A,
    "invitation-revoke": OF_BANK_A,
    "person-roles": OF_BANK_A,
    "person-sign-out": OF_BANK_A,
    "person-standing": OF_BANK_A,
    "group-join": COMMUNITY,
    "group-close": COMMUNITY,
    "group-answer": COMMUNITY,
    "group-ask": set(),
    "group-enter": set(),
    "group-stay": COMMUNITY,
    "token-revoke": OF_BANK_A | {"a2"},
    "alarm-lift": COMMUNITY,
}


@pytest.fixture
def target(cast):
    """The parts of addresses, all of them about bank_a and its a2."""
    invitation, _ = actions.invite_person(
        cast.actor("a_admin"), email="secret-hire@bank-a.example", name="Secret Hire", organisation=cast.bank_a
    )
    asked = JoinRequest.objects.create(group=cast.wg_incident, person=cast.b2, sentence="secret-wish")
    token, _ = actions.issue_token(cast.actor("a2"), person=cast.a2, label="secret-token", scopes=["signals.read"])
    return {
        "organisation-detail": {"slug": "bank_a"},
        "organisation-marks": {"slug": "bank_a"},
        "organisation-readers": {"slug": "bank_a"},
        "organisation-membership": {"slug": "bank_a"},
        "organisation-standing": {"slug": "bank_a", "verb": "suspend"},
        "invite": {"slug": "bank_a"},
        "invitation-send": {"invitation_id": invitation.pk},
        "invitation-revoke": {"invitation_id": invitation.pk},
        "person-detail": {"person_id": cast.a2.pk},
        "person-roles": {"person_id": cast.a2.pk},
        "person-sign-out": {"person_id": cast.a2.pk},
        "person-standing": {"person_id": cast.a2.pk, "verb": "suspend"},
        "group-detail": {"slug": "wg_incident"},
        "group-edit": {"slug": "wg_incident"},
        "group-charter": {"slug": "wg_incident"},
        "group-requests": {"slug": "wg_incident"},
        "group-ask": {"slug": "wg_incident"},
        "group-enter": {"slug": "wg_incident"},
        "group-answer": {"request_id": asked.pk, "verb": "accept"},
        "group-join": {"slug": "wg_incident"},
        "group-close": {"slug": "wg_incident"},
        "group-stay": {"slug": "wg_incident", "person_id": cast.b1.pk, "verb": "leave"},
        "token-revoke": {"token_id": token.pk},
        "alarm-lift": {"alarm_id": alarm_about(cast.a2).pk},
    }


def alarm_about(person):
    about = {"person": person, "organisation": person.organisation, "measure": "reading", "channel": "web"}
    return Alarm.objects.create(count=301, began_at=clock.now(), **about)


def address(name, target):
    return reverse(f"members:{name}", kwargs=target.get(name, {}))


def test_table_names_every_page_of_the_room():
    assert {pattern.name for pattern in urlpatterns} == {*PAGES, *POSTS, "index", "invitation-accept"}


@pytest.mark.parametrize("reader", READERS)
def test_page_opens_for_whom_the_table_says_and_is_not_there_for_others(cast, target, reader):
    client = cast.client(reader)
    opened = {name for name in PAGES if client.get(address(name, target)).status_code == 200}
    assert opened == {name for name, readers in PAGES.items() if reader in readers}
    seen = {"group-charter", "group-requests"} if reader in OF_MEMBERS else set()
    refused = {name: client.get(address(name, target)).status_code for name in set(PAGES) - opened}
    assert refused == {name: 403 if name in seen else 404 for name in refused}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", POSTS)
def test_deed_is_done_by_whom_the_table_says(cast, target, name, reader):
    before = state()
    values = {"membership": "trial", "reason": "why", "roles": [], "email": cast.i1.email, "sentence": "why", "days": 7}
    values["allowed"] = "yes"
    status = cast.client(reader).post(address(name, target), values).status_code
    if reader in POSTS[name]:
        assert status == 302
    else:
        assert status in {302, 403, 404}
        assert state() == before


def state():
    """Everything that the deeds could change."""
    from noroshi.members.models import Group, GroupMembership, Invitation, RoleAssignment

    models = (Organisation, Group, GroupMembership, Invitation, JoinRequest)
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    tokens = list(Token.objects.order_by("pk").values("pk", "revoked_at"))
    people = list(Person.objects.order_by("pk").values("pk", "standing"))
    people += list(Meter.objects.exclude(lifted_until=None).values("holder", "measure"))
    return [*rows, tokens, people, list(RoleAssignment.objects.order_by("pk").values())]


def test_deed_needs_a_post(cast, target):
    client = cast.client("hub_op")
    assert {client.get(address(name, target)).status_code for name in POSTS} == {405}


def test_visitor_is_sent_to_sign_in_everywhere(cast, target):
    for name in (*PAGES, *POSTS):
        answer = Client().get(address(name, target))
        assert (name, answer.status_code) == (name, 302)
        assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("reader", "page"),
    [("hub_op", "organisation-list"), ("a_admin", "person-list"), ("a1", "group-list"), ("sup", "group-list")],
)
def test_index_leads_to_what_the_reader_manages(cast, reader, page):
    assert cast.client(reader).get(reverse("members:index")).url == reverse(f"members:{page}")


# Leaks


BANK_A = re.compile(r"a_admin|a_reader|\ba[12]\b|bank-a\.example|Secret Hire|secret-token|bank_a", re.IGNORECASE)


QUERIES = ("", "?q=a1", "?q=bank-a", "?organisation=bank_a", "?role=analyst", "?sort=-email&size=200", "?export=csv")
GUESSED = ("person-detail", "organisation-detail", "invite", "person-standing", "token-revoke", "invitation-revoke")


@pytest.mark.parametrize("query", QUERIES)
def test_admin_of_one_bank_sees_nothing_of_another_by_any_list(cast, target, query):
    answer = cast.client("b_admin").get(reverse("members:person-list") + query)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    asked = {"?q=a1": "a1", "?q=bank-a": "bank-a", "?organisation=bank_a": "bank_a"}.get(query, "")
    text = re.sub(rf'value="{asked}"|(?:q|organisation)={asked}', "", body.decode()) if asked else body.decode()
    assert BANK_A.findall(text) == []
    seen_by_hub = cast.client("hub_op").get(reverse("members:person-list") + query)
    hub_body = b"".join(seen_by_hub.streaming_content) if seen_by_hub.streaming else seen_by_hub.content
    assert BANK_A.search(hub_body.decode())


def test_admin_of_one_bank_gets_the_same_answer_for_anothers_and_for_nobodys_id(cast, target):
    client = cast.client("b_admin")
    nobody = "00000000-0000-7000-8000-000000000000"
    for name in GUESSED:
        parts = target[name]
        void = {
            key: value if key == "verb" else ("bank_x" if key == "slug" else nobody) for key, value in parts.items()
        }
        method = client.get if name in PAGES else client.post
        theirs = method(reverse(f"members:{name}", kwargs=parts))
        nothing = method(reverse(f"members:{name}", kwargs=void))
        assert theirs.status_code == nothing.status_code == 404
        assert BANK_A.findall(normal(theirs, parts)) == []
        assert normal(theirs, parts) == normal(nothing, void)


def normal(answer, parts):
    """A page without what differs from request to request."""
    html = re.sub(r'value="\w{64}"|nonce="[^"]*"|X-CSRFToken": "\w+|[0-9a-f-]{36}', "", answer.content.decode())
    for part in parts.values():
        html = html.replace(str(part), "")
    return html


def test_admin_inviting_an_address_of_another_bank_learns_nothing(cast):
    client = cast.client("b_admin")
    answers = []
    for email in (cast.a1.email, "nobody@bank-a.example"):
        values = {"email": email, "name": "x", "roles": []}
        answers.append(client.post(reverse("members:invite", kwargs={"slug": "bank_b"}), values))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url


def test_group_page_shows_its_members_no_mail_addresses(cast):
    Person.objects.filter(pk=cast.b1.pk).update(name="佐野一郎")
    html = cast.client("a1").get(reverse("members:group-detail", kwargs={"slug": "wg_incident"})).content.decode()
    assert "佐野一郎" in html
    assert cast.b1.email not in html


def test_tokens_page_shows_the_secret_once(cast):
    client = cast.client("a1")
    answer = client.post(reverse("members:tokens"), {"label": "laptop", "scopes": ["signals.read"], "days": 5})
    (secret,) = re.findall(r"nrs_[\w-]{43}", answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert secret not in client.get(reverse("members:tokens")).content.decode()


def test_tokens_page_gives_no_machine_token_to_an_analyst(cast):
    values = {"label": "siem", "scopes": ["taxii.read"], "days": 5, "machine": "on"}
    cast.client("a1").post(reverse("members:tokens"), values)
    cast.client("a_admin").post(reverse("members:tokens"), values)
    assert sorted(Token.objects.values_list("person__name", flat=True), key=str) == [None, "a1"]


# What the pages do


def test_hub_operator_takes_in_an_organisation_and_invites_its_admin(cast, drain):
    from django.core import mail

    client = cast.client("hub_op")
    values = {"slug": "bank-z", "name_ja": "ゼット銀行", "name_en": "", "kind": "net_bank", "membership": "trial"}
    page = client.post(reverse("members:organisation-new"), values)
    assert page.url == reverse("members:organisation-detail", kwargs={"slug": "bank-z"})
    invitation = {"email": "z@bank-z.example", "name": "z", "roles": ["organisation_admin"]}
    client.post(reverse("members:invite", kwargs={"slug": "bank-z"}), invitation)
    drain()
    assert [message.to for message in mail.outbox] == [["z@bank-z.example"]]
    assert "z@bank-z.example" in client.get(page.url).content.decode()


def test_form_with_a_wrong_value_shows_it_at_its_field(cast):
    values = {"slug": "bank_a", "name_ja": "x", "kind": "net_bank", "membership": "trial"}
    answer = cast.client("hub_op").post(reverse("members:organisation-new"), values)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["slug"]


def test_form_of_roles_changes_those_the_reader_may_give_alone(cast):
    address_of_roles = reverse("members:person-roles", kwargs={"person_id": cast.hub_op.pk})
    cast.client("hub_admin").post(address_of_roles, {"roles": ["coordinator"]})
    assert sorted(row.role for row in cast.hub_op.role_assignments.all()) == ["coordinator", "hub_operator"]
    answer = cast.client("hub_admin").post(address_of_roles, {"roles": ["coordinator", "auditor"]})
    assert answer.status_code == 403


def test_coordinator_lets_in_by_exact_address(cast):
    cast.wg_incident.memberships.filter(person=cast.a1).update(coordinator=True)
    client = cast.client("a1")
    join = reverse("members:group-join", kwargs={"slug": "wg_incident"})
    assert list(client.post(join, {"email": "i"}).context["form"].errors) == ["email"]
    assert list(client.post(join, {"email": "nobody@insurer.example"}).context["form"].errors) == ["email"]
    assert client.post(join, {"email": cast.i1.email.upper()}).status_code == 302
    assert cast.actor("i1").groups == {cast.wg_incident.pk}


def test_profile_saved_changes_the_language_of_the_next_page(cast):
    client = cast.client("a1")
    client.post(reverse("members:profile"), {"name": "a1", "language": "ja"})
    assert '<html lang="ja"' in client.get(reverse("members:profile")).content.decode()


def test_profile_saved_turns_single_keys_off_and_on(cast):
    client, seen = cast.client("a1"), ["kit/keys.js" in cast.client("a1").get("/").text]
    for keys in ({}, {"single_keys": "on"}):
        client.post(reverse("members:profile"), {"name": "a1", "language": "en", **keys})
        seen.append("kit/keys.js" in client.get("/").text)
    assert seen == [True, False, True]


def test_ceiling_is_set_on_its_page(cast):
    cast.client("hub_op").post(reverse("members:ceilings"), {"membership": "trial", "community": "AMBER"})
    assert cast.actor("t1").ceiling.community == "AMBER"


def test_suspension_without_a_reason_is_refused_in_words(cast):
    client = cast.client("hub_op")
    client.post(reverse("members:organisation-standing", kwargs={"slug": "bank_a", "verb": "suspend"}), {"reason": ""})
    cast.bank_a.refresh_from_db()
    assert cast.bank_a.standing == "active"


# Cost and looks


@pytest.mark.parametrize("page", ["organisation-list", "person-list", "group-list", "group-detail", "tokens"])
def test_page_costs_the_same_with_one_row_more_and_three(cast, page):
    address_of_page = reverse(f"members:{page}", kwargs={"slug": "wg_incident"} if page == "group-detail" else {})
    client = cast.client("hub_op")
    client.get(address_of_page)
    costs = []
    for count in (1, 3):
        grow(cast, count)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address_of_page).status_code == 200
        costs.append(len(captured))
    assert costs[0] == costs[1]


def grow(cast, count):
    for number in range(count):
        name = f"more-{count}-{number}"
        house = make_organisation(name)
        (person,) = make_people({f"{name}@{name}.example": (house, ("analyst", "coordinator"))})
        group = actions.create_group(cast.actor("hub_op"), slug=name, name_ja=name, kind="ad_hoc")
        actions.join_group(cast.actor("hub_op"), group=group, person=person)
        actions.join_group(cast.actor("hub_op"), group=cast.wg_incident, person=person)
        actions.issue_token(cast.actor("hub_op"), person=cast.hub_op, label=name, scopes=["signals.read"])


@pytest.mark.parametrize("page", PAGES)
def test_page_in_japanese_has_no_english_sentence_and_keeps_the_policy(cast, target, page):
    html = cast.client("hub_op", language="ja").get(address(page, target)).content.decode()
    assert re.findall(r"\sstyle=\"|\son[a-z]+=\"|<style|(?:src|href)=\"(?:data|javascript):", html) == []
    body = html[html.index('class="page-head"') :]
    text = re.sub(r"<(script|select|code)\b.*?</\1>|<[^>]*>|&#?\w+;", " ", body, flags=re.DOTALL)
    assert [words for words in re.findall(r"[A-Z]?[a-z]{2,}(?: [a-z]{2,})+", text) if "example" not in words] == []
