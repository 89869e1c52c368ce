from datetime import timedelta

import pytest

from noroshi.core import clock
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.federation import actions
from noroshi.federation.domain.codes import Code
from noroshi.federation.models import Peer, PeerState
from noroshi.kit.outbound import OutboundFailed

from .conftest import OPERATOR

EAST = "https://east.example"


def test_code_when_it_is_entered_then_both_sides_have_a_key_for_each_other(connected):
    east, west = connected.here, connected.there
    assert (east.state, west.state) == (PeerState.ACTIVE, PeerState.ACTIVE)
    assert (east.name, west.name) == ("West", "hub株式会社")
    assert east.installation != west.installation
    assert len({east.their_key, west.their_key, ""}) == 3
    assert (east.url, west.url) == ("https://west.example", EAST)


def test_code_when_it_was_used_then_it_opens_nothing_for_anybody_else(connected, wire):
    code = Code.fresh("00" * 32)
    with wire.at("third"), pytest.raises(Conflict):
        actions.pair_with(OPERATOR, url=EAST, code=code.text)
    assert Peer.objects.filter(state=PeerState.ACTIVE).count() == 2


def test_code_when_the_answer_is_lost_then_it_is_entered_again(cast, wire):
    with wire.at("east"):
        _peer, code = actions.invite_peer(OPERATOR, kind="partner", name="West")
    wire.lost = "answer"
    with wire.at("west"), pytest.raises(OutboundFailed):
        actions.pair_with(OPERATOR, url=EAST, code=code)
    wire.lost = ""
    with wire.at("west"):
        actions.pair_with(OPERATOR, url=EAST, code=code)
    assert [row.state for row in Peer.objects.all()] == [PeerState.ACTIVE, PeerState.ACTIVE]


def test_code_when_a_day_has_passed_then_it_opens_nothing(cast, wire):
    with wire.at("east"):
        _peer, code = actions.invite_peer(OPERATOR, kind="partner", name="West")
    later = clock.now() + timedelta(hours=25)
    with clock.stopped_at(later), wire.at("west"), pytest.raises(Conflict):
        actions.pair_with(OPERATOR, url=EAST, code=code)


def test_code_when_another_key_answers_then_nothing_is_connected(cast, wire):
    """Somebody between the two who knows the secret, but has not the key that the code names."""
    with wire.at("east"):
        _peer, text = actions.invite_peer(OPERATOR, kind="partner", name="West")
    code = Code.read(text)
    forged = Code(code.id, code.secret, b"\0" * 9)
    with wire.at("west"), pytest.raises(Conflict, match="Another one answers"):
        actions.pair_with(OPERATOR, url=EAST, code=forged.text)
    assert Peer.objects.get(url=EAST).state == PeerState.PAIRING


@pytest.mark.parametrize(("field", "url", "code"), [("code", EAST, "AAAA"), ("url", "http://east.example", "")])
def test_code_when_something_was_typed_wrong_then_the_field_is_named(cast, wire, field, url, code):
    typed = code or Code.fresh("00" * 32).text.lower().replace("-", " ")
    with pytest.raises(InvalidInput) as caught:
        actions.pair_with(OPERATOR, url=url, code=typed)
    assert caught.value.field == field


@pytest.mark.parametrize(("name", "refused"), [("a1", NotFound), ("a_admin", NotFound), ("auditor", NotAllowed)])
def test_inviting_when_the_actor_runs_no_hub_then_it_is_refused(cast, name, refused):
    with pytest.raises(refused):
        actions.invite_peer(cast.actor(name), kind="node", organisation=cast.bank_a)


def test_inviting_when_the_member_has_a_node_or_is_none_then_it_is_refused(cast):
    operator = cast.actor("hub_op")
    actions.invite_peer(operator, kind="node", organisation=cast.bank_a)
    with pytest.raises(Conflict):
        actions.invite_peer(operator, kind="node", organisation=cast.bank_a)
    for name in ("hub", "supervisor"):
        with pytest.raises(InvalidInput):
            actions.invite_peer(operator, kind="node", organisation=cast.organisations[name])


def test_cut_peer_is_told_nothing_and_believed_nothing(connected, wire):
    actions.cut_peer(OPERATOR, connected.here)
    with wire.at("west"):
        assert actions.call_peer(connected.there.pk) is False
    assert "401" in Peer.objects.get(pk=connected.there.pk).last_error
