"""Anonymous voices: what they are called, when they spoke, and who may look them up."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.notify.models import Notice
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.pseudonyms import NAMES
from noroshi.sharing.models import Comment, Signal

ANONYMOUS = {"author_mode": AuthorMode.ANONYMOUS, "tlp": TLP.GREEN}
REASON = "The police ask for the sender"
BIRDS = {name.english for name in NAMES}


def say(cast, name, signal, body, **how):
    return actions.comment_on_signal(cast.actor(name), signal, body=body, **how)


def voices(cast, reader, signal):
    return [said.by.pseudonym for said in queries.thread_of(cast.actor(reader), signal)]


def page(cast, reader, signal):
    return cast.client(reader).get(reverse("sharing:detail", args=[signal.pk])).content.decode()


def test_voices_when_several_speak_without_names_then_each_keeps_one_and_the_poster_is_called_so(cast, share):
    signal = share(**ANONYMOUS)
    say(cast, "b1", signal, "who else?", anonymous=True)
    say(cast, "a1", signal, "we do")
    say(cast, "i1", signal, "we too", anonymous=True)
    say(cast, "b1", signal, "thank you", anonymous=True)
    say(cast, "o1", signal, "named")
    named, first, poster, second, again = voices(cast, "o1", signal)
    assert (named, poster, again) == ("", "who posted this", first)
    assert {first, second} <= BIRDS
    assert first != second
    assert first in page(cast, "o1", signal)
    assert f"to everybody else: anonymous · {first}" in page(cast, "b1", signal)


def test_voices_when_somebody_who_posted_by_name_comments_without_it_then_nothing_calls_them_the_poster(cast, share):
    signal = share(tlp=TLP.GREEN)
    say(cast, "a1", signal, "by the way", anonymous=True)
    assert set(voices(cast, "b1", signal)) <= BIRDS


def test_times_when_something_is_anonymous_then_the_hour_alone_is_kept(cast, share, draft, stopped_clock):
    hour = stopped_clock.now.replace(minute=0, second=0, microsecond=0)
    stopped_clock.now = hour + timedelta(minutes=23, seconds=7)
    held = actions.publish_signal(cast.actor("a1"), draft("a1", **ANONYMOUS))
    assert held.changed_at == hour
    signal = actions.release_signal(cast.actor("hub_op"), held)
    comment = say(cast, "b1", signal, "again", anonymous=True)
    named = say(cast, "b1", signal, "again")
    assert (signal.published_at, signal.changed_at, comment.created_at) == (hour, hour, hour)
    assert named.created_at == stopped_clock.now
    stopped_clock.advance(minutes=10)
    withdrawn = actions.withdraw_signal(cast.actor("a1"), signal, reason="resolved")
    assert withdrawn.changed_at == hour


def test_numbers_when_two_drafts_are_made_on_one_day_then_they_tell_the_day_alone(cast, draft):
    signals = [draft("a1"), draft("b1")]
    comments = [say(cast, "b1", actions.publish_signal(cast.actor("a1"), signals[0]), "x", anonymous=True)]
    day = 24 * 60 * 60 * 1000
    assert [row.pk.int >> 80 for row in [*signals, *comments] if (row.pk.int >> 80) % day] == []
    assert {row.pk.version for row in [*signals, *comments]} == {7}


def test_order_when_anonymous_comments_come_between_named_ones_then_it_does_not_tell_when(cast, share, stopped_clock):
    stopped_clock.now = stopped_clock.now.replace(minute=5, second=0, microsecond=0)

    def orders(minutes):
        signal = share(tlp=TLP.GREEN)
        start = stopped_clock.now
        for minute, name, how in minutes:
            stopped_clock.now = start + timedelta(minutes=minute)
            say(cast, name, signal, name, **how)
        stopped_clock.now = start
        return list(queries.comments_of(cast.actor("o1"), signal).values_list("body", "created_at"))

    hidden = {"anonymous": True}
    early = orders([(1, "i1", hidden), (2, "b1", {}), (3, "a2", hidden), (20, "o1", {}), (70, "b2", {})])
    late = orders([(2, "b1", {}), (20, "o1", {}), (40, "i1", hidden), (41, "a2", hidden), (70, "b2", {})])
    assert early == late
    assert [body for body, _at in early] == ["b1", "o1", "i1", "a2", "b2"]


def test_notices_when_a_comment_is_anonymous_then_neither_inbox_nor_mail_tells_the_minute(
    cast, share, drain, stopped_clock
):
    from factories.subscriptions import choose
    from noroshi.notify.models import Delivery, NoticeKind

    hour = stopped_clock.now.replace(minute=0, second=0, microsecond=0)
    choose(cast.actor("a1"), NoticeKind.COMMENT, Delivery.AT_ONCE)
    signal = share(tlp=TLP.GREEN)
    stopped_clock.now = hour + timedelta(minutes=23)
    say(cast, "b1", signal, "again", anonymous=True)
    drain()
    notice = Notice.everything.get(person=cast.a1, kind=NoticeKind.COMMENT)
    assert (notice.created_at, notice.mail_due_at) == (hour, hour + timedelta(hours=1))
    assert [letter.to for letter in mail.outbox if letter.to == ["a1@bank-a.example"]] == []


def test_comment_when_it_shows_a_habit_then_its_anonymous_author_sees_which_before_it_goes(cast, share):
    signal = share(tlp=TLP.GREEN)
    url = reverse("sharing:act", args=[signal.pk, "comment"])
    words = {"body": "当行でも確認しました", "anonymous": "on"}
    asked = cast.client("b1").post(url, words)
    assert asked.status_code == 422
    assert "<q>当行</q>" in asked.content.decode()
    assert Comment.everything.count() == 0
    assert cast.client("b1").post(url, words | {"as_it_is": "on"}).status_code == 302
    assert cast.client("b1").post(url, {"body": "当行でも確認しました"}).status_code == 302  # by name: nothing to hide
    assert Comment.everything.count() == 2


def test_review_when_an_anonymous_draft_shows_a_habit_then_the_page_says_which(cast, draft):
    from noroshi.sharing.domain.content import Content

    words = Content("phishing", "customer", "当行を騙るメール", "plain")
    hidden, named = draft(content=words, **ANONYMOUS), draft(content=words)
    pages = [
        cast.client("a1").get(reverse("sharing:review", args=[each.pk])).content.decode() for each in (hidden, named)
    ]
    assert ["<q>当行</q>" in text for text in pages] == [True, False]


def test_unmask_when_a_trusted_operator_has_a_reason_then_it_is_shown_once_and_the_author_is_told(cast, share, drain):
    type(cast.a1).objects.update(language="en")
    signal = share("a1", **ANONYMOUS)
    url = reverse("sharing:unmask", args=[signal.pk])
    client = cast.client("hub_trusted")
    assert cast.a1.email.split("@")[0] + "<" not in client.get(url).content.decode()
    answer = client.post(url, {"reason": REASON})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert f"<dd>{cast.bank_a.name_en}</dd>" in answer.content.decode()
    assert f"<dd>{cast.bank_a.name_en}</dd>" not in client.get(url).content.decode()
    drain()
    entry = LedgerEntry.objects.get(action="sharing.author.unmasked")
    assert (entry.person, entry.subject_id, entry.reason, entry.payload) == (
        cast.hub_trusted.pk,
        signal.pk,
        REASON,
        {},
    )
    assert list(Notice.everything.filter(kind="unmasked").values_list("person", flat=True)) == [cast.a1.pk]
    letters = [letter for letter in mail.outbox if letter.to == [cast.a1.email]]
    subjects = {letter.subject.partition(":")[0] for letter in letters}
    assert (subjects, len(letters)) == ({"A signal reached you", "A signal needs you"}, 2)
    assert REASON in page(cast, "a1", signal)
    assert [REASON in page(cast, name, signal) for name in ("a2", "b1", "hub_op", "hub_trusted")] == [False] * 4


def test_unmask_when_it_is_a_comment_then_only_its_author_is_told(cast, share, drain):
    signal = share("a1", **ANONYMOUS)
    comment = say(cast, "b1", signal, "who?", anonymous=True)
    found = actions.unmask_author(cast.actor("hub_trusted"), signal, comment=comment, reason=REASON)
    assert (found.person, found.organisation) == (cast.b1.name, cast.bank_b.name)
    drain()
    assert list(Notice.everything.filter(kind="unmasked").values_list("person", flat=True)) == [cast.b1.pk]
    assert [len(queries.looks_at(cast.actor(name), signal)) for name in ("b1", "a1", "b2")] == [1, 0, 0]


@pytest.mark.parametrize("name", ["hub_op", "hub_admin", "auditor", "a2", "b1"])
def test_unmask_when_somebody_else_tries_then_they_are_refused_and_nothing_is_written(cast, share, name):
    signal = share("a1", **ANONYMOUS)
    with pytest.raises(NotAllowed):
        actions.unmask_author(cast.actor(name), signal, reason=REASON)
    page_of = cast.client(name).post(reverse("sharing:unmask", args=[signal.pk]), {"reason": REASON})
    assert page_of.status_code == 403
    assert not LedgerEntry.objects.filter(action="sharing.author.unmasked").exists()


def test_unmask_when_there_is_no_reason_or_nothing_to_look_up_then_it_is_refused(cast, share):
    trusted = cast.actor("hub_trusted")
    hidden, named, own = share("a1", **ANONYMOUS), share("a1", tlp=TLP.GREEN), share("hub_trusted", **ANONYMOUS)
    with pytest.raises(InvalidInput):
        actions.unmask_author(trusted, hidden, reason="needed")
    with pytest.raises(Conflict):
        actions.unmask_author(trusted, named, reason=REASON)
    with pytest.raises(Conflict):
        actions.unmask_author(trusted, own, reason=REASON)
    assert not LedgerEntry.objects.filter(action="sharing.author.unmasked").exists()


def test_unmask_when_the_operator_does_not_see_the_signal_then_there_is_none(cast, draft):
    from factories.audience import to_person

    signal = actions.publish_signal(
        cast.actor("a1"), draft("a1", to_person(cast.b1), tlp=TLP.RED, author_mode=AuthorMode.ANONYMOUS)
    )
    actions.release_signal(cast.actor("hub_op"), signal)
    assert Signal.objects.visible_to(cast.actor("b1")).filter(pk=signal.pk).exists()
    with pytest.raises(NotFound):
        actions.unmask_author(cast.actor("hub_trusted"), signal, reason=REASON)
