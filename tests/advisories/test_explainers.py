"""Explainers: who writes, looks over and reads them; what stays of each version; what the reader sees beside it."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from factories.audience import COMMUNITY, to_group, without
from noroshi.advisories import actions, queries
from noroshi.advisories.actions import Article, Draft
from noroshi.advisories.actions.writing import readable, write_records
from noroshi.advisories.domain.bulletins import Stage, Words
from noroshi.advisories.domain.explainers import around, picture_name, pictures_used
from noroshi.advisories.domain.records import Record
from noroshi.advisories.feeds import explainers_in_feed
from noroshi.advisories.models import Category, Explainer, Fetch, ReviewComment, Source, Vulnerability
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.notify.models import Notice, NoticeKind
from noroshi.sharing.domain.content import Marking

pytestmark = pytest.mark.usefixtures("beginnings")

EVERYBODY = ("hub_op", "hub_trusted", "hub_admin", "hub_reader", "a1", "a2", "b1", "i1", "v1", "sup")
WORDS = Words("不正送金のしくみ", "## はじめに\n\nQuokkaの話", "How fraud works", "## Begin\n\nOf the **okapi**")


def article(*, words=WORDS, tlp=TLP.GREEN, entries=(COMMUNITY,), change="", seen=None, **said) -> Article:
    text = Draft(
        Category.objects.get(series="VULN"), words, Marking(tlp, entries=frozenset(entries)), change=change, seen=seen
    )
    return Article(**{"text": text, "summary_ja": "要約", "summary_en": "In short", **said})


@pytest.fixture
def written(cast):
    """Write a draft as hub_op does."""
    return lambda **said: actions.draft_explainer(cast.actor("hub_op"), article(**said))


@pytest.fixture
def let_out(cast):
    """Bring a draft out: hub_op hands it over, hub_trusted lets it out."""

    def send(row: Explainer) -> Explainer:
        return actions.publish_explainer(cast.actor("hub_trusted"), actions.submit_explainer(cast.actor("hub_op"), row))

    return send


@pytest.fixture
def out(written, let_out):
    """Write one and bring it out."""
    return lambda **said: let_out(written(**said))


def seers(cast, row) -> set[str]:
    return {name for name in EVERYBODY if Explainer.objects.visible_to(cast.actor(name)).filter(pk=row.pk).exists()}


def told(kind: NoticeKind) -> list[str]:
    return sorted(Notice.everything.filter(kind=kind).values_list("person__name", flat=True))


def read(client, path: str) -> str:
    answer = client.get(path)
    return (b"".join(answer) if answer.streaming else answer.content).decode()


@pytest.mark.parametrize("name", ["a1", "hub_admin", "hub_reader", "sup", "v1"])
def test_who_is_no_operator_writes_none_and_keeps_no_series(cast, name):
    with pytest.raises(NotAllowed):
        actions.draft_explainer(cast.actor(name), article())
    with pytest.raises(NotAllowed):
        actions.keep_serial(cast.actor(name), name_ja="x")


def test_each_stage_is_seen_by_those_whom_it_concerns_and_nobody_lets_out_the_own_words(cast, written):
    row = written()
    assert seers(cast, row) == {"hub_op"}
    row = actions.submit_explainer(cast.actor("hub_op"), row)
    assert seers(cast, row) == {"hub_op", "hub_trusted"}
    with pytest.raises(Conflict, match="waits for an operator who did not write it"):
        actions.publish_explainer(cast.actor("hub_op"), row)
    with pytest.raises(NotAllowed):
        actions.publish_explainer(cast.actor("a1"), row)
    row = actions.publish_explainer(cast.actor("hub_trusted"), row)
    assert seers(cast, row) == set(EVERYBODY) - {"sup", "v1"}
    assert (row.stage, row.published_by_id, row.version) == (Stage.PUBLISHED, cast.hub_trusted.pk, 1)


def test_what_went_out_does_not_change_and_the_next_version_takes_its_place(cast, out, let_out):
    first = out(byline="金融ISAC", tags=["送金"])
    with pytest.raises(Conflict, match="begin another version"):
        actions.revise_explainer(cast.actor("hub_op"), first, article(words=Words("別", "別")))
    draft = actions.renew_explainer(cast.actor("hub_op"), first)
    assert (draft.words, draft.byline, draft.tags, draft.root) == (first.words, "金融ISAC", ["送金"], first.pk)
    with pytest.raises(InvalidInput, match="what is new"):
        actions.submit_explainer(cast.actor("hub_op"), draft)
    newer = Words("不正送金のしくみ", "新しい話", "How fraud works", "Anew")
    second = let_out(actions.revise_explainer(cast.actor("hub_op"), draft, article(words=newer, change="図を追加")))
    first.refresh_from_db()
    assert (first.stage, first.words, second.version) == (Stage.SUPERSEDED, WORDS, 2)
    assert [row.pk for row in queries.explainers_for(cast.actor("b1"))] == [second.pk]
    assert [row.version for row in queries.text_versions_of(cast.actor("b1"), first)] == [2, 1]
    old = read(cast.client("b1"), f"/explainers/{first.pk}/")
    assert "Of the <strong>okapi</strong>" in old
    assert f'href="/explainers/{second.pk}/"' in old
    third = actions.renew_explainer(cast.actor("hub_trusted"), second)
    assert (third.root, third.author_id) == (first.pk, cast.hub_trusted.pk)


def test_of_two_next_versions_one_takes_the_place(cast, out, let_out):
    first = out()
    drafts = [actions.renew_explainer(cast.actor("hub_op"), first) for _ in range(2)]
    one, other = (actions.revise_explainer(cast.actor("hub_op"), row, article(change="x")) for row in drafts)
    let_out(one)
    with pytest.raises(Conflict, match="another has taken its place"):
        let_out(other)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"words": Words("", "b")}, "title_ja"),
        ({"words": Words("a", " ")}, "body_ja"),
        ({"words": Words("a", "b" * 50_001)}, "body_ja"),
        ({"words": Words("a", "![](image:x)")}, "body_ja"),
        ({"words": Words("a", "b", "c", "![ ](image:x)")}, "body_en"),
        ({"summary_ja": " "}, "summary_ja"),
        ({"summary_ja": "a" * 401}, "summary_ja"),
        ({"tags": [str(number) for number in range(11)]}, "tags"),
        ({"tags": ["a" * 41]}, "tags"),
        ({"bulletins": ["VULN-1999-0001"]}, "bulletins"),
        ({"tlp": TLP.RED, "entries": ()}, "tlp"),
        ({"entries": ()}, "audience"),
    ],
)
def test_what_cannot_stand_in_one_is_refused_by_its_field(written, said, field):
    with pytest.raises(InvalidInput) as refused:
        written(**said)
    assert refused.value.field == field
    assert not Explainer.everything.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"words": Words("題", "文", "Title")}, "title_en"),
        ({"summary_en": ""}, "summary_en"),
        ({"words": Words("題", "![図](image:nowhere)")}, "body_ja"),
    ],
)
def test_what_is_not_whole_does_not_go(cast, written, said, field):
    with pytest.raises(InvalidInput) as refused:
        actions.submit_explainer(cast.actor("hub_op"), written(**said))
    assert refused.value.field == field


def test_who_writes_in_two_windows_loses_neither_text(cast, written):
    row = written()
    seen = row.changed_at
    typed = {
        **vars(Words("題", "片方の文")),
        "summary_ja": "要約",
        "category": str(row.category_id),
        "tlp": "GREEN",
        "community": "on",
        "seen": seen.isoformat(),
    }
    client = cast.client("hub_op")
    assert client.post(f"/explainers/{row.pk}/edit", typed).status_code == 302
    other = {**typed, "body_ja": "もう片方の文"}
    refused = client.post(f"/explainers/{row.pk}/edit", other)
    page = refused.content.decode()
    row.refresh_from_db()
    assert (refused.status_code, row.body_ja) == (422, "片方の文")
    assert "もう片方の文" in page
    assert "changed elsewhere" in page
    assert f'value="{row.changed_at.isoformat()}"' in page
    again = client.post(f"/explainers/{row.pk}/edit", {**other, "seen": row.changed_at.isoformat()})
    row.refresh_from_db()
    assert (again.status_code, row.body_ja) == (302, "もう片方の文")
    with pytest.raises(InvalidInput) as stale:
        actions.revise_explainer(cast.actor("hub_op"), row, article(seen=seen))
    assert stale.value.field == "seen"


def test_what_is_said_in_review_stays_with_the_version_and_is_for_operators(cast, written, let_out, drain):
    row = actions.submit_explainer(cast.actor("hub_op"), written())
    for name in ("a1", "hub_reader"):
        with pytest.raises(NotAllowed):
            actions.remark_on_explainer(cast.actor(name), row, text="x")
    actions.remark_on_explainer(cast.actor("hub_trusted"), row, text="数字の**出典**を")
    drain()
    assert told(NoticeKind.RELEASE) == ["hub_op", "hub_trusted"]
    row = actions.hand_back_explainer(cast.actor("hub_trusted"), row, reason="出典")
    with pytest.raises(NotFound):
        actions.remark_on_explainer(cast.actor("hub_trusted"), row, text="x")
    actions.remark_on_explainer(cast.actor("hub_op"), row, text="加えた")
    row = let_out(row)
    with pytest.raises(Conflict):
        actions.remark_on_explainer(cast.actor("hub_trusted"), row, text="x")
    assert [each.text for each in queries.comments_on(cast.actor("hub_trusted"), row)] == ["数字の**出典**を", "加えた"]
    assert list(queries.comments_on(cast.actor("b1"), row)) == []
    assert "出典" in read(cast.client("hub_trusted"), f"/explainers/{row.pk}/")
    assert "出典" not in read(cast.client("b1"), f"/explainers/{row.pk}/")
    draft = actions.renew_explainer(cast.actor("hub_op"), row)
    assert list(queries.comments_on(cast.actor("hub_op"), draft)) == []
    assert ReviewComment.everything.count() == 2


def test_who_is_left_out_learns_nothing_by_any_way(cast, out, drain):
    row = out(
        words=Words("Quokka", "okapi CVE-2099-0001", "Quokka", "okapi"),
        summary_ja="Zebrafish",
        summary_en="Zebrafish",
        entries=(COMMUNITY, without(cast.bank_b)),
        serial=actions.keep_serial(cast.actor("hub_op"), name_ja="Numbat"),
        part=1,
        tags=["Bilby"],
    )
    drain()
    paths = (
        "/explainers/",
        "/explainers/?q=okapi",
        "/explainers/?export=csv",
        f"/explainers/{row.pk}/",
        f"/explainers/series/{row.serial_id}/",
        "/search/?q=okapi",
        "/inbox/",
    )
    secrets = ("Quokka", "Zebrafish", "Numbat", "Bilby", str(row.pk))

    def leaked(name: str) -> list[str]:
        text = "".join(read(cast.client(name), path) for path in paths)
        text = re.sub(r'value="[^"]*"|\?q=\w+', "", text)  # what was asked stands on the page that answers
        entries = explainers_in_feed(cast.actor(name, Channel.FEED), 10)
        return [word for word in secrets if word in text + str(entries)]

    assert leaked("a1") == list(secrets)
    for name in ("b1", "v1", "sup"):
        assert (name, leaked(name)) == (name, [])
    assert "b1" not in told(NoticeKind.EXPLAINER)
    assert "a1" in told(NoticeKind.EXPLAINER)


def test_by_its_address_nobody_else_writes_on_a_draft(cast, written):
    row = written()
    for name in ("hub_trusted", "b1", "sup"):
        client = cast.client(name)
        answers = [client.get(f"/explainers/{row.pk}/"), client.post(f"/explainers/{row.pk}/submit")]
        answers.append(client.post(f"/explainers/{row.pk}/remark", {"text": "x"}))
        assert [each.status_code for each in answers] == [404, 404, 404], name
        assert client.get(f"/explainers/{row.pk}/edit").status_code in (403, 404)


def test_with_the_last_version_the_one_before_is_withdrawn(cast, out, let_out):
    first = out()
    draft = actions.renew_explainer(cast.actor("hub_op"), first)
    Explainer.everything.filter(pk=draft.pk).update(change="追記")
    second = let_out(Explainer.everything.get(pk=draft.pk))
    actions.withdraw_explainer(cast.actor("hub_trusted"), second, reason="誤りがありました")
    for row in (first, second):
        page = read(cast.client("b1"), f"/explainers/{row.pk}/")
        assert "誤りがありました" in page
        assert [word for word in ("Quokka", "okapi", "How fraud works", "In short") if word in page] == []
    assert {each.text for each in explainers_in_feed(cast.actor("b1", Channel.FEED), 10)} == {"誤りがありました"}


def test_of_a_withdrawn_one_the_reason_is_left_and_everybody_who_had_it_is_told(cast, out, drain):
    row = out()
    drain()
    actions.withdraw_explainer(cast.actor("hub_trusted"), row, reason="誤りがありました")
    drain()
    assert told(NoticeKind.WITHDRAWN) == told(NoticeKind.EXPLAINER)
    page = read(cast.client("b1"), f"/explainers/{row.pk}/")
    assert "誤りがありました" in page
    assert [word for word in ("Quokka", "okapi", "How fraud works", "In short") if word in page] == []
    assert list(queries.explainers_for(cast.actor("b1"))) == []
    assert [(each.title, each.text) for each in explainers_in_feed(cast.actor("b1", Channel.FEED), 10)] == [
        ("Something that was published here is withdrawn (TLP:GREEN)", "誤りがありました")
    ]


def test_in_feeds_stand_those_that_feeds_carry(cast, out):
    green = out()
    out(tlp=TLP.AMBER)
    entries = explainers_in_feed(cast.actor("b1", Channel.FEED), 10)
    assert [(entry.id, entry.title, entry.text) for entry in entries] == [
        (green.pk, "How fraud works (TLP:GREEN)", "In short")
    ]


def test_a_vulnerability_that_is_held_becomes_a_link_and_another_does_not(cast, out):
    fetch = Fetch.objects.create(source=Source.everything.create(name="s", kind="cve5"))
    with transaction.atomic():
        write_records(fetch, [readable(Record("1", "A title", names=("CVE-2099-0001",)))])
    held = Vulnerability.everything.get()
    words = Words("題", "CVE-2099-0001とCVE-2099-0002、`CVE-2099-0001`、[CVE-2099-0001](https://x.example/)")
    row = out(words=words, summary_en="")
    about = read(cast.client("b1"), f"/advisories/vulnerabilities/{held.pk}/")
    assert f'<a href="/explainers/{row.pk}/">題</a>' in about
    page = read(cast.client("b1"), f"/explainers/{row.pk}/")
    link = f'<a href="/advisories/vulnerabilities/{held.pk}/" rel="noopener noreferrer nofollow">CVE-2099-0001</a>'
    body = page[page.index("<article") : page.index("</article>")]
    assert body.count(link) == 1
    assert "CVE-2099-0002、<code>CVE-2099-0001</code>" in body
    assert '<a href="https://x.example/" rel="noopener noreferrer nofollow">CVE-2099-0001</a>' in body


def test_bulletins_that_belong_to_it_are_shown_to_who_sees_them(cast, out, published):
    wide, narrow = published(), published(tlp=TLP.AMBER, entries=(to_group(cast.wg_incident),))
    row = out(bulletins=[wide.reference, narrow.reference])
    for name, number in (("b1", 2), ("i1", 1)):
        page = read(cast.client(name), f"/explainers/{row.pk}/")
        assert (name, [each.reference in page for each in (wide, narrow)].count(True)) == (name, number)


def test_the_parts_of_a_series_lead_on_to_each_other_as_far_as_one_sees_them(cast, out, let_out):
    shut = without(cast.bank_b)
    serial = actions.keep_serial(cast.actor("hub_op"), name_ja="連載", name_en="A course")
    first = out(serial=serial, part=1, words=Words("一", "一"), summary_en="")
    hidden = out(serial=serial, part=2, words=Words("二", "二"), summary_en="", entries=(COMMUNITY, shut))
    third = out(serial=serial, part=3, words=Words("三", "三"), summary_en="")

    def around_first(name: str) -> str:
        return read(cast.client(name), f"/explainers/{first.pk}/")

    assert f'rel="next" href="/explainers/{hidden.pk}/"' in around_first("a1")
    assert f'rel="next" href="/explainers/{third.pk}/"' in around_first("b1")
    assert 'rel="prev"' not in around_first("a1")
    assert [row.pk for row in queries.parts_of(cast.actor("b1"), serial)] == [first.pk, third.pk]
    listed = read(cast.client("b1"), f"/explainers/series/{serial.pk}/")
    assert ["1. 一" in listed, "2. 二" in listed, "3. 三" in listed] == [True, False, True]
    second = actions.renew_explainer(cast.actor("hub_op"), first)
    anew = article(serial=serial, part=1, words=Words("一", "改"), summary_en="", change="改")
    second = let_out(actions.revise_explainer(cast.actor("hub_op"), second, anew))
    assert [row.pk for row in queries.parts_of(cast.actor("b1"), serial)] == [second.pk, third.pk]


def test_a_part_of_a_series_stands_once(cast, out, written):
    serial = actions.keep_serial(cast.actor("hub_op"), name_ja="連載")
    out(serial=serial, part=1)
    with pytest.raises(InvalidInput, match="part 1 of this series"):
        actions.submit_explainer(cast.actor("hub_op"), written(serial=serial, part=1))
    with pytest.raises(InvalidInput) as refused:
        written(serial=serial)
    assert refused.value.field == "part"


def test_of_a_series_of_which_nothing_is_out_members_learn_nothing(cast, written):
    serial = actions.keep_serial(cast.actor("hub_op"), name_ja="Numbat")
    written(serial=serial, part=1)
    assert cast.client("hub_trusted").get(f"/explainers/series/{serial.pk}/").status_code == 200
    assert cast.client("b1").get(f"/explainers/series/{serial.pk}/").status_code == 404
    assert "Numbat" not in read(cast.client("b1"), "/explainers/")
    for path in ("/explainers/series/", f"/explainers/series/{serial.pk}/change", "/explainers/new"):
        assert (path, cast.client("b1").get(path).status_code) == (path, 403)


def test_it_is_written_seen_and_let_out_on_its_pages(cast):
    desk, other = cast.client("hub_op"), cast.client("hub_trusted")
    desk.post("/explainers/series/", {"name_ja": "連載", "about_ja": "はじめての方へ"})
    serial = queries.serials().get()
    typed = {
        **vars(WORDS),
        "summary_ja": "要約",
        "summary_en": "In short",
        "category": str(Category.objects.get(series="VULN").pk),
        "byline": "金融ISAC",
        "tags": "送金、fraud,送金",
        "serial": str(serial.pk),
        "part": "1",
        "tlp": "GREEN",
        "community": "on",
    }
    previewed = desk.post("/explainers/new", {**typed, "title_ja": "", "preview": "1"})
    page = previewed.content.decode()
    assert (previewed.status_code, Explainer.everything.count()) == (200, 0)
    assert "<p>Of the <strong>okapi</strong></p>" in page
    assert "field-error" not in page
    assert "Quokkaの話</textarea>" in page
    refused = desk.post("/explainers/new", {**typed, "summary_ja": ""})
    assert refused.status_code == 422
    assert "Quokkaの話</textarea>" in refused.content.decode()
    place = desk.post("/explainers/new", typed).headers["Location"]
    row = Explainer.everything.get()
    assert (row.tags, row.serial, row.part, row.byline) == (["送金", "fraud"], serial, 1, "金融ISAC")
    assert "送金, fraud" in read(desk, f"{place}edit")
    desk.post(f"{place}submit")
    assert "Waits for review" in read(other, "/explainers/")
    assert other.post(f"{place}remark", {"text": " "}).status_code == 422
    other.post(f"{place}remark", {"text": "よい"})
    other.post(f"{place}publish")
    row.refresh_from_db()
    assert row.stage is Stage.PUBLISHED
    reader = cast.client("b1")
    assert "How fraud works" in read(reader, "/explainers/?q=fraud")
    assert "How fraud works" not in read(reader, "/explainers/?q=nothing-like-it").split("<table")[-1]
    assert "In short" in read(reader, "/explainers/?export=csv")
    assert "はじめての方へ" in read(reader, f"/explainers/series/{serial.pk}/")
    names = LedgerEntry.objects.filter(action__startswith="advisories.").order_by("id").values_list("action", flat=True)
    assert list(names) == [
        "advisories.serial.kept",
        "advisories.explainer.drafted",
        "advisories.explainer.submitted",
        "advisories.explainer.remarked",
        "advisories.explainer.published",
    ]


def test_a_draft_is_thrown_away_whole(cast, written):
    row = actions.submit_explainer(cast.actor("hub_op"), written())
    actions.remark_on_explainer(cast.actor("hub_trusted"), row, text="x")
    actions.hand_back_explainer(cast.actor("hub_op"), row)
    actions.discard_explainer(cast.actor("hub_op"), row)
    assert (Explainer.everything.count(), ReviewComment.everything.count()) == (0, 0)


def test_a_list_asks_the_database_no_more_for_three_than_for_one(cast, out):
    client = cast.client("b1")
    serial = actions.keep_serial(cast.actor("hub_op"), name_ja="連載")

    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    paths = ("/explainers/", f"/explainers/series/{serial.pk}/")
    out(serial=serial, part=1)
    client.get("/explainers/")
    before = [counted(path) for path in paths]
    out(serial=serial, part=2)
    out(serial=serial, part=3)
    assert [counted(path) for path in paths] == before


def test_pictures_in_a_text_are_told_by_name_and_what_is_said_of_them():
    text = '![図 1](image:flow) [x](image:no) ![](image:bare) ![a\\]b](image:esc "t") ![w](https://x.example/a.png)'
    assert list(pictures_used(text)) == [("flow", "図 1"), ("bare", ""), ("esc", "a\\]b")]


@pytest.mark.parametrize(
    ("file", "name"), [("Flow Chart.PNG", "flow-chart"), ("図.png", ""), ("a" * 60 + ".png", "a" * 40), ("x", "")]
)
def test_a_file_suggests_a_name(file, name):
    assert picture_name(file) == name


@pytest.mark.parametrize(
    ("here", "neighbours"), [("a", (None, "b")), ("b", ("a", "c")), ("c", ("b", None)), ("d", (None, None))]
)
def test_what_stands_around_a_part(here, neighbours):
    assert around("abc", here) == neighbours
