"""Reads of signals and their parts."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.core.filters import level_filter
from noroshi.core.models import LedgerEntry
from noroshi.intel.domain.knowledge.entries import comparable
from noroshi.intel.models import Tag
from noroshi.members.models import Organisation, in_language
from noroshi.sharing.models import Acknowledgement, Comment, Signal, SignalObservable, SignalTag, SignalVersion
from noroshi.sharing.policy import is_author
from noroshi.sharing.queries.levels import open_since
from noroshi.sharing.queries.words import with_words


def signals_for(actor: Actor) -> QuerySet[Signal]:
    """Return the published (or withdrawn) signals that `actor` sees, newest first."""
    out = Signal.objects.visible_to(actor).filter(published_at__isnull=False)
    return out.order_by("-published_at", "-id")


def published_for(actor: Actor) -> QuerySet[Signal]:
    """Return the signals whose content `actor` may read, newest first."""
    return signals_for(actor).filter(state=State.PUBLISHED)


def of_level(actor: Actor, rows: QuerySet[Signal], level: TLP) -> QuerySet[Signal]:
    """Return those of `rows`, read by `actor`, that are marked with `level`."""
    return rows.filter(level_filter(Signal, actor, level))


def names_values() -> Exists:
    """Return the condition that a signal names values to look for."""
    return Exists(SignalObservable.everything.filter(signal=OuterRef("pk")))


def tombstones_for(actor: Actor) -> QuerySet[Signal]:
    """Return what is left of withdrawn signals, for those who could see them: number, date and reason alone."""
    return signals_for(actor).filter(state=State.WITHDRAWN).order_by("-changed_at", "-id")


def drafts_of(actor: Actor) -> QuerySet[Signal]:
    """Return the actor's own drafts and what of theirs waits for release, newest first."""
    waiting = (State.DRAFT, State.HELD)
    return Signal.objects.visible_to(actor).filter(author=actor.person, state__in=waiting).order_by("-changed_at")


def waiting_for_release(actor: Actor) -> QuerySet[Signal]:
    """Return what a hub operator may release, oldest first: it has waited longest."""
    held = Signal.objects.visible_to(actor).filter(state=State.HELD).exclude(author=actor.person)
    return (held if actor.is_hub_operator else held.none()).order_by("changed_at")


def matching(actor: Actor, text: str) -> QuerySet[Signal]:
    """Return the signals that `actor` reads and that have every word of `text`."""
    return with_words(actor, published_for(actor), text)


def signal_for(actor: Actor, signal_id: UUID) -> Signal:
    """Return a signal that `actor` sees; raise NotFound where there is none, or not for them: one answer."""
    rows = Signal.objects.visible_to(actor).select_related("owner", "author__organisation")
    signal = rows.filter(pk=signal_id).first()
    if signal is None:
        raise NotFound
    return signal


def observables_of(actor: Actor, signal: Signal) -> QuerySet[SignalObservable]:
    """Return what the signal names, in the order of the text."""
    return SignalObservable.objects.of(actor, signal).select_related("observable").order_by("id")


def tags_of(actor: Actor, signal: Signal) -> list[Tag]:
    """Return what the signal is tagged with, by family."""
    rows = SignalTag.objects.of(actor, signal).select_related("tag").order_by("tag__family", "tag__name")
    return [row.tag for row in rows]


def with_tag(rows: QuerySet[Signal], text: str) -> QuerySet[Signal]:
    """Return those of `rows` that have a tag of this name, or one that has these words in its titles and synonyms."""
    tagged = SignalTag.everything.filter(signal=OuterRef("pk"))
    for word in comparable(text).split():
        tagged = tagged.filter(tag__words__contains=word)
    return rows.filter(Exists(tagged))


def versions_of(actor: Actor, signal: Signal) -> QuerySet[SignalVersion]:
    """Return what a signal said before, the latest first, as far as it was for the actor then."""
    rows = SignalVersion.objects.of(actor, signal).order_by("-number")
    since = open_since(actor, signal)
    return rows if since is None else rows.filter(replaced_at__gt=since)


def issued_anew(actor: Actor, signal: Signal) -> Signal | None:
    """Return the signal that was issued in place of this one, for those who see it."""
    return Signal.objects.visible_to(actor).filter(replaces=signal, state=State.PUBLISHED).first()


def not_acknowledged_by(actor: Actor) -> QuerySet[Signal]:
    """Return the published signals of others that nobody of the actor's organisation has taken note of.

    An anonymous signal of a colleague is among them: its absence would say whose it is.
    """
    taken = Acknowledgement.everything.filter(signal=OuterRef("pk"), organisation=actor.organisation)
    return not_mine(actor, published_for(actor)).filter(~Exists(taken))


def not_mine(actor: Actor, rows: QuerySet[Signal]) -> QuerySet[Signal]:
    """Return those of `rows` that are neither the actor's own nor signed by a colleague."""
    others = rows.exclude(owner=actor.organisation, author_mode=AuthorMode.NAMED)
    return others.exclude(author=actor.person)


def has_acknowledged(actor: Actor, signal: Signal) -> bool:
    """Whether the actor has taken note."""
    return Acknowledgement.objects.of(actor, signal).filter(person=actor.person).exists()


def organisations_that_acknowledged(actor: Actor, signal: Signal) -> set[UUID]:
    """Return the organisations that took note: for the author, for nobody else."""
    if not is_author(actor, signal):
        return set()
    rows = Acknowledgement.objects.of(actor, signal)
    return set(rows.values_list("organisation_id", flat=True))


def houses_that_acknowledged(actor: Actor, signal: Signal) -> QuerySet[Organisation]:
    """Return the same as rows, with their names."""
    return Organisation.objects.filter(pk__in=organisations_that_acknowledged(actor, signal))


@dataclass(frozen=True)
class Byline:
    """Who wrote something, as far as this reader may know; both empty where the author is anonymous."""

    person: str = ""
    organisation: str = ""
    own: bool = False
    pseudonym: str = ""
    """What an anonymous voice is called in its thread."""

    @property
    def is_anonymous(self) -> bool:
        """Whether no name is shown."""
        return not self.organisation


def byline(actor: Actor, thing: Signal | Comment) -> Byline:
    """Return whom to show as the author. Anonymous means anonymous to everybody but the author.

    The public learns the organisation that speaks, not who sits there.
    """
    own = actor.person is not None and thing.author_id == actor.person
    if thing.author is None:
        return _voice(actor, thing)
    if thing.author_mode != AuthorMode.NAMED and not own:
        return Byline()
    person = "" if actor.is_visitor else thing.author.name
    return Byline(person, thing.author.organisation.name, own=own)


def _voice(actor: Actor, thing: Signal | Comment) -> Byline:
    """Whom another installation named as the author; nobody where it named nobody."""
    if thing.author_mode != AuthorMode.NAMED:
        return Byline()
    return Byline("" if actor.is_visitor else thing.voice_person, in_language(thing.voice_ja, thing.voice_en))


def under_lifted_embargo() -> QuerySet[Signal]:
    """Return the published signals whose embargo has ended, as long as nobody was told of it."""
    told = LedgerEntry.objects.filter(subject_id=OuterRef("pk"), action="sharing.signal.disclosed")
    rows = Signal.objects.unrestricted(reason="whose embargo has ended").filter(
        state=State.PUBLISHED, embargo_until__lte=clock.now(), embargo_until__gt=F("published_at")
    )
    return rows.filter(~Exists(told))
