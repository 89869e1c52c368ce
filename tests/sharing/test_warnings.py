"""What an author is warned of before it goes, on the page and by the API; and what an anonymous one must confirm."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from factories.audience import WORDS
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members.actions import issue_token, state_marks
from noroshi.members.models import OrganisationMark
from noroshi.members.queries import stated_marks
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content
from noroshi.sharing.models import Signal

ANONYMOUS = {"author_mode": AuthorMode.ANONYMOUS}
TELLING = Content("incident", "own_system", "標的型メール", "bank_a株式会社の a1@bank-a.example 宛、被害は Outsider も")
SENTENCE = "You post anonymously, but the text names your own organisation"


def review(signal):
    return reverse("sharing:review", args=[signal.pk])


def test_review_when_the_text_names_the_own_house_then_it_warns_and_a_named_post_goes(cast, draft):
    signal = draft("a1", content=TELLING)
    text = cast.client("a1").get(review(signal)).content.decode()
    assert [mark in text for mark in ("bank_a株式会社</mark>", "a1@bank-a.example</mark>", "outsider</mark>")] == [
        True
    ] * 3
    assert 'name="own_names_confirmed"' not in text
    assert actions.publish_signal(cast.actor("a1"), signal).state == "published"


def test_anonymous_when_it_names_the_own_house_then_it_goes_only_once_that_is_confirmed(cast, draft):
    signal = draft("a1", content=TELLING, **ANONYMOUS)
    client, form = cast.client("a1"), {"looked_at": signal.changed_at.isoformat()}
    assert 'name="own_names_confirmed"' in client.get(review(signal)).content.decode()
    refused = client.post(review(signal), form)
    assert (refused.url, Signal.everything.get().state) == (review(signal), "draft")
    assert SENTENCE in client.get(review(signal)).content.decode()
    client.post(review(signal), {**form, "own_names_confirmed": "on"})
    assert Signal.everything.get().state == "held"


def test_anonymous_when_it_names_another_member_then_it_goes_with_a_warning(cast, draft):
    signal = draft("a1", content=Content("fraud", "customer", "Outsider", ""), **ANONYMOUS)
    assert actions.publish_signal(cast.actor("a1"), signal).state == "held"


def test_preview_when_somebody_writes_then_it_warns_of_what_the_chosen_form_sends(cast):
    typed = {"tlp": "AMBER", "community": "on", "anonymous": "on", "title": "t", "source": "bank_a株式会社"}
    client, address = cast.client("a1"), reverse("sharing:preview")
    assert [
        "bank_a株式会社" in client.post(address, {**typed, "form": form}).content.decode()
        for form in ("free", "outline")
    ] == [False, True]


def test_marks_when_the_admin_states_them_then_its_people_are_warned_and_nobody_else(cast, draft):
    admin = cast.actor("a_admin")
    state_marks(admin, organisation=cast.bank_a, names="青葉", domains="*.Aoba.example", ranges="198.18.7.9/16")
    words = Content("incident", "own_system", "青葉", "www.aoba.example と 198.18.4.5")
    own = cast.client("a1").get(review(draft("a1", content=words))).content.decode()
    other = cast.client("b1").get(review(draft("b1", content=words))).content.decode()
    assert [own.count("<mark>"), other.count("<mark>")] == [3, 0]
    entry = LedgerEntry.objects.get(action="members.organisation.marked")
    assert entry.payload == {"usual_tlp": "", "marks": {"name": 1, "domain": 1, "range": 1}}


@pytest.mark.parametrize("name", ["a1", "b_admin", "hub_op", "hub_admin", "sup_admin", "auditor"])
def test_marks_when_asked_for_by_others_then_they_are_not_there(cast, name):
    state_marks(cast.actor("a_admin"), organisation=cast.bank_a, domains="aoba.example")
    address = reverse("members:organisation-marks", args=["bank_a"])
    assert [client.get(address).status_code for client in (cast.client("a_admin"), cast.client(name))] == [200, 404]
    with pytest.raises(NotFound):
        stated_marks(cast.actor(name), cast.bank_a)
    with pytest.raises(NotFound):
        state_marks(cast.actor(name), organisation=cast.bank_a)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("domains", "aoba"),
        ("domains", "a b.example"),
        ("domains", "x" * 300 + ".example"),
        ("ranges", "0.0.0.0/0"),
        ("ranges", "::/0"),
        ("ranges", "300.1.1.1"),
        ("names", "x"),
        ("names", "x" * 201),
        ("domains", "\n".join(f"a{number}.example" for number in range(501))),
        ("usual_tlp", "CLEAR"),
        ("usual_tlp", "PINK"),
    ],
)
def test_marks_when_a_line_makes_no_sense_then_it_is_named_and_nothing_is_kept(cast, field, value):
    with pytest.raises(InvalidInput) as refused:
        state_marks(cast.actor("a_admin"), organisation=cast.bank_a, **{field: value})
    assert (refused.value.field, OrganisationMark.objects.count()) == (field, 0)


def test_marks_page_when_filled_in_then_it_is_kept_and_the_people_start_from_its_level(cast):
    client, address = cast.client("a_admin"), reverse("members:organisation-marks", args=["bank_a"])
    form = {"names": "青葉", "domains": "aoba.example", "ranges": "198.18.0.0/16", "usual_tlp": "AMBER+STRICT"}
    assert client.post(address, form).status_code == 302
    shown = client.get(address).context["form"]
    assert {name: shown[name].value() for name in form} == form
    levels = {name: cast.client(name).get("/signals/new").context["form"]["tlp"].value() for name in ("a1", "b1")}
    assert levels == {"a1": "AMBER+STRICT", "b1": "AMBER"}


# The API


@pytest.fixture
def program(cast):
    """A program with a token of a1."""
    _token, secret = issue_token(cast.actor("a1"), person=cast.a1, label="t", scopes=["signals.read", "signals.write"])
    client = Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})

    def post(path="", **changes):
        new = {"kind": "incident", "target": "own_system", "title": "t", "body": TELLING.body, "tlp": "AMBER"}
        body = json.dumps({**new, "grants": {"community": True}, **changes})
        return client.post(f"/api/v1/signals{path}", body, content_type="application/json")

    return post


def test_api_when_something_is_checked_then_it_says_who_and_what_and_writes_nothing(program):
    answer = program("/check")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["organisations"], told["people"]) == (5, 8)
    assert [(each["kind"], each["reveals_author"]) for each in told["warnings"]] == [
        ("own_name", True),
        ("own_name", True),
        ("own_domain", True),
        ("member", False),
    ]
    assert Signal.everything.count() == 0


def test_api_when_anonymous_and_telling_then_it_is_refused_until_confirmed(program):
    refused = program(anonymous=True)
    assert (refused.status_code, SENTENCE in refused.content.decode(), Signal.everything.count()) == (422, True, 0)
    sent = program(anonymous=True, own_names_confirmed=True)
    assert (sent.status_code, sent.json()["state"], len(sent.json()["warnings"])) == (201, "held", 4)


def test_api_when_the_words_are_harmless_then_there_is_no_warning(program):
    assert program(title=WORDS.title, body=WORDS.body).json()["warnings"] == []
