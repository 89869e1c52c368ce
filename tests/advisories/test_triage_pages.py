"""The pages of triage: a morning's work by buttons, rules that can be tried, and nothing for anybody else."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.advisories import actions, queries
from noroshi.advisories.actions import RuleSaid, SourceSaid
from noroshi.advisories.models import Bulletin, RoutingRule, Source, Story
from noroshi.core import clock
from noroshi.portal.navigation import context as navigation

pytestmark = pytest.mark.django_db

QUEUE = "/advisories/triage/?state=waiting"


@pytest.fixture
def op(cast, beginnings):
    return cast.actor("hub_op")


@pytest.fixture
def read(op):
    """Read items, each a title, into the source of a name."""

    def read_into(*titles, source="News", category="NEWS"):
        known = Source.everything.filter(name=source).first()
        known = known or actions.add_source(op, said=SourceSaid(source, "feed", category=category))
        items = "".join(f"<item><guid>{source} {title}</guid><title>{title}</title></item>" for title in titles)
        feed = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
        actions.load_stream(op, known, io.BytesIO(feed.encode()), name="x")
        return known

    return read_into


def numbers(*titles):
    found = dict(Story.everything.values_list("title", "pk"))
    return [str(found[title]) for title in titles]


def shown(page):
    return re.findall(r'href="/advisories/triage/[0-9a-f-]{36}/">([^<]*)<', page.content.decode())


def test_pages_are_for_operators_alone(cast, read, op):
    read("Flaw")
    (number,) = numbers("Flaw")
    rule = actions.keep_rule(op, said=RuleSaid("VPN", words=("VPN",)))
    pages = ["/advisories/triage/", f"/advisories/triage/{number}/", "/advisories/triage/rules/"]
    pages.append(f"/advisories/triage/rules/{rule.pk}/")
    posts = [f"/advisories/triage/{number}/{verb}" for verb in ("take", "draft", "join", "split")]
    posts.append(f"/advisories/triage/rules/{rule.pk}/switch")
    for who, expected in (("a1", {403}), ("a_reader", {403}), ("sup", {404})):
        assert {cast.client(who).get(page).status_code for page in pages} == expected
        assert {cast.client(who).post(page).status_code for page in posts} == expected
    assert {cast.client("hub_op").get(page).status_code for page in pages} == {200}
    assert "Flaw" not in cast.client("a1").get("/advisories/triage/?export=csv").content.decode()
    story = Story.everything.get()
    assert (story.state, story.bulletin, RoutingRule.objects.get().is_on) == ("new", None, True)


def test_sixty_stories_are_triaged_by_buttons_with_as_many_questions_for_three_as_for_one(cast, read):
    client = cast.client("hub_op")

    def questions():
        with CaptureQueriesContext(connection) as asked:
            page = client.get(QUEUE)
        return len(asked), page

    read("item 0")
    client.get(QUEUE)
    one, _page = questions()
    read("item 1", source="Blog")
    read("item 2", source="Site")
    assert questions()[0] == one
    read(*(f"item {number}" for number in range(60)))
    rows = list(Story.everything.order_by("pk").values_list("pk", flat=True))
    assert len(rows) == 62  # two of them came by other sources too, without a name that joins them
    for pressed, part in (("take", rows[:20]), ("hold", rows[20:40]), ("drop", rows[40:])):
        said = {"do": pressed, "story": part, "days": "3", "reason": "advertising"}
        assert client.post(QUEUE, said).headers["Location"] == QUEUE
    counts = {state: Story.everything.filter(state=state).count() for state in ("new", "taken", "held", "dropped")}
    assert counts == {"new": 0, "taken": 20, "held": 20, "dropped": 22}
    assert shown(client.get(QUEUE)) == []
    assert set(Story.everything.filter(state="dropped").values_list("reason", flat=True)) == {
        "It is advertising or an event"
    }
    days = {(row.held_until - clock.now()) / timedelta(days=1) for row in Story.everything.filter(state="held")}
    assert {2.9 < each <= 3 for each in days} == {True}


def test_a_story_is_put_into_a_category_by_its_button_and_stays_in_the_queue(cast, read):
    read("one", "two")
    client = cast.client("hub_op")
    page = client.get(QUEUE).content.decode()
    assert re.findall(r'value="category:(\w+)" class="[^"]*" data-key="(\d)"', page) == [
        ("ALERT", "1"), ("VULN", "2"), ("NEWS", "3"), ("GUIDE", "4"),
    ]  # fmt: skip
    client.post(QUEUE, {"do": "category:ALERT", "story": numbers("one")})
    assert dict(Story.everything.values_list("title", "category__series")) == {"one": "ALERT", "two": "NEWS"}
    assert sorted(shown(client.get(QUEUE))) == ["one", "two"]


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ({"do": "take"}, 302, "Choose a story first."),
        ({"do": "take", "story": "rotten"}, 302, "Choose a story first."),
        ({"do": "burn", "story": "rotten"}, 404, ""),
        ({"do": "category:NOPE", "story": "rotten"}, 404, ""),
        ({}, 404, ""),
    ],
)
def test_what_the_queue_does_not_know_changes_nothing(cast, read, said, status, told):
    read("one")
    client = cast.client("hub_op")
    assert client.post(QUEUE, said).status_code == status
    assert told in client.get(QUEUE).content.decode()
    assert Story.everything.get().state == "new"


def test_the_queue_is_narrowed_by_state_category_source_and_words_and_leaves_as_a_file(cast, read, op):
    read("銀行のVPN", "Other")
    blog = read("Blog post", source="Blog", category="GUIDE")
    actions.drop_story(op, Story.everything.get(title="Other"), reason="not ours")
    client = cast.client("hub_op")
    for question, titles in (
        ("", ["Blog post", "Other", "銀行のVPN"]),
        ("?state=waiting", ["Blog post", "銀行のVPN"]),
        ("?state=dropped", ["Other"]),
        ("?category=GUIDE", ["Blog post"]),
        (f"?source={blog.pk}", ["Blog post"]),
        ("?q=銀行 vpn", ["銀行のVPN"]),
        ("?q=銀行 nothing", []),
        ("?priority=4", []),
    ):
        assert sorted(shown(client.get(f"/advisories/triage/{question}"))) == titles
    answer = client.get("/advisories/triage/?state=dropped&export=csv")
    file = b"".join(answer.streaming_content).decode()
    assert "Other" in file
    assert "not ours" in file
    assert "News (1)" in file
    assert "銀行" not in file


def test_a_story_s_page_says_why_and_costs_as_many_questions_for_three_items_as_for_one(cast, read, op):
    actions.keep_rule(op, said=RuleSaid("VPN", words=("ＶＰＮ",), priority=3))
    read("VPN flaw CVE-2099-1001")
    client = cast.client("hub_op")
    url = f"/advisories/triage/{numbers('VPN flaw CVE-2099-1001')[0]}/"

    def questions():
        with CaptureQueriesContext(connection) as asked:
            page = client.get(url).content.decode()
        return len(asked), page

    client.get(url)
    one, page = questions()
    assert "The rule “VPN” fired: the word “ＶＰＮ”." in page
    assert "Split it off" not in page
    read("two CVE-2099-1001", source="Blog")
    read("three CVE-2099-1001", source="Site")
    three, page = questions()
    assert three == one
    assert page.count("It names the same vulnerability: CVE-2099-1001") == 2
    assert page.count("Split it off") == 3


def test_a_story_is_decided_split_and_joined_on_its_page(cast, read, op):
    read("One CVE-2099-1001")
    read("Two CVE-2099-1001", source="Blog")
    client, (number,) = cast.client("hub_op"), numbers("One CVE-2099-1001")
    url = f"/advisories/triage/{number}/"
    second = queries.members_of(Story.everything.get())[1]
    client.post(f"{url}split", {"item": second.item_id})
    (other,) = numbers("Two CVE-2099-1001")
    page = client.get(url).content.decode()
    assert "Both are about CVE-2099-1001." in page
    assert f'name="story" value="{other}"' in page
    assert shown(client.get(f"{url}?find=two"))[-1] == "Two CVE-2099-1001"
    client.post(f"{url}join", {"story": other})
    client.post(f"{url}hold", {"until": "2199-06-01T09:00"})
    held = Story.everything.get()
    assert (held.state, held.held_until) == (
        "held",
        datetime(2199, 6, 1, tzinfo=UTC),
    )  # of the reader's own clock: Tokyo
    owner = cast.people["hub_trusted"]
    client.post(f"{url}assign", {"owner": owner.pk, "due": "2199-01-01"})
    client.post(f"{url}lock")
    client.post(f"{url}drop", {"reason": "済み"})
    story = Story.everything.get()
    assert (story.owner, story.due.year, story.is_locked, story.reason) == (owner, 2199, True, "済み")
    client.post(f"{url}back")
    client.post(f"{url}unlock")
    assert (Story.everything.get().state, Story.everything.get().is_locked) == ("new", False)


@pytest.mark.parametrize(
    ("verb", "said", "told"),
    [
        ("hold", {"until": "2001-01-01T09:00"}, "still to come"),
        ("hold", {"until": "rotten"}, "still to come"),
        ("drop", {}, "Write something here."),
        ("sort", {"category": "rotten"}, "Choose one of the list."),
        ("assign", {"owner": "rotten"}, "Choose one of the list"),
        ("join", {"story": "rotten"}, "Choose a story first."),
        ("split", {"item": "rotten"}, "Choose an item first."),
    ],
)
def test_what_is_typed_wrongly_on_its_page_is_said_in_a_sentence(cast, read, verb, said, told):
    read("One")
    url = f"/advisories/triage/{numbers('One')[0]}/"
    answer = cast.client("hub_op").post(f"{url}{verb}", said, follow=True)
    assert (answer.redirect_chain, told in answer.content.decode()) == ([(url, 302)], True)
    story = Story.everything.get()
    assert (story.state, story.is_touched) == ("new", False)


def test_another_s_number_and_another_verb_are_not_there(cast, read):
    read("One")
    client, nobody = cast.client("hub_op"), "01900000-0000-7000-8000-000000000000"
    url = f"/advisories/triage/{numbers('One')[0]}/"
    asked = [f"/advisories/triage/{nobody}/take", f"{url}burn"]
    assert [client.post(each).status_code for each in asked] == [404, 404]
    assert client.post(f"{url}join", {"story": nobody}).status_code == 404
    assert client.post(f"{url}split", {"item": nobody}).status_code == 404


def test_a_bulletin_is_begun_by_a_button_and_its_form_is_filled(cast, read):
    read("VPN flaw CVE-2099-1001", category="VULN")
    (number,) = numbers("VPN flaw CVE-2099-1001")
    client = cast.client("hub_op")
    answer = client.post(f"/advisories/triage/{number}/draft")
    bulletin = Bulletin.everything.get()
    assert answer.headers["Location"] == f"/bulletins/{bulletin.pk}/edit"
    page = client.get(answer.headers["Location"]).content.decode()
    assert 'value="VPN flaw CVE-2099-1001"' in page
    assert "CVE-2099-1001</textarea>" in page


def test_rules_are_added_tried_changed_and_switched_off_on_their_page(cast, read, op):
    source = read("one")
    client, url = cast.client("hub_op"), "/advisories/triage/rules/"
    said = {
        "name": "VPN",
        "words": "ＶＰＮ\n装置",
        "names": "",
        "products": "",
        "source": str(source.pk),
        "category": "",
    }
    said |= {"priority": "4", "way": "queue", "days": "1", "position": "5"}
    assert client.post(url, {**said, "words": "", "source": ""}).status_code == 422
    assert client.post(url, {**said, "source": "rotten"}).status_code == 422
    assert client.post(url, said).status_code == 302
    rule = RoutingRule.objects.get()
    assert (rule.words, rule.source, rule.priority, rule.position) == (["ＶＰＮ", "装置"], source, 4, 5)
    assert client.post(f"{url}{rule.pk}/", {**said, "source": "", "name": "VPN 2"}).status_code == 302
    actions.keep_rule(op, said=RuleSaid("Second", words=("vpn",)))
    tried = client.post(url, {"try": "yes", "text": "新しいvpn装置"})
    page = tried.content.decode()
    assert (tried.status_code, RoutingRule.objects.count()) == (200, 2)
    assert "<strong>The rule “VPN 2” fired: the word “ＶＰＮ”.</strong>" in page
    assert "The rule “Second” fired" in page
    client.post(f"{url}{rule.pk}/switch")
    page = client.post(url, {"try": "yes", "text": "新しいvpn装置"}).content.decode()
    assert "VPN 2” fired" not in page
    assert "<strong>The rule “Second” fired: the word “vpn”.</strong>" in page
    assert "No rule fires." in client.post(url, {"try": "yes", "text": "銀行"}).content.decode()


def test_the_usual_rules_are_begun_with_once_and_drop_nothing(cast, read):
    client, url = cast.client("hub_op"), "/advisories/triage/rules/"
    assert "Begin with the usual rules" in client.get(url).content.decode()
    assert "5 rules are kept." in client.post(f"{url}usual", follow=True).content.decode()
    page = client.post(f"{url}usual", follow=True).content.decode()
    assert "There are rules already: change these." in page
    assert "Begin with the usual rules" not in page
    assert [(row.position, row.priority, row.way) for row in RoutingRule.objects.order_by("position")] == [
        (10, 4, "queue"), (20, 3, "queue"), (30, 3, "queue"), (80, 1, "queue"), (90, 1, "queue"),
    ]  # fmt: skip
    read(
        "地方銀行を騙るSMS",
        "Weekly Report: 複数の製品",
        "Flaw exploited in the wild",
        "無料ウェビナー",
        "Embankment",
        "A flaw",
    )
    found = Story.everything.values_list("title", "priority")
    assert dict(found) == {
        "地方銀行を騙るSMS": 3, "Weekly Report: 複数の製品": 1, "Flaw exploited in the wild": 3,
        "無料ウェビナー": 1, "Embankment": 2, "A flaw": 2,
    }  # fmt: skip


def test_rules_are_applied_to_what_waits_and_nobody_has_touched(cast, read, op):
    read("地方銀行を騙るSMS", "無料ウェビナー", "VPN flaw", "A flaw")
    actions.take_story(op, Story.everything.get(title="VPN flaw"))
    client, url = cast.client("hub_op"), "/advisories/triage/rules/"
    assert "Apply them to what waits" not in client.get(url).content.decode()
    client.post(f"{url}usual")
    actions.keep_rule(op, said=RuleSaid("Hold", 1, words=("ウェビナー",), way="hold", days=2))
    actions.keep_rule(op, said=RuleSaid("VPN", 1, words=("VPN",), priority=4))
    page = client.post(f"{url}apply", follow=True).content.decode()
    assert "Rules applied: they moved 2 stories." in page
    found = Story.everything.values_list("title", "priority", "state")
    assert set(found) == {
        ("地方銀行を騙るSMS", 3, "new"), ("無料ウェビナー", 2, "held"), ("VPN flaw", 2, "taken"), ("A flaw", 2, "new"),
    }  # fmt: skip
    last = queries.story_steps(Story.everything.get(title="無料ウェビナー"))[0]
    assert (last.step, last.note, last.by) == ("routed", "Hold", cast.people["hub_op"])
    for row in RoutingRule.objects.filter(name__contains="sector"):
        actions.switch_rule(op, row, on=False)
    assert actions.apply_rules(op) == 1  # no rule fires for it any more; what is held does not wait
    assert Story.everything.get(title="地方銀行を騙るSMS").priority == 2
    assert actions.apply_rules(op) == 0


def test_the_usual_rules_are_for_operators_alone(cast, beginnings):
    for verb in ("usual", "apply"):
        url = f"/advisories/triage/rules/{verb}"
        answers = {who: cast.client(who).post(url).status_code for who in ("a1", "a_admin", "sup")}
        assert answers == {"a1": 403, "a_admin": 403, "sup": 404}
    assert not RoutingRule.objects.exists()


def test_the_queue_is_narrowed_to_what_one_person_has_taken(cast, read, op):
    read("one", "two")
    actions.take_story(op, Story.everything.get(title="one"))
    client = cast.client("hub_op")
    found = {
        who: shown(client.get(f"/advisories/triage/?owner={cast.people[who].pk}")) for who in ("hub_op", "hub_trusted")
    }
    assert found == {"hub_op": ["one"], "hub_trusted": []}


def test_the_rail_says_how_many_wait_to_operators_alone(cast, read, op, rf):
    read("one", "two", "three")
    actions.take_story(op, Story.everything.get(title="one"))
    found = {}
    for who in ("hub_op", "a1"):
        request = rf.get("/")
        request.actor, request.user = cast.actor(who), cast.people[who]
        found[who] = [(str(each.url), each.badge) for each in navigation(request)["navigation"] if "triage" in each.url]
    assert found == {"hub_op": [(QUEUE, 2)], "a1": []}


def test_the_page_works_in_japanese(cast, read):
    read("一つ")
    page = cast.client("hub_op").get(QUEUE, headers={"Accept-Language": "ja"}).content.decode()
    assert "トリアージ" in page
    assert "1件が判断待ちです" in page
    assert 'data-key="t"' in page
