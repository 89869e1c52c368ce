"""What each side can read: told at the first exchange, and what an older side missed goes once it reads it."""

from factories.federation import THING
from noroshi.federation.actions import reconcile_peer
from noroshi.federation.carriers import CARRIERS, readable
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import OutboxEntry, Peer
from noroshi.federation.reading import SUBJECT

from .test_exchange import ONE, call

READINGS = CARRIERS[SUBJECT]


def hear(peer, *names):
    peer.refresh_from_db()
    return READINGS.read(peer, Letter(1, SUBJECT, ONE, [], {"reads": list(names), "of_later": 1}))


def told(peer):
    return list(OutboxEntry.objects.filter(peer=peer, subject=SUBJECT).order_by("seq").values_list("state", flat=True))


def test_peers_when_they_first_exchange_then_each_knows_what_the_other_reads(connected):
    assert call(connected)
    assert [peer.reads for peer in Peer.objects.all()] == [readable(), readable()]
    assert "sharing.signal.called" in readable()
    assert reconcile_peer(connected.there) == 0


def test_peer_when_it_reads_more_then_what_it_missed_is_noted_once(connected, goods):
    goods.reads, goods.owed_to = frozenset({"test.more"}), lambda peer: [ONE]
    for names in ((), ("test.more", "unknown"), ("test.more",)):
        assert hear(connected.there, *names) == "taken"
    missed = OutboxEntry.objects.filter(subject=THING)
    assert list(missed.values_list("peer", "subject_id")) == [(connected.there.pk, ONE)]


def test_peer_when_it_is_upgraded_then_it_is_told_what_it_could_not_read_before(connected):
    call(connected)
    OutboxEntry.objects.filter(peer=connected.there, subject=SUBJECT).update(state="refused")  # as an older one does
    hear(connected.there)
    hear(connected.there)
    assert call(connected)
    assert told(connected.there) == ["refused", "acknowledged"]


def test_installation_when_it_is_upgraded_itself_then_its_peers_are_told_of_more(connected, goods):
    call(connected)
    goods.reads = frozenset({"test.more"})
    assert reconcile_peer(connected.there) == 2  # what is read now, and that what was said before is over
    with connected.wire.at("east"):
        reconcile_peer(Peer.objects.get(pk=connected.here.pk))
    call(connected)
    assert ("test.more" in Peer.objects.get(pk=connected.here.pk).reads, reconcile_peer(connected.there)) == (True, 0)
