"""Signals that another installation issued: taken, followed, ended. The policy decides here anew about everybody.

What is not known here is dropped from an audience; nobody sees a copy who would not see the original.
"""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import GRANTS, AuthorMode, Entry, EntryKind, State, refusals
from noroshi.core.domain.membership import MembershipClass
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.core.models import AudienceEntry
from noroshi.federation.domain import stream
from noroshi.federation.domain.borders import PEOPLE, known_lines
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import ArrivalOutcome, Peer, PeerKind
from noroshi.intel.actions import remember_observables, withdraw_parcel
from noroshi.intel.domain.grading import Grading
from noroshi.intel.domain.observables import InvalidObservable, ObservableType, parse_observable
from noroshi.intel.queries import tags_named
from noroshi.members.actions.mirror import mirror_house
from noroshi.members.models import Group, Organisation, Person
from noroshi.members.queries import machine_of
from noroshi.sharing.actions.comments_arriving import forget_comments
from noroshi.sharing.actions.rows import (
    audience_rows,
    keep_version,
    make_searchable,
    make_unsearchable,
    move,
    tag_names,
    tag_signal,
)
from noroshi.sharing.actions.words import (
    checked_body,
    checked_kind,
    checked_outline,
    checked_plain_words,
    checked_title,
)
from noroshi.sharing.domain.outline import Outline
from noroshi.sharing.domain.travelling import Published, Recalled, Said, Value, Withdrawn
from noroshi.sharing.models import Comment, Origin, Signal, SignalObservable, SignalVersion

IGNORED, TAKEN = ArrivalOutcome.IGNORED, ArrivalOutcome.TAKEN
WORDS = ("kind", "target", "title", "body", "form", "outline", "plain_words", "pap", "caveats", "expires_at")


@dataclass(frozen=True)
class Placed:
    """Whose a signal is here, who wrote it as far as that is somebody here, and for whom it is."""

    owner: Organisation
    author: UUID | None
    audience: frozenset[Entry]


@transaction.atomic
def take_signal(peer: Peer, letter: Letter) -> ArrivalOutcome:
    """Take what `peer` says of a signal; the same words a second time change nothing.

    Raises InvalidInput where it is not to be taken: of what is ours, or of a house that is not the peer's.
    """
    said = _read(letter)
    rows = Signal.objects.unrestricted(reason="what another installation says of it").select_for_update(of=("self",))
    signal = rows.filter(pk=letter.id).first()
    if signal is None:
        return _take_new(peer, letter, said) if isinstance(said, Published) else IGNORED
    origin = Origin.objects.filter(signal=signal).first()
    if origin is None:
        raise InvalidInput("id", _("This was issued here: nobody else changes it."))
    digest = stream.digest(letter.data)
    if origin.peer_id != peer.pk or origin.digest == digest:
        return IGNORED
    outcome = _follow(peer, signal, origin, said)
    origin.digest, origin.path = digest, [str(each) for each in letter.path]
    origin.save()
    return outcome


def _read(letter: Letter) -> Said:
    try:
        return msgspec.convert(letter.data, Said)  # type: ignore[no-any-return] # a union is no type to it
    except msgspec.ValidationError:
        raise InvalidInput("data", _("This is no signal that can be read here.")) from None


def _follow(peer: Peer, signal: Signal, origin: Origin, said: Said) -> ArrivalOutcome:
    if signal.state == State.WITHDRAWN and not (origin.recalled and isinstance(said, Published)):
        return IGNORED  # withdrawn is withdrawn, also where a person here did so
    if isinstance(said, Published):
        return _publish_again(peer, signal, origin, said) if origin.recalled else _change(peer, signal, origin, said)
    if isinstance(said, Recalled):
        return _recall(signal, origin)
    return _withdraw(signal, said)


def _take_new(peer: Peer, letter: Letter, said: Published) -> ArrivalOutcome:
    placed = _placed(peer, said)
    signal = Signal(id=letter.id, owner=placed.owner, author_id=placed.author, arrived=True)
    signal.created_at = signal.published_at = min(said.published_at, clock.now())
    _write(signal, said, placed)
    path = [str(each) for each in letter.path]
    Origin.objects.create(signal=signal, peer=peer, path=path, digest=stream.digest(letter.data), files=said.files)
    ledger.record(_teller(signal), "sharing.signal.published", signal, version=signal.version)
    return TAKEN


def _publish_again(peer: Peer, signal: Signal, origin: Origin, said: Published) -> ArrivalOutcome:
    """Give back what was taken away from this installation alone."""
    origin.recalled = False
    signal.withdrawal_reason = ""
    _write(signal, said, _placed(peer, said))
    ledger.record(_teller(signal), "sharing.signal.published", signal, version=signal.version)
    return TAKEN


def _change(peer: Peer, signal: Signal, origin: Origin, said: Published) -> ArrivalOutcome:
    placed, before = _placed(peer, said), TLP(signal.tlp)
    called = said.version != signal.version and _is_called_otherwise(signal, said)
    changed = called or _words_of(signal) != _words_said(said)
    if changed or before != said.tlp:
        keep_version(signal, said.reason)
    _write(signal, said, placed)
    origin.files = said.files
    if said.tlp < before:
        ledger.record(
            _teller(signal), "sharing.signal.lowered", signal, before=before, after=said.tlp, version=signal.version
        )
    elif changed or said.tlp != before:
        ledger.record(_teller(signal), "sharing.signal.amended", signal, version=signal.version)
    else:
        ledger.record(_teller(signal), "sharing.signal.readdressed", signal)
    return TAKEN


def _withdraw(signal: Signal, said: Withdrawn) -> ArrivalOutcome:
    signal.withdrawal_reason = said.reason
    move(signal, State.WITHDRAWN)
    make_unsearchable(signal)
    withdraw_parcel(signal)
    ledger.record(_teller(signal), "sharing.signal.withdrawn", signal)
    return TAKEN


def _recall(signal: Signal, origin: Origin) -> ArrivalOutcome:
    """End a copy that this installation may not have any more: nobody sees it, and its words are deleted."""
    AudienceEntry.objects.filter(item_id=signal.pk).delete()
    SignalObservable.everything.filter(signal=signal).delete()
    SignalVersion.everything.filter(signal=signal).delete()
    forget_comments([row.pk for row in Comment.everything.filter(signal=signal, author=None)])
    tag_signal(signal, [])
    signal.reliability = signal.credibility = ""
    signal.tlp, signal.author, signal.author_mode = TLP.RED, None, AuthorMode.ANONYMOUS
    signal.title, signal.body, signal.outline, signal.plain_words = signal.reference, "", {}, ""
    signal.voice_ja = signal.voice_en = signal.voice_person = ""
    signal.withdrawal_reason = _("It is not for this installation any more.")
    signal.save()
    move(signal, State.WITHDRAWN)
    make_unsearchable(signal)
    withdraw_parcel(signal)
    origin.recalled = True
    ledger.record(_teller(signal), "sharing.signal.withdrawn", signal)
    return TAKEN


def _write(signal: Signal, said: Published, placed: Placed) -> None:
    for name, value in _words_said(said).items():
        setattr(signal, name, value)
    signal.tlp, signal.profile, signal.author_mode = said.tlp, said.profile, said.author_mode
    signal.owner, signal.author_id = placed.owner, placed.author
    signal.embargo_until, signal.version, signal.changed_at = said.embargo_until, said.version, clock.now()
    voice = said.voice
    signal.voice_ja, signal.voice_en, signal.voice_person = (
        (voice.name_ja, voice.name_en, voice.person) if voice else ("", "", "")
    )
    signal.reliability, signal.credibility = Grading(said.reliability, said.credibility).codes
    signal.state = State.PUBLISHED
    signal.save()
    tag_signal(signal, tags_named(said.tags))
    AudienceEntry.objects.filter(item_id=signal.pk).delete()
    AudienceEntry.objects.bulk_create(audience_rows(signal, placed.audience))
    _write_values(signal, said.values)
    make_searchable(signal)


def _is_called_otherwise(signal: Signal, said: Published) -> bool:
    """Whether its grading or tags differ. Without a new version they only come late, to who could not read them."""
    return signal.grading != Grading(said.reliability, said.credibility) or tag_names(signal) != sorted(
        tags_named(said.tags).values_list("name", flat=True)
    )


def _words_said(said: Published) -> dict[str, object]:
    checked_kind(said.kind, said.target)
    return {
        "kind": said.kind,
        "target": said.target,
        "title": checked_title(said.title),
        "body": checked_body(said.body),
        "form": said.form,
        "outline": checked_outline(Outline.of(said.outline)).stored,
        "plain_words": checked_plain_words(said.plain_words),
        "pap": said.pap or "",
        "caveats": sorted(said.caveats),
        "expires_at": said.expires_at,
    }


def _words_of(signal: Signal) -> dict[str, object]:
    return {name: getattr(signal, name) for name in WORDS}


def _write_values(signal: Signal, values: list[Value]) -> None:
    """Keep the values named, each in its canonical form; what is none is left out."""
    found = {}
    for value in values:
        try:
            found[parse_observable(ObservableType(value.type), value.value)] = value
        except (InvalidObservable, ValueError):
            continue
    SignalObservable.everything.filter(signal=signal).delete()
    SignalObservable.everything.bulk_create(
        SignalObservable(
            signal=signal, observable=row, reason=each.reason, objective=each.objective, benign=each.benign
        )
        for row, each in zip(remember_observables(found), found.values(), strict=True)
    )


def _teller(signal: Signal) -> Actor:
    """Return whom the ledger names for what arrived: the installation itself, of what is anonymous nobody."""
    actor = Actor.system("federation", world=signal.world)
    return actor if signal.author_mode == AuthorMode.NAMED else actor.veiled()


def _placed(peer: Peer, said: Published) -> Placed:
    """Return whose it is here and for whom; raise InvalidInput where the peer may not say so."""
    match PeerKind(peer.kind):
        case PeerKind.NODE:
            return _from_node(peer, said)
        case PeerKind.HUB:
            return _from_hub(peer, said)
        case _:
            return _from_partner(said)


def _from_node(peer: Peer, said: Published) -> Placed:
    """A node speaks for its own house, by name; what is grave has to be released by a person here."""
    own = peer.organisation
    if own is None or said.voice is None or said.author_mode is not AuthorMode.NAMED or said.tlp is TLP.RED:
        raise InvalidInput("author_mode", _("What is anonymous, and TLP:RED, is shared on the hub's own pages."))
    if said.voice.house is None or said.voice.house.id != own.pk:
        raise InvalidInput("voice", _("A node speaks for its own organisation alone."))
    machine = machine_of(own)
    if not machine.is_active:
        raise InvalidInput("voice", _("That organisation takes no part at present."))
    lines = _known(said, groups=machine.organisation_groups)
    if said.tlp is not TLP.CLEAR and not any(line.kind in GRANTS for line in lines):
        raise InvalidInput("audience", _("Nobody whom it is for is known here."))
    return Placed(own, _author(said, own), lines)


def _from_hub(peer: Peer, said: Published) -> Placed:
    """What its hub sends a node stands under the name that the hub gives; what has none is the hub's."""
    house = said.voice.house if said.voice else None
    hub = Organisation.objects.get(membership=MembershipClass.HUB)
    owner = mirror_house(Actor.system("federation"), house) if house else hub
    groups = frozenset(Group.objects.values_list("pk", flat=True))
    own = owner if owner.pk == peer.organisation_id else None
    return Placed(owner, _author(said, own) if own else None, _known(said, groups=groups))


def _from_partner(said: Published) -> Placed:
    """Another hub's words are this hub's to show: to everybody where it says so, else to the hub's own people."""
    if said.tlp > TLP.AMBER:
        raise InvalidInput("tlp", _("%(tlp)s is not taken from another hub.") % {"tlp": said.tlp.label})
    hub = Organisation.objects.get(membership=MembershipClass.HUB)
    to_all = any(line.kind is EntryKind.COMMUNITY for line in said.audience)
    grant = Entry(EntryKind.COMMUNITY) if to_all else Entry(EntryKind.ORGANISATION, hub.pk)
    return Placed(hub, None, frozenset({grant}))


def _author(said: Published, own: Organisation) -> UUID | None:
    """The author, if it is somebody of the own house who is known here."""
    number = said.voice.person_id if said.voice else None
    known = number is not None and Person.objects.filter(pk=number, organisation=own).exists()
    return number if known else None


def _known(said: Published, *, groups: frozenset[UUID]) -> frozenset[Entry]:
    """The lines whose targets are known here, people with the organisation that they have here."""
    lines = [line.entry for line in said.audience]
    targets = {line.target for line in lines if line.kind in PEOPLE and line.target is not None}
    homes = dict(Person.objects.filter(pk__in=targets).values_list("pk", "organisation_id"))
    houses = frozenset(Organisation.objects.values_list("pk", flat=True))
    known = known_lines(lines, people=homes.keys(), organisations=houses, groups=groups)
    kept = frozenset(_at_home(line, homes) for line in known)
    kinds = frozenset(line.kind for line in kept)
    if refusals(said.tlp, said.profile, kinds):
        raise InvalidInput("audience", _("%(tlp)s is not for so many.") % {"tlp": said.tlp.label})
    return kept


def _at_home(line: Entry, homes: dict[UUID, UUID]) -> Entry:
    """A person's line with the home that is known here; a guest's line has none, and keeps having none."""
    if line.kind in PEOPLE and line.target in homes and line.organisation is not None:
        return Entry(line.kind, line.target, homes[line.target])
    return line
