"""Nobody learns of what they may not see, by any channel: what is hidden could as well not be there.

Each test plays the same day twice, once without and once with signals that are hidden from the reader, and compares
all that the reader gets (POLICY, invariant 5). Each hidden signal has words that stand nowhere else, shares a word and
a value with visible ones, was found in the reader's own logs, discussed, and changed.
"""

from datetime import timedelta
from typing import Final

import pytest
from django.core import mail

from access.leak_channels import COMMON, Watch, differences, mentions, nowhere, undone
from factories.audience import COMMUNITY, to_group, to_organisation, to_person, without
from factories.lakes import EVIL_ADDRESS, event, fill_lake
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.domain.worlds import exercise
from noroshi.members.actions import join_group, leave_group
from noroshi.members.models import Person, RoleAssignment
from noroshi.notify.models import Notice
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Signal
from noroshi.sharing.queries import relatable

pytestmark = pytest.mark.slow

HIDDEN: Final = ("shut", "named", "circle", "early", "waiting", "unsent", "drill", "gone")
READERS: Final = {
    HIDDEN: {
        "o1": "analyst of an excluded organisation",
        "outsider": "token of an excluded organisation",
        "o_reader": "auditor of an excluded organisation",
        "b_admin": "admin of an addressee's organisation",
        "t1": "trial member",
        "s1": "supporter",
        "v1": "vendor",
        "sup": "supervisor",
        "supervisor": "token of a supervisor",
        "auditor": "auditor of the hub",
        "visitor": "visitor",
    },
    tuple(name for name in HIDDEN if name != "shut"): {
        "a2": "colleague of the author",
        "b2": "colleague of an addressee",
        "bank_b": "token of an addressee's organisation",
        "i1": "former member of the group",
    },
    ("early", "unsent", "drill", "gone"): {"hub_op": "hub operator"},
}
"""What is hidden, and from whom."""

LEDGER: Final = ("/ledger/", "/ledger/?export=csv", "/signals/receipts", "/signals/{}/receipts", "do receipt-file")
MACHINES: Final = ("outsider", "bank_b", "supervisor")


@pytest.fixture
def watch(cast, drain, stopped_clock):
    """A sector with logs and with signals for everybody, and eyes for every reader."""
    Person.objects.update(language="en")
    RoleAssignment.objects.create(person=cast.o_reader, role="auditor")
    join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.i1)
    leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.i1)
    for name in ("bank_a", "bank_b", "outsider", "insurer", "hub"):
        values = (EVIL_ADDRESS, *(f"{mark}-lemur.net" for mark in HIDDEN))
        fill_lake(cast.organisations[name], [event(host=value, src_ip=EVIL_ADDRESS) for value in values])
    for title, tlp in (("Open", TLP.CLEAR), ("Common", TLP.GREEN), ("Kept", TLP.AMBER)):
        words = Content("phishing", "customer", f"{title} {COMMON}", f"seen from {EVIL_ADDRESS}")
        actions.share_signal(cast.actor("b1"), content=words, marking=Marking(tlp, entries=frozenset({COMMUNITY})))
    drain()
    names = [name for readers in READERS.values() for name in readers]
    return Watch(cast, [name for name in names if name in cast.people], MACHINES)


def marks(name: str) -> list[str]:
    """The words that stand in one hidden signal and nowhere else."""
    return [f"{animal}{name}" for animal in ("quokka", "okapi", "narwhal", "axolotl")] + [f"{name}-lemur"]


def markings(cast, clock) -> dict[str, Marking]:
    """For whom each of the hidden signals is."""
    strict = {"tlp": TLP.AMBER_STRICT, "profile": Profile.F_ISAC_JP}
    named = frozenset({to_person(cast.b1)})
    tomorrow = clock.now + timedelta(days=1)
    return {
        "shut": Marking(TLP.AMBER, entries=frozenset({COMMUNITY, without(cast.outsider)})),
        "named": Marking(TLP.RED, entries=named),
        "circle": Marking(**strict, entries=frozenset({to_group(cast.wg_incident)})),
        "early": Marking(TLP.AMBER, entries=frozenset({COMMUNITY, *named}), embargo_until=tomorrow),
        "waiting": Marking(TLP.RED, entries=named, author_mode=AuthorMode.ANONYMOUS),
        "unsent": Marking(TLP.GREEN, entries=frozenset({COMMUNITY})),
        "drill": Marking(TLP.GREEN, entries=frozenset({COMMUNITY, to_organisation(cast.outsider)})),
        "gone": Marking(**strict, entries=named),
    }


def live(cast, name: str, marking: Marking) -> Signal:
    """Write one hidden signal and let it have its life."""
    world = exercise("autumn") if name == "drill" else "real"
    author, reader = cast.actor("a1", world=world), cast.actor("b1", world=world)
    title, body, comment, reason, _value = marks(name)
    words = Content("phishing", "customer", f"{title} {COMMON}", f"{body} {EVIL_ADDRESS} {name}-lemur[.]net")
    signal = actions.draft_signal(author, content=words, marking=marking)
    if name == "unsent":
        return signal
    actions.publish_signal(author, signal)
    if name == "waiting":
        return signal
    if name == "named":
        actions.release_signal(cast.actor("hub_trusted"), signal)
    actions.comment_on_signal(reader, signal, body=f"{comment} {COMMON}")
    actions.report_seen(reader, signal)
    actions.take_stance(reader, signal, kind="affected", named=True)
    _relate(cast, signal)
    actions.acknowledge_signal(reader, signal)
    if marking.tlp is not TLP.RED:
        actions.amend_signal(author, signal, title=f"{title} more", body=words.body, reason=reason)
    if name == "gone":
        actions.withdraw_signal(author, signal, reason=reason)
    return signal


def _relate(cast, signal: Signal) -> None:
    """Say that it belongs to a signal that everybody sees, where somebody may."""
    operator = cast.actor("hub_op")
    seen = relatable(operator)
    if seen.filter(pk=signal.pk).exists():
        actions.relate_signals(operator, signal, other=seen.get(title=f"Common {COMMON}"), kind="campaign")


@pytest.mark.parametrize("hidden", READERS, ids=["everything", "what is no colleague's", "what is no operator's"])
def test_reader_when_something_is_hidden_then_every_channel_is_as_if_it_were_not_there(
    cast, drain, stopped_clock, watch, hidden
):
    chosen, noon = markings(cast, stopped_clock), stopped_clock.now

    def evening_after(names):
        stopped_clock.now = noon
        mail.outbox.clear()
        numbers = [live(cast, name, chosen[name]).pk for name in names] or nowhere(len(hidden))
        drain()
        stopped_clock.advance(hours=20)
        drain()
        return {reader: watch.look(reader, numbers) for reader in READERS[hidden]}

    with_it, without_it = undone(lambda: evening_after(hidden)), undone(lambda: evening_after(()))
    words = [word for name in hidden for word in marks(name)]
    assert {reader: found for reader, seen in with_it.items() if (found := mentions(seen, words))} == {}
    told = {reader: differences(without_it[reader], seen) for reader, seen in with_it.items()}
    for page in LEDGER:  # whose whole it names: who did or got what by its number, and no more
        told.get("auditor", {}).pop(page, None)
    assert {reader: channels for reader, channels in told.items() if channels} == {}


def test_watch_when_those_look_who_may_see_then_it_finds_everything(cast, drain, stopped_clock, watch):
    """The test above would be content with eyes that see nothing: these are the same."""
    eyes = {"b1": ("shut", "named", "circle", "early"), "a1": ("unsent", "waiting"), "hub_op": ("waiting",)}
    chosen = markings(cast, stopped_clock)
    numbers = [live(cast, name, chosen[name]).pk for name in HIDDEN]
    drain()
    for reader, names in eyes.items():
        found = mentions(watch.look(reader, numbers), [marks(name)[0] for name in HIDDEN])
        assert {word for words in found.values() for word in words} >= {marks(name)[0] for name in names}, reader


def test_operator_when_a_red_one_is_released_then_its_words_are_gone_from_there(cast, drain, stopped_clock, watch):
    author, marking = cast.actor("a1"), markings(cast, stopped_clock)["named"]
    title, body, *_rest = marks("named")
    draft = actions.draft_signal(author, content=Content("phishing", "customer", title, body), marking=marking)
    held = actions.publish_signal(author, draft)
    drain()
    assert mentions(watch.look("hub_op", [held.pk]), [title, body]) != {}
    actions.release_signal(cast.actor("hub_trusted"), held)
    drain()
    notices = list(Notice.everything.filter(person=cast.hub_op).values_list("pk", flat=True))
    assert mentions(watch.look("hub_op", [held.pk, *notices]), [title, body]) == {}
