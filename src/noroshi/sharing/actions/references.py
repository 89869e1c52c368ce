"""Published answers: the hub writes them from a solved consultation, in words of its own."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import EntryKind, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.kit import search
from noroshi.members.models import Organisation
from noroshi.sharing import policy
from noroshi.sharing.actions.consultations import checked_items
from noroshi.sharing.actions.marking import default_profile
from noroshi.sharing.actions.rows import locked, named
from noroshi.sharing.actions.words import checked_sentence, checked_title
from noroshi.sharing.domain.content import MAX_BODY, MAX_REASON
from noroshi.sharing.domain.items import FrameworkItem
from noroshi.sharing.models import Consent, ReferenceAnswer, ReferenceItem, ReferenceVersion, Signal
from noroshi.sharing.queries import REFERENCE_KIND, needs_consent

LEVELS: Final = (TLP.CLEAR, TLP.GREEN, TLP.AMBER)
"""What all members of a class see alike: a narrower answer is no published one."""


@dataclass(frozen=True)
class Edited:
    """The words of a published answer, edited by a person, and what they are about."""

    title: str
    question: str
    answer: str
    items: str = ""


@transaction.atomic
def draft_reference(actor: Actor, signal: Signal, *, words: Edited, tlp: str) -> ReferenceAnswer:
    """Begin a published answer from a consultation that was solved. Its words are typed, never taken from there."""
    signal = locked(actor, signal)
    policy.require_editor(actor)
    policy.require_solved(signal)
    reference = ReferenceAnswer(
        owner_id=actor.acting_organisation, author_id=actor.acting_person, world=actor.world, source=signal
    )
    _write(reference, words, tlp)
    ledger.record(actor, "sharing.reference.drafted", reference)
    return reference


@transaction.atomic
def revise_reference_draft(actor: Actor, reference: ReferenceAnswer, *, words: Edited, tlp: str) -> ReferenceAnswer:
    """Change a draft; a consent to other words is void."""
    reference = _locked(actor, reference, State.DRAFT)
    Consent.everything.filter(reference=reference, agreed__isnull=True).delete()
    _write(reference, words, tlp)
    ledger.record(actor, "sharing.reference.revised", reference)
    return reference


@transaction.atomic
def discard_reference(actor: Actor, reference: ReferenceAnswer) -> None:
    """Throw a draft away, and what was asked about it."""
    reference = _locked(actor, reference, State.DRAFT)
    ledger.record(actor, "sharing.reference.discarded", reference)
    AudienceEntry.objects.filter(item_id=reference.pk).delete()
    reference.delete()


@transaction.atomic
def ask_consent(actor: Actor, reference: ReferenceAnswer) -> Consent:
    """Ask whoever asked the question whether these very words may be published."""
    reference = _locked(actor, reference, State.DRAFT)
    if not needs_consent(reference):
        raise Conflict(_("The question was marked for everybody: no consent is needed."))
    if Consent.everything.filter(reference=reference, agreed__isnull=True).exists():
        raise Conflict(_("The asker has been asked already."))
    consent = Consent.everything.create(signal=reference.source, reference=reference, **_words(reference))
    ledger.record(actor, "sharing.consent.asked", reference.source, consent=consent.pk)
    return consent


@transaction.atomic
def answer_consent(actor: Actor, signal: Signal, *, consent: Consent, agreed: bool) -> None:
    """Agree or not, as whoever asked the question. An anonymous asker answers as nobody."""
    signal = locked(actor, signal)
    if not policy.is_author(actor, signal):
        raise NotFound
    row = Consent.everything.select_for_update().filter(pk=consent.pk, signal=signal).first()
    if row is None:
        raise NotFound
    if row.agreed is not None:
        raise Conflict(_("You have answered this already."))
    row.agreed = agreed
    row.save(update_fields=["agreed"])
    ledger.record(named(actor, signal), "sharing.consent.answered", signal, consent=row.pk, agreed=agreed)


@transaction.atomic
def publish_reference(actor: Actor, reference: ReferenceAnswer) -> ReferenceAnswer:
    """Publish to all members under the next number of its level."""
    reference = _locked(actor, reference, State.DRAFT)
    if needs_consent(reference) and not _has_consent(reference):
        raise Conflict(_("Whoever asked has not agreed to these words yet."))
    Organisation.objects.select_for_update().get(pk=actor.acting_organisation)  # one number at a time
    numbered = ReferenceAnswer.everything.filter(world=reference.world, tlp=reference.tlp)
    reference.number = (numbered.aggregate(last=Max("number"))["last"] or 0) + 1
    reference.state, reference.published_at = State.PUBLISHED, clock.now()
    reference.changed_at = reference.published_at
    reference.save(update_fields=["number", "state", "published_at", "changed_at"])
    _make_searchable(reference)
    ledger.record(actor, "sharing.reference.published", reference, version=1)
    return reference


@transaction.atomic
def amend_reference(actor: Actor, reference: ReferenceAnswer, *, words: Edited, reason: str) -> ReferenceAnswer:
    """Publish another version. What was published by consent is withdrawn and published anew instead."""
    reference = _locked(actor, reference, State.PUBLISHED)
    if needs_consent(reference):
        raise NotAllowed(_("Somebody agreed to these words: withdraw it, and publish others with a new consent."))
    before = {name: getattr(reference, name) for name in ("title", "question", "answer")}
    why = checked_sentence("reason", reason, MAX_REASON)
    ReferenceVersion.everything.create(reference=reference, number=reference.version, reason=why, **before)
    reference.version += 1
    _write(reference, words, reference.tlp)
    _make_searchable(reference)
    ledger.record(actor, "sharing.reference.amended", reference, version=reference.version)
    return reference


@transaction.atomic
def withdraw_reference(actor: Actor, reference: ReferenceAnswer, *, reason: str) -> ReferenceAnswer:
    """Take a published answer back: its number, the date and the reason are left."""
    reference = _locked(actor, reference, State.PUBLISHED)
    reference.withdrawal_reason = checked_sentence("reason", reason, MAX_REASON)
    reference.state, reference.changed_at = State.WITHDRAWN, clock.now()
    reference.save(update_fields=["withdrawal_reason", "state", "changed_at"])
    search.forget(reference.pk)
    ledger.record(actor, "sharing.reference.withdrawn", reference)
    return reference


def _locked(actor: Actor, reference: ReferenceAnswer, state: State) -> ReferenceAnswer:
    row = ReferenceAnswer.objects.visible_to(actor).select_for_update().filter(pk=reference.pk).first()
    if row is None:
        raise NotFound
    policy.require_editor(actor)
    if row.state != state:
        raise Conflict(_("This answer is not in the state that this needs."))
    return row


def _write(reference: ReferenceAnswer, words: Edited, tlp: str) -> None:
    if tlp not in LEVELS:
        raise InvalidInput("tlp", _("A published answer is CLEAR, GREEN or AMBER, for all members alike."))
    items = checked_items(words.items)
    reference.title = checked_title(words.title)
    reference.question = checked_sentence("question", words.question, MAX_BODY)
    reference.answer = checked_sentence("answer", words.answer, MAX_BODY)
    reference.tlp, reference.profile, reference.changed_at = TLP(tlp), default_profile(), clock.now()
    reference.save()
    AudienceEntry.objects.get_or_create(item_id=reference.pk, kind=EntryKind.COMMUNITY, target=None)
    _write_items(reference, items)


def _write_items(reference: ReferenceAnswer, items: tuple[FrameworkItem, ...]) -> None:
    ReferenceItem.everything.filter(reference=reference).delete()
    ReferenceItem.everything.bulk_create(
        ReferenceItem(reference=reference, framework=item.framework, number=item.number, key=item.key) for item in items
    )


def _words(reference: ReferenceAnswer) -> dict[str, str]:
    return {name: getattr(reference, name) for name in ("title", "question", "answer", "tlp")}


def _has_consent(reference: ReferenceAnswer) -> bool:
    return Consent.everything.filter(reference=reference, agreed=True, **_words(reference)).exists()


def _make_searchable(reference: ReferenceAnswer) -> None:
    about = [str(item) for item in ReferenceItem.everything.filter(reference=reference)]
    search.index(
        REFERENCE_KIND,
        reference.pk,
        reference.title,
        reference.question,
        reference.answer,
        *about,
        at=reference.published_at,
    )
