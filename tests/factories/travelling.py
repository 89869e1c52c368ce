"""Signals between installations, in one database that is both ends: what a peer is written, and what is read of it."""

import json

import msgspec

from noroshi.core import ids
from noroshi.federation.carriers import CARRIERS, readable
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import Copy, Peer, PeerState
from noroshi.federation.reading import SUBJECT as READING
from noroshi.sharing.federating import SUBJECT
from noroshi.sharing.models import Signal

SIGNALS = CARRIERS[SUBJECT]


def make_peer(kind, organisation=None, **fields):
    """A peer with which what each side reads was exchanged."""
    known = {"installation": ids.new_id(), "reads": readable()}
    values = {"name": kind, "our_key": "", "state": PeerState.ACTIVE, **known, **fields}
    peer = Peer.objects.create(kind=kind, organisation=organisation, **values)
    for number in CARRIERS[READING].due_to(peer):
        Copy.objects.create(peer=peer, subject=READING, subject_id=number)
    return peer


def written(peer, signal, *, has_copy=False):
    return SIGNALS.write(peer, signal.pk, has_copy=has_copy)


def plain(parcel):
    return json.loads(msgspec.json.encode(parcel.data))


def read(peer, number, data, seq=1):
    return SIGNALS.read(peer, Letter(seq, SUBJECT, number, [ids.new_id(), peer.installation], data))


def arrived(peer, parcel, number=None):
    """What comes of a parcel, read under another number."""
    number = number or ids.new_id()
    assert read(peer, number, plain(parcel)) == "taken"
    return Signal.everything.get(pk=number)
