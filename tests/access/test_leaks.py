"""Nobody learns of what they may not see, by any channel: what is hidden could as well not be there.

Each test plays the same day twice, once without and once with signals that are hidden from the reader, and compares
all that the reader gets (POLICY, invariant 5). `access.hidden` has what is hidden, and its life.
"""

from typing import Final

import pytest
from django.core import mail

from access.hidden import HIDDEN, ask_openly, files_of, live, marking, marks
from access.leak_channels import COMMON, Watch, differences, mentions, nowhere, undone
from factories.audience import COMMUNITY
from factories.lakes import EVIL_ADDRESS, event, fill_lake
from noroshi.core.domain.tlp import TLP
from noroshi.members.actions import join_group, leave_group
from noroshi.members.models import Person, RoleAssignment
from noroshi.notify.models import Notice
from noroshi.notify.tasks import send_due_mail
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking

pytestmark = pytest.mark.slow

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
def watch(cast, drain, stopped_clock, partner):
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
    ask_openly(cast)
    drain()
    names = [name for readers in READERS.values() for name in readers]
    return Watch(cast, [name for name in names if name in cast.people], MACHINES, partner)


@pytest.mark.parametrize("hidden", READERS, ids=["everything", "what is no colleague's", "what is no operator's"])
def test_reader_when_something_is_hidden_then_every_channel_is_as_if_it_were_not_there(
    cast, drain, stopped_clock, partner, watch, hidden
):
    noon = stopped_clock.now

    def evening_after(names):
        stopped_clock.now = noon
        mail.outbox.clear()
        partner.sent.clear()
        numbers = [live(cast, stopped_clock, name) for name in names] or nowhere(len(hidden))
        drain()
        stopped_clock.advance(hours=20)
        send_due_mail()
        drain()
        files = files_of(numbers) or nowhere(len({*hidden} - {"shelf", "qanda"}))
        return {reader: watch.look(reader, numbers, files) for reader in READERS[hidden]}

    with_it, without_it = undone(lambda: evening_after(hidden)), undone(lambda: evening_after(()))
    words = [word for name in hidden for word in marks(name)]
    assert {reader: found for reader, seen in with_it.items() if (found := mentions(seen, words))} == {}
    told = {reader: differences(without_it[reader], seen) for reader, seen in with_it.items()}
    for page in LEDGER:  # whose whole it names: who did or got what by its number, and no more
        told.get("auditor", {}).pop(page, None)
    assert {reader: channels for reader, channels in told.items() if channels} == {}


def test_watch_when_those_look_who_may_see_then_it_finds_everything(cast, drain, stopped_clock, watch):
    """The test above would be content with eyes that see nothing: these are the same."""
    numbers = [live(cast, stopped_clock, name) for name in HIDDEN]
    files = files_of(numbers)
    drain()
    title, comment, file, group, digest = 0, 2, 4, 5, 7
    eyes = {
        "b1": {("shut", title), ("named", title), ("circle", title), ("early", title), ("cell", title)}
        | {("shut", file), ("named", file), ("circle", file), ("cell", file), ("cell", group), ("named", comment)}
        | {("shelf", title), ("shelf", comment), ("shelf", file)},
        "a1": {("unsent", title), ("unsent", file), ("waiting", title), ("qanda", title)},
        "hub_op": {("waiting", title), ("qanda", title), ("qanda", comment)},
        "bank_b": {("shut", title)},
    }
    for reader, seen in eyes.items():
        found = mentions(watch.look(reader, numbers, files), [word for name in HIDDEN for word in marks(name)])
        words = {word for some in found.values() for word in some}
        assert {marks(name)[place] for name, place in seen} - words == set(), reader
        assert {marks(name)[digest] for name in HIDDEN} & words == set(), reader
        assert reader != "bank_b" or {"webhook", "api"} <= {channel.split()[0] for channel in found}


def test_operator_when_a_red_one_is_released_then_its_words_are_gone_from_there(cast, drain, stopped_clock, watch):
    author, named = cast.actor("a1"), marking(cast, stopped_clock, "named")
    title, body, *_rest = marks("named")
    draft = actions.draft_signal(author, content=Content("phishing", "customer", title, body), marking=named)
    held = actions.publish_signal(author, draft)
    drain()
    assert mentions(watch.look("hub_op", [held.pk]), [title, body]) != {}
    actions.release_signal(cast.actor("hub_trusted"), held)
    drain()
    notices = list(Notice.everything.filter(person=cast.hub_op).values_list("pk", flat=True))
    assert mentions(watch.look("hub_op", [held.pk, *notices]), [title, body]) == {}
