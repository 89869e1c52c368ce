"""Drafts: written, revised, thrown away."""

from django.db import transaction

from noroshi.core import clock, ids, ledger
from noroshi.core.actor import Actor
from noroshi.core.models import AudienceEntry
from noroshi.sharing import policy
from noroshi.sharing.actions.marking import check_marking
from noroshi.sharing.actions.rows import audience_rows, locked, tag_signal
from noroshi.sharing.actions.values import propose_values
from noroshi.sharing.actions.words import (
    checked_body,
    checked_kind,
    checked_outline,
    checked_plain_words,
    checked_tags,
    checked_title,
)
from noroshi.sharing.domain.content import (
    Content,
    Marking,
)
from noroshi.sharing.models import Signal, SignalObservable, SignalTag


@transaction.atomic
def draft_signal(actor: Actor, *, content: Content, marking: Marking) -> Signal:
    """Write a draft. The observables its text names are proposed with it, known harmless ones marked."""
    policy.require_sharer(actor)
    signal = Signal(
        id=ids.new_vague_id(), owner_id=actor.acting_organisation, author_id=actor.acting_person, world=actor.world
    )
    _write_draft(actor, signal, content, marking)
    ledger.record(actor.veiled(), "sharing.signal.drafted", signal)
    return signal


@transaction.atomic
def revise_draft(actor: Actor, signal: Signal, *, content: Content, marking: Marking) -> Signal:
    """Replace a draft by another; its observables are proposed anew."""
    signal = locked(actor, signal)
    policy.require(actor, "edit", signal)
    _write_draft(actor, signal, content, marking)
    ledger.record(actor.veiled(), "sharing.signal.revised", signal)
    return signal


@transaction.atomic
def discard_draft(actor: Actor, signal: Signal) -> None:
    """Throw a draft away; only that it existed stays in the ledger."""
    signal = locked(actor, signal)
    policy.require(actor, "edit", signal)
    ledger.record(actor.veiled(), "sharing.signal.discarded", signal)
    SignalObservable.everything.filter(signal=signal).delete()
    SignalTag.everything.filter(signal=signal).delete()
    AudienceEntry.objects.filter(item_id=signal.pk).delete()
    signal.delete()


def _write_draft(actor: Actor, signal: Signal, content: Content, marking: Marking) -> None:
    policy.require_carried(actor, marking.tlp)
    check_marking(actor, marking)
    if content.kind or content.target:  # a mail says neither: its person does, before it goes
        checked_kind(content.kind, content.target)
    signal.kind, signal.target = content.kind, content.target
    signal.title, signal.body = checked_title(content.title), checked_body(content.body)
    signal.plain_words = checked_plain_words(content.plain_words)
    signal.form, signal.outline = content.form, checked_outline(content.outline).stored
    signal.reliability, signal.credibility = content.grading.codes
    tags = checked_tags(content.tags)
    signal.tlp, signal.profile = marking.tlp, marking.profile
    signal.pap, signal.caveats = marking.handling.pap or "", sorted(marking.handling.caveats)
    downgrade = marking.downgrade
    signal.downgrade_at, signal.downgrade_tlp = (downgrade.at, downgrade.tlp) if downgrade else (None, "")
    signal.author_mode, signal.changed_at = marking.author_mode, clock.now()
    signal.embargo_until, signal.expires_at = marking.embargo_until, marking.expires_at
    signal.save()
    AudienceEntry.objects.filter(item_id=signal.pk).delete()
    AudienceEntry.objects.bulk_create(audience_rows(signal, marking.entries))
    tag_signal(signal, tags)
    propose_values(signal)
