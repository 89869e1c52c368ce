"""Words that an institution watches: found in what is new, once for each record, and seen by nobody else."""

from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.subscriptions import choose
from factories.tasks import tell
from noroshi.advisories import actions, queries
from noroshi.advisories.actions.watch_terms import _records
from noroshi.advisories.domain.watching import Terms, said_of
from noroshi.advisories.models import Item, Mention, Revision, WatchHit, WatchTerm
from noroshi.core import clock
from noroshi.core.domain.worlds import REAL
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.members.queries import actor_of
from noroshi.notify.models import Notice, NoticeKind
from noroshi.notify.presenters import present
from noroshi.notify.tasks import send_due_mail

CLAIMS = [
    {"kind": "affected", "about": "x", "by": "", "value": {"product": {"vendor": "Quokka K.K.", "name": "Gate"}}},
    {"kind": "kev", "about": "x", "by": "", "value": {"vendor": "Wombat", "product": "Portal"}},
]


@pytest.mark.parametrize(
    ("kind", "words", "title", "summary", "found"),
    [
        ("product", "gate", "", "", True),
        ("product", "Portal", "", "", True),
        ("product", "quokka", "", "", False),
        ("vendor", "QUOKKA", "", "", True),
        ("vendor", "wombat", "", "", True),
        ("vendor", "gate", "", "", False),
        ("phrase", "gate", "", "", True),
        ("product", "勘定系パッケージ", "「勘定系パッケージ」に脆弱性", "", True),
        ("product", "ＦｏｒｔｉＯＳ", "fortios の更新", "", True),
        ("product", "asa", "NASA reports", "", False),
        ("product", "asa", "Cisco ASA", "", True),
        ("phrase", "身代金要求", "", "大手銀行に身代金要求があった", True),
        ("phrase", "身代金要求", "身代金の要求", "", False),
    ],
)
def test_words_are_found_by_kind_whole_in_latin_letters_and_anywhere_in_japanese(kind, words, title, summary, found):
    claims = CLAIMS if not title + summary else []
    assert Terms({kind: [words]}).found_in(said_of(title, summary, claims)) == ({(kind, words)} if found else set())


def test_no_words_find_nothing():
    assert (bool(Terms({})), Terms({}).found_in(said_of("a", "b", CLAIMS))) == (False, frozenset())


def watch(cast, words="Gate", kind="product", who="a1") -> WatchTerm:
    return actions.watch_term(cast.actor(who), kind=kind, words=words)


def entries(cast, who="a1") -> list[tuple[str, list[str], str]]:
    return [(row.title, row.words, row.stage) for row in queries.watch_hits_for(cast.actor(who))]


@pytest.mark.django_db
def test_a_record_that_names_a_word_is_an_entry_once_however_often_it_comes(cast, tmp_path, stopped_clock):
    watch(cast)
    watch(cast, "Quokka", "vendor")
    watch(cast, "Wombat", "vendor", "b1")
    tell(tmp_path, 1001, title="新しい脆弱性")
    tell(tmp_path, 1002, vendor="Other", product="Thing")
    assert actions.look_for_terms(REAL) == 1
    assert entries(cast) == [("新しい脆弱性", ["Gate", "Quokka"], "to_judge")]
    assert entries(cast, "b1") == []
    hit = queries.watch_hits_for(cast.actor("a1")).get()
    assert hit.vulnerability.name == "CVE-2099-1001"
    actions.judge_watch_hit(cast.actor("a1"), hit, concerns=False, reason="使っていない")
    stopped_clock.advance(days=1)
    tell(tmp_path, 1001, title="新しい脆弱性（更新）", below="9.0")
    assert actions.look_for_terms(REAL) == 0
    assert entries(cast) == [("新しい脆弱性", ["Gate", "Quokka"], "nothing")]
    second = Item.objects.get(native_id="CVE-2099-1002")
    Mention.objects.create(item=second, vulnerability=hit.vulnerability)
    tell(tmp_path, 1002, vendor="Quokka", product="Gate")
    assert actions.look_for_terms(REAL) == 1  # it speaks of two: an entry of its own, of no vulnerability
    assert queries.watch_hits_for(cast.actor("a1")).get(item=second).vulnerability is None


@pytest.mark.django_db
def test_a_new_word_is_looked_for_in_the_last_thirty_days_and_not_before(cast, tmp_path, stopped_clock):
    tell(tmp_path, 1001)
    stopped_clock.advance(days=31)
    tell(tmp_path, 1002)
    stopped_clock.advance(days=29)
    term = watch(cast)
    assert actions.look_for_terms(REAL) == 1
    assert [row.vulnerability.name for row in queries.watch_hits_for(cast.actor("a1"))] == ["CVE-2099-1002"]
    term.refresh_from_db()
    assert term.looked_until == stopped_clock.now
    actions.unwatch_term(cast.actor("a1"), term)
    stopped_clock.advance(days=1)
    tell(tmp_path, 1003)
    assert (actions.look_for_terms(REAL), WatchHit.everything.count()) == (0, 1)


@pytest.mark.django_db
def test_what_is_typed_wrong_is_refused_and_the_same_word_twice_is_one(cast, stopped_clock):
    for kind, words, field in (
        ("nonsense", "Gate", "kind"),
        ("product", " ", "words"),
        ("product", "x", "words"),
        ("product", "長" * 101, "words"),
    ):
        with pytest.raises(InvalidInput) as refused:
            watch(cast, words, kind)
        assert refused.value.field == field
    assert watch(cast).pk == watch(cast).pk
    assert WatchTerm.everything.get().looked_until == stopped_clock.now - timedelta(days=30)


@pytest.mark.django_db
def test_nobody_else_sees_what_is_watched_and_what_names_it(cast, tmp_path):
    term = watch(cast, "Gate")
    watch(cast, "Thing", who="b1")
    tell(tmp_path, 1001, title="秘密の標題")
    tell(tmp_path, 1002, product="Thing", title="B行の標題")
    actions.look_for_terms(REAL)
    hit = queries.watch_hits_for(cast.actor("a1")).get()
    assert (hit.title, [title for title, *_ in entries(cast, "b1")]) == ("秘密の標題", ["B行の標題"])
    for name in ("b1", "hub_op", "a_reader", "a_admin", "sup", "v1"):
        actor, client = cast.actor(name), cast.client(name)
        assert hit not in WatchHit.objects.visible_to(actor), name
        assert term not in WatchTerm.objects.visible_to(actor), name
        for address in ("", "words/", f"{hit.pk}/", "?export=csv"):
            text = b"".join(client.get(f"/advisories/watching/{address}")).decode()
            assert [word for word in ("Gate", "秘密の標題") if word in text] == [], (name, address)
        for act in (
            lambda: actions.judge_watch_hit(actor, hit, concerns=True, reason="r"),  # noqa: B023 - called here
            lambda: actions.unwatch_term(actor, term),  # noqa: B023 - called here
        ):
            with pytest.raises((NotFound, NotAllowed)):
                act()
    assert (WatchTerm.everything.count(), WatchHit.everything.filter(stage="to_judge").count()) == (2, 2)


SEE_WHAT_A_WATCHES = {"a1", "a2"}


def told_of_hits() -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for notice in Notice.everything.filter(kind=NoticeKind.WATCHED).select_related("person").order_by("pk"):
        shown = present(actor_of(notice.person), [notice]).values()
        told.setdefault(notice.person.email.partition("@")[0], []).extend(each.title for each in shown)
    return told


@pytest.mark.django_db
def test_who_needs_to_know_is_told_once_for_what_was_found_together_and_nobody_else(cast, tmp_path, drain):
    watch(cast, "Gate")
    tell(tmp_path, 1001, title="一つ目")
    for _again in range(2):
        actions.look_for_terms(REAL)
        drain()
    assert told_of_hits() == {name: ["Gate: 一つ目"] for name in SEE_WHAT_A_WATCHES}
    tell(tmp_path, 1002, title="二つ目")
    tell(tmp_path, 1003, title="三つ目")
    actions.look_for_terms(REAL)
    drain()
    assert told_of_hits() == {name: ["Gate: 一つ目", "Gate: 二つ目 and 1 more"] for name in SEE_WHAT_A_WATCHES}
    notice = Notice.everything.filter(kind=NoticeKind.WATCHED, person__email__startswith="a1@").latest("pk")
    assert (notice.count, present(cast.actor("a1"), [notice])[notice.pk].url) == (2, "/advisories/watching/")
    for name in ("b1", "hub_op", "a_reader", "sup"):
        assert present(cast.actor(name), [notice]) == {}, name


@pytest.mark.django_db
@pytest.mark.pages
def test_the_mail_about_it_names_neither_the_word_nor_the_record(cast, tmp_path, drain, stopped_clock):
    choose(cast.actor("a1"), NoticeKind.WATCHED, "at_once")
    watch(cast, "Gate")
    tell(tmp_path, 1001, title="秘密の標題")
    actions.look_for_terms(REAL)
    drain()
    assert "Gate: 秘密の標題" in cast.client("a1").get("/inbox/").content.decode()
    assert outgoing.outbox == []  # it settles first: what comes within minutes is one mail
    stopped_clock.advance(hours=1)
    send_due_mail()
    drain()
    (mail,) = outgoing.outbox
    text = mail.message().as_string() + mail.subject + mail.body
    assert (mail.to, "Gate" in text, "秘密の標題" in text) == ([cast.a1.email], False, False)
    assert mail.subject == "注視する語が新しい記事に出た (TLP:AMBER)"


@pytest.mark.django_db
@pytest.mark.pages
def test_a_person_watches_a_word_and_judges_what_names_it(cast, tmp_path):
    client = cast.client("a1")
    assert client.get("/advisories/watching/").status_code == 200
    assert client.post("/advisories/watching/words/", {"kind": "product", "words": "x"}).status_code == 422
    assert client.post("/advisories/watching/words/", {"kind": "product", "words": "Gate"}).status_code == 302
    tell(tmp_path, title="標題")
    actions.look_for_terms(REAL)
    hit = WatchHit.everything.get()
    assert "標題" in client.get("/advisories/watching/").content.decode()
    address = f"/advisories/watching/{hit.pk}/"
    assert "CVE-2099-1001" in client.get(address).content.decode()
    assert client.post(address, {"judgement": "concerns", "reason": " "}).status_code == 422
    assert client.post(address, {"judgement": "concerns", "reason": "採用予定"}).status_code == 302
    assert "採用予定" in client.get(address).content.decode()
    assert client.post(f"/advisories/watching/words/{WatchTerm.everything.get().pk}/take-away").status_code == 302
    assert (WatchTerm.everything.count(), WatchHit.everything.get().stage) == (0, "concerns")


@pytest.mark.django_db
@pytest.mark.pages
def test_the_list_costs_the_same_for_one_and_for_three(cast, tmp_path, django_assert_num_queries):
    watch(cast)
    client = cast.client("a1")
    for numbers in ((1001,), (1002, 1003)):
        for number in numbers:
            tell(tmp_path, number)
        actions.look_for_terms(REAL)
        client.get("/advisories/watching/")
        with django_assert_num_queries(10):
            client.get("/advisories/watching/")
    assert WatchHit.everything.count() == 3


@pytest.mark.django_db
def test_what_names_a_word_is_told_in_the_order_in_which_it_came_and_no_database_sorts_what_it_reads(tmp_path):
    for number in (1001, 1002, 1003):
        tell(tmp_path, number, title=str(number))
    Revision.objects.filter(title="1001").update(seen_at=clock.now() + timedelta(minutes=1))
    with CaptureQueriesContext(connection) as asked:
        found = list(_records(REAL, Terms({"product": ["Gate"]}), clock.now()))
    assert [record.title for record in found] == ["1002", "1003", "1001"]
    reading = [query["sql"] for query in asked if '"advisories_revision"."claims"' in query["sql"]]
    assert ["ORDER BY" in statement for statement in reading] == [False]


@pytest.mark.django_db
def test_what_came_just_before_somebody_looked_is_looked_at_again_and_what_came_long_before_is_not(
    cast, tmp_path, stopped_clock
):
    term = watch(cast)
    for number, minutes in ((1001, 11), (1002, 9)):
        tell(tmp_path, number, title=str(number))
        Revision.objects.filter(title=str(number)).update(seen_at=clock.now() - timedelta(minutes=minutes))
    WatchTerm.everything.filter(pk=term.pk).update(looked_until=clock.now())
    assert actions.look_for_terms(REAL) == 1
    assert [title for title, _words, _stage in entries(cast)] == ["1002"]
