"""Writes of the sharing room: each verb checks, changes and writes the ledger, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, State, refusals
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed
from noroshi.core.models import AudienceEntry
from noroshi.intel.actions import record_sighting, remember_observables
from noroshi.intel.domain.extract import extract
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.warning_lists import benign_reasons
from noroshi.intel.models import SightingSource
from noroshi.kit import search
from noroshi.members.models import Group
from noroshi.members.queries import members_of
from noroshi.sharing import policy
from noroshi.sharing.domain.content import MAX_BODY, MAX_TITLE, Content, Marking
from noroshi.sharing.domain.release import gravity
from noroshi.sharing.models import Acknowledgement, Comment, Kind, Signal, SignalObservable, SignalVersion, Target
from noroshi.sharing.queries import SEARCH_KIND

MAX_COMMENT: Final = 10_000


@transaction.atomic
def draft_signal(actor: Actor, *, content: Content, marking: Marking) -> Signal:
    """Write a draft. The observables its text names are proposed with it, known harmless ones marked."""
    if not policy.may_share(actor):
        raise NotAllowed(_("Sharing is for analysts, fraud analysts and coordinators of member organisations."))
    signal = Signal(owner_id=actor.acting_organisation, author_id=actor.acting_person, world=actor.world)
    _write_draft(signal, content, marking)
    ledger.record(actor.veiled(), "sharing.signal.drafted", signal)
    return signal


@transaction.atomic
def revise_draft(actor: Actor, signal: Signal, *, content: Content, marking: Marking) -> Signal:
    """Replace a draft by another; its observables are proposed anew."""
    policy.require(actor, "edit", _locked(signal))
    _write_draft(signal, content, marking)
    ledger.record(actor.veiled(), "sharing.signal.revised", signal)
    return signal


@transaction.atomic
def publish_signal(actor: Actor, signal: Signal, *, observables: Sequence[int] | None = None) -> Signal:
    """Send a draft out, with those of its proposed observables whose row numbers are given.

    With None, all but those that a warning list knows as harmless: these are sent, and looked for in logs, only
    where the author chose them.

    A grave one is held for a human release; the others go at once. Raises InvalidInput where the audience and the
    level do not fit, Conflict where it is no longer a draft.
    """
    signal = _locked(signal)
    if signal.state != State.DRAFT:
        raise Conflict(_("This signal has already been sent."))
    policy.require(actor, "edit", signal)
    _check_complete(signal)
    _keep(signal, observables)
    if reasons := gravity(TLP(signal.tlp), AuthorMode(signal.author_mode)):
        signal.state, signal.changed_at = State.HELD, clock.now()
        signal.save(update_fields=["state", "changed_at"])
        ledger.record(_named(actor, signal), "sharing.signal.held", signal, reasons=reasons)
        return signal
    return _send_out(actor, signal)


@transaction.atomic
def release_signal(actor: Actor, signal: Signal) -> Signal:
    """Let a held signal go."""
    signal = _locked(signal)
    policy.require(actor, "release", signal)
    ledger.record(actor, "sharing.signal.released", signal, rule="release")
    return _send_out(actor, signal)


@transaction.atomic
def return_signal(actor: Actor, signal: Signal, *, reason: str) -> Signal:
    """Hand a held signal back to its author as a draft, with a sentence that says why."""
    signal = _locked(signal)
    policy.require(actor, "release", signal)
    signal.state, signal.changed_at = State.DRAFT, clock.now()
    signal.save(update_fields=["state", "changed_at"])
    ledger.record(actor, "sharing.signal.returned", signal, rule="release", reason=_sentence("reason", reason))
    return signal


@transaction.atomic
def amend_signal(actor: Actor, signal: Signal, *, title: str, body: str, reason: str) -> Signal:
    """Replace the words of a published signal; what they were stays as a version. New observables are added."""
    signal = _locked(signal)
    policy.require(actor, "amend", signal)
    SignalVersion.everything.create(
        signal=signal,
        number=signal.version,
        title=signal.title,
        body=signal.body,
        tlp=signal.tlp,
        reason=_sentence("reason", reason),
    )
    signal.title, signal.body = _title(title), _body(body)
    signal.version, signal.changed_at = signal.version + 1, clock.now()
    signal.save(update_fields=["title", "body", "version", "changed_at"])
    known = list(SignalObservable.everything.filter(signal=signal).values_list("pk", flat=True))
    _propose_observables(signal)
    SignalObservable.everything.filter(signal=signal).exclude(pk__in=known).exclude(benign=[]).delete()
    _index(signal)
    ledger.record(_named(actor, signal), "sharing.signal.amended", signal, version=signal.version)
    return signal


@transaction.atomic
def withdraw_signal(actor: Actor, signal: Signal, *, reason: str) -> Signal:
    """Take a signal back: those who could see it keep a tombstone with its number, the date and the reason."""
    signal = _locked(signal)
    policy.require(actor, "withdraw", signal)
    signal.state, signal.changed_at = State.WITHDRAWN, clock.now()
    signal.withdrawal_reason = _sentence("reason", reason)
    signal.save(update_fields=["state", "changed_at", "withdrawal_reason"])
    search.forget(signal.pk)
    ledger.record(_named(actor, signal), "sharing.signal.withdrawn", signal)
    return signal


@transaction.atomic
def discard_draft(actor: Actor, signal: Signal) -> None:
    """Throw a draft away; only that it existed stays in the ledger."""
    signal = _locked(signal)
    policy.require(actor, "edit", signal)
    ledger.record(actor.veiled(), "sharing.signal.discarded", signal)
    SignalObservable.everything.filter(signal=signal).delete()
    AudienceEntry.objects.filter(item_id=signal.pk).delete()
    signal.delete()


@transaction.atomic
def comment_on_signal(actor: Actor, signal: Signal, *, body: str, anonymous: bool = False) -> Comment:
    """Add a comment, by name or anonymously; whoever sees the signal sees it."""
    policy.require(actor, "answer", signal)
    comment = Comment.everything.create(
        signal=signal,
        author_id=actor.acting_person,
        author_mode=AuthorMode.ANONYMOUS if anonymous else AuthorMode.NAMED,
        body=_sentence("body", body, limit=MAX_COMMENT),
    )
    by = actor.veiled() if anonymous else _named(actor, signal)
    ledger.record(by, "sharing.signal.commented", signal, comment=comment.pk)
    return comment


@transaction.atomic
def acknowledge_signal(actor: Actor, signal: Signal) -> bool:
    """Take note of a signal; return whether that is new. The author and the hub learn who did."""
    policy.require(actor, "answer", signal)
    _row, new = Acknowledgement.everything.get_or_create(
        signal=signal, person_id=actor.acting_person, defaults={"organisation_id": actor.acting_organisation}
    )
    if new:
        ledger.record(actor, "sharing.signal.acknowledged", signal)
    return new


@transaction.atomic
def report_seen(actor: Actor, signal: Signal) -> bool:
    """Say "we saw this too" for the organisation; return whether that is new. Others see only counts, from three on."""
    policy.require(actor, "answer", signal)
    return record_sighting(
        actor,
        item_id=signal.pk,
        organisation=actor.acting_organisation,
        source=SightingSource.PERSON,
    )


def _named(actor: Actor, signal: Signal) -> Actor:
    """Return whom the ledger names: the author of an anonymous signal stays nobody there too."""
    hidden = signal.author_mode != AuthorMode.NAMED and policy.is_author(actor, signal)
    return actor.veiled() if hidden else actor


def _write_draft(signal: Signal, content: Content, marking: Marking) -> None:
    signal.kind, signal.target = _choice("kind", content.kind, Kind), _choice("target", content.target, Target)
    signal.title, signal.body = _title(content.title), _body(content.body)
    signal.tlp, signal.profile = marking.tlp, marking.profile
    signal.author_mode, signal.changed_at = marking.author_mode, clock.now()
    signal.embargo_until, signal.expires_at = marking.embargo_until, marking.expires_at
    _check_marking(marking)
    signal.save()
    AudienceEntry.objects.filter(item_id=signal.pk).delete()
    AudienceEntry.objects.bulk_create(_rows(signal, marking.entries))
    SignalObservable.everything.filter(signal=signal).delete()
    _propose_observables(signal)


def _keep(signal: Signal, chosen: Sequence[int] | None) -> None:
    proposed = SignalObservable.everything.filter(signal=signal)
    unwanted = proposed.exclude(benign=[]) if chosen is None else proposed.exclude(pk__in=chosen)
    unwanted.delete()


def _send_out(actor: Actor, signal: Signal) -> Signal:
    """Publish: freeze a RED item's groups, make the words searchable, tell the subscribers."""
    if signal.tlp == TLP.RED:
        AudienceEntry.objects.bulk_create(_frozen(signal))
    signal.state = State.PUBLISHED
    signal.published_at = signal.changed_at = clock.now()
    signal.save(update_fields=["state", "published_at", "changed_at"])
    _index(signal)
    ledger.record(_named(actor, signal), "sharing.signal.published", signal, version=signal.version)
    return signal


def _frozen(signal: Signal) -> list[AudienceEntry]:
    granted = AudienceEntry.objects.filter(item_id=signal.pk, kind=EntryKind.GROUP).values("target")
    people = {person for group in Group.objects.filter(pk__in=granted) for person in members_of(group)}
    return _rows(signal, {Entry(EntryKind.FROZEN, person.pk, person.organisation_id) for person in people})


def _rows(signal: Signal, entries: frozenset[Entry] | set[Entry]) -> list[AudienceEntry]:
    return [
        AudienceEntry(item_id=signal.pk, kind=entry.kind, target=entry.target, organisation=entry.organisation)
        for entry in sorted(entries, key=str)
    ]


def _propose_observables(signal: Signal) -> None:
    """Add the values that the words name; those that the signal has already stay as they are."""
    found = [proposal.observable for proposal in extract(f"{signal.title}\n{signal.body}")]
    for row in remember_observables(found):
        value = Observable(ObservableType(row.type), row.value)
        SignalObservable.everything.get_or_create(
            signal=signal, observable=row, defaults={"benign": list(benign_reasons(value))}
        )


def _index(signal: Signal) -> None:
    values = SignalObservable.everything.filter(signal=signal).values_list("observable__value", flat=True)
    search.index(SEARCH_KIND, signal.pk, signal.title, signal.body, *values)


def _locked(signal: Signal) -> Signal:
    """Return the row as it is now, held until the transaction ends: two editors cannot both be first."""
    rows = Signal.objects.unrestricted(reason="the caller has already found it by visible_to")
    return rows.select_for_update().get(pk=signal.pk)


def _check_complete(signal: Signal) -> None:
    _check_marking(marking_of(signal))


def marking_of(signal: Signal) -> Marking:
    """Return how far a signal's words may go."""
    item = signal.as_item()
    return Marking(
        tlp=item.tlp,
        profile=item.profile,
        entries=item.audience,
        author_mode=item.author_mode,
        embargo_until=signal.embargo_until,
        expires_at=signal.expires_at,
    )


def _check_marking(marking: Marking) -> None:
    if refused := refusals(marking.tlp, marking.profile, marking.kinds):
        names = ", ".join(sorted(refused))
        raise InvalidInput(
            "tlp", _("%(tlp)s cannot be granted to: %(names)s.") % {"tlp": marking.tlp.label, "names": names}
        )
    if not marking.has_grant:
        raise InvalidInput("audience", _("Name at least one group, organisation or person, or the whole community."))
    if marking.author_mode is AuthorMode.UNLINKABLE:
        raise InvalidInput("author_mode", _("Posts unlinkable even to the hub are not offered yet."))
    _check_later("embargo_until", marking.embargo_until)
    _check_later("expires_at", marking.expires_at)


def _check_later(field: str, moment: datetime | None) -> None:
    if moment is not None and moment <= clock.now():
        raise InvalidInput(field, _("This moment has passed."))


def _choice(field: str, value: str, choices: type[Kind] | type[Target]) -> str:
    if value not in choices.values:
        raise InvalidInput(field, _("Choose one of the list."))
    return value


def _title(text: str) -> str:
    return _sentence("title", " ".join(text.split()), limit=MAX_TITLE)


def _body(text: str) -> str:
    if len(text) > MAX_BODY:
        raise InvalidInput("body", _("The text is longer than %(limit)s characters.") % {"limit": f"{MAX_BODY:,}"})
    return text.replace("\x00", "")


def _sentence(field: str, text: str, limit: int = 400) -> str:
    cleaned = text.replace("\x00", "").strip()
    if not cleaned:
        raise InvalidInput(field, _("Write something here."))
    if len(cleaned) > limit:
        raise InvalidInput(field, _("This is longer than %(limit)s characters.") % {"limit": f"{limit:,}"})
    return cleaned


def default_profile() -> Profile:
    """Return the reading of the TLP for new items on this installation."""
    return Profile(settings.TLP_PROFILE)
