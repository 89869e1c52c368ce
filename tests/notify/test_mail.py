"""What leaves by mail, when, and once."""

import re

import pytest
from django.core import mail as outgoing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from factories.signals import COMMUNITY, to_person, without
from factories.subscriptions import choose
from noroshi.core.domain.membership import Standing
from noroshi.core.models import AudienceEntry
from noroshi.kit import jobs
from noroshi.members.models import Person
from noroshi.notify import mail
from noroshi.notify.actions import mark_read, post_notices
from noroshi.notify.domain.delivery import MOST_A_MINUTE
from noroshi.notify.models import Delivery, Notice, NoticeKind
from noroshi.notify.tasks import send_due_mail

TITLE = "Fake login pages of Bank Zebra"
BODY = "The pages stand at zebra-login.example since Friday."
SECRETS = ("Zebra", "zebra", "a1@bank-a.example", "Bank_A", "bank_a株式会社", "Phishing", "フィッシング")


@pytest.fixture(autouse=True)
def _english(cast):
    Person.objects.update(language="en")


@pytest.fixture
def send(cast, signal, tell, drain):
    """Share a signal of a level with B's analyst, tell of it, run everything, and return the mails."""

    def share(tlp, kind=NoticeKind.SIGNAL, language="en", **fields):
        Person.objects.filter(pk=cast.b1.pk).update(language=language)
        audience = [COMMUNITY] if tlp in ("CLEAR", "GREEN", "AMBER") else [to_person(cast.b1)]
        shared = signal(tlp, *audience, **{"title": TITLE, "body": BODY, **fields})
        (notice,) = tell(shared, cast.b1, kind=kind)
        drain()
        return notice, outgoing.outbox

    return share


def _whole(message):
    return message.message().as_string() + message.subject + message.body


@pytest.mark.parametrize("kind", [NoticeKind.SIGNAL, NoticeKind.HIT, NoticeKind.WITHDRAWN, NoticeKind.RELEASE])
@pytest.mark.parametrize("tlp", ["RED", "AMBER+STRICT"])
def test_mail_when_red_or_amber_strict_then_a_link_and_a_subject_that_names_nothing(send, tlp, kind):
    notice, (message,) = send(tlp, kind)

    assert message.subject == f"A signal needs you (TLP:{tlp})"
    assert f"http://localhost:8000/inbox/{notice.pk}/" in message.body
    assert [secret for secret in SECRETS if secret in _whole(message)] == []


def test_mail_when_amber_then_a_link_and_the_kind(send):
    notice, (message,) = send("AMBER", NoticeKind.HIT)

    assert message.subject == "Found in your own logs (TLP:AMBER)"
    assert f"http://localhost:8000/inbox/{notice.pk}/" in message.body
    assert [secret for secret in SECRETS if secret in _whole(message)] == []


@pytest.mark.parametrize("tlp", ["GREEN", "CLEAR"])
def test_mail_when_green_or_clear_then_the_content_under_its_marking(send, tlp):
    notice, (message,) = send(tlp)

    assert message.subject == f"A signal reached you: {TITLE} (TLP:{tlp})"
    assert message.body.startswith(f"TLP:{tlp}\n\n{BODY}\n\nhttp://localhost:8000/inbox/{notice.pk}/\n")


@pytest.mark.parametrize("delivery", list(Delivery))
@pytest.mark.parametrize(
    ("tlp", "subject"),
    [
        ("CLEAR", f"A signal reached you: {TITLE} (TLP:CLEAR)"),
        ("GREEN", f"A signal reached you: {TITLE} (TLP:GREEN)"),
        ("AMBER", "A signal reached you (TLP:AMBER)"),
        ("AMBER+STRICT", "A signal needs you (TLP:AMBER+STRICT)"),
        ("RED", "A signal needs you (TLP:RED)"),
    ],
)
def test_mail_when_delivered_by_any_rule_then_the_level_alone_decides_what_it_says(
    cast, send, drain, stopped_clock, tlp, subject, delivery
):
    choose(cast.actor("b1"), NoticeKind.SIGNAL, delivery)
    send(tlp)
    at_once = [message.subject for message in outgoing.outbox]
    stopped_clock.advance(days=2 if delivery is Delivery.WEEKLY else 1)
    send_due_mail()
    drain()
    in_the_end = [message.subject for message in outgoing.outbox]

    assert at_once == ([subject] if delivery is Delivery.AT_ONCE else [])
    said = {Delivery.INBOX: [], Delivery.WEEKLY: ["Your week: 1 notice"]}
    assert in_the_end == said.get(delivery, [subject])
    assert delivery is not Delivery.WEEKLY or f"- {subject}\n" in outgoing.outbox[0].body


def test_mail_when_the_person_reads_japanese_then_it_is_japanese(send):
    _notice, (message,) = send("RED", language="ja")

    assert message.subject == "対応が必要な共有情報があります (TLP:RED)"
    assert "https://" not in message.body


def test_mail_when_sent_then_its_headers_say_what_it_is_and_leak_nothing(send):
    notice, (message,) = send("AMBER")
    headers = message.message()

    assert headers["To"] == "b1@bank-b.example"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Id"] == "Noroshi <notices.localhost>"
    assert re.fullmatch(r"<[0-9a-f]{32}@localhost>", headers["Message-ID"])
    assert str(notice.subject_id) not in _whole(message)
    assert notice.subject_id.hex not in _whole(message)


def test_mail_when_a_title_has_line_breaks_then_no_header_is_added(send):
    _notice, (message,) = send("GREEN", title="Zebra\r\nBcc: spy@evil.example\n\tmore")

    assert message.subject == "A signal reached you: Zebra Bcc: spy@evil.example more (TLP:GREEN)"
    assert message.message()["Bcc"] is None


def _exclude(signal_id, cast):
    AudienceEntry.objects.create(item_id=signal_id, kind="excluded_organisation", target=cast.bank_b.pk)


def _suspend_person(_signal_id, cast):
    Person.objects.filter(pk=cast.b1.pk).update(standing=Standing.SUSPENDED)


def _suspend_organisation(_signal_id, cast):
    cast.bank_b.standing = Standing.SUSPENDED
    cast.bank_b.save()


@pytest.mark.parametrize("change", [_exclude, _suspend_person, _suspend_organisation])
@pytest.mark.parametrize("tlp", ["CLEAR", "GREEN", "AMBER"])
def test_mail_when_the_person_may_no_longer_see_it_then_none_goes(cast, signal, tell, drain, tlp, change):
    shared = signal(tlp, title=TITLE)
    (gone, kept) = tell(shared, cast.b1, cast.i1)
    change(shared.pk, cast)

    drain()

    assert [message.to for message in outgoing.outbox] == [["i1@insurer.example"]]
    assert Notice.everything.get(pk=gone.pk).mailed_at is None
    assert Notice.everything.get(pk=kept.pk).mailed_at is not None


def test_mail_when_nobody_presents_the_subject_then_none_goes(cast, signal, tell, drain, monkeypatch):
    tell(signal("CLEAR"), cast.b1)
    monkeypatch.setattr("noroshi.notify.presenters._presenters", {})

    drain()

    assert outgoing.outbox == []


def test_mail_when_the_supervisor_is_told_by_mistake_then_none_goes(cast, signal, tell, drain):
    tell(signal("CLEAR"), cast.sup)

    drain()

    assert outgoing.outbox == []


def test_mail_when_it_was_read_before_it_went_then_none_goes(cast, signal, tell, drain):
    tell(signal("GREEN"), cast.b1)
    mark_read(cast.actor("b1"))

    drain()

    assert outgoing.outbox == []


def test_mail_when_the_jobs_run_again_then_nothing_goes_twice(cast, signal, tell, drain):
    tell(signal("GREEN"), cast.b1, cast.i1)
    drain()
    mail.queue([cast.b1.pk, cast.i1.pk])
    send_due_mail()
    drain()

    assert sorted(message.to for message in outgoing.outbox) == [["b1@bank-b.example"], ["i1@insurer.example"]]


def test_mail_when_another_worker_has_claimed_one_of_a_letter_then_this_one_sends_nothing(cast, signal, tell):
    first, second = (tell(signal("GREEN"), cast.b1)[0] for _ in range(2))

    assert mail._claim([first])
    assert not mail._claim([first, second])
    assert Notice.everything.get(pk=second.pk).mailed_at is None


def test_mail_when_a_flood_comes_then_it_is_one_mail_that_names_each(cast, signal, tell, drain):
    for number in range(20):
        tell(signal("GREEN", title=f"Signal number {number}"), cast.b1)
    drain()

    (letter,) = outgoing.outbox
    assert letter.subject == "20 notices for you"
    assert sum(f"Signal number {number} " in letter.body for number in range(20)) == 20


def test_mail_when_a_few_come_then_each_goes_alone_up_to_so_many_a_minute(cast, signal, tell, drain, stopped_clock):
    for number in range(MOST_A_MINUTE + 2):
        tell(signal("GREEN", title=f"Signal number {number}"), cast.b1)
        drain()
    assert len(outgoing.outbox) == MOST_A_MINUTE
    stopped_clock.advance(minutes=1)
    send_due_mail()
    drain()

    assert [letter.subject for letter in outgoing.outbox[MOST_A_MINUTE:]] == ["2 notices for you"]
    assert Notice.everything.filter(mailed_at=None).count() == 0


def test_mail_when_a_hit_is_in_the_flood_then_it_is_the_first_to_go(cast, signal, tell, drain):
    for _ in range(MOST_A_MINUTE * 2):
        tell(signal("GREEN"), cast.b1)
    tell(signal("GREEN"), cast.b1, kind=NoticeKind.HIT)

    drain()

    assert outgoing.outbox[0].subject.startswith("Found in your own logs")


def test_digest_when_its_hour_comes_then_everything_of_the_day_is_one_letter_by_level(
    cast, signal, tell, drain, stopped_clock
):
    only_b = to_person(cast.b1)
    for tlp, audience in (("GREEN", COMMUNITY), ("AMBER", COMMUNITY), ("RED", only_b)):
        tell(signal(tlp, audience, title=TITLE), cast.b1, kind=NoticeKind.COMMENT)
    drain()
    before = list(outgoing.outbox)
    stopped_clock.advance(hours=20)
    send_due_mail()
    drain()

    (digest,) = outgoing.outbox
    assert before == []
    assert digest.subject == "3 notices for you"
    headings = [line for line in digest.body.splitlines() if line.startswith("- ")]
    assert headings == [
        f"- Somebody commented: {TITLE} (TLP:GREEN)",
        "- Somebody commented (TLP:AMBER)",
        "- A signal needs you (TLP:RED)",
    ]


def test_digest_when_one_of_its_signals_was_closed_to_the_reader_then_it_is_not_even_counted(
    cast, signal, tell, drain, stopped_clock
):
    closed, stays = signal("GREEN", title="Closed"), signal("GREEN", title="Stays")
    for shared in (closed, stays):
        tell(shared, cast.b1, kind=NoticeKind.COMMENT)
    AudienceEntry.objects.create(item_id=closed.pk, kind=without(cast.bank_b).kind, target=cast.bank_b.pk)
    stopped_clock.advance(hours=20)
    send_due_mail()
    drain()

    (message,) = outgoing.outbox
    assert message.subject == "Somebody commented: Stays (TLP:GREEN)"
    assert "Closed" not in _whole(message)


def test_mail_when_the_server_refuses_one_person_then_the_others_get_theirs_and_it_is_tried_again(
    cast, signal, tell, drain, settings, stopped_clock
):
    tell(signal("GREEN"), cast.b1, cast.i1)
    good_backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "factories.mail_server.RefusingBackend"
    jobs.run_until_idle()
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    assert [job.exception_class_path for job in failed] == ["noroshi.notify.mail.MailRefused"]
    assert [message.to for message in outgoing.outbox] == [["i1@insurer.example"]]
    failed.delete()

    settings.EMAIL_BACKEND = good_backend
    stopped_clock.advance(minutes=6)
    send_due_mail()
    drain()

    assert [message.to for message in outgoing.outbox] == [["i1@insurer.example"], ["b1@bank-b.example"]]


def test_mail_when_it_could_not_go_for_days_then_it_is_given_up_and_the_inbox_has_it(
    cast, signal, tell, drain, stopped_clock, inbox
):
    tell(signal("GREEN"), cast.b1)
    DBTaskResult.objects.all().delete()
    stopped_clock.advance(days=4)
    send_due_mail()
    drain()

    assert outgoing.outbox == []
    assert len(inbox(cast.b1)) == 1


def test_queue_when_many_people_are_due_then_a_job_for_each_batch_and_every_person_once(cast):
    people = [person.pk for person in cast.people.values()] * 5

    mail.queue(people)

    queued = [number for row in DBTaskResult.objects.all() for number in row.args_kwargs["args"][0]]
    assert sorted(queued) == sorted({str(number) for number in people})


def test_queue_when_nobody_is_due_then_no_job(db):
    send_due_mail()

    assert DBTaskResult.objects.count() == 0


def test_mail_when_many_are_told_then_who_they_are_and_what_they_see_is_asked_for_once(
    cast, signal, event, django_assert_num_queries
):
    told = [cast.b1, cast.b2, cast.i1, cast.t1]
    about = {"subject": "sharing.signal", "subject_id": signal("CLEAR").pk, "event": event(), "world": "real"}
    post_notices(people=told, kind=NoticeKind.SIGNAL, **about)
    with CaptureQueriesContext(connection) as one:
        assert [desk.person for desk in mail._desks([str(cast.b1.pk)])] == [cast.b1]
    with django_assert_num_queries(len(one)):
        desks = list(mail._desks([str(person.pk) for person in told]))
    assert {desk.person: len(desk.lines) for desk in desks} == dict.fromkeys(told, 1)


def test_mail_about_own_hits_waits_behind_no_news(cast, signal, tell):
    tell(signal("CLEAR"), cast.b1, cast.i1)
    tell(signal("CLEAR"), cast.b2, kind=NoticeKind.HIT)
    waiting = [row.args_kwargs["args"][0] for row in DBTaskResult.objects.ready()]
    assert waiting == [[str(cast.b2.pk)], sorted([str(cast.b1.pk), str(cast.i1.pk)])]
