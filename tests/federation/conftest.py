"""What the federation room's tests start from: two hubs that are connected."""

from dataclasses import dataclass

import pytest

from factories.federation import Things, Wire, things
from noroshi.core.actor import Actor
from noroshi.federation import actions
from noroshi.federation.models import Peer
from noroshi.kit import outbound

OPERATOR = Actor.system("cli")


@dataclass
class Connected:
    """Two installations: `there`, which `here` has in its directory, and `here`, as `there` has it."""

    wire: Wire
    there: Peer
    here: Peer


@pytest.fixture
def wire(tmp_path, monkeypatch):
    """A wire between installations in this database."""
    wire = Wire(tmp_path)
    monkeypatch.setattr(outbound, "post", wire.post)
    return wire


@pytest.fixture
def connected(cast, wire, settings):
    """Two hubs, `east` that invited and `west` that entered the code."""
    settings.BASE_URL = "https://east.example"
    with wire.at("east"):
        invited, code = actions.invite_peer(OPERATOR, kind="partner", name="West")
    settings.BASE_URL = "https://west.example"
    with wire.at("west"):
        entered = actions.pair_with(OPERATOR, url="https://east.example", code=code)
    return Connected(wire, there=entered, here=Peer.objects.get(pk=invited.pk))


@pytest.fixture
def goods() -> Things:
    """Things that travel."""
    with things() as carrier:
        yield carrier
