"""What is hidden changes nothing that TAXII answers: collections, objects, manifests, pages, headers, single objects.

The day is played twice, as in `test_leaks`, with a parcel of STIX for each hidden signal: a report that says its words,
an indicator of its own, and a newer version of an object that everybody sees.
"""

import json
from typing import Final

import pytest

from access.hidden import HIDDEN, ask_openly, live, marks
from access.leak_channels import COMMON, Watch, differences, mentions, plain, undone
from factories.audience import COMMUNITY
from factories.stix_store import indicator, report
from factories.taxii import Taxii, client_of
from noroshi.core import clock
from noroshi.core.domain.tlp import TLP
from noroshi.intel.actions import publish_parcel
from noroshi.intel.domain.stix.header import header_of
from noroshi.members.actions import join_group, leave_group, suspend_organisation
from noroshi.members.models import Person
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Signal

pytestmark = pytest.mark.slow

SIGNALS: Final = tuple(name for name in HIDDEN if name not in ("shelf", "qanda"))
READERS: Final = {
    SIGNALS: ("o1", "outsider", "t1", "s1", "v1", "sup", "supervisor", "b_admin", "auditor"),
    tuple(name for name in SIGNALS if name != "shut"): ("a2", "b2", "bank_b", "i1"),
    ("early", "unsent", "drill", "gone"): ("hub_op",),
}
SEEN: Final = "indicator--6f0b8c1e-5f7d-4c3a-9a53-0d0b3c2f6e19"
OWN: Final = {name: f"indicator--6f0b8c1e-5f7d-4c3a-8a53-{place:012}" for place, name in enumerate(SIGNALS)}


def parcel(signal: Signal, *objects) -> None:
    said = [(header_of(each), json.dumps(each).encode()) for each in objects]
    publish_parcel(signal, said, shown_at=clock.now())


@pytest.fixture
def watch(cast, drain, stopped_clock):
    """Signals with parcels that everybody sees, and eyes for every reader."""
    Person.objects.update(language="en")
    join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.i1)
    leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.i1)
    for place, (title, tlp) in enumerate((("Open", TLP.CLEAR), ("Common", TLP.GREEN), ("Kept", TLP.AMBER))):
        words = Content("phishing", "customer", f"{title} {COMMON}", "seen")
        entries = Marking(tlp, entries=frozenset({COMMUNITY}))
        signal = actions.share_signal(cast.actor("b1"), content=words, marking=entries)
        parcel(signal, indicator(name=f"{SEEN[:-1]}{place}"), indicator(name=SEEN))
    ask_openly(cast)
    drain()
    names = [name for readers in READERS.values() for name in readers]
    machines = ("outsider", "bank_b", "supervisor")
    return Watch(cast, [name for name in names if name in cast.people], machines)


def hide(cast, stopped_clock, name: str) -> None:
    signal = Signal.everything.get(pk=live(cast, stopped_clock, name))
    own = indicator(f"{marks(name)[6]}.net", name=OWN[name])
    newer = indicator(name=SEEN, modified="2026-11-09T00:00:00.000Z", description=marks(name)[1])
    parcel(signal, own, report(own, name=marks(name)[0]), newer)


def look(watch, reader: str) -> dict[str, str]:
    """What TAXII answers to a reader: what every watch asks, and the hidden objects by their own addresses."""
    from access import leak_channels

    seen = leak_channels._taxii(watch.tokens[reader])
    client = Taxii(watch.tokens[reader])
    for collection in ("everything", "group-wg_incident"):
        for name, own in OWN.items():
            path = f"collections/{collection}/objects/{own}/"
            seen[f"{path} {name}"] = plain(client.get(path)) + plain(client.get(f"{path}versions/"))
    return seen


@pytest.mark.parametrize("hidden", READERS, ids=["everything", "what is no colleague's", "what is no operator's"])
def test_taxii_when_something_is_hidden_then_it_answers_as_if_it_were_not_there(
    cast, drain, stopped_clock, watch, hidden
):
    def evening_after(names):
        for name in names:
            hide(cast, stopped_clock, name)
        drain()
        return {reader: look(watch, reader) for reader in READERS[hidden]}

    with_it, without_it = undone(lambda: evening_after(hidden)), undone(lambda: evening_after(()))
    words = [word for name in hidden for word in (*marks(name), OWN[name].rpartition("--")[2])]
    assert {reader: found for reader, seen in with_it.items() if (found := mentions(seen, words[:-1]))} == {}
    told = {reader: differences(without_it[reader], seen) for reader, seen in with_it.items()}
    assert {reader: channels for reader, channels in told.items() if channels} == {}


def test_taxii_when_those_look_who_may_see_then_it_shows_what_the_channel_carries(cast, drain, stopped_clock, watch):
    """The test above would be content with a server that gives nothing."""
    for name in SIGNALS:
        hide(cast, stopped_clock, name)
    found = {name: set(client_of(cast, name).ids()) & set(OWN.values()) for name in ("b1", "bank_b", "outsider")}
    assert found == {"b1": {OWN["shut"], OWN["early"]}, "bank_b": {OWN["shut"]}, "outsider": set()}
    common = {SEEN, *(f"{SEEN[:-1]}{place}" for place in range(3))}
    assert set(client_of(cast, "outsider").ids()) & common == common


def test_taxii_when_a_page_is_turned_after_the_door_was_shut_then_nothing_more_comes(cast, drain, stopped_clock, watch):
    reader = client_of(cast, "bank_b")
    first = reader.get("collections/everything/objects/", limit=1).json()
    assert first["more"]
    suspend_organisation(cast.actor("hub_op"), organisation=cast.bank_b, reason="left")
    assert reader.get("collections/everything/objects/", next=first["next"]).status_code == 401
