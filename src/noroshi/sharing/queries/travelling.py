"""What may be told of a signal to another installation, and who it is for there."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from noroshi.core.actor import Actor
from noroshi.core.domain import rules, worlds
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.filters import viewing
from noroshi.core.models import audiences_of
from noroshi.federation.carriers import Skip
from noroshi.federation.domain.borders import is_for_all, lines_for, reason_to_stay, translated
from noroshi.federation.domain.stream import has_passed
from noroshi.federation.models import Peer, PeerKind
from noroshi.federation.queries import actor_of_peer
from noroshi.intel.models import Sighting
from noroshi.members.domain.houses import House
from noroshi.members.queries import house_told
from noroshi.sharing.domain.handling import Caveat, Objective, Pap
from noroshi.sharing.domain.outline import Form
from noroshi.sharing.domain.travelling import CALLED, STANCES, Answers, Line, Published, Seen, Stand, Value, Voice
from noroshi.sharing.models import (
    Acknowledgement,
    Attachment,
    Origin,
    Signal,
    SignalObservable,
    SignalTag,
    SignalVersion,
    Stance,
)
from noroshi.sharing.queries.passages import leave_of, passage_to


def origin_of(signal: Signal) -> Origin | None:
    """Return whence a signal came; None where it was issued here."""
    return Origin.objects.select_related("peer").filter(signal=signal).first() if signal.arrived else None


def files_elsewhere(signal: Signal) -> int:
    """Return how many files a signal has where it came from: they do not travel. The caller sees the signal."""
    origin = origin_of(signal)
    return origin.files if origin else 0


def path_of(origin: Origin | None) -> tuple[UUID, ...]:
    """Return the installations that a signal has passed before this one."""
    return tuple(map(UUID, origin.path)) if origin else ()


def reason_against(peer: Peer, signal: Signal, origin: Origin | None) -> Skip | None:
    """Return why a signal does not go to a peer now; None where it does."""
    if signal.world != worlds.REAL:
        return Skip("exercise")
    if origin is not None and (origin.peer_id == peer.pk or has_passed(path_of(origin), peer.installation)):
        return Skip("from_there")
    if signal.state not in (State.PUBLISHED, State.WITHDRAWN):
        return Skip("unpublished")
    return {PeerKind.NODE: _against_node, PeerKind.HUB: _against_hub, PeerKind.PARTNER: _against_partner}[
        PeerKind(peer.kind)
    ](peer, signal, origin)


def _against_node(peer: Peer, signal: Signal, origin: Origin | None) -> Skip | None:
    """A member's machine has what any of its people may have: the node decides about each again."""
    del origin
    reader = actor_of_peer(peer)
    if not reader.is_active:
        return Skip("suspended")
    return None if _is_visible(reader, signal) else Skip("nobody", TLP(signal.tlp).label)


def _against_hub(peer: Peer, signal: Signal, origin: Origin | None) -> Skip | None:
    """From a node goes what its people share with others by name. What is grave waits for a person, at the hub."""
    if origin is not None:
        return Skip("from_there")
    if signal.author_mode != AuthorMode.NAMED:
        return Skip("anonymous")
    if signal.tlp == TLP.RED:
        return Skip("grave", TLP.RED.label)
    own = peer.organisation_id
    others = [line for line in signal.as_item().audience if _reaches_others(line, own)]
    return None if others or signal.tlp == TLP.CLEAR else Skip("stays_home")


def _reaches_others(line: Entry, own: UUID | None) -> bool:
    if line.kind in (EntryKind.COMMUNITY, EntryKind.GROUP):
        return True
    if line.kind is EntryKind.ORGANISATION:
        return line.target != own
    return line.kind is EntryKind.PERSON and line.organisation != own


def _against_partner(peer: Peer, signal: Signal, origin: Origin | None) -> Skip | None:
    """Another hub gets what everybody may have, and what people have let go there."""
    level = TLP(signal.tlp)
    if TLP.CLEAR < level <= TLP.AMBER and origin is not None and origin.peer.kind == PeerKind.PARTNER:
        return Skip("not_ours")
    leave = leave_of(signal, passage_to(peer, signal))
    audience = signal.as_item().audience
    if against := reason_to_stay(level, audience, same_community=peer.same_community, leave=leave):
        return Skip(against, level.label)
    opened = replace(signal.as_item().without_hidden_author(), tlp=TLP.CLEAR)  # all the other rules hold as they do
    return None if rules.decide(viewing(signal, actor_of_peer(peer)), opened).allowed else Skip("embargo")


def _is_visible(reader: Actor, signal: Signal) -> bool:
    """Whether the policy lets a reader see it, as if an anonymous one had no author."""
    return rules.decide(viewing(signal, reader), signal.as_item().without_hidden_author()).allowed


def as_published(peer: Peer, signal: Signal) -> Published:
    """Return a published signal as a peer gets it. The caller has asked whether it does."""
    tlp, profile = TLP(signal.tlp), Profile(signal.profile)
    if peer.kind == PeerKind.PARTNER:
        tlp, profile = translated(tlp, profile, Profile(peer.profile))
    return Published(
        kind=signal.kind,
        target=signal.target,
        title=signal.title,
        body=signal.body,
        form=Form(signal.form),
        outline=signal.answers.stored,
        pap=Pap(signal.pap) if signal.pap else None,
        caveats=sorted(map(Caveat, signal.caveats)),
        tlp=tlp,
        profile=profile,
        author_mode=AuthorMode.NAMED if signal.author_mode == AuthorMode.NAMED else AuthorMode.ANONYMOUS,
        voice=_voice(peer, signal) if signal.author_mode == AuthorMode.NAMED else None,
        audience=_audience(peer, signal),
        values=_values(signal),
        version=signal.version,
        reason=_last_reason(signal),
        published_at=signal.published_at or signal.created_at,
        embargo_until=signal.embargo_until,
        expires_at=signal.expires_at,
        files=Attachment.everything.filter(signal=signal, comment=None).count(),
        plain_words=signal.plain_words,
        **(_called(signal) if CALLED in peer.reads else {}),
    )


def _called(signal: Signal) -> dict[str, Any]:
    grading, tags = signal.grading, SignalTag.everything.filter(signal=signal).order_by("tag__name")
    return {
        "reliability": grading.reliability,
        "credibility": grading.credibility,
        "tags": list(tags.values_list("tag__name", flat=True)),
    }


def _voice(peer: Peer, signal: Signal) -> Voice:
    """Who speaks: to another hub the organisation alone, as the public is told."""
    told = peer.kind != PeerKind.PARTNER
    if signal.arrived and signal.author is None:
        return Voice(signal.voice_ja, signal.voice_en, signal.voice_person if told else "", house=_house(peer, signal))
    person = signal.author.name if told and signal.author else ""
    number = signal.author_id if told else None
    return Voice(signal.owner.name_ja, signal.owner.name_en, person, number, _house(peer, signal))


def _house(peer: Peer, signal: Signal) -> House | None:
    return house_told(signal.owner) if peer.kind != PeerKind.PARTNER else None


def _audience(peer: Peer, signal: Signal) -> list[Line]:
    """The lines that decide there; between hubs only whether it is for all members."""
    lines = audiences_of([signal.pk])[signal.pk]
    if peer.kind == PeerKind.PARTNER:
        lines = frozenset({Entry(EntryKind.COMMUNITY)} if signal.tlp == TLP.CLEAR or is_for_all(lines) else ())
    elif peer.kind == PeerKind.NODE and peer.organisation_id is not None:
        lines = lines_for(lines, peer.organisation_id, actor_of_peer(peer).organisation_groups)
    return [Line(line.kind, line.target, line.organisation) for line in sorted(lines, key=str)]


def _values(signal: Signal) -> list[Value]:
    rows = SignalObservable.everything.filter(signal=signal).select_related("observable").order_by("id")
    return [
        Value(row.observable.type, row.observable.value, row.reason, Objective(row.objective), list(row.benign))
        for row in rows
    ]


def _last_reason(signal: Signal) -> str:
    reasons = SignalVersion.everything.filter(signal=signal).order_by("-number").values_list("reason", flat=True)
    return reasons.first() or ""


def answers_of(peer: Peer, signal: Signal, organisation: UUID) -> Answers:
    """Return what an organisation answers to a signal: its sightings, who of it took note, and where it stands."""
    seen = Sighting.everything.filter(item_id=signal.pk, organisation=organisation).order_by("source")
    noted = Acknowledgement.everything.filter(signal=signal, organisation=organisation)
    return Answers(
        [Seen(row.source, row.count, row.first_seen, row.last_seen, row.named) for row in seen],
        sorted(noted.values_list("person_id", flat=True)),
        _stance(signal, organisation) if STANCES in peer.reads else None,
    )


def _stance(signal: Signal, organisation: UUID) -> Stand | None:
    row = Stance.everything.filter(signal=signal, organisation=organisation, current=True).first()
    return Stand(row.kind, row.named, row.person_id) if row is not None else None
