"""Who is told of published answers: whoever reads them, as each of them wants it, and nobody else."""

import pytest
from django.core import mail as outgoing

from cast import PEOPLE
from factories.audience import COMMUNITY, to_group
from factories.subscriptions import choose
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.members.models import Person
from noroshi.notify.models import Delivery, Notice, NoticeKind
from noroshi.notify.tasks import send_due_mail
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import ReferenceAnswer

WORDS = {"title": "多要素認証の例外", "question": "例外は認められるか。", "answer": "期限と代替策を定めて認める。"}
ITEM = "FISC 実務基準 実13"
MEMBERS = {name for name, (home, _roles) in PEOPLE.items() if home not in ("vendor", "supervisor")} - {"hub_op"}
READERS = {TLP.AMBER: {"a1", "a2", "b1", "b2", "i1", "o1", "hub_trusted"}, TLP.GREEN: MEMBERS}


@pytest.fixture(autouse=True)
def _speaks_english(cast):
    Person.objects.update(language="en")


def draft(cast, tlp=TLP.GREEN, entries=(COMMUNITY,), marked=TLP.GREEN, **changes):
    """A published answer being written, from an anonymous question of a1's that b1's answer solved."""
    asked = actions.ask_question(
        cast.actor("a1"),
        title="Exceptions from a second factor",
        body="quokka",
        items=ITEM,
        marking=Marking(marked, entries=frozenset(entries), author_mode=AuthorMode.ANONYMOUS),
        send=True,
    )
    question = actions.release_signal(cast.actor("hub_trusted"), asked)
    said = actions.comment_on_signal(cast.actor("b1"), question, body="narwhal", anonymous=True)
    actions.mark_solution(cast.actor("a1"), question, comment_id=said.pk)
    words = actions.Edited(**{**WORDS, "items": ITEM, **changes})
    return actions.draft_reference(cast.actor("hub_op"), question, words=words, tlp=tlp)


def publish(cast, tlp=TLP.GREEN, **changes):
    return actions.publish_reference(cast.actor("hub_op"), draft(cast, tlp, **changes))


def told(reference, kind=NoticeKind.ANSWER):
    rows = Notice.everything.filter(subject_id=reference.pk, kind=kind)
    return sorted(rows.values_list("person__name", flat=True))


@pytest.fixture
def mailed(stopped_clock, drain):
    """The mails of the time that passes, by whom they went to."""

    def pass_time(hours=24):
        outgoing.outbox.clear()
        stopped_clock.advance(hours=hours)
        send_due_mail()
        drain()
        return {message.to[0].partition("@")[0]: f"{message.subject}\n{message.body}" for message in outgoing.outbox}

    return pass_time


@pytest.mark.parametrize("tlp", READERS)
def test_published_when_of_a_level_then_its_readers_are_told_once_but_not_who_published_it(cast, drain, tlp):
    reference = publish(cast, tlp)
    drain()
    assert told(reference) == sorted(READERS[tlp])
    seeing = {name for name in cast.people if ReferenceAnswer.objects.visible_to(cast.actor(name)).exists()}
    assert set(told(reference)) == seeing - {"hub_op"}


def test_published_when_told_then_asker_and_answerer_are_told_as_all_others_are(cast, drain, stopped_clock):
    reference = publish(cast)
    drain()
    rows = Notice.everything.filter(subject_id=reference.pk)
    ways = set(rows.values_list("created_at", "mail_due_at", "delivery", "count"))
    assert (rows.count(), len(ways), {row[2] for row in ways}) == (len(MEMBERS), 1, {Delivery.DIGEST})


def test_draft_when_it_is_written_asked_about_and_thrown_away_then_nobody_is_told_of_it(cast, drain):
    reference = draft(cast, entries=(to_group(cast.wg_incident),), marked=TLP.AMBER)
    actions.ask_consent(cast.actor("hub_op"), reference)
    drain()
    assert told(reference) == []
    assert list(Notice.everything.filter(kind=NoticeKind.REQUEST).values_list("person__name", flat=True)) == ["a1"]
    actions.discard_reference(cast.actor("hub_op"), reference)
    drain()
    assert told(reference) == []


def test_mail_when_it_is_about_an_answer_then_it_has_the_words_that_its_level_lets_out_and_never_the_source(
    cast, drain, mailed
):
    for tlp in READERS:
        publish(cast, tlp)
        drain()
    text = mailed()["i1"]
    assert (text.count(WORDS["title"]), text.count("QA-GREEN-001"), text.count("QA-AMBER-001")) == (1, 1, 0)
    assert ("quokka" in text, "narwhal" in text, "Exceptions from" in text) == (False, False, False)


def test_inbox_when_it_has_an_answer_then_the_title_is_shown_as_long_as_it_is_seen(cast, drain):
    reference = publish(cast)
    drain()
    for name, shown in (("i1", True), ("sup", False), ("v1", False)):
        page = cast.client(name).get("/inbox/").content.decode()
        assert (f"QA-GREEN-001 {WORDS['title']}" in page) is shown, name
    actions.withdraw_reference(cast.actor("hub_trusted"), reference, reason="超過")
    page = cast.client("i1").get("/inbox/").content.decode()
    assert ("QA-GREEN-001" in page, WORDS["title"] in page) == (True, False)


def test_subscription_when_it_names_a_framework_item_then_answers_about_it_are_mailed_and_no_other(cast, drain, mailed):
    choose(cast.actor("b1"), NoticeKind.ANSWER, Delivery.AT_ONCE, words="実務基準 実13")
    choose(cast.actor("i1"), NoticeKind.ANSWER, Delivery.AT_ONCE, words="実務基準 実14")
    publish(cast)
    drain()
    assert mailed(hours=1).keys() & {"b1", "i1"} == {"b1"}


def test_subscription_when_it_names_a_framework_item_then_questions_about_it_are_mailed_too(cast, drain, mailed):
    choose(cast.actor("b1"), NoticeKind.SIGNAL, Delivery.AT_ONCE, words="実13")
    choose(cast.actor("i1"), NoticeKind.SIGNAL, Delivery.AT_ONCE, words="実14")
    draft(cast)
    drain()
    gone = Notice.everything.filter(kind=NoticeKind.SIGNAL, mailed_at__isnull=False)
    assert set(gone.filter(person__in=[cast.b1, cast.i1]).values_list("person__name", flat=True)) == {"b1"}


def test_amended_and_withdrawn_when_done_then_readers_are_told_and_a_withdrawal_follows_the_mail(cast, drain, mailed):
    choose(cast.actor("i1"), NoticeKind.ANSWER, Delivery.AT_ONCE)
    choose(cast.actor("i1"), NoticeKind.WITHDRAWN, Delivery.INBOX)
    choose(cast.actor("b1"), NoticeKind.WITHDRAWN, Delivery.INBOX)
    choose(cast.actor("b1"), NoticeKind.ANSWER, Delivery.INBOX)
    reference = publish(cast)
    drain()
    assert WORDS["answer"] in mailed(hours=1)["i1"]
    editor = cast.actor("hub_trusted")
    actions.amend_reference(editor, reference, words=actions.Edited(**{**WORDS, "answer": "新しい答え"}), reason="更新")
    actions.withdraw_reference(editor, reference, reason="誤り")
    drain()
    others = sorted({*MEMBERS, "hub_op"} - {"hub_trusted"})
    assert (told(reference).count("i1"), told(reference, NoticeKind.WITHDRAWN)) == (2, others)
    mails = mailed(hours=1)
    assert ("QA-GREEN-001" in mails["i1"], "新しい答え" in mails["i1"], "b1" in mails) == (True, False, False)


def test_list_when_it_is_narrowed_then_a_subscription_begins_with_what_it_is_narrowed_to(cast):
    reader = cast.client("i1")
    assert (
        "/inbox/subscriptions/new?notice=answer&amp;words=%E5%AE%9F13"
        in reader.get("/signals/answers/?item=実13").content.decode()
    )
    form = reader.get("/inbox/subscriptions/new?notice=answer&words=実13").context["form"]
    assert (form["notices"].value(), form["words"].value()) == (["answer"], "実13")
