"""An anonymous author stands nowhere: not in the ledger, a page, a list, a file, a search, a notice or a mail."""

import json
import re

import pytest
from django.core import mail
from django.urls import reverse

from factories.audience import COMMUNITY, WORDS, to_person
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Person
from noroshi.notify.models import Notice
from noroshi.sharing import actions, queries

LIST = reverse("sharing:list")
SECRET = "Sakuragi Hanako"
HOME = "Sakuragi Bank"


@pytest.fixture
def author(cast):
    """An analyst whose name and organisation stand in nothing else."""
    person = cast.a2
    person.name = SECRET
    person.save(update_fields=["name"])
    cast.bank_a.name_ja = cast.bank_a.name_en = HOME
    cast.bank_a.save(update_fields=["name_ja", "name_en"])
    return person


def names_in(text):
    return {name for name in (SECRET, HOME, "a2@", "bank-a.example") if name in text}


def write(cast, *entries, tlp=TLP.GREEN):
    from noroshi.sharing.domain.content import Marking

    marking = Marking(tlp, entries=frozenset(entries or [COMMUNITY]), author_mode=AuthorMode.ANONYMOUS)
    draft = actions.draft_signal(cast.actor("a2"), content=WORDS, marking=marking)
    return actions.publish_signal(cast.actor("a2"), draft)


def live_through(cast, drain):
    """An anonymous signal with everything that its author may do to it, and what others do."""
    handed_back = write(cast)
    actions.return_signal(cast.actor("hub_op"), handed_back, reason="shorter, please")
    actions.discard_draft(cast.actor("a2"), handed_back)
    recalled = write(cast)
    actions.recall_signal(cast.actor("a2"), recalled)
    signal = write(cast)
    drain()
    actions.release_signal(cast.actor("hub_op"), signal)
    actions.comment_on_signal(cast.actor("b1"), signal, body="since when?")
    actions.comment_on_signal(cast.actor("a2"), signal, body="since Monday")
    actions.report_seen(cast.actor("b1"), signal)
    actions.acknowledge_signal(cast.actor("b1"), signal)
    drain()
    return signal


def test_ledger_when_an_anonymous_author_has_done_everything_then_it_never_names_them(cast, drain, author):
    signal = live_through(cast, drain)
    actions.withdraw_signal(cast.actor("a2"), signal, reason="resolved")
    entries = LedgerEntry.objects.all()
    assert {entry.action for entry in entries if entry.actor_label == "anonymous"} >= {
        *("sharing.signal.drafted", "sharing.signal.held", "sharing.signal.recalled", "sharing.signal.discarded"),
        *("sharing.signal.commented", "sharing.signal.withdrawn"),
    }
    whole = json.dumps(list(entries.values()), default=str, ensure_ascii=False)
    assert names_in(whole) == set()
    assert str(author.pk) not in whole
    assert str(author.organisation_id) not in whole


def test_pages_when_read_by_everybody_else_then_none_names_the_author(cast, drain, author):
    signal = live_through(cast, drain)
    for name in ("b1", "i1", "o1", "hub_op", "hub_trusted", "hub_admin", "auditor"):
        client = cast.client(name)
        for address in (
            LIST,
            f"{LIST}?q=偽",
            reverse("sharing:detail", args=[signal.pk]),
            reverse("sharing:withdrawn"),
        ):
            text = client.get(address).content.decode()
            assert names_in(text) == set(), (name, address)
        csv = b"".join(client.get(f"{LIST}?export=csv").streaming_content).decode()
        assert (WORDS.title in csv, names_in(csv)) == (True, set())
        assert names_in(client.get(reverse("notify:inbox")).content.decode()) == set()


def test_detail_when_a_colleague_reads_it_then_nothing_tells_it_from_a_stranger_s(cast, drain, author):
    signal = live_through(cast, drain)
    page = reverse("sharing:detail", args=[signal.pk])

    def facts(name):
        text = re.search(
            r'<aside class="page-aside.*?</aside>', cast.client(name).get(page).content.decode(), re.DOTALL
        )
        return text.group()

    assert facts("a1") == facts("b2")
    assert [queries.not_acknowledged_by(cast.actor(name)).count() for name in ("a1", "b1", "i1")] == [1, 0, 1]
    assert SECRET in cast.client("a2").get(page).content.decode()


def test_release_queue_when_an_operator_looks_then_the_author_is_not_there(cast, drain, author):
    held = write(cast, to_person(cast.b1))
    for name in ("hub_op", "hub_trusted"):
        client = cast.client(name)
        for address in (
            reverse("sharing:release-queue"),
            reverse("sharing:detail", args=[held.pk]),
            reverse("portal:home"),
        ):
            answer = client.get(address)
            assert (answer.status_code, names_in(answer.content.decode())) == (200, set()), address
        assert "Bank_B" in client.get(reverse("sharing:detail", args=[held.pk])).content.decode()


def test_reach_when_an_operator_may_know_it_then_the_author_is_in_it_only_as_any_reader_is(cast, author):
    narrow, wide = write(cast, to_person(cast.b1), tlp=TLP.RED), write(cast)

    def ways(actor, signal):
        houses = queries.reach_known_to(actor, signal).houses.values()
        return {name: some.way.value for ways in houses for some in ways for name in some.names}

    assert ways(cast.actor("hub_op"), narrow) == {"b1": "person"}
    assert ways(cast.actor("a2"), narrow) == {"b1": "person", SECRET: "author"}
    known = ("a1", "b1", "hub_op", "hub_trusted", "hub_admin", "hub_reader", "auditor")  # of a group, or of the house
    assert ways(cast.actor("hub_op"), wide) == dict.fromkeys(known, "community")
    counted = {house.slug: ways for house, ways in queries.reach_known_to(cast.actor("hub_op"), wide).houses.items()}
    assert [(some.way.value, some.people) for some in counted["bank_a"]] == [("community", 4)]


def test_notices_and_mails_when_sent_then_none_names_the_author(cast, drain, author):
    live_through(cast, drain)
    assert Notice.everything.filter(person=author).exists()
    others = [letter for letter in mail.outbox if letter.to != [author.email]]
    assert len(others) > 5
    assert [names_in(letter.subject + letter.body) for letter in others if not _is_colleague(letter)] == [
        set() for letter in others if not _is_colleague(letter)
    ]


def _is_colleague(letter):
    return Person.objects.get(email=letter.to[0]).organisation.slug == "bank_a"


def test_comment_when_the_anonymous_author_forgets_the_tick_then_it_is_anonymous_all_the_same(cast, author):
    signal = actions.release_signal(cast.actor("hub_op"), write(cast))
    comment = actions.comment_on_signal(cast.actor("a2"), signal, body="since Monday")
    assert queries.byline(cast.actor("b1"), comment).is_anonymous
    assert queries.byline(cast.actor("a2"), comment).person == SECRET


def test_comment_when_anonymous_then_no_reader_learns_whose(cast, share, drain, author):
    signal = share("b1")
    actions.comment_on_signal(cast.actor("a2"), signal, body="we too", anonymous=True)
    drain()
    for name in ("i1", "o1", "hub_op"):  # b1 wrote the signal, and is shown who reads it
        text = cast.client(name).get(reverse("sharing:detail", args=[signal.pk])).content.decode()
        assert ("we too" in text, names_in(text)) == (True, set())
    assert (
        names_in("".join(letter.subject + letter.body for letter in mail.outbox if not _is_colleague(letter))) == set()
    )
