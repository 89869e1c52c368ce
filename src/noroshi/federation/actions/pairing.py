"""How two installations come to know each other: a code shown on one side, entered on the other, used once.

Each side makes a key for the other. The code proves to both that no third one stands between: who enters it proves
that it was given the code, and finds in it the mark of the key that answers.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass
from noroshi.core.domain.tlp import Profile
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed
from noroshi.federation import policy
from noroshi.federation.actions.keys import PURPOSE, fresh_key, fresh_nonce, key_of
from noroshi.federation.actions.outbox import reconcile_peer
from noroshi.federation.domain import signatures
from noroshi.federation.domain.codes import Code
from noroshi.federation.models import Peer, PeerKind, PeerState
from noroshi.federation.queries import installation
from noroshi.kit import outbound
from noroshi.kit.domain.plain_text import one_line
from noroshi.kit.sealing import opened, sealed
from noroshi.members.actions.mirror import mirror_house
from noroshi.members.domain.houses import House
from noroshi.members.models import Organisation
from noroshi.members.queries import house_told

PATH: Final = "/federation/v1/pair"
VALID: Final = timedelta(hours=24)


class Introduction(msgspec.Struct, forbid_unknown_fields=True):
    """What each side says of itself."""

    installation: UUID
    name: str
    url: str
    profile: Profile
    kind: str = ""
    """What the one that was asked is to the other: said in the answer."""
    houses: list[House] = []
    """For a node: its organisation and its hub, as the hub knows them. Said in the answer."""


@dataclass(frozen=True)
class Called:
    """A request as it came in."""

    headers: dict[str, str]
    body: bytes
    path: str


@transaction.atomic
def invite_peer(
    actor: Actor, *, kind: str, name: str = "", organisation: Organisation | None = None
) -> tuple[Peer, str]:
    """Prepare a connection: with a member's node (`organisation`), or with another hub; return it and its code.

    The code is shown this once, and good for a day.
    """
    policy.require_connecting(actor)
    if kind not in (PeerKind.NODE, PeerKind.PARTNER):
        raise InvalidInput("kind", _("A hub invites the nodes of its members, and other hubs."))
    if kind == PeerKind.NODE:
        name = _checked_node(organisation)
    name = one_line(name)[:200]
    if not name:
        raise InvalidInput("name", _("Say what the other hub is called."))
    private, public = fresh_key()
    code = Code.fresh(public)
    peer = Peer.objects.create(
        kind=kind,
        name=name,
        organisation=organisation if kind == PeerKind.NODE else None,
        our_key=private,
        code_id=code.id.hex(),
        code_secret=sealed(PURPOSE, code.secret),
        code_expires_at=clock.now() + VALID,
    )
    ledger.record(actor, "federation.peer.invited", peer, kind=kind)
    return peer, code.text


def _checked_node(organisation: Organisation | None) -> str:
    if organisation is None or organisation.membership in (MembershipClass.HUB, MembershipClass.SUPERVISOR):
        raise InvalidInput("organisation", _("Choose the member whose node it is."))
    if Peer.objects.filter(kind=PeerKind.NODE, organisation=organisation).exclude(state=PeerState.CUT).exists():
        raise Conflict(_("This member has a node already: cut that connection first."))
    return organisation.name


def answer_pairing(called: Called) -> tuple[bytes, dict[str, str]]:
    """Take the introduction of who was invited; return our own, and the headers that sign it.

    Asked again by the same one within the code's time it answers the same: the first answer may have been lost.
    Raises NotAllowed, the same for every reason.
    """
    signed, peer, intro = _invited(called)
    with transaction.atomic():
        row = Peer.objects.select_for_update().get(pk=peer.pk)
        if row.state == PeerState.INVITED:
            _connect(row, signed.key_id, intro)
            ledger.record(Actor.system("federation"), "federation.peer.paired", row, kind=row.kind)
            reconcile_peer(row)
        elif row.their_key != signed.key_id:
            raise NotAllowed(_("This code opens nothing."))
    body = msgspec.json.encode(_introduction_to(row))
    key, now = key_of(row), clock.now()
    return body, signatures.sign_answer(key, status=200, body=body, to=signed, now=now, nonce=fresh_nonce())


def _invited(called: Called) -> tuple[signatures.Signed, Peer, Introduction]:
    refusal = NotAllowed(_("This code opens nothing."))
    try:
        signed = signatures.read_request(called.headers)
        signatures.verify_request(
            signed, called.headers, method="POST", path=called.path, body=called.body, now=clock.now()
        )
        intro = msgspec.json.decode(called.body, type=Introduction)
    except (ValueError, msgspec.MsgspecError):
        raise refusal from None
    code_id = called.headers.get("Code-Id", "")
    peer = Peer.objects.filter(code_id=code_id, code_expires_at__gt=clock.now()).first() if code_id else None
    if peer is None or peer.state not in (PeerState.INVITED, PeerState.ACTIVE) or peer.kind == PeerKind.HUB:
        raise refusal
    code = Code(bytes.fromhex(peer.code_id), opened(PURPOSE, peer.code_secret), b"")
    if not code.proves(called.headers.get("Code-Proof", ""), called.body):
        raise refusal
    return signed, peer, intro


def _connect(peer: Peer, their_key: str, intro: Introduction) -> None:
    peer.their_key, peer.installation, peer.profile = their_key, intro.installation, intro.profile
    peer.url = intro.url if _is_callable(intro.url) else ""
    peer.state, peer.last_good_at = PeerState.ACTIVE, clock.now()
    peer.save()


def _is_callable(url: str) -> bool:
    try:
        outbound.check_url(url)
    except outbound.OutboundRefused:
        return False
    return True


def _introduction_to(peer: Peer) -> Introduction:
    hub = Organisation.objects.filter(membership=MembershipClass.HUB).first()
    kind = PeerKind.HUB if peer.kind == PeerKind.NODE else PeerKind.PARTNER
    houses = [house_told(house) for house in (hub, peer.organisation) if house] if kind == PeerKind.HUB else []
    return Introduction(
        installation(),
        hub.name if hub else "",
        settings.BASE_URL,
        Profile(settings.TLP_PROFILE),
        kind,
        houses,
    )


def pair_with(actor: Actor, *, url: str, code: str) -> Peer:
    """Enter a code that was shown at `url`; return the connected peer.

    Our key is kept before the call, so that after a lost answer the same code can be entered again.
    """
    policy.require_connecting(actor)
    read, base = Code.read(code), url.strip().rstrip("/")
    if read is None:
        raise InvalidInput("code", _("This is no code: copy all of it."))
    try:
        outbound.check_url(base)
    except outbound.OutboundRefused as error:
        raise InvalidInput("url", error.message) from error
    peer = _prepared(base, read)
    intro, key = _introduced(peer, read)
    with transaction.atomic():
        return _paired(actor, peer, intro, key)


@transaction.atomic
def _prepared(url: str, code: Code) -> Peer:
    known = Peer.objects.filter(code_id=code.id.hex(), url=url, state=PeerState.PAIRING).first()
    if known is not None:
        return known
    private, _public = fresh_key()
    return Peer.objects.create(
        kind=PeerKind.PARTNER, name=url, url=url, our_key=private, state=PeerState.PAIRING, code_id=code.id.hex()
    )


def _introduced(peer: Peer, code: Code) -> tuple[Introduction, str]:
    """Introduce ourselves; return what the other side says of itself, and its key, which the code vouches for."""
    node = policy.is_node()
    hub = Organisation.objects.filter(membership=MembershipClass.HUB).first()
    intro = Introduction(
        installation(), hub.name if hub and not node else "", settings.BASE_URL, Profile(settings.TLP_PROFILE)
    )
    body = msgspec.json.encode(intro)
    headers = signatures.sign_request(
        key_of(peer), method="POST", path=PATH, body=body, now=clock.now(), nonce=fresh_nonce()
    )
    proven = {**headers, "Code-Id": code.id.hex(), "Code-Proof": code.proof(body), "Content-Type": "application/json"}
    answer = outbound.post(peer.url + PATH, content=body, headers=proven)
    if answer.status != 200:  # noqa: PLR2004 - the only good one
        raise Conflict(_("The other side did not take the code: it may be used, too old, or of another address."))
    try:
        key = signatures.read_answer(answer.headers).key_id
        if not code.fits(key):
            raise Conflict(_("Another one answers than the one who gave you the code. Nothing was connected."))
        signatures.verify_answer(
            answer.headers, key_id=key, status=200, body=answer.body, to=signatures.value_of(headers), now=clock.now()
        )
        return msgspec.json.decode(answer.body, type=Introduction), key
    except (ValueError, msgspec.MsgspecError):
        raise Conflict(_("The answer cannot be read. Nothing was connected.")) from None


def _paired(actor: Actor, peer: Peer, intro: Introduction, key: str) -> Peer:
    row = Peer.objects.select_for_update().get(pk=peer.pk)
    if intro.kind not in (PeerKind.HUB, PeerKind.PARTNER):
        raise Conflict(_("The answer cannot be read. Nothing was connected."))
    row.kind, row.name = PeerKind(intro.kind), one_line(intro.name)[:200] or row.url
    row.installation, row.profile, row.their_key = intro.installation, intro.profile, key
    if row.kind == PeerKind.HUB:
        row.organisation = _as_node(intro.houses)
    elif policy.is_node():
        raise Conflict(_("This is a node: it connects with its hub alone."))
    row.state, row.last_good_at, row.code_id = PeerState.ACTIVE, clock.now(), ""
    row.due_at = clock.now()
    row.save()
    ledger.record(actor, "federation.peer.paired", row, kind=row.kind)
    reconcile_peer(row)
    return row


def _as_node(houses: list[House]) -> Organisation:
    """Take the hub and the own organisation into the directory, under the numbers that they have at the hub."""
    if Peer.objects.filter(kind=PeerKind.HUB, state=PeerState.ACTIVE).exists():
        raise Conflict(_("This node has a hub already: cut that connection first."))
    if not policy.is_node():
        raise Conflict(_("This is a hub: it is nobody's node."))
    own = [house for house in houses if house.membership is not MembershipClass.HUB]
    if len(houses) != 2 or len(own) != 1:  # noqa: PLR2004 - the hub and the own one
        raise Conflict(_("The answer cannot be read. Nothing was connected."))
    others = Organisation.objects.exclude(pk__in=[house.id for house in houses])
    if others.exists():
        raise Conflict(
            _("This installation has organisations of its own making. A node begins with `noroshi init --node`.")
        )
    rows = {house.id: mirror_house(Actor.system("federation"), house) for house in houses}
    return rows[own[0].id]
