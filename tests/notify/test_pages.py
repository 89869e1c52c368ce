"""The inbox and the rules page, as a browser gets them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.signals import without
from noroshi.core.models import AudienceEntry
from noroshi.members.models import Person
from noroshi.notify.models import NoticeKind
from noroshi.notify.queries import unread_count

TITLE = "Fake login pages of Bank Zebra"


def _close(signal, cast):
    AudienceEntry.objects.create(item_id=signal.pk, kind=without(cast.bank_b).kind, target=cast.bank_b.pk)


@pytest.mark.parametrize("tlp", ["CLEAR", "GREEN", "AMBER"])
def test_inbox_when_the_reader_sees_the_signal_then_its_title_and_marking_lead_there(cast, signal, tell, tlp):
    (notice,) = tell(signal(tlp, title=TITLE), cast.b1)

    page = cast.client("b1").get("/inbox/").text

    assert TITLE in page
    assert f"TLP:{tlp}" in page
    assert f'href="/inbox/{notice.pk}/"' in page


@pytest.mark.parametrize("tlp", ["CLEAR", "AMBER"])
def test_inbox_when_the_reader_was_left_out_since_then_a_neutral_line_and_no_title_or_level(cast, signal, tell, tlp):
    shared = signal(tlp, title=TITLE)
    (notice,) = tell(shared, cast.b1, kind=NoticeKind.HIT)
    _close(shared, cast)

    page = cast.client("b1").get("/inbox/").text

    assert "What this notice is about is not shown to you." in page
    assert [leak for leak in ("Zebra", "TLP:", str(shared.pk)) if leak in page] == []
    assert f'href="/inbox/{notice.pk}/"' not in page


def test_inbox_when_it_is_another_person_s_then_nothing_of_it_shows(cast, signal, tell):
    (notice,) = tell(signal("CLEAR", title=TITLE), cast.b1)

    for name in ("b2", "a1", "hub_op", "auditor"):
        client = cast.client(name)
        assert TITLE not in client.get("/inbox/").text
        assert client.get(f"/inbox/{notice.pk}/").status_code == 404
        assert client.post("/inbox/read", {"notice": notice.pk}).status_code == 302
    assert unread_count(cast.actor("b1")) == 1


def test_inbox_when_nobody_is_signed_in_then_the_sign_in_page(client, db):
    assert client.get("/inbox/").url.startswith("/account/login/")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"old", "new"}),
        ("?read=unread", {"new"}),
        ("?read=read", {"old"}),
        ("?kind=hit", {"new"}),
        ("?kind=comment", set()),
        ("?kind=nonsense", {"old", "new"}),
    ],
)
def test_inbox_when_filtered_then_only_what_fits(cast, signal, tell, query, shown):
    (old,) = tell(signal(title="This is old"), cast.b1)
    tell(signal(title="This is new"), cast.b1, kind=NoticeKind.HIT)
    client = cast.client("b1")
    client.post("/inbox/read", {"notice": old.pk})

    page = client.get(f"/inbox/{query}").text

    assert {word for word in ("old", "new") if f"This is {word}" in page} == shown


def test_inbox_when_htmx_asks_for_the_list_then_only_the_list_comes(cast, signal, tell):
    tell(signal(title=TITLE), cast.b1)

    page = cast.client("b1").get("/inbox/", headers={"HX-Request": "true", "HX-Target": "list-inbox"}).text

    assert TITLE in page
    assert "<html" not in page


def test_inbox_when_it_has_one_or_three_rows_then_the_queries_are_the_same(cast, signal, tell):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            tell(signal(), cast.b1)
        client = cast.client("b1")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/inbox/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_open_when_the_reader_sees_it_then_it_is_read_and_leads_there(cast, signal, tell):
    shared = signal()
    (notice,) = tell(shared, cast.b1)

    answer = cast.client("b1").get(f"/inbox/{notice.pk}/")

    assert answer.url == f"/signals/{shared.pk}/"
    assert unread_count(cast.actor("b1")) == 0


def test_open_when_it_is_not_shown_any_more_then_the_inbox_says_so(cast, signal, tell):
    shared = signal(title=TITLE)
    (notice,) = tell(shared, cast.b1)
    _close(shared, cast)

    answer = cast.client("b1").get(f"/inbox/{notice.pk}/", follow=True)

    assert answer.redirect_chain == [("/inbox/", 302)]
    assert "is not shown to you" in answer.text
    assert TITLE not in answer.text


def test_read_when_all_are_marked_then_the_page_returns_to_its_filters(cast, signal, tell):
    tell(signal(), cast.b1)
    tell(signal(), cast.b1)

    answer = cast.client("b1").post("/inbox/read", {"all": "1", "back": "?kind=signal"})

    assert answer.url == "/inbox/?kind=signal"
    assert unread_count(cast.actor("b1")) == 0


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/signals/", "javascript:alert(1)"])
def test_read_when_the_way_back_leads_elsewhere_then_it_is_ignored(cast, back):
    assert cast.client("b1").post("/inbox/read", {"all": "1", "back": back}).url == "/inbox/"


@pytest.mark.parametrize("number", ["", "1", "no-uuid", "🔥"])
def test_read_when_a_number_is_no_number_then_not_found(cast, number):
    assert cast.client("b1").post("/inbox/read", {"notice": number}).status_code == 404


def test_read_when_asked_by_get_then_nothing_changes(cast, signal, tell):
    tell(signal(), cast.b1)

    assert cast.client("b1").get("/inbox/read").status_code == 405
    assert unread_count(cast.actor("b1")) == 1


def test_pages_when_a_supervisor_asks_then_there_are_none(cast, signal, tell):
    (notice,) = tell(signal("CLEAR", title=TITLE), cast.sup)

    for address in ("/inbox/", "/inbox/subscriptions", f"/inbox/{notice.pk}/"):
        answer = cast.client("sup").get(address)
        assert answer.status_code == 404
        assert TITLE not in answer.text


@pytest.mark.parametrize(("language", "words"), [("ja", "購読の設定"), ("en", "Subscriptions")])
def test_pages_when_read_in_a_language_then_they_speak_it(cast, language, words):
    Person.objects.filter(pk=cast.b1.pk).update(language=language)

    assert words in cast.client("b1", language).get("/inbox/").text
    assert words in cast.client("b1", language).get("/inbox/subscriptions").text
