"""Every address of the room for everybody of the cast, and what each page does with what it is sent."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from factories.audience import COMMUNITY, WORDS, to_group, to_organisation, to_person, without
from factories.signals import make_signal
from noroshi.core import clock
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Person
from noroshi.sharing import actions, queries
from noroshi.sharing.models import Acknowledgement, Comment, Signal, SignalObservable
from noroshi.sharing.urls import urlpatterns

LIST = reverse("sharing:list")
RED = {"tlp": TLP.RED}
ANONYMOUS = {"author_mode": AuthorMode.ANONYMOUS}
FORM = {"title": "偽のログイン画面", "kind": "phishing", "target": "customer", "body": WORDS.body, "tlp": "AMBER"}


def page(name, signal=None, *more):
    return reverse(f"sharing:{name}", args=[signal.pk, *more] if signal else [])


def html(client, address):
    return client.get(address).content.decode()


def rows_of(client, address):
    return client.get(address).context["listing"].page.count


def without_nonce(answer, number):
    """What an answer says, without what is random in every page and the number that was asked for."""
    random = rb'nonce="[^"]+"|name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"'
    headers = {name: re.sub(r"nonce-[^']+", "", value) for name, value in answer.headers.items()}
    return re.sub(random, b"", answer.content).replace(str(number).encode(), b""), headers


# Who gets what

EVERYBODY = {"list": 200, "withdrawn": 200, "compose": 403, "drafts": 403, "release-queue": 404}
SHARER = {"list": 200, "withdrawn": 200, "compose": 200, "drafts": 200, "release-queue": 404}
NOBODY = dict.fromkeys(SHARER, 404)
PLAIN_PAGES = {
    **dict.fromkeys(["a1", "a2", "b1", "b2", "i1", "t1", "s1", "v1", "o1"], SHARER),
    "hub_op": {**SHARER, "release-queue": 200},
    "hub_trusted": {**SHARER, "release-queue": 200},
    **dict.fromkeys(["hub_admin", "hub_reader", "auditor", "a_admin", "a_reader", "b_admin", "b_reader"], EVERYBODY),
    **dict.fromkeys(["i_admin", "i_reader", "t_admin", "t_reader", "s_admin", "s_reader"], EVERYBODY),
    **dict.fromkeys(["v_admin", "v_reader", "o_admin", "o_reader"], EVERYBODY),
    **dict.fromkeys(["sup", "sup_admin", "sup_reader"], NOBODY),
}
HUB = ["hub_op", "hub_trusted"]
NEEDING = ["a1", "a2", "b1", "b2", "i1", "o1", *HUB]
DETAIL = {  # who opens the page of which signal
    "amber": NEEDING,
    "draft": ["a1"],
    "held": ["a1", *HUB],
    "red": ["a1", "b1"],
    "strict": ["a1", "a2", "b1", "b2"],
    "excluding": ["a1", "a2", "i1", "o1", *HUB],
    "withdrawn": NEEDING,
}


def signals_of_all_kinds(cast, share, draft):
    withdrawn = share("a1")
    actions.withdraw_signal(cast.actor("a1"), withdrawn, reason="false alarm")
    return {
        "amber": share("a1"),
        "draft": draft("a1"),
        "held": actions.publish_signal(cast.actor("a1"), draft("a1", to_person(cast.b1), **RED)),
        "red": share("a1", to_person(cast.b1), **RED),
        "strict": share("a1", to_organisation(cast.bank_b), tlp=TLP.AMBER_STRICT),
        "excluding": share("a1", COMMUNITY, without(cast.bank_b)),
        "withdrawn": withdrawn,
    }


def test_pages_when_everybody_of_the_cast_opens_them_then_each_gets_what_the_table_says(cast):
    answers = {
        name: {address: cast.client(name).get(page(address)).status_code for address in SHARER} for name in cast.people
    }
    assert answers == PLAIN_PAGES


def test_signals_when_everybody_of_the_cast_opens_them_then_those_see_them_who_may(cast, share, draft):
    signals = signals_of_all_kinds(cast, share, draft)
    clients = {name: cast.client(name) for name in cast.people}
    opened = {
        kind: sorted(name for name, client in clients.items() if client.get(page("detail", signal)).status_code == 200)
        for kind, signal in signals.items()
    }
    assert opened == {kind: sorted(names) for kind, names in DETAIL.items()}


def test_own_pages_when_everybody_of_the_cast_opens_them_then_the_author_alone_gets_them(cast, share, draft):
    signals = signals_of_all_kinds(cast, share, draft)
    expected = {
        ("draft", "edit"): {"a1": 200},
        ("draft", "review"): {"a1": 200},
        ("amber", "amend"): {"a1": 200, **dict.fromkeys(set(NEEDING) - {"a1"}, 403)},
    }
    for (kind, name), answers in expected.items():
        got = {who: cast.client(who).get(page(name, signals[kind])).status_code for who in cast.people}
        assert got == {who: answers.get(who, 404) for who in cast.people}


def test_pages_when_nobody_is_signed_in_then_they_lead_to_the_sign_in(share):
    signal = share("a1")
    for route in urlpatterns:
        numbers = re.findall(r"uuid:(\w+)", str(route.pattern))
        parts = {
            **dict.fromkeys(numbers, signal.pk),
            "verb": "acknowledge",
            "slug:slug": "wg_incident",
            "int:number": 1,
            "P<form>": "csv",
        }
        arguments = {
            key.split(":")[-1].strip("P<>"): value for key, value in parts.items() if key in str(route.pattern)
        }
        address = reverse(f"sharing:{route.name}", kwargs=arguments)
        answer = Client().get(address)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login")), address


def test_detail_when_a_visitor_asks_then_hidden_and_missing_are_one_answer(share):
    hidden, missing = share("a1"), uuid4()
    answers = [Client().get(reverse("sharing:detail", args=[number])) for number in (hidden.pk, missing)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url.replace(str(hidden.pk), "") == answers[1].url.replace(str(missing), "")


def test_detail_when_public_then_a_visitor_reads_it_without_the_name_of_a_person(cast, share):
    Person.objects.filter(pk=cast.a1.pk).update(name="大塚花子")
    signal = share("a1", tlp=TLP.CLEAR)
    reader = html(cast.client("a2"), page("detail", signal))
    text = html(Client(headers={"Accept-Language": "en"}), page("detail", signal))
    assert ("偽のログイン画面" in text, "Bank_A" in text) == (True, True)
    assert ("大塚花子" in reader, "大塚花子" in text, cast.a1.email in text) == (True, False, False)
    assert "<form" not in text.split("<main")[1]


@pytest.mark.parametrize("name", ["b1", "sup", "v1"])
def test_missing_and_hidden_when_asked_for_then_the_answers_are_the_same_to_the_byte(cast, share, name):
    signal = share("a1", to_group(cast.wg_incident), without(cast.bank_b))
    client = cast.client(name)
    number = {"X-Request-ID": "0" * 36}
    for route, more in [("detail", []), ("edit", []), ("review", []), ("amend", []), ("act", ["comment"])]:
        send = client.post if route == "act" else client.get
        numbers = (signal.pk, uuid4())
        answers = [send(reverse(f"sharing:{route}", args=[pk, *more]), headers=number) for pk in numbers]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert without_nonce(answers[0], numbers[0]) == without_nonce(answers[1], numbers[1])


@pytest.mark.parametrize(
    "verb", ["withdraw", "discard", "recall", "release", "return", "comment", "acknowledge", "seen"]
)
def test_verbs_when_asked_for_by_get_then_they_are_refused_and_nothing_happens(cast, share, verb):
    signal = share("a1")
    before = LedgerEntry.objects.count()
    assert cast.client("b1").get(page("act", signal, verb)).status_code == 405
    assert LedgerEntry.objects.count() == before


def test_verbs_when_there_is_no_such_verb_then_there_is_no_such_page(cast, share):
    assert cast.client("b1").post(page("act", share("a1"), "destroy")).status_code == 404


def test_verbs_when_the_token_of_the_form_is_missing_then_they_are_refused(cast, share):
    signal = share("a1")
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.b1)
    assert client.post(page("act", signal, "acknowledge")).status_code == 403
    assert Acknowledgement.everything.count() == 0


# Lists


def test_supervisor_when_members_share_then_it_sees_none_of_it_anywhere(cast, share):
    signal = share("a1", to_group(cast.wg_incident))
    share("a1", tlp=TLP.GREEN)
    share("a1", tlp=TLP.CLEAR)
    actor = cast.actor("sup")
    assert [queries.signals_for(actor).count(), queries.matching(actor, "偽").count()] == [0, 0]
    for address in (LIST, f"{LIST}?q=偽", f"{LIST}?export=csv", page("detail", signal)):
        assert cast.client("sup").get(address).status_code == 404


def test_list_when_filtered_then_counts_and_rows_are_of_what_the_reader_sees(cast):
    seen = make_signal(cast.a1, title="不正送金の手口", kind="fraud", tlp="GREEN")
    make_signal(cast.a1, COMMUNITY, without(cast.bank_b), title="不正送金の口座", kind="fraud", tlp="GREEN")
    make_signal(cast.a1, title="脆弱性", kind="vulnerability", target="own_system")
    client = cast.client("b1")
    for query, number in {
        "": 2,
        "?q=不正送金": 1,
        "?q=送金": 1,
        "?q=口座": 0,
        "?kind=fraud": 1,
        "?target=own_system": 1,
        "?tlp=GREEN": 1,
        "?tlp=RED": 0,
        f"?since={clock.now() + timedelta(days=2):%Y-%m-%d}": 0,
        f"?since={clock.now() - timedelta(days=2):%Y-%m-%d}": 2,
    }.items():
        assert (query, rows_of(client, LIST + query)) == (query, number)
    assert "不正送金の口座" not in html(client, LIST)
    assert str(seen.pk) in html(client, f"{LIST}?q=不正送金")


def test_list_when_a_value_of_a_signal_is_searched_then_its_readers_find_it(cast, share):
    share("a1", to_group(cast.wg_incident))
    found = {name: rows_of(cast.client(name), f"{LIST}?q=45.155.205.66") for name in ("b1", "i1")}
    assert found == {"b1": 1, "i1": 0}


def test_list_when_sorted_and_paged_then_every_row_comes_once(cast):
    for number in range(30):
        make_signal(cast.a1, title=f"signal {number:02}")
    client = cast.client("b1")
    first = html(client, f"{LIST}?sort=title")
    second = html(client, LIST + unescape(re.search(r'rel="next" href="([^"]+)"', first)[1]))
    titles = [re.findall(r"signal \d\d", page) for page in (first, second)]
    assert titles[0] + titles[1] == [f"signal {number:02}" for number in range(30)]


def test_list_when_htmx_asks_then_the_results_alone_come(cast, share):
    share("a1")
    text = cast.client("b1").get(LIST, headers={"HX-Request": "true", "HX-Target": "list-signals"}).content.decode()
    assert ("偽のログイン画面" in text, "<html" in text, 'id="list-signals"' in text) == (True, False, True)


def test_list_when_nothing_was_shared_then_it_says_so(cast):
    assert "The first fire is yours to light." in html(cast.client("b1"), LIST)


def test_list_when_a_signal_s_time_has_passed_then_it_is_marked(cast):
    make_signal(cast.a1, title="old", expires_at=clock.now() - timedelta(days=1))
    make_signal(cast.a1, title="new", expires_at=clock.now() + timedelta(days=1))
    assert html(cast.client("b1"), LIST).count("expired") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_list_when_it_has_more_rows_then_it_costs_no_more_queries(cast, django_assert_num_queries, count):
    for _ in range(count):
        make_signal(cast.a1)
    client = cast.client("b1")
    client.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        assert rows_of(client, LIST) == count


LIST_QUERIES = 10


def test_list_when_something_was_withdrawn_then_only_the_number_and_the_reason_are_left(cast, share):
    signal = share("a1")
    actions.withdraw_signal(cast.actor("a1"), signal, reason="false alarm")
    client = cast.client("b1")
    for query in ("", "?q=偽", "?kind=phishing", "?tlp=AMBER", "?export=csv"):
        answer = client.get(LIST + query)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert signal.reference.encode() not in text
    texts = [html(client, address) for address in (page("withdrawn"), page("detail", signal))]
    for text in texts:
        assert (signal.reference in text, "false alarm" in text) == (True, True)
        assert not {word for word in ("偽の", "45.155", "45[.]155", "AMBER", "Phishing", "Bank_A") if word in text}


def exported(client, query=""):
    answer = client.get(f"{LIST}?export=csv{query}")
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_export_when_taken_then_it_holds_what_may_leave_in_bulk_and_who_took_it(cast, share):
    share("a1", to_person(cast.b1), **RED)
    share("a1", to_organisation(cast.bank_b), tlp=TLP.AMBER_STRICT)
    amber = share("a1")
    rows = exported(cast.client("b1"))
    assert [(row["TLP"], row["Number"], row["From"]) for row in rows] == [("AMBER", amber.reference, "Bank_A")]
    assert rows[0]["Exported by, at"].startswith("b1 <b1@bank-b.example>")
    assert exported(cast.client("b1"), "&q=nothing") == []


# Composing


def compose(client, **fields):
    return client.post(page("compose"), {**FORM, **fields})


def test_compose_when_sent_then_reviewed_and_out(cast):
    client = cast.client("a1")
    answer = compose(client, community="on", excluded=[str(cast.insurer.pk)])
    signal = Signal.everything.get()
    assert (answer.status_code, answer.url, signal.state) == (302, page("review", signal), "draft")
    text = html(client, answer.url)
    assert "45[.]155[.]205[.]66" in text
    assert "IPv4 address" in text
    assert "Insurer" in text
    sent = client.post(answer.url, {"looked_at": signal.changed_at.isoformat(), "observable": [0]})
    assert sent.url == page("detail", signal)
    assert Signal.everything.get().state == "published"
    assert SignalObservable.everything.count() == 1
    assert cast.client("i1").get(sent.url).status_code == 404


def test_review_when_the_draft_changed_in_another_tab_then_nothing_goes_out(cast, draft):
    signal = draft("a1")
    client = cast.client("a1")
    before = signal.changed_at.isoformat()
    client.post(page("edit", signal), {**FORM, "community": "on", "title": "changed"})
    answer = client.post(page("review", signal), {"looked_at": before})
    assert answer.status_code == 409
    assert "Look it over again" in answer.content.decode()
    assert Signal.everything.get().state == "draft"


@pytest.mark.parametrize("value", ["9" * 5000, "-1", "x", "١", str(2**70)])
def test_review_when_it_is_sent_values_that_were_not_proposed_then_nothing_goes_out(cast, draft, value):
    signal = draft("a1")
    answer = cast.client("a1").post(
        page("review", signal), {"looked_at": signal.changed_at.isoformat(), "observable": [value]}
    )
    assert (answer.status_code, answer.url) == (302, page("review", signal))
    assert Signal.everything.get().state == "draft"


def test_review_when_the_moment_is_missing_then_nothing_goes_out(cast, draft):
    signal = draft("a1")
    assert cast.client("a1").post(page("review", signal)).status_code == 302
    assert Signal.everything.get().state == "draft"


def test_edit_when_the_draft_is_opened_again_then_everything_is_as_it_was(cast, draft):
    until = (clock.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    entries = [to_person(cast.b1), to_organisation(cast.insurer), to_group(cast.wg_incident), without(cast.outsider)]
    signal = draft("a1", *entries, expires_at=until, **ANONYMOUS)
    client = cast.client("a1")
    form = client.get(page("edit", signal)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value not in (None, False, [])}
    sent["expires_at"] = form["expires_at"].subwidgets[0].data["value"]
    client.post(page("edit", signal), sent)
    again = Signal.everything.get()
    assert again.as_item() == signal.as_item()
    assert (again.title, again.body, again.expires_at) == (signal.title, signal.body, until)


WRONG = {
    "no title": {"title": ""},
    "a long title": {"title": "長" * 10_000},
    "no audience": {"community": "", "people": ""},
    "RED to all": {"tlp": "RED"},
    "strict to all": {"tlp": "AMBER+STRICT"},
    "no such level": {"tlp": "PURPLE"},
    "unknown people": {"people": "nobody@nowhere.example\na1@bank-a.example"},
    "a group of others": {"groups": "00000000-0000-0000-0000-000000000001"},
    "no such organisation": {"organisations": "x"},
    "a past moment": {"embargo_until": "2001-01-01T00:00"},
    "no moment": {"expires_at": "soon"},
    "a text too long": {"body": "あ" * 50_001},
    "NUL": {"body": "a\x00b"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_compose_when_something_is_wrong_then_it_is_said_and_what_was_typed_stays(cast, wrong):
    typed = {**FORM, "community": "on", "people": "b1@bank-b.example", **wrong}
    answer = cast.client("a1").post(page("compose"), typed)
    assert answer.status_code == 200
    assert Signal.everything.count() == 0
    form = answer.context["form"]
    assert len(form.errors) == 1
    bound = {name: form[name].value() for name in ("title", "body", "people", "kind", "target", "tlp")}
    assert bound == {name: typed[name] for name in bound}
    text = answer.content.decode()
    sentence = next(error for errors in form.errors.values() for error in errors)
    assert escape(sentence) in text


def test_preview_when_the_form_changes_then_it_says_who_would_see_it_and_why(cast):
    client = cast.client("a1")
    text = client.post(page("preview"), {"tlp": "RED", "people": "b1@bank-b.example"}).content.decode()
    assert "2 people of 2 organisations" in text
    assert (
        re.sub(r"\s+", " ", re.sub("<[^>]+>", "", text))
        .strip()
        .endswith("Bank_A a1 (wrote it) Bank_B b1 (named in person)")
    )
    assert "the whole community" in client.post(page("preview"), {"tlp": "GREEN", "community": "on"}).content.decode()
    refused = client.post(page("preview"), {"tlp": "RED", "community": "on"}).content.decode()
    assert "TLP:RED cannot be granted to: The whole community." in refused
    assert Signal.everything.count() == 0


def test_preview_when_asked_by_others_then_it_is_refused(cast):
    assert [cast.client(name).post(page("preview")).status_code for name in ("a_reader", "sup")] == [403, 404]
    assert cast.client("a1").get(page("preview")).status_code == 405


# The page of a signal


@pytest.mark.parametrize(
    ("verb", "name", "fields"),
    [("comment", "b1", {"body": ""}), ("comment", "b1", {"body": "x" * 10_001}), ("withdraw", "a1", {"reason": " "})],
)
def test_act_when_the_form_is_wrong_then_it_is_said_and_what_was_typed_stays(cast, share, verb, name, fields):
    signal = share("a1")
    answer = cast.client(name).post(page("act", signal, verb), fields)
    assert answer.status_code == 422
    form = answer.context["failed"][verb]
    assert {field: form[field].value() for field in fields} == fields
    assert 'class="errorlist' in answer.content.decode()
    assert (Signal.everything.get().state, Comment.everything.count()) == ("published", 0)


@pytest.mark.parametrize(
    ("verb", "name", "fields", "state", "place"),
    [
        ("release", "hub_op", {}, "published", "release-queue"),
        ("return", "hub_op", {"reason": "names a customer"}, "draft", "release-queue"),
        ("recall", "a1", {}, "draft", "drafts"),
    ],
)
def test_act_when_held_then_each_way_on_leads_to_its_list(cast, draft, verb, name, fields, state, place):
    held = actions.publish_signal(cast.actor("a1"), draft("a1", to_person(cast.b1), **RED))
    answer = cast.client(name).post(page("act", held, verb), fields)
    assert (answer.status_code, answer.url, Signal.everything.get().state) == (302, page(place), state)


def test_act_when_a_reader_answers_then_the_page_says_so(cast, share):
    signal = share("a1")
    client = cast.client("b1")
    for verb, fields in (("acknowledge", {}), ("seen", {}), ("comment", {"body": "**seen** since Monday"})):
        assert client.post(page("act", signal, verb), fields).url == page("detail", signal)
    text = html(client, page("detail", signal))
    assert "<strong>seen</strong> since Monday" in text
    assert "Acknowledge<" not in text
    assert "Acknowledged" in html(cast.client("a1"), page("detail", signal))


def test_detail_when_handed_back_then_the_author_reads_why(cast, draft):
    held = actions.publish_signal(cast.actor("a1"), draft("a1", to_person(cast.b1), **RED))
    actions.return_signal(cast.actor("hub_op"), held, reason="names a customer")
    client = cast.client("a1")
    assert "names a customer" in html(client, page("review", held))
    assert "handed back" in html(client, page("drafts"))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a1", "You wrote it."),
        ("a2", "Your organisation shared it, and your role needs to know."),
        ("b1", "It was shared with a group you belong to."),
        ("b2", "It was shared with a colleague or a colleague&#x27;s group, and your role needs to know."),
    ],
)
def test_detail_when_read_then_it_says_why(cast, share, name, sentence):
    assert sentence in html(cast.client(name), page("detail", share("a1", to_group(cast.wg_incident))))


def test_detail_when_read_then_the_readers_are_named_to_the_author_alone(cast, share):
    signal = share("a1", COMMUNITY, without(cast.outsider))
    shown = {
        name: "Who sees it" in html(cast.client(name), page("detail", signal)) for name in ("a1", "a2", "b1", "hub_op")
    }
    assert shown == {"a1": True, "a2": False, "b1": False, "hub_op": False}
    assert "Outsider" not in html(cast.client("b1"), page("detail", signal))


def test_detail_when_amended_then_its_versions_are_readable(cast, share):
    signal = share("a1")
    actions.amend_signal(cast.actor("a1"), signal, title="Corrected", body="now", reason="wrong address")
    text = html(cast.client("b1"), page("detail", signal))
    assert ("Corrected" in text, "version 2" in text, "wrong address" in text, "偽のログイン画面" in text) == (
        True,
    ) * 4


def test_amend_when_the_form_is_wrong_then_what_was_typed_stays(cast, share):
    signal = share("a1")
    client = cast.client("a1")
    typed = {"title": "Corrected", "body": "長い" * 30_000, "reason": "why"}
    answer = client.post(page("amend", signal), typed)
    assert {name: answer.context["form"][name].value() for name in typed} == typed
    assert client.post(page("amend", signal), {**typed, "body": "short"}).url == page("detail", signal)


@pytest.mark.parametrize("comments", [1, 3])
def test_detail_when_it_has_more_comments_then_it_costs_no_more_queries(
    cast, share, django_assert_max_num_queries, comments
):
    signal = share("a1")
    for _ in range(comments):
        actions.comment_on_signal(cast.actor("i1"), signal, body="seen")
    client = cast.client("b1")
    client.get(page("detail", signal))
    with django_assert_max_num_queries(34):
        html(client, page("detail", signal))


def test_release_queue_when_something_waits_then_the_others_of_the_hub_see_it(cast, draft):
    actions.publish_signal(cast.actor("hub_op"), draft("hub_op", to_person(cast.b1), **RED))
    text = {
        name: "It is TLP:RED." in html(cast.client(name), page("release-queue")) for name in ("hub_op", "hub_trusted")
    }
    assert text == {"hub_op": False, "hub_trusted": True}


def test_pages_when_in_japanese_then_no_english_sentence_is_left(cast, share, draft):
    signals = signals_of_all_kinds(cast, share, draft)
    addresses = [
        LIST,
        page("drafts"),
        page("compose"),
        page("detail", signals["amber"]),
        page("review", signals["draft"]),
    ]
    client = cast.client("a1", "ja")
    for address in addresses:
        main = re.search(r"<main.*</main>", html(client, address), re.DOTALL).group()
        words = re.sub(r"<[^>]+>|&#?\w+;", " ", main)
        assert re.findall(r"\b(?:[A-Z][a-z]+ [a-z]+ [a-z]+|the|and|is)\b", words) == [], address


def test_state_when_listed_then_no_other_is_shown_by_the_list(cast):
    for state in State:
        make_signal(cast.a1, state=state, title=f"state {state}")
    assert re.findall(r"state (\w+)</a>", html(cast.client("a1"), LIST)) == ["published"]
