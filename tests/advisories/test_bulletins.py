"""Bulletins: who writes, approves and publishes; what stays as it went out; who is told what, and who is not."""

import re

import pytest
from django.core import mail as outgoing
from django.db.models import F

from factories.audience import COMMUNITY, to_group, to_person, without
from factories.subscriptions import choose
from noroshi.advisories import actions, queries
from noroshi.advisories.actions import Draft
from noroshi.advisories.domain.bulletins import Check, Stage, Words, digest
from noroshi.advisories.feeds import bulletins_in_feed
from noroshi.advisories.models import Bulletin, Category, Template
from noroshi.advisories.webhooks import compose
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.notify.models import Notice, NoticeKind
from noroshi.notify.tasks import send_due_mail
from noroshi.sharing.domain.content import Marking

pytestmark = pytest.mark.usefixtures("beginnings")

EVERYBODY = ("hub_op", "hub_trusted", "hub_admin", "hub_reader", "a1", "a2", "b1", "i1", "v1", "sup")


def seers(cast, bulletin) -> set[str]:
    return {name for name in EVERYBODY if Bulletin.objects.visible_to(cast.actor(name)).filter(pk=bulletin.pk).exists()}


def told(kind: NoticeKind) -> list[str]:
    return sorted(Notice.everything.filter(kind=kind).values_list("person__name", flat=True))


@pytest.mark.parametrize("name", ["a1", "hub_admin", "hub_reader", "sup", "v1"])
def test_who_is_no_operator_writes_none(cast, name):
    draft = Draft(Category.objects.get(series="ALERT"), Words("a", "b"), Marking(TLP.GREEN, entries={COMMUNITY}))
    with pytest.raises(NotAllowed):
        actions.draft_bulletin(cast.actor(name), draft)


@pytest.mark.parametrize("channel", [Channel.API, Channel.FEED, Channel.MAIL_CONTENT])
def test_by_a_way_that_is_only_read_nothing_is_written(cast, drafted, channel):
    with pytest.raises((NotAllowed, NotFound)):
        actions.submit_bulletin(cast.actor("hub_op", channel), drafted())


def test_each_stage_is_seen_by_those_whom_it_concerns(cast, drafted):
    bulletin = drafted()
    assert seers(cast, bulletin) == {"hub_op"}
    actions.submit_bulletin(cast.actor("hub_op"), bulletin)
    assert seers(cast, bulletin) == {"hub_op", "hub_trusted"}
    actions.approve_bulletin(cast.actor("hub_trusted"), bulletin)
    assert seers(cast, bulletin) == {"hub_op", "hub_trusted"}
    actions.publish_bulletin(cast.actor("hub_op"), bulletin)
    assert seers(cast, bulletin) == set(EVERYBODY) - {"sup", "v1"}


def test_nobody_approves_the_own_words(cast, drafted):
    bulletin = actions.submit_bulletin(cast.actor("hub_op"), drafted())
    with pytest.raises(Conflict, match="waits for an operator who did not write it"):
        actions.approve_bulletin(cast.actor("hub_op"), bulletin)
    with pytest.raises(Conflict, match="waits for an operator who did not write it"):
        actions.publish_bulletin(cast.actor("hub_op"), bulletin)


def test_what_the_checklist_asks_holds_before_it_is_approved(cast, drafted):
    template = Template.objects.get(category__series="ALERT")
    bulletin = drafted(series="ALERT", template=template)
    actions.tick_bulletin(cast.actor("hub_op"), bulletin, range(4))
    actions.submit_bulletin(cast.actor("hub_op"), bulletin)
    with pytest.raises(Conflict, match="1 lines of the checklist are open"):
        actions.approve_bulletin(cast.actor("hub_trusted"), bulletin)
    bulletin = actions.tick_bulletin(cast.actor("hub_trusted"), bulletin, range(5))
    assert [line.by == str(cast.hub_op.pk) for line in bulletin.checks.lines] == [True] * 4 + [False]
    assert actions.approve_bulletin(cast.actor("hub_trusted"), bulletin).stage is Stage.APPROVED


def test_numbers_of_a_series_have_no_gap_and_each_series_its_own(cast, published, drafted, sent):
    first, alert = published(), published(series="ALERT")
    thrown = drafted()
    actions.discard_bulletin(cast.actor("hub_op"), thrown)
    second = published()
    year = first.published_at.year
    assert [row.reference for row in (first, alert, second)] == [
        f"VULN-{year}-0001",
        f"ALERT-{year}-0001",
        f"VULN-{year}-0002",
    ]


def test_what_went_out_stays_as_it_was(cast, published):
    bulletin = published()
    assert bulletin.frozen["html"] == {
        "ja": "<h4>概要</h4>\n<p>&lt;b&gt;更新&lt;/b&gt;してください</p>\n",
        "en": "<p>Update <strong>now</strong></p>\n",
    }
    assert digest(bulletin.frozen) == bulletin.frozen["sha256"]
    draft = Draft(bulletin.category, Words("別", "別"), Marking(TLP.GREEN, entries=frozenset({COMMUNITY})))
    with pytest.raises(Conflict, match="begin another version"):
        actions.revise_bulletin(cast.actor("hub_op"), bulletin, draft)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"words": Words("", "b")}, "title_ja"),
        ({"words": Words("a", " ")}, "body_ja"),
        ({"words": Words("a" * 201, "b")}, "title_ja"),
        ({"words": Words("a", "b" * 50_001)}, "body_ja"),
        ({"links": ["javascript:alert(1)"]}, "links"),
        ({"links": [f"https://x.example/{n}" for n in range(31)]}, "links"),
        ({"names": ["<script>"]}, "names"),
        ({"tlp": TLP.RED, "entries": ()}, "tlp"),
        ({"entries": ()}, "audience"),
    ],
)
def test_what_cannot_stand_in_a_bulletin_is_refused_by_its_field(drafted, said, field):
    with pytest.raises(InvalidInput) as refused:
        drafted(**said)
    assert refused.value.field == field
    assert not Bulletin.everything.exists()


def test_half_a_translation_does_not_go(cast, drafted):
    with pytest.raises(InvalidInput, match="or neither"):
        actions.submit_bulletin(cast.actor("hub_op"), drafted(words=Words("題", "文", "Title")))


def test_a_heading_over_nothing_does_not_go_and_the_draft_is_kept(cast, drafted):
    template = Template.objects.get(category__series="VULN")
    body = template.body_ja.replace("## 悪用の状況\n", "## 悪用の状況\n\nなし\n")
    bulletin = drafted(words=Words("題", body))
    with pytest.raises(InvalidInput) as refused:
        actions.submit_bulletin(cast.actor("hub_op"), bulletin)
    empty = "概要 / 影響を受ける製品とバージョン / 対策・回避策 / 対応期限の目安 / 参考情報"
    assert (refused.value.field, refused.value.message) == (
        "body_ja",
        f"Nothing stands below these headings: {empty}. Write something there, or take them out.",
    )
    bulletin.refresh_from_db()
    assert (bulletin.stage, bulletin.body_ja) == (Stage.DRAFT, body.strip())
    english = drafted(words=Words("題", "文", "Title", "## Summary\n\n## Due\n\nNow"))
    with pytest.raises(InvalidInput, match=r"headings: Summary\."):
        actions.submit_bulletin(cast.actor("hub_op"), english)


def test_what_was_handed_over_with_a_heading_over_nothing_is_not_published(cast, drafted):
    bulletin = actions.submit_bulletin(cast.actor("hub_op"), drafted(words=Words("題", "文")))
    actions.approve_bulletin(cast.actor("hub_trusted"), bulletin)
    Bulletin.everything.update(body_ja="## 概要")  # as one that waited before anybody looked for such headings
    with pytest.raises(InvalidInput, match="概要"):
        actions.publish_bulletin(cast.actor("hub_trusted"), bulletin)
    row = Bulletin.everything.get()
    assert (row.stage, row.number) == (Stage.APPROVED, None)


@pytest.mark.pages
def test_the_page_says_which_headings_are_empty(cast, drafted):
    bulletin = drafted(words=Words("題", "## 概要\n\n## 影響\n\n大"))
    page = cast.client("hub_op").post(f"/bulletins/{bulletin.pk}/submit", follow=True)
    assert "Nothing stands below these headings: 概要. " in page.content.decode()


def test_what_is_handed_back_is_a_draft_again_with_the_reason(cast, drafted, drain):
    bulletin = actions.submit_bulletin(cast.actor("hub_op"), drafted())
    with pytest.raises(InvalidInput):
        actions.hand_back_bulletin(cast.actor("hub_trusted"), bulletin, reason=" ")
    bulletin = actions.hand_back_bulletin(cast.actor("hub_trusted"), bulletin, reason="期限がない")
    assert (bulletin.stage, bulletin.return_reason) == (Stage.DRAFT, "期限がない")
    drain()
    assert told(NoticeKind.RELEASE) == ["hub_op"]


def test_an_approval_does_not_outlive_a_change(cast, drafted):
    bulletin = actions.submit_bulletin(cast.actor("hub_op"), drafted())
    actions.approve_bulletin(cast.actor("hub_trusted"), bulletin)
    actions.hand_back_bulletin(cast.actor("hub_op"), bulletin)
    bulletin = actions.submit_bulletin(cast.actor("hub_op"), bulletin)
    assert bulletin.stage is Stage.REVIEW


def test_the_next_version_takes_the_number_and_the_place_and_reaches_those_who_had_the_one_before(
    cast, published, sent, drain
):
    first = published(entries=(COMMUNITY,))
    drain()
    before = set(told(NoticeKind.BULLETIN))
    assert before >= {"a1", "b1", "i1"}
    Notice.everything.all().delete()
    draft = actions.renew_bulletin(cast.actor("hub_op"), first)
    narrowed = Marking(TLP.GREEN, entries=frozenset({to_group(cast.wg_incident)}))
    with pytest.raises(InvalidInput, match="what is new"):
        actions.submit_bulletin(cast.actor("hub_op"), draft)
    actions.revise_bulletin(
        cast.actor("hub_op"), draft, Draft(draft.category, draft.words, narrowed, change="修正版の公開")
    )
    second = sent(draft)
    first.refresh_from_db()
    assert (second.reference, second.version) == (f"{first.reference} v2", 2)
    assert (first.stage, queries.newest_of(cast.actor("b1"), first)) == (Stage.SUPERSEDED, second)
    assert [row.pk for row in queries.bulletins_for(cast.actor("b1"))] == [second.pk]
    assert list(queries.bulletins_for(cast.actor("i1"))) == []
    drain()
    assert set(told(NoticeKind.BULLETIN)) == before
    assert queries.newest_of(cast.actor("i1"), first) is None


def test_of_two_next_versions_one_takes_the_place(cast, published, sent):
    first = published()
    one, other = (actions.renew_bulletin(cast.actor("hub_op"), first) for _ in range(2))
    Bulletin.everything.filter(pk__in=[one.pk, other.pk]).update(change="x", number=F("number"))
    one.refresh_from_db()
    other.refresh_from_db()
    sent(one)
    with pytest.raises(Conflict, match="another has taken its place"):
        sent(other)


def test_what_is_withdrawn_reaches_everybody_who_had_it_and_says_nothing_more(cast, published, drain, settings):
    bulletin = published(words=Words("秘密のQuokka", "okapi"))
    drain()
    actions.withdraw_bulletin(cast.actor("hub_trusted"), bulletin, reason="誤りがありました")
    drain()
    assert set(told(NoticeKind.WITHDRAWN)) == set(told(NoticeKind.BULLETIN))
    page = cast.client("b1").get(f"/bulletins/{bulletin.pk}/").content.decode()
    assert "誤りがありました" in page
    assert [word for word in ("Quokka", "okapi") if word in page] == []
    assert list(queries.bulletins_for(cast.actor("b1"))) == []
    assert cast.client("b1").get(f"/bulletins/{bulletin.pk}/bulletin.pdf").status_code == 404


def test_with_the_last_version_the_ones_before_are_withdrawn_everywhere(cast, published, sent, stopped_clock):
    first = published(words=Words("秘密のQuokka", "okapi"))
    second = first
    for _later in range(2):
        draft = actions.renew_bulletin(cast.actor("hub_op"), second)
        Bulletin.everything.filter(pk=draft.pk).update(change="新しい版")
        second = sent(Bulletin.everything.get(pk=draft.pk))
    stopped_clock.advance(hours=1)
    actions.withdraw_bulletin(cast.actor("hub_op"), second, reason="誤りがありました")
    client = cast.client("b1")
    for row in Bulletin.everything.order_by("version"):
        assert (row.stage, row.withdrawal_reason, row.changed_at) == (
            Stage.WITHDRAWN,
            "誤りがありました",
            stopped_clock.now,
        )
        page = client.get(f"/bulletins/{row.pk}/").content.decode()
        assert ("誤りがありました" in page, "Quokka" in page, "okapi" in page) == (True, False, False)
        assert client.get(f"/bulletins/{row.pk}/bulletin.pdf").status_code == 404
        assert compose(cast.machine("bank_b", Channel.WEBHOOK), "bulletin.published", row.pk) is None
    entries = bulletins_in_feed(cast.actor("b1", Channel.FEED), 10)
    assert {(each.title, each.text) for each in entries} == {
        (f"{first.reference}{version} was withdrawn (TLP:GREEN)", "誤りがありました") for version in ("", " v2", " v3")
    }


def test_by_mail_goes_what_mail_may_carry(cast, published, drain, stopped_clock):
    choose(cast.actor("b1"), NoticeKind.BULLETIN, "at_once")
    published(words=Words("Quokka", "okapi"))
    published(words=Words("Numbat", "bilby"), tlp=TLP.AMBER)
    drain()
    stopped_clock.advance(minutes=30)
    send_due_mail()
    drain()
    texts = "\n".join(f"{each.subject}\n{each.body}" for each in outgoing.outbox if each.to == [cast.b1.email])
    assert [word for word in ("Quokka", "okapi", "Numbat", "bilby") if word in texts] == ["Quokka", "okapi"]


def test_in_feeds_stand_those_that_feeds_carry_and_what_became_of_them(cast, published):
    green, gone = published(), published(words=Words("Quokka", "okapi"))
    published(tlp=TLP.AMBER)
    actions.withdraw_bulletin(cast.actor("hub_op"), gone, reason="誤り")
    entries = bulletins_in_feed(cast.actor("b1", Channel.FEED), 10)
    assert {entry.id: (entry.title, entry.text) for entry in entries} == {
        green.pk: (f"{green.reference} Urgent vulnerability (TLP:GREEN)", green.body),
        gone.pk: (f"{gone.reference} was withdrawn (TLP:GREEN)", "誤り"),
    }
    assert bulletins_in_feed(cast.actor("sup", Channel.FEED), 10) == []


def test_on_webhooks_goes_the_whole_or_what_is_left_of_it(cast, published):
    bulletin = published(names=["CVE-2099-0001"], links=["https://vendor.example/1"])
    machine = cast.machine("bank_b", Channel.WEBHOOK)
    said = compose(machine, "bulletin.published", bulletin.pk)
    assert (said.data["reference"], said.data["vulnerabilities"]) == (bulletin.reference, ["CVE-2099-0001"])
    actions.withdraw_bulletin(cast.actor("hub_op"), bulletin, reason="誤り")
    assert compose(machine, "bulletin.published", bulletin.pk) is None
    left = compose(machine, "bulletin.withdrawn", bulletin.pk).data
    assert sorted(left) == ["id", "reason", "reference", "tlp", "url", "withdrawn"]


def test_who_is_left_out_learns_nothing_by_any_way(cast, published, drain):
    bulletin = published(words=Words("Quokka", "okapi"), entries=(COMMUNITY, without(cast.bank_b)))
    drain()
    assert "b1" not in told(NoticeKind.BULLETIN)
    assert "a1" in told(NoticeKind.BULLETIN)
    client = cast.client("b1")
    assert client.get(f"/bulletins/{bulletin.pk}/").status_code == 404
    assert "Quokka" not in client.get("/bulletins/").content.decode()
    assert "Quokka" in cast.client("a1").get("/bulletins/").content.decode()
    assert bulletin.reference not in client.get("/bulletins/?q=Quokka").content.decode()


def test_it_is_found_by_its_words_in_both_languages_and_by_what_it_is_about(cast, published):
    bulletin = published(names=["CVE-2099-0001"])
    for text in ("緊急の", "Urgent", "CVE-2099-0001", bulletin.reference):
        assert bulletin.reference in cast.client("a1").get("/bulletins/", {"q": text}).content.decode()


def test_categories_and_templates_are_kept_by_operators(cast):
    operator = cast.actor("hub_op")
    added = actions.keep_category(operator, series="FRAUD", name_ja="不正送金", name_en="Fraud", position=9)
    kept = actions.keep_template(
        operator, category=added, name_ja="ひな形", words=Words("題", ""), checks=[Check(" 一 ", "one")]
    )
    assert kept.checklist == [{"ja": "一", "en": "one", "by": ""}]
    with pytest.raises(InvalidInput):
        actions.keep_template(operator, category=added, name_ja="x", words=Words("", ""), checks=[Check("x" * 201, "")])
    with pytest.raises(NotAllowed):
        actions.keep_category(cast.actor("a1"), series="X1", name_ja="x", name_en="x")
    assert list(LedgerEntry.objects.filter(action__startswith="advisories.").values_list("action", flat=True)) == [
        "advisories.category.kept",
        "advisories.template.kept",
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_questions(cast, published, number, django_assert_num_queries):
    for _ in range(number):
        published()
    client = cast.client("a1")
    client.get("/bulletins/")
    with django_assert_num_queries(12):
        assert client.get("/bulletins/").content.decode().count("VULN-") >= number


@pytest.mark.pages
def test_the_page_of_a_bulletin_offers_each_reader_what_may_be_done_at_its_stage(cast, drafted):
    def offered(name):
        page = cast.client(name).get(f"/bulletins/{bulletin.pk}/")
        assert page.status_code in (200, 404)
        return set(re.findall(rf"/bulletins/{bulletin.pk}/([a-z-]+)", page.content.decode()))

    bulletin = drafted(template=Template.objects.get(category__series="VULN"))
    assert offered("hub_op") == {"edit", "submit", "tick", "discard"}
    assert offered("hub_trusted") == set()
    actions.tick_bulletin(cast.actor("hub_op"), bulletin, range(5))
    actions.submit_bulletin(cast.actor("hub_op"), bulletin)
    assert offered("hub_op") == {"hand-back"}
    assert offered("hub_trusted") == {"approve", "tick", "hand-back"}
    actions.approve_bulletin(cast.actor("hub_trusted"), bulletin)
    assert offered("hub_op") == offered("hub_trusted") == {"publish", "hand-back"}
    actions.publish_bulletin(cast.actor("hub_op"), bulletin)
    assert offered("hub_op") == {"bulletin", "renew", "withdraw"}
    assert offered("b1") == {"bulletin"}
    assert offered("sup") == set()


def test_whom_a_draft_names_it_names_still_after_it_was_edited(cast, drafted):
    entries = frozenset({to_person(cast.b1), to_group(cast.wg_incident), without(cast.insurer)})
    bulletin = drafted(entries=entries)
    writer, address = cast.client("hub_op"), f"/bulletins/{bulletin.pk}/edit"
    form = writer.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in values.items() if value not in (None, False, "")}
    assert writer.post(address, {**typed, "title_ja": "改めた題"}).status_code == 302
    bulletin.refresh_from_db()
    assert (bulletin.title_ja, bulletin.as_item().audience) == ("改めた題", entries)


@pytest.mark.pages
def test_a_person_writes_a_bulletin_and_another_brings_it_out(cast):
    template = Template.objects.get(category__series="VULN")
    writer, other = cast.client("hub_op"), cast.client("hub_trusted")
    form = writer.get("/bulletins/new", {"template": template.pk}).context["form"]
    typed = {
        name: form[name].value() or "" for name in ("title_ja", "body_ja", "title_en", "body_en", "tlp", "category")
    }
    for field in ("body_ja", "body_en"):
        typed[field] = re.sub(r"(?m)^(## .+)$", r"\1\n\nx", typed[field])
    address = f"/bulletins/new?template={template.pk}"
    wrong = writer.post(address, {**typed, "community": "on", "links": "ftp://x.example"})
    assert (wrong.status_code, Bulletin.everything.count()) == (422, 0)
    made = writer.post(address, {**typed, "community": "on", "names": "CVE-2099-0001", "links": "https://x.example/1"})
    bulletin = Bulletin.everything.get()
    assert made["Location"] == f"/bulletins/{bulletin.pk}/"
    writer.post(f"{made['Location']}tick", {"line": ["0", "1", "2", "3", "4", "nonsense", "999"]})
    writer.post(f"{made['Location']}submit")
    assert f"/bulletins/{bulletin.pk}/" in other.get("/bulletins/desk").content.decode()
    other.post(f"{made['Location']}approve")
    other.post(f"{made['Location']}publish")
    bulletin.refresh_from_db()
    assert (bulletin.stage, bulletin.names) == (Stage.PUBLISHED, ["CVE-2099-0001"])
    sheet = cast.client("b1").get(f"{made['Location']}bulletin.pdf")
    assert (sheet["Content-Type"], sheet.content[:5]) == ("application/pdf", b"%PDF-")
    writer.post(f"{made['Location']}renew")
    draft = Bulletin.everything.get(version=1, replaces=bulletin)
    again = writer.get(f"/bulletins/{draft.pk}/edit").context["form"]
    assert again["names"].value() == "CVE-2099-0001"
    assert again.fields["category"].disabled
