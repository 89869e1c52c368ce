"""Writes of the sharing room: each verb checks, changes and writes the ledger, in one transaction.

The ledger never names the author of what is anonymous. A draft may become anonymous until it is sent, so what is
done to drafts is written down without a name too.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, State, refusals
from noroshi.core.domain.channels import carried_by
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.core.policy import REASONS
from noroshi.intel.actions import record_sighting, remember_observables
from noroshi.intel.domain.extract import Proposal, extract
from noroshi.intel.domain.warning_lists import benign_reasons
from noroshi.intel.models import SightingSource
from noroshi.kit import search
from noroshi.sharing import policy
from noroshi.sharing.domain.content import (
    MAX_BODY,
    MAX_COMMENT,
    MAX_REASON,
    MAX_TITLE,
    Content,
    Marking,
    one_line,
    readable,
)
from noroshi.sharing.domain.release import gravity
from noroshi.sharing.models import Acknowledgement, Comment, Kind, Signal, SignalObservable, SignalVersion, Target
from noroshi.sharing.queries import SEARCH_KIND, frozen_lines, groups_on_offer, organisations_on_offer
from noroshi.sharing.wording import GRANTS


@transaction.atomic
def draft_signal(actor: Actor, *, content: Content, marking: Marking) -> Signal:
    """Write a draft. The observables its text names are proposed with it, known harmless ones marked."""
    policy.require_sharer(actor)
    signal = Signal(owner_id=actor.acting_organisation, author_id=actor.acting_person, world=actor.world)
    _write_draft(actor, signal, content, marking)
    ledger.record(actor.veiled(), "sharing.signal.drafted", signal)
    return signal


@transaction.atomic
def revise_draft(actor: Actor, signal: Signal, *, content: Content, marking: Marking) -> Signal:
    """Replace a draft by another; its observables are proposed anew."""
    signal = _locked(actor, signal)
    policy.require(actor, "edit", signal)
    _write_draft(actor, signal, content, marking)
    ledger.record(actor.veiled(), "sharing.signal.revised", signal)
    return signal


@transaction.atomic
def publish_signal(
    actor: Actor, signal: Signal, *, observables: Collection[int] | None = None, looked_at: datetime | None = None
) -> Signal:
    """Send a draft out, with those of its proposed observables whose row numbers are given.

    With None, all but those that a warning list knows as harmless: these are sent, and looked for in logs, only
    where the author chose them. `looked_at` is the draft's `changed_at` when the author looked it over.

    A grave one is held for a human release; the others go at once. Raises InvalidInput where the audience and the
    level do not fit, Conflict where it is no longer a draft, or no longer the one that was looked over.
    """
    signal = _locked(actor, signal)
    policy.require(actor, "edit", signal)
    if looked_at is not None and looked_at != signal.changed_at:
        raise Conflict(_("The draft was changed after you looked it over. Look it over again."))
    check_marking(actor, _marking_of(signal))
    _keep(signal, observables)
    signal.return_reason = ""
    if reasons := gravity(TLP(signal.tlp), AuthorMode(signal.author_mode)):
        _move(signal, State.HELD)
        ledger.record(_named(actor, signal), "sharing.signal.held", signal, reasons=reasons)
        return signal
    return _send_out(actor, signal)


@transaction.atomic
def share_signal(actor: Actor, *, content: Content, marking: Marking) -> Signal:
    """Draft and send in one go, for a machine that does not look it over; nothing is left behind where it fails."""
    return publish_signal(actor, draft_signal(actor, content=content, marking=marking))


@transaction.atomic
def release_signal(actor: Actor, signal: Signal) -> Signal:
    """Let a held signal go."""
    signal = _locked(actor, signal)
    policy.require(actor, "release", signal)
    ledger.record(actor, "sharing.signal.released", signal, rule="release")
    return _send_out(actor, signal)


@transaction.atomic
def return_signal(actor: Actor, signal: Signal, *, reason: str) -> Signal:
    """Hand a held signal back to its author as a draft, with a sentence that says why."""
    signal = _locked(actor, signal)
    policy.require(actor, "release", signal)
    signal.return_reason = _sentence("reason", reason, MAX_REASON)
    _move(signal, State.DRAFT)
    ledger.record(actor, "sharing.signal.returned", signal, rule="release")
    return signal


@transaction.atomic
def recall_signal(actor: Actor, signal: Signal) -> Signal:
    """Take back what waits for release: it is a draft again."""
    signal = _locked(actor, signal)
    policy.require(actor, "recall", signal)
    _move(signal, State.DRAFT)
    ledger.record(_named(actor, signal), "sharing.signal.recalled", signal)
    return signal


@transaction.atomic
def amend_signal(actor: Actor, signal: Signal, *, title: str, body: str, reason: str) -> Signal:
    """Replace the words of a published signal; what they were stays as a version.

    Observables go and come with the words that name them; those taken away before it was sent stay away.
    """
    signal = _locked(actor, signal)
    policy.require(actor, "amend", signal)
    before = _proposals(signal)
    _keep_version(signal, _sentence("reason", reason, MAX_REASON))
    old, (signal.title, signal.body) = (signal.title, signal.body), (_title(title), _body(body))
    if (signal.title, signal.body) == old:
        raise InvalidInput("body", _("Nothing has changed."))
    signal.version, signal.changed_at = signal.version + 1, clock.now()
    signal.save(update_fields=["title", "body", "version", "changed_at"])
    _follow(signal, before, _proposals(signal))
    _index(signal)
    ledger.record(_named(actor, signal), "sharing.signal.amended", signal, version=signal.version)
    return signal


@transaction.atomic
def withdraw_signal(actor: Actor, signal: Signal, *, reason: str) -> Signal:
    """Take a signal back: those who could see it keep a tombstone with its number, the date and the reason."""
    signal = _locked(actor, signal)
    policy.require(actor, "withdraw", signal)
    signal.withdrawal_reason = _sentence("reason", reason, MAX_REASON)
    _move(signal, State.WITHDRAWN)
    search.forget(signal.pk)
    ledger.record(_named(actor, signal), "sharing.signal.withdrawn", signal)
    return signal


@transaction.atomic
def discard_draft(actor: Actor, signal: Signal) -> None:
    """Throw a draft away; only that it existed stays in the ledger."""
    signal = _locked(actor, signal)
    policy.require(actor, "edit", signal)
    ledger.record(actor.veiled(), "sharing.signal.discarded", signal)
    SignalObservable.everything.filter(signal=signal).delete()
    AudienceEntry.objects.filter(item_id=signal.pk).delete()
    signal.delete()


@transaction.atomic
def comment_on_signal(actor: Actor, signal: Signal, *, body: str, anonymous: bool = False) -> Comment:
    """Add a comment, by name or anonymously; whoever sees the signal sees it.

    Under an anonymous signal its author always answers anonymously: one forgotten tick would undo the rest.
    """
    signal = _locked(actor, signal)
    policy.require(actor, "comment", signal)
    hidden = anonymous or _is_hidden_author(actor, signal)
    comment = Comment.everything.create(
        signal=signal,
        author_id=actor.acting_person,
        author_mode=AuthorMode.ANONYMOUS if hidden else AuthorMode.NAMED,
        body=_sentence("body", body, MAX_COMMENT),
    )
    ledger.record(actor.veiled() if hidden else actor, "sharing.signal.commented", signal, comment=comment.pk)
    return comment


@transaction.atomic
def acknowledge_signal(actor: Actor, signal: Signal) -> bool:
    """Take note of a signal; return whether that is new. The author learns which organisations did."""
    signal = _locked(actor, signal)
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
    signal = _locked(actor, signal)
    policy.require(actor, "answer", signal)
    return record_sighting(
        actor,
        item_id=signal.pk,
        organisation=actor.acting_organisation,
        source=SightingSource.PERSON,
    )


@transaction.atomic
def disclose_signal(signal: Signal) -> None:
    """Note that a signal's embargo has ended, so that those who see it from now on are told."""
    ledger.record(Actor.system("embargo", world=signal.world), "sharing.signal.disclosed", signal)


def check_marking(actor: Actor, marking: Marking) -> None:
    """Raise InvalidInput, naming the field, unless `actor` may share something marked like this now."""
    if not marking.is_of_an_author:
        raise InvalidInput("audience", _("These lines of an audience come of publishing alone."))
    if refused := refusals(marking.tlp, marking.profile, marking.kinds):
        names = _(", ").join(str(GRANTS[kind]) for kind in sorted(refused))
        raise InvalidInput(
            "tlp", _("%(tlp)s cannot be granted to: %(names)s.") % {"tlp": marking.tlp.label, "names": names}
        )
    if not marking.has_grant:
        raise InvalidInput("audience", _("Name at least one group, organisation or person, or the whole community."))
    if marking.author_mode is AuthorMode.UNLINKABLE:
        raise InvalidInput("author_mode", _("Posts unlinkable even to the hub are not offered yet."))
    _check_targets(actor, marking)
    _check_later("embargo_until", marking.embargo_until)
    _check_later("expires_at", marking.expires_at)


def default_profile() -> Profile:
    """Return the reading of the TLP for new items on this installation."""
    return Profile(settings.TLP_PROFILE)


def _check_targets(actor: Actor, marking: Marking) -> None:
    groups = marking.targets(EntryKind.GROUP)
    if groups - set(groups_on_offer(actor).values_list("pk", flat=True)):
        raise InvalidInput("groups", _("You can only choose among your own groups."))
    organisations = marking.targets(EntryKind.ORGANISATION)
    if organisations - set(organisations_on_offer().values_list("pk", flat=True)):
        raise InvalidInput("organisations", _("Choose among the organisations that take part."))


def _check_later(field: str, moment: datetime | None) -> None:
    if moment is not None and moment <= clock.now():
        raise InvalidInput(field, _("This moment has passed."))


def _locked(actor: Actor, signal: Signal) -> Signal:
    """Return the row as it is now, held until the transaction ends: two editors cannot both be first.

    Raises NotFound where the actor does not see it, or not any more.
    """
    row = Signal.objects.visible_to(actor).select_for_update().filter(pk=signal.pk).first()
    if row is None:
        raise NotFound
    return row


def _named(actor: Actor, signal: Signal) -> Actor:
    """Return whom the ledger names: the author of an anonymous signal stays nobody there too."""
    return actor.veiled() if _is_hidden_author(actor, signal) else actor


def _is_hidden_author(actor: Actor, signal: Signal) -> bool:
    return signal.author_mode != AuthorMode.NAMED and policy.is_author(actor, signal)


def _move(signal: Signal, state: State) -> None:
    signal.state, signal.changed_at = state, clock.now()
    signal.save(update_fields=["state", "changed_at", "return_reason", "withdrawal_reason"])


def _write_draft(actor: Actor, signal: Signal, content: Content, marking: Marking) -> None:
    if marking.tlp not in carried_by(actor.channel):
        raise NotAllowed(str(REASONS["channel"]), rule="channel")
    check_marking(actor, marking)
    signal.kind, signal.target = _choice("kind", content.kind, Kind), _choice("target", content.target, Target)
    signal.title, signal.body = _title(content.title), _body(content.body)
    signal.tlp, signal.profile = marking.tlp, marking.profile
    signal.author_mode, signal.changed_at = marking.author_mode, clock.now()
    signal.embargo_until, signal.expires_at = marking.embargo_until, marking.expires_at
    signal.save()
    AudienceEntry.objects.filter(item_id=signal.pk).delete()
    AudienceEntry.objects.bulk_create(_rows(signal, marking.entries))
    SignalObservable.everything.filter(signal=signal).delete()
    SignalObservable.everything.bulk_create(_observables(signal, _proposals(signal)))


def _marking_of(signal: Signal) -> Marking:
    item = signal.as_item()
    return Marking(
        tlp=item.tlp,
        profile=item.profile,
        entries=item.audience,
        author_mode=item.author_mode,
        embargo_until=signal.embargo_until,
        expires_at=signal.expires_at,
    )


def _send_out(actor: Actor, signal: Signal) -> Signal:
    """Publish: freeze a RED item's groups, make the words searchable, tell the subscribers."""
    if signal.tlp == TLP.RED:
        AudienceEntry.objects.bulk_create(_rows(signal, frozen_lines(signal.as_item().audience)))
    signal.published_at = clock.now()
    signal.save(update_fields=["published_at"])
    _move(signal, State.PUBLISHED)
    _index(signal)
    ledger.record(_named(actor, signal), "sharing.signal.published", signal, version=signal.version)
    return signal


def _rows(signal: Signal, entries: Iterable[Entry]) -> list[AudienceEntry]:
    return [
        AudienceEntry(item_id=signal.pk, kind=entry.kind, target=entry.target, organisation=entry.organisation)
        for entry in sorted(entries, key=str)
    ]


def _proposals(signal: Signal) -> list[Proposal]:
    return extract(f"{signal.title}\n{signal.body}")


def _observables(signal: Signal, proposals: Iterable[Proposal]) -> list[SignalObservable]:
    """Return a row for each value, in the order of the text, with how it was known and which lists call it harmless."""
    found = {proposal.observable: proposal.reason for proposal in proposals}
    return [
        SignalObservable(signal=signal, observable=row, reason=reason, benign=list(benign_reasons(value)))
        for row, (value, reason) in zip(remember_observables(found), found.items(), strict=True)
    ]


def _keep(signal: Signal, chosen: Collection[int] | None) -> None:
    proposed = SignalObservable.everything.filter(signal=signal)
    unwanted = proposed.exclude(benign=[]) if chosen is None else proposed.exclude(pk__in=chosen)
    unwanted.delete()


def _keep_version(signal: Signal, reason: str) -> None:
    SignalVersion.everything.create(
        signal=signal, number=signal.version, title=signal.title, body=signal.body, tlp=signal.tlp, reason=reason
    )


def _follow(signal: Signal, before: Iterable[Proposal], now: Iterable[Proposal]) -> None:
    """Take away the values that the words name no longer, add the new ones that no list calls harmless."""
    gone = {each.observable for each in before} - {each.observable for each in now}
    fresh = {each.observable for each in now} - {each.observable for each in before}
    rows = SignalObservable.everything.filter(signal=signal)
    rows.filter(observable__in=remember_observables(gone)).delete()
    new = _observables(signal, [each for each in now if each.observable in fresh])
    SignalObservable.everything.bulk_create([row for row in new if not row.benign], ignore_conflicts=True)


def _index(signal: Signal) -> None:
    values = SignalObservable.everything.filter(signal=signal).values_list("observable__value", flat=True)
    search.index(SEARCH_KIND, signal.pk, signal.title, signal.body, *values)


def _choice(field: str, value: str, choices: type[Kind] | type[Target]) -> str:
    if value not in choices.values:
        raise InvalidInput(field, _("Choose one of the list."))
    return value


def _title(text: str) -> str:
    return _sentence("title", one_line(text), MAX_TITLE)


def _body(text: str) -> str:
    plain = readable(text)
    if len(plain) > MAX_BODY:
        raise InvalidInput("body", _("The text is longer than %(limit)s characters.") % {"limit": f"{MAX_BODY:,}"})
    return plain


def _sentence(field: str, text: str, limit: int) -> str:
    plain = readable(text)
    if not plain:
        raise InvalidInput(field, _("Write something here."))
    if len(plain) > limit:
        raise InvalidInput(field, _("This is longer than %(limit)s characters.") % {"limit": f"{limit:,}"})
    return plain
