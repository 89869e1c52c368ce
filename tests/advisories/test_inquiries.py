"""Inquiries: seen by who asked and the hub's operators alone; answers for all, without who asked; figures."""

import csv
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.audience import COMMUNITY, to_group, without
from noroshi.advisories import actions, queries
from noroshi.advisories.actions import Draft, Message
from noroshi.advisories.domain.bulletins import Stage, Words
from noroshi.advisories.domain.inquiries import Asked, Stand, after_reply, figures_of, given_away
from noroshi.advisories.feeds import answers_in_feed
from noroshi.advisories.models import Category, Inquiry, PublishedAnswer
from noroshi.core.domain.audience import State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.notify.models import Notice, NoticeKind
from noroshi.sharing.domain.content import Marking

pytestmark = pytest.mark.usefixtures("beginnings")

EVERYBODY = (
    "hub_op",
    "hub_trusted",
    "hub_admin",
    "hub_reader",
    "auditor",
    "a1",
    "a2",
    "a_reader",
    "b1",
    "o1",
    "v1",
    "sup",
)
WORDS = Words("TLS 1.0は使えますか", "使わないでください", "May we use TLS 1.0?", "Do **not** use it")


@pytest.fixture
def asked(cast):
    """Ask as a1 does."""

    def ask(subject="Zebrafish手順", text="Okapi?", **said) -> Inquiry:
        return actions.ask_hub(cast.actor("a1"), subject=subject, message=Message(text), **said)

    return ask


@pytest.fixture
def written(cast):
    """Write an answer for all as hub_op does."""

    def write(inquiry=None, *, words=WORDS, tlp=TLP.GREEN, entries=(COMMUNITY,), **said) -> PublishedAnswer:
        draft = Draft(Category.objects.get(series="VULN"), words, Marking(tlp, entries=frozenset(entries)))
        return actions.draft_answer(cast.actor("hub_op"), draft, inquiry=inquiry, **said)

    return write


@pytest.fixture
def released(cast, written):
    """Write one, and let it out as hub_trusted does."""

    def release(*args, **said) -> PublishedAnswer:
        row = actions.submit_answer(cast.actor("hub_op"), written(*args, **said))
        return actions.publish_answer(cast.actor("hub_trusted"), row)

    return release


def told(kind: NoticeKind) -> list[str]:
    return sorted(Notice.everything.filter(kind=kind).values_list("person__name", flat=True))


def test_an_inquiry_is_seen_by_who_asked_and_the_hubs_operators_alone(cast, asked):
    row = asked()
    seers = {n for n in EVERYBODY if Inquiry.objects.visible_to(cast.actor(n)).filter(pk=row.pk).exists()}
    assert seers == {"hub_op", "hub_trusted", "a1", "a2"}


@pytest.mark.parametrize("name", ["hub_op", "a_reader", "auditor", "sup"])
def test_who_needs_not_to_know_or_is_the_hub_asks_nothing(cast, name):
    with pytest.raises(NotAllowed):
        actions.ask_hub(cast.actor(name), subject="x", message=Message("x"))


def test_nobody_else_finds_it_on_any_page_in_any_file_or_notice(cast, asked, published, drain):
    row = asked(bulletin=published())
    actions.answer_inquiry(cast.actor("hub_op"), row, Message("Quokka"))
    drain()
    paths = (
        "/inquiries/",
        "/inquiries/?q=Zebrafish",
        "/inquiries/?export=csv",
        "/inquiries/answers/",
        "/inquiries/answers/?q=Okapi",
        "/inquiries/answers/?export=csv",
        f"/inquiries/{row.pk}/",
        f"/bulletins/{row.bulletin_id}/",
        "/search/?q=Zebrafish",
        "/inbox/",
    )

    def read(name: str) -> str:
        answers = [cast.client(name).get(path) for path in paths]
        return "".join((b"".join(a) if a.streaming else a.content).decode() for a in answers)

    secrets = ("Zebrafish手順", "Okapi", "Quokka", str(row.pk))
    asker = read("a1")
    assert [word for word in secrets if word not in asker] == []
    for name in ("b1", "o1", "v1", "hub_reader", "a_reader", "sup"):
        text = re.sub(r'value="[^"]*"|\?q=\w+', "", read(name))
        assert (name, [word for word in secrets if word in text]) == (name, [])


def test_by_its_address_nobody_else_reads_writes_or_publishes_it(cast, asked):
    row = asked()
    for name in ("b1", "o1", "v1", "hub_reader", "sup"):
        client = cast.client(name)
        answers = [
            client.get(f"/inquiries/{row.pk}/"),
            client.post(f"/inquiries/{row.pk}/", {"text": "x"}),
            client.post(f"/inquiries/{row.pk}/close"),
        ]
        assert [each.status_code for each in answers] == [404, 404, 404], name
    with pytest.raises(NotFound):
        actions.reply_to_hub(cast.actor("b1"), row, Message("x"))
    with pytest.raises(NotAllowed):
        actions.answer_inquiry(cast.actor("a2"), row, Message("x"))
    row.refresh_from_db()
    assert (row.state, row.messages.count()) == ("asked", 1)


def test_it_goes_from_asked_to_taken_to_answered_to_closed_and_back(cast, asked, stopped_clock):
    row = asked()
    start = stopped_clock.now
    row = actions.take_inquiry(cast.actor("hub_op"), row)
    assert (row.state, row.taken_by_id, row.waits_since) == ("taken", cast.hub_op.pk, start)
    stopped_clock.advance(hours=5)
    row = actions.answer_inquiry(cast.actor("hub_trusted"), row, Message("はい"))
    answered = start + timedelta(hours=5)
    assert (row.state, row.taken_by_id, row.waits_since) == ("answered", cast.hub_op.pk, None)
    with pytest.raises(Conflict):
        actions.take_inquiry(cast.actor("hub_op"), row)
    row = actions.close_inquiry(cast.actor("a2"), row)
    with pytest.raises(Conflict):
        actions.answer_inquiry(cast.actor("hub_op"), row, Message("x"))
    with pytest.raises(Conflict):
        actions.close_inquiry(cast.actor("hub_op"), row)
    stopped_clock.advance(hours=1)
    row = actions.reply_to_hub(cast.actor("a2"), row, Message("もう一つ"))
    assert (row.state, row.waits_since, row.first_answered_at) == ("asked", stopped_clock.now, answered)


def test_the_hub_is_told_of_a_question_and_who_asked_of_the_answer(cast, asked, drain):
    row = asked()
    drain()
    assert told(NoticeKind.REQUEST) == ["hub_op", "hub_trusted"]
    actions.take_inquiry(cast.actor("hub_op"), row)
    actions.answer_inquiry(cast.actor("hub_op"), row, Message("はい"))
    Notice.everything.all().delete()
    drain()
    assert told(NoticeKind.REQUEST) == ["a1"]
    Notice.everything.all().delete()
    actions.reply_to_hub(cast.actor("a2"), row, Message("もう一つ"))
    drain()
    assert told(NoticeKind.REQUEST) == ["hub_op"]


def test_an_answer_cites_bulletins_and_each_reader_is_shown_what_that_reader_sees(cast, asked, published):
    row = asked()
    wide, narrow = published(), published(tlp=TLP.AMBER, entries=(to_group(cast.wg_incident),))
    said = Message("見てください", ["https://x.example/"], [wide.reference, narrow.reference])
    actions.answer_inquiry(cast.actor("hub_op"), row, said)

    def shown(name: str) -> list[list[str]]:
        return [[each.reference for each in m.bulletins] for m in queries.messages_of(cast.actor(name), row)]

    assert shown("hub_op") == [[], [wide.reference, narrow.reference]]
    assert shown("i1") == [[], [wide.reference]]
    with pytest.raises(InvalidInput) as refused:
        actions.answer_inquiry(cast.actor("hub_op"), row, Message("x", (), ["VULN-1999-0001"]))
    assert refused.value.field == "bulletins"


@pytest.mark.parametrize(
    ("subject", "message", "field"),
    [
        ("", Message("x"), "subject"),
        ("x", Message(" "), "text"),
        ("x", Message("x" * 10_001), "text"),
        ("x", Message("x", ["javascript:alert(1)"]), "links"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(cast, subject, message, field):
    with pytest.raises(InvalidInput) as refused:
        actions.ask_hub(cast.actor("a1"), subject=subject, message=message)
    assert refused.value.field == field
    assert not Inquiry.everything.exists()


def test_who_wrote_an_answer_for_all_does_not_release_it(cast, written):
    row = actions.submit_answer(cast.actor("hub_op"), written())
    with pytest.raises(Conflict):
        actions.publish_answer(cast.actor("hub_op"), row)
    with pytest.raises(NotAllowed):
        actions.publish_answer(cast.actor("a1"), row)
    row = actions.publish_answer(cast.actor("hub_trusted"), row)
    assert (row.state, row.published_by_id) == (State.PUBLISHED, cast.hub_trusted.pk)


def test_what_is_handed_back_says_why_and_is_a_draft_that_its_writer_alone_sees(cast, written, drain):
    row = actions.submit_answer(cast.actor("hub_op"), written())
    drain()
    assert told(NoticeKind.RELEASE) == ["hub_trusted"]
    with pytest.raises(InvalidInput):
        actions.hand_back_answer(cast.actor("hub_trusted"), row, reason=" ")
    row = actions.hand_back_answer(cast.actor("hub_trusted"), row, reason="短く")
    assert (row.state, row.return_reason) == (State.DRAFT, "短く")
    drain()
    assert told(NoticeKind.RELEASE) == ["hub_op", "hub_trusted"]
    assert [n for n in EVERYBODY if PublishedAnswer.objects.visible_to(cast.actor(n)).exists()] == ["hub_op"]


@pytest.mark.parametrize("field", ["title_ja", "body_ja", "title_en", "body_en"])
def test_an_answer_that_names_who_asked_does_not_go(cast, asked, written, field):
    cast.bank_a.name_ja = "暁ユニコーン銀行"
    cast.bank_a.save()
    words = Words(**{**vars(WORDS), field: "それは暁 ユニコーン銀行の質問です"})
    row = written(asked(), words=words)
    with pytest.raises(InvalidInput, match="暁ユニコーン銀行"):
        actions.submit_answer(cast.actor("hub_op"), row)
    assert written(asked(), words=WORDS).state == State.DRAFT


def test_all_find_the_answer_by_its_words_and_nobody_finds_who_asked(cast, asked, released, published):
    bulletin = published()
    inquiry = asked(bulletin=bulletin)
    row = released(inquiry, bulletin=bulletin)
    for name in ("b1", "o1", "hub_reader", "v1"):
        sees = PublishedAnswer.objects.visible_to(cast.actor(name)).filter(pk=row.pk).exists()
        listed = cast.client(name).get("/inquiries/answers/?q=TLS").content.decode()
        assert (name, str(row.pk) in listed) == (name, sees)
    client = cast.client("b1")
    page = client.get(f"/inquiries/answers/{row.pk}/").content.decode()
    assert "Do <strong>not</strong> use it" in page
    file = b"".join(client.get("/inquiries/answers/?export=csv")).decode()
    assert "May we use TLS 1.0?" in file
    about = client.get(f"/bulletins/{bulletin.pk}/").content.decode()
    assert "May we use TLS 1.0?" in about
    names = (str(cast.bank_a), cast.a1.email, str(inquiry.pk), "Zebrafish")
    assert [n for n in names if n in page + file + about] == []
    assert str(inquiry.pk) in cast.client("hub_trusted").get(f"/inquiries/answers/{row.pk}/").content.decode()
    assert client.get("/inquiries/answers/?q=nothing-like-it").content.decode().count(str(row.pk)) == 0


def test_an_answer_for_some_is_not_there_for_others(cast, released):
    row = released(tlp=TLP.AMBER, entries=(to_group(cast.wg_incident),))
    assert cast.client("b1").get(f"/inquiries/answers/{row.pk}/").status_code == 200
    assert cast.client("o1").get(f"/inquiries/answers/{row.pk}/").status_code == 404
    assert list(queries.answers_for(cast.actor("o1"))) == []


def test_of_a_withdrawn_answer_the_reason_is_left(cast, released):
    row = actions.withdraw_answer(cast.actor("hub_trusted"), released(), reason="誤り")
    page = cast.client("b1").get(f"/inquiries/answers/{row.pk}/").content.decode()
    assert "誤り" in page
    assert "TLS" not in page
    assert list(queries.answers_for(cast.actor("b1"))) == []


def test_the_next_version_of_an_answer_takes_its_place_and_its_readers_are_told(cast, asked, released, drain):
    inquiry = asked()
    first = released(inquiry)
    drain()
    readers = told(NoticeKind.ANSWER)
    assert {"a1", "b1", "hub_reader"} <= set(readers)
    assert "sup" not in readers
    Notice.everything.all().delete()
    draft = actions.renew_answer(cast.actor("hub_op"), first)
    assert (draft.words, draft.inquiry_id, draft.version) == (first.words, inquiry.pk, 1)
    anew = Draft(first.category, WORDS, Marking(TLP.GREEN, entries=frozenset({COMMUNITY})), change="TLS 1.1も")
    draft = actions.revise_answer(cast.actor("hub_op"), draft, anew)
    second = actions.publish_answer(cast.actor("hub_trusted"), actions.submit_answer(cast.actor("hub_op"), draft))
    first.refresh_from_db()
    assert (first.stage, second.version) == (Stage.SUPERSEDED, 2)
    assert list(queries.answers_for(cast.actor("b1"))) == [second]
    page = cast.client("b1").get(f"/inquiries/answers/{first.pk}/").content.decode()
    assert f'href="/inquiries/answers/{second.pk}/"' in page
    drain()
    assert told(NoticeKind.ANSWER) == readers
    Notice.everything.all().delete()
    actions.withdraw_answer(cast.actor("hub_op"), second, reason="誤り")
    drain()
    assert told(NoticeKind.WITHDRAWN) == readers
    page = cast.client("b1").get(f"/inquiries/answers/{first.pk}/").content.decode()
    assert ("誤り" in page, first.body_ja in page) == (True, False)


def test_who_is_left_out_of_an_answer_is_not_told_and_finds_it_in_no_feed(cast, released, drain):
    row = released(entries=(COMMUNITY, without(cast.bank_b)))
    drain()
    assert "a1" in told(NoticeKind.ANSWER)
    assert "b1" not in told(NoticeKind.ANSWER)
    entries = {name: answers_in_feed(cast.actor(name, Channel.FEED), 10) for name in ("a1", "b1")}
    assert {name: [each.id for each in found] for name, found in entries.items()} == {"a1": [row.pk], "b1": []}


def test_what_is_new_may_not_name_who_asked_either(cast, asked, released):
    cast.bank_a.name_ja = "暁ユニコーン銀行"
    cast.bank_a.save()
    draft = actions.renew_answer(cast.actor("hub_op"), released(asked()))
    anew = Draft(draft.category, WORDS, Marking(TLP.GREEN, entries=frozenset({COMMUNITY})), change="暁ユニコーン銀行")
    actions.revise_answer(cast.actor("hub_op"), draft, anew)
    with pytest.raises(InvalidInput, match="暁ユニコーン銀行"):
        actions.submit_answer(cast.actor("hub_op"), draft)


def test_the_desk_is_worked_from_its_pages(cast, published):
    bulletin = published()
    asker, desk, other = cast.client("a1"), cast.client("hub_op"), cast.client("hub_trusted")
    typed = {"subject": "TLS", "text": "1.0?", "links": "https://x.example/"}
    there = asker.post(f"/inquiries/new?bulletin={bulletin.pk}", typed).headers["Location"]
    assert asker.post("/inquiries/new", {"subject": "TLS", "text": ""}).status_code == 422
    assert "Ask again" in asker.get(there).content.decode()
    desk.post(f"{there}take")
    desk.post(there, {"text": "no", "links": "", "bulletins": bulletin.reference})
    row = Inquiry.everything.get()
    assert (row.state, row.bulletin_id, row.messages.count()) == ("answered", bulletin.pk, 2)
    assert desk.get(f"{there}publish").status_code == 200
    words = vars(WORDS)
    answer = {
        **words,
        "category": str(bulletin.category_id),
        "tlp": TLP.GREEN.value,
        "community": "on",
        "names": "",
        "links": "",
    }
    answered = desk.post(f"{there}publish", answer)
    assert answered.status_code == 302, answered.context["form"].errors
    place = answered.headers["Location"]
    desk.post(f"{place}submit")
    assert "Waits for review" in other.get("/inquiries/answers/").content.decode()
    other.post(f"{place}publish")
    out = PublishedAnswer.everything.get()
    assert (out.state, out.inquiry_id, out.bulletin_id) == (State.PUBLISHED, row.pk, bulletin.pk)


def test_a_list_asks_the_database_no_more_for_three_than_for_one(cast, asked, released):
    client = cast.client("hub_op")

    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as asked_for:
            assert client.get(path).status_code == 200
        return len(asked_for)

    released(asked())
    client.get("/inquiries/")
    before = [counted(path) for path in ("/inquiries/", "/inquiries/answers/")]
    for _ in range(2):
        released(asked())
    assert [counted(path) for path in ("/inquiries/", "/inquiries/answers/")] == before


def test_the_figures_are_for_operators_as_a_page_and_as_a_file(cast, asked, stopped_clock):
    first = asked()
    stopped_clock.advance(hours=6)
    actions.answer_inquiry(cast.actor("hub_op"), first, Message("x"))
    asked()
    stopped_clock.advance(days=2)
    page = cast.client("hub_op").get("/inquiries/service").content.decode()
    assert page.count("<svg") >= 3
    lines = b"".join(cast.client("hub_op").get("/inquiries/service.csv")).decode().splitlines()
    assert [line.split(",")[:5] for line in lines if line.startswith(("Month,2026-11", "Twelve"))] == [
        ["Month", "2026-11", "2", "1", "6.0"],
        ["Twelve months", "", "2", "1", "6.0"],
    ]
    waiting = [row[2] for row in csv.reader(lines) if row[0] == "Waiting now, by age"]
    assert waiting == ["0", "1", "0", "0"]
    for name in ("a1", "b1", "sup"):
        assert cast.client(name).get("/inquiries/service").status_code in (403, 404)


def test_figures_are_counted_by_month_and_age():
    def at(day: int, hour: int = 0) -> datetime:
        return datetime(2026, 11, day, hour, tzinfo=UTC)

    rows = [
        Asked(at(1), at(1, 4)),
        Asked(at(2), at(2, 10)),
        Asked(at(3), at(5), waits_since=at(9, 23)),
        Asked(at(9), waits_since=at(9)),
        Asked(datetime(2026, 10, 1, tzinfo=UTC), waits_since=datetime(2026, 10, 1, tzinfo=UTC)),
        Asked(at(4), waits_since=at(4)),
    ]
    found = figures_of(rows, ["2026-10", "2026-11"], at(10))
    assert [(m.name, m.asked, m.answered, m.median_hours) for m in found.months] == [
        ("2026-10", 1, 0, None),
        ("2026-11", 5, 3, 10.0),
    ]
    assert (found.asked, found.answered, found.median_hours, found.open_by_age) == (6, 3, 10.0, (1, 1, 1, 1))


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("暁 銀行 の件", "暁銀行", True),
        ("山田様より", "山田 太郎", True),
        ("ＡＣＭＥ bank", "acme Bank", True),
        ("use sha1 here", "a1", False),
        ("asked by A1.", "a1", True),
        ("別の銀行", "暁銀行", False),
        ("森の中", "森", False),
    ],
)
def test_a_name_is_found_in_whatever_width_case_and_spacing(text, name, found):
    assert given_away(["x", text], ["", name]) == (name if found else "")


def test_what_was_answered_waits_anew_when_it_is_asked_again():
    assert {stand: after_reply(stand) for stand in Stand} == {
        Stand.ASKED: Stand.ASKED,
        Stand.TAKEN: Stand.TAKEN,
        Stand.ANSWERED: Stand.ASKED,
        Stand.CLOSED: Stand.ASKED,
    }
