"""Nobody can tell who is anonymous: had somebody else written it, everybody would have got the very same.

Each test plays a day twice. The signal is written by an analyst of bank A, then, word for word, by one of another
member of the same class and groups; all that the others get by every channel is compared. Both institutions' logs have
what the signal names, and in both a colleague takes note of it where it reaches them.
"""

import re
from collections import Counter
from functools import partial
from typing import Final

import pytest
from django.core import mail

from access.leak_channels import COMMON, Look, Watch, differences, mentions, undone
from factories import files
from factories.audience import COMMUNITY, to_person
from factories.lakes import EVIL_ADDRESS, event, fill_lake
from factories.members import make_person
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.hunting.queries import counts_by_organisation
from noroshi.members.actions import join_group
from noroshi.members.models import Person
from noroshi.sharing import actions
from noroshi.sharing.actions import Upload
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Receipt, Signal
from noroshi.sharing.policy import allowed_verbs

pytestmark = pytest.mark.slow

AUTHORS: Final = ("a1", "o1")
EVERY_WAY: Final = {"web", "export", "feed", "api_person_token", "mail_content", "misp", "tools"}
READERS: Final = ("hub_op", "b1", "a2", "auditor")
MACHINES: Final = ("bank_b",)
HASHES: Final = re.compile(r'(?<=")(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{32})(?=")|(?<="id": )\d+')
TITLE: Final = f"Quokka {COMMON}"


@pytest.fixture
def watch(cast, stopped_clock):
    """A sector with logs in which every institution has the value, and eyes for everybody but the authors."""
    cast.people["o2"] = make_person("o2@outsider.example", cast.outsider, "analyst")
    join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.o1)
    Person.objects.update(language="en")
    for name in ("bank_a", "bank_b", "outsider", "insurer", "hub"):
        fill_lake(cast.organisations[name], [event(src_ip=EVIL_ADDRESS)])
    return Watch(cast, [*READERS, *AUTHORS], MACHINES)


def audiences(cast) -> dict[str, Marking]:
    """For whom it is: alike for both authors."""
    lines = {
        "everybody": (TLP.GREEN, [COMMUNITY]),
        "two people": (TLP.RED, [to_person(cast.b1), to_person(cast.hub_op)]),
    }
    return {
        name: Marking(tlp, entries=frozenset(entries), author_mode=AuthorMode.ANONYMOUS)
        for name, (tlp, entries) in lines.items()
    }


def hold(cast, author: str, marking: Marking) -> Signal:
    """Have it written, handed back, sent again and wait for release."""
    words = Content("phishing", "customer", TITLE, f"seen from {EVIL_ADDRESS}")
    draft = actions.draft_signal(cast.actor(author), content=words, marking=marking)
    actions.attach_file(cast.actor(author), draft, upload=Upload(files.picture(), "by-me.jpg"))
    actions.publish_signal(cast.actor(author), draft)
    actions.ask_author(cast.actor("hub_op"), draft, text="since when?")
    actions.answer_hub(cast.actor(author), draft, text="since Monday")
    actions.return_signal(cast.actor("hub_op"), draft, reason="shorter")
    actions.revise_draft(cast.actor(author), draft, content=words, marking=marking)
    return actions.publish_signal(cast.actor(author), draft)


def discuss(cast, author: str, signal: Signal) -> None:
    """Release it, and let everybody whom it reaches, and its author, say something."""
    signal = actions.release_signal(cast.actor("hub_trusted"), signal)
    for name in ("a2", "o2", "b1", "i1", "hub_op"):
        actor = cast.actor(name)
        if Signal.objects.visible_to(actor).exists() and "answer" in allowed_verbs(actor, signal):
            actions.acknowledge_signal(actor, signal)
            actions.report_seen(actor, signal)
            actions.take_stance(actor, signal, kind="affected")
            actions.comment_on_signal(actor, signal, body="here too", anonymous=name == "b1")
    comment = actions.comment_on_signal(cast.actor(author), signal, body="since Monday")
    actions.attach_to_comment(cast.actor(author), comment, upload=Upload(b"since Monday", "mine.txt"))


def unhashed(seen: Look) -> Look:
    """The same without hashes and the ledger's numbers: the two days have other ids, and so everything made of them."""
    return {channel: HASHES.sub("<hash>", text) for channel, text in seen.items()}


@pytest.mark.parametrize("audience", ["everybody", "two people"])
def test_others_when_an_anonymous_signal_lives_then_nothing_tells_whose_it_is(
    cast, drain, stopped_clock, watch, audience
):
    marking, noon = audiences(cast)[audience], stopped_clock.now

    def day_of(author):
        stopped_clock.now = noon
        mail.outbox.clear()
        signal = hold(cast, author, marking)
        drain()
        seen = {"hub_op, held": watch.look("hub_op", [signal.pk])}
        discuss(cast, author, signal)
        for name in AUTHORS:
            watch.fetch(name)
        stopped_clock.advance(hours=20)
        drain()
        numbers = [signal.pk]
        seen |= {reader: watch.look(reader, numbers) for reader in (*READERS, *MACHINES)}
        counts = [count.organisation.slug for count in counts_by_organisation(cast.actor("hub_op"), signal)]
        receipts = sorted(
            Receipt.everything.values_list("person__name", "organisation__slug", "channel", "count"), key=str
        )
        payloads = LedgerEntry.objects.filter(action="hunting.hit.found").values_list(
            "payload__organisation", flat=True
        )
        actions.withdraw_signal(cast.actor(author), signal, reason="resolved")
        drain()
        seen["b1, withdrawn"] = watch.look("b1", numbers)
        downloads = LedgerEntry.objects.filter(action="sharing.attachment.downloaded").order_by("id")
        return seen, (counts, Counter(payloads), receipts, list(downloads.values_list("person", "channel")))

    (one, kept), (other, kept_of_other) = (undone(partial(day_of, name)) for name in AUTHORS)
    assert mentions(one["b1"], [TITLE]) != {}
    assert mentions(one["b1, withdrawn"], ["resolved"]) != {}
    told = {reader: differences(unhashed(one[reader]), unhashed(other[reader])) for reader in one}
    assert {reader: channels for reader, channels in told.items() if channels} == {}
    assert kept == kept_of_other
    ways = {way for name, _home, way, _count in kept[2] if name == AUTHORS[0]}
    assert len(kept[3]) == (4 if audience == "everybody" else 0)  # two files by two people
    assert ways == (EVERY_WAY if audience == "everybody" else set())
