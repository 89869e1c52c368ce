"""Triage: stories from what is read, routed with a reason, decided by operators, begun as bulletins."""

import io
import json
from datetime import timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.advisories import actions, queries
from noroshi.advisories.actions import RuleSaid, SourceSaid
from noroshi.advisories.models import (
    Bulletin,
    Category,
    Item,
    Membership,
    RoutingRule,
    Source,
    Story,
    StoryStep,
)
from noroshi.core import clock
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry

pytestmark = pytest.mark.django_db

ENTRY = """<item><guid>{guid}</guid><title>{title}</title><link>https://news.example/{guid}</link>
<description>{text}</description><pubDate>{date}</pubDate></item>"""


def rss(*items):
    """A feed of items: (guid, title), (guid, title, text) or (guid, title, text, days ago)."""
    entries = []
    for guid, title, *more in items:
        text, days = (*more, *("", 0)[len(more) :])
        date = format_datetime(clock.now() - timedelta(days=days))
        entries.append(ENTRY.format(guid=guid, title=escape(title), text=escape(text), date=date))
    return f'<rss version="2.0"><channel><title>x</title>{"".join(entries)}</channel></rss>'.encode()


def kev(*names):
    entry = {"vendorProject": "V", "product": "P", "vulnerabilityName": "N", "dateAdded": "2026-11-01"}
    entry |= {"shortDescription": "S", "requiredAction": "A", "dueDate": "2026-12-01", "notes": "", "cwes": []}
    entry |= {"knownRansomwareCampaignUse": "Known"}
    rows = [{"cveID": name, **entry} for name in names]
    said = {"catalogVersion": "1", "dateReleased": "2026-11-01T00:00:00Z", "count": len(rows), "vulnerabilities": rows}
    return json.dumps(said).encode()


@pytest.fixture
def op(cast, beginnings):
    return cast.actor("hub_op")


@pytest.fixture
def read(op):
    """Read a file into a source, which is made where there is none."""

    def read_into(name, body, kind="feed", category=""):
        known = Source.everything.filter(name=name).first()
        source = known or actions.add_source(op, said=SourceSaid(name, kind, category=category))
        fetch = actions.load_stream(op, source, io.BytesIO(body), name="x")
        assert fetch.refused == 0
        return source

    return read_into


def told():
    """Every story, as the titles of its items, with its state, in the order in which their first items came."""
    stories = {}
    for member in Membership.objects.order_by("pk").select_related("story", "item__newest"):
        stories.setdefault(member.story, []).append(member.item.newest.title)
    assert len(stories) == Story.everything.count()
    return [(story.state, titles) for story, titles in stories.items()]


def one(title=None):
    rows = Story.everything.all()
    return rows.get(title=title) if title else rows.get()


def test_items_that_name_one_vulnerability_are_one_story_and_say_why(read, op):
    read("News", rss(("a", "VPN flaw CVE-2099-1001"), ("b", "Something else")), category="NEWS")
    read("Blog", rss(("c", "ＣＶＥ－２０９９－１００１を解説", "使われている")))
    assert told() == [
        ("new", ["VPN flaw CVE-2099-1001", "ＣＶＥ－２０９９－１００１を解説"]),
        ("new", ["Something else"]),
    ]
    story = one("VPN flaw CVE-2099-1001")
    members = [(each.joined_by, each.names, each.glues) for each in queries.members_of(story)]
    assert members == [("first", ["CVE-2099-1001"], True), ("name", ["CVE-2099-1001"], True)]
    assert story.category == Category.objects.get(series="NEWS")
    assert (story.because, story.priority) == ({}, 2)
    assert [step.step for step in queries.story_steps(story)] == ["grew", "opened"]
    assert one("Something else").members.get().glues is False


def test_names_that_a_source_calls_one_join_too_and_a_later_item_joins_what_stood_apart(read):
    read("News", rss(("a", "One CVE-2099-1001"), ("b", "Two CVE-2099-1002")))
    assert [titles for _state, titles in told()] == [["One CVE-2099-1001"], ["Two CVE-2099-1002"]]
    read("Blog", rss(("c", "Both CVE-2099-1001 and CVE-2099-1002")))
    (story,) = told()
    assert story == ("new", ["One CVE-2099-1001", "Two CVE-2099-1002", "Both CVE-2099-1001 and CVE-2099-1002"])
    assert [step.step for step in queries.story_steps(one())][:2] == ["grew", "absorbed"]


def test_in_one_answer_items_join_as_they_do_in_several(read):
    read("News", rss(("a", "One CVE-2099-1001"), ("b", "Two CVE-2099-1002"), ("c", "CVE-2099-1001 CVE-2099-1002")))
    assert [len(titles) for _state, titles in told()] == [3]
    assert StoryStep.objects.exclude(story=one()).count() == 0


def test_a_digest_glues_nothing_and_opens_a_story_of_its_own(read):
    read("News", rss(("a", "One CVE-2099-1001"), ("b", "Two CVE-2099-1002")))
    long = " ".join(f"CVE-2099-{number}" for number in range(1001, 1013))
    read("Weekly", rss(("w", "The week", long)))
    assert [titles for _state, titles in told()] == [["One CVE-2099-1001"], ["Two CVE-2099-1002"], ["The week"]]
    read("Blog", rss(("c", "CVE-2099-1012 alone")))  # the digest named it
    assert told()[-1] == ("new", ["CVE-2099-1012 alone"])


def test_history_that_is_read_in_opens_nothing_and_databases_neither(read):
    read("News", rss(("a", "Old CVE-2099-1001", "", 31), ("b", "Fresh CVE-2099-1002", "", 29)))
    assert told() == [("new", ["Fresh CVE-2099-1002"])]
    read("KEV", kev("CVE-2099-1003"), "kev")
    assert told() == [("new", ["Fresh CVE-2099-1002"])]
    assert Item.objects.count() == 3


def test_a_rule_says_where_an_item_goes_and_the_story_says_which(read, op):
    category = Category.objects.get(series="VULN")
    actions.keep_rule(op, said=RuleSaid("広告", 10, words=("セミナー",), way="drop"))
    actions.keep_rule(op, said=RuleSaid("VPN", 20, words=("ＶＰＮ",), category=category, priority=4))
    actions.keep_rule(op, said=RuleSaid("Later", 30, names=("CVE-2098-*",), way="hold", days=3))
    off = actions.keep_rule(op, said=RuleSaid("Off", 1, words=("vpn",), way="drop"))
    actions.switch_rule(op, off, on=False)
    read("News", rss(("a", "vpn装置の欠陥"), ("b", "無料ｾﾐﾅｰのVPN講座"), ("c", "CVE-2098-7777"), ("d", "静かな日")))
    found = {row.title: row for row in Story.everything.all()}
    assert {title: (row.state, row.priority, row.because) for title, row in found.items()} == {
        "vpn装置の欠陥": ("new", 4, {"rule": "VPN", "by": [["word", "ＶＰＮ"]]}),
        "無料ｾﾐﾅｰのVPN講座": ("dropped", 2, {"rule": "広告", "by": [["word", "セミナー"]]}),
        "CVE-2098-7777": ("held", 2, {"rule": "Later", "by": [["name", "CVE-2098-7777"]]}),
        "静かな日": ("new", 2, {}),
    }
    assert found["vpn装置の欠陥"].category == category
    days = (found["CVE-2098-7777"].held_until - clock.now()) / timedelta(days=1)
    assert 2.9 < days <= 3


def test_a_catalogue_adds_to_a_story_and_brings_it_back_once(read, op):
    actions.keep_rule(op, said=RuleSaid("KEV", is_exploited=True, priority=4))
    read("News", rss(("a", "Flaw CVE-2099-1001")))
    actions.drop_story(op, one(), reason="not ours")
    read("Blog", rss(("b", "Again CVE-2099-1001")))
    assert (one().state, one().is_exploited) == ("dropped", False)  # the same once more is no news
    read("KEV", kev("CVE-2099-1001"), "kev")
    story = one()
    assert (story.state, story.priority, story.is_exploited, story.reason) == ("new", 4, True, "")
    assert story.because == {"rule": "KEV", "by": [["exploited", ""]]}
    actions.drop_story(op, story, reason="still not ours")
    read("Site", rss(("c", "Once more CVE-2099-1001")))
    assert one().state == "dropped"


@pytest.mark.parametrize(
    ("title", "text", "state"),
    [
        ("Ｆｌａｗ  cve-2099-1001", "Text.", "dropped"),
        ("Flaw CVE-2099-1001", "text", "dropped"),
        ("Flaw CVE-2099-1001", "It is exploited now", "new"),
        ("Flaw CVE-2099-1001 and CVE-2099-1002", "Text.", "new"),
    ],
)
def test_a_dropped_story_comes_back_when_something_that_matters_changes_and_else_not(read, op, title, text, state):
    read("News", rss(("a", "Flaw CVE-2099-1001", "Text.")))
    actions.drop_story(op, one(), reason="not ours")
    read("News", rss(("a", title, text)))
    assert one().state == state
    assert one().members.get().item.number == 2


def test_what_a_rule_drops_stays_dropped_when_it_changes_as_long_as_the_rule_says_so(read, op):
    rule = actions.keep_rule(op, said=RuleSaid("広告", words=("セミナー",), way="drop"))
    read("News", rss(("a", "セミナー", "一")))
    read("News", rss(("a", "セミナー", "二")))
    assert one().state == "dropped"
    actions.switch_rule(op, rule, on=False)
    read("News", rss(("a", "セミナー", "三")))
    assert one().state == "new"


def test_operators_take_hold_drop_and_put_back_with_the_ledger_and_the_history(cast, read, op):
    read("News", rss(("a", "Flaw")))
    until = clock.now() + timedelta(days=1)
    actions.take_story(op, one())
    assert (one().state, one().owner, one().is_touched) == ("taken", cast.people["hub_op"], True)
    actions.hold_story(op, one(), until=until)
    assert (one().state, one().held_until) == ("held", until)
    assert list(queries.stories_waiting(op)) == []
    Story.everything.update(held_until=clock.now() - timedelta(seconds=1))
    assert list(queries.stories_waiting(op)) == [one()]
    actions.drop_story(op, one(), reason=" 当業界に\n無関係 ")
    assert (one().state, one().reason, one().held_until) == ("dropped", "当業界に 無関係", None)
    actions.put_back_story(op, one())
    assert (one().state, one().reason, one().owner) == ("new", "", None)
    actions.sort_story(op, one(), category=Category.objects.get(series="NEWS"))
    actions.assign_story(op, one(), owner=cast.people["hub_trusted"], due=clock.now().date())
    assert (one().category.series, one().owner.name, one().state) == ("NEWS", cast.people["hub_trusted"].name, "taken")
    actions.lock_story(op, one(), on=True)
    expected = ["taken", "held", "dropped", "reopened", "sorted", "assigned", "locked"]
    assert [step.step for step in reversed(queries.story_steps(one()))] == ["opened", *expected]
    entries = LedgerEntry.objects.filter(subject_id=one().pk).order_by("at", "pk").values_list("action", flat=True)
    assert list(entries) == [f"advisories.story.{each}" for each in expected]


def test_what_cannot_be_decided_so_is_refused_and_changes_nothing(cast, read, op):
    read("News", rss(("a", "Flaw")))
    with pytest.raises(InvalidInput, match="still to come"):
        actions.hold_story(op, one(), until=clock.now())
    with pytest.raises(InvalidInput) as refused:
        actions.drop_story(op, one(), reason="  ")
    assert refused.value.field == "reason"
    with pytest.raises(InvalidInput, match="people of the hub"):
        actions.assign_story(op, one(), owner=cast.people["a1"])
    with pytest.raises(Conflict, match="only item"):
        actions.split_item(op, one(), Item.objects.get().pk)
    with pytest.raises(Conflict, match="same story"):
        actions.join_stories(op, one(), one())
    with pytest.raises(InvalidInput, match="category first"):
        actions.draft_from_story(op, one())
    assert (told(), StoryStep.objects.count()) == ([("new", ["Flaw"])], 1)


def test_nobody_but_operators_sees_or_decides(cast, read):
    read("News", rss(("a", "Flaw")))
    for who in ("a1", "a_reader", "b_admin", "auditor", "sup"):
        actor = cast.actor(who)
        assert list(queries.stories_for(actor)) == []
        with pytest.raises((NotAllowed, NotFound)):
            actions.take_story(actor, one())
        with pytest.raises((NotAllowed, NotFound)):
            actions.keep_rule(actor, said=RuleSaid("x", words=("x",)))
    assert one().state == "new"


def test_what_was_split_off_stays_apart_whatever_comes_and_can_be_joined_by_hand(read, op):
    read("News", rss(("a", "Flaw CVE-2099-1001"), ("b", "Also CVE-2099-1001")))
    story, item = one(), Item.objects.get(native_id="b")
    own = actions.split_item(op, story, item.pk)
    assert told() == [("new", ["Flaw CVE-2099-1001"]), ("new", ["Also CVE-2099-1001"])]
    read("News", rss(("b", "Also CVE-2099-1001 CVE-2099-1002")))
    read("Blog", rss(("c", "Third CVE-2099-1001")))
    assert [titles for _state, titles in told()] == [
        ["Flaw CVE-2099-1001", "Third CVE-2099-1001"], ["Also CVE-2099-1001 CVE-2099-1002"],
    ]  # fmt: skip
    read("Site", rss(("d", "Fourth CVE-2099-1002")))  # what was split off draws nothing to itself either
    assert told()[-1] == ("new", ["Fourth CVE-2099-1002"])
    (suggested,) = [each for each in queries.suggestions_for(op, own) if each.story.pk == story.pk]
    assert (suggested.story.pk, suggested.names) == (story.pk, ("CVE-2099-1001",))
    actions.join_stories(op, story, own)
    assert [len(titles) for _state, titles in told()] == [3, 1]
    assert Membership.objects.get(item=item).joined_by == "person"
    steps = {step.step for step in queries.story_steps(story)}
    assert {"split", "joined"} <= steps


def test_nothing_comes_into_a_locked_story_by_itself_and_no_machine_joins_what_people_decided(read, op):
    read("News", rss(("a", "One CVE-2099-1001"), ("b", "Two CVE-2099-1002")))
    actions.lock_story(op, one("One CVE-2099-1001"), on=True)
    actions.take_story(op, one("Two CVE-2099-1002"))
    read("Blog", rss(("c", "Both CVE-2099-1001 CVE-2099-1002")))
    assert told() == [
        ("new", ["One CVE-2099-1001"]),
        ("taken", ["Two CVE-2099-1002", "Both CVE-2099-1001 CVE-2099-1002"]),
    ]
    read("Site", rss(("d", "First only CVE-2099-1001")))
    assert [len(titles) for _state, titles in told()] == [1, 3]  # the third item named both


def test_titles_that_are_alike_are_suggested_and_never_joined_by_themselves(read, op):
    read("News", rss(("a", "Acme VPNに認証回避の脆弱性"), ("b", "まったく別の話題です")))
    read("Blog", rss(("c", "Ａｃｍｅ ＶＰＮの認証回避の脆弱性")))
    assert len(told()) == 3
    (found,) = queries.suggestions_for(op, one("Acme VPNに認証回避の脆弱性"))
    assert (found.story.title, found.names) == ("Ａｃｍｅ ＶＰＮの認証回避の脆弱性", ())
    assert found.likeness > 0.5


def test_a_bulletin_is_begun_from_a_story_and_each_shows_the_other(cast, read, op):
    read("JVN", rss(("a", "VPNの<b>脆弱性</b> CVE-2099-1001")), category="VULN")
    read("Blog", rss(("b", "CVE-2099-1001 [x](javascript:1)")))
    bulletin = actions.draft_from_story(op, one())
    story = one()
    assert (story.state, story.bulletin, story.owner_id) == ("taken", bulletin, op.person)
    assert (bulletin.category.series, bulletin.names) == ("VULN", ["CVE-2099-1001"])
    assert bulletin.title_ja == story.title
    assert bulletin.links == ["https://news.example/a", "https://news.example/b"]
    assert bulletin.body_ja.startswith("## 概要")
    assert "CVE\\-2099\\-1001 \\[x\\]\\(javascript:1\\) <https://news.example/b>" in bulletin.body_ja
    assert len(bulletin.checks.open) == 5
    with pytest.raises(Conflict, match="already"):
        actions.draft_from_story(op, story)
    page = cast.client("hub_op").get(f"/bulletins/{bulletin.pk}/").content.decode()
    assert f"/advisories/triage/{story.pk}/" in page
    assert f"/bulletins/{bulletin.pk}/" in cast.client("hub_op").get(f"/advisories/triage/{story.pk}/").content.decode()
    other = cast.client("hub_trusted").get(f"/advisories/triage/{story.pk}/").content.decode()
    assert f"/bulletins/{bulletin.pk}/" not in other  # a draft is its author's alone
    actions.discard_bulletin(op, bulletin)
    assert (one().bulletin, Bulletin.everything.count()) == (None, 0)
    assert actions.draft_from_story(op, one()).title_ja == story.title


def test_members_do_not_learn_from_which_story_a_bulletin_came(cast, read, op, sent):
    read("JVN", rss(("a", "Flaw CVE-2099-1001")), category="NEWS")
    bulletin = sent(_ticked(cast, actions.draft_from_story(op, one())))
    page = cast.client("a1").get(f"/bulletins/{bulletin.pk}/").content.decode()
    assert bulletin.reference in page
    assert "/advisories/triage/" not in page
    again = actions.renew_bulletin(op, bulletin)
    assert list(queries.stories_about(op, again)) == []  # a draft without a number is nobody's yet
    assert list(queries.stories_about(op, bulletin)) == [one()]


def _ticked(cast, bulletin):
    return actions.tick_bulletin(cast.actor("hub_op"), bulletin, range(len(bulletin.checks.lines)))


def test_reading_asks_as_many_questions_with_two_items_as_with_two_hundred(read):
    def questions(name, count, first):
        items = [(f"{name}{number}", f"t CVE-2099-{first + number}") for number in range(count)]
        with CaptureQueriesContext(connection) as asked:
            read("News", rss(*items))
        return len(asked)

    questions("x", 1, 1000)
    assert questions("a", 2, 2000) == questions("b", 200, 3000)


def test_rules_are_refused_that_would_fire_for_everything(op):
    for field, said in (
        ("words", RuleSaid("x")),
        ("words", RuleSaid("x", words=("  ",))),
        ("names", RuleSaid("x", names=("*",))),
        ("name", RuleSaid(" ", words=("x",))),
        ("products", RuleSaid("x", products=("p" * 81,))),
    ):
        with pytest.raises(InvalidInput) as refused:
            actions.keep_rule(op, said=said)
        assert refused.value.field == field
    actions.keep_rule(op, said=RuleSaid("x", words=("x",)))
    with pytest.raises(InvalidInput, match="of this name"):
        actions.keep_rule(op, said=RuleSaid("x", words=("y",)))
    assert RoutingRule.objects.get().words == ["x"]
