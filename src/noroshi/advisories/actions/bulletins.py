"""How a bulletin comes about: drafted, looked over by another, published once, followed up or withdrawn."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions.audience import grant, mark
from noroshi.advisories.actions.words import checked_links, checked_names, checked_words
from noroshi.advisories.domain.bulletins import Checklist, Words, frozen
from noroshi.advisories.models import Bulletin, Category, Numbering, Template
from noroshi.advisories.queries import BULLETIN_KIND
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.kit import search
from noroshi.kit.markdown import render
from noroshi.sharing.actions import audience_rows
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.content import MAX_REASON, Marking


@dataclass(frozen=True)
class Draft:
    """What an editor hands over: the words, for whom they are, what they are about."""

    category: Category
    words: Words
    marking: Marking
    links: Sequence[str] = ()
    names: Sequence[str] = ()
    change: str = ""
    """What is new, where it is a later version."""
    template: Template | None = field(default=None)
    """What it was begun from: its checklist holds for the bulletin as it is now."""


@transaction.atomic
def draft_bulletin(actor: Actor, draft: Draft) -> Bulletin:
    """Write a draft; nobody but its author sees it. Raises InvalidInput that names the field."""
    policy.require_editor(actor)
    bulletin = Bulletin(owner_id=actor.acting_organisation, author_id=actor.acting_person, world=actor.world)
    if draft.template is not None:
        bulletin.checklist = draft.template.checklist
    _write(actor, bulletin, draft)
    ledger.record(actor, "advisories.bulletin.drafted", bulletin)
    return bulletin


@transaction.atomic
def renew_bulletin(actor: Actor, bulletin: Bulletin) -> Bulletin:
    """Begin the next version of what is out: a draft with the same words and audience, every check to be made anew."""
    before = _locked(actor, bulletin)
    policy.require(policy.may_follow_up(actor, before), before)
    version = Bulletin(
        owner_id=actor.acting_organisation,
        author_id=actor.acting_person,
        world=before.world,
        replaces=before,
        checklist=Checklist.of(before.checklist).ticked(frozenset(), actor.acting_person).stored,
        **{name: getattr(before, name) for name in (*_COPIED, *asdict(before.words))},
    )
    version.save(force_insert=True)
    AudienceEntry.objects.bulk_create(audience_rows(version, before.known_audience))
    ledger.record(actor, "advisories.bulletin.drafted", version, replaces=before.pk)
    return version


_COPIED: Final = ("category_id", "tlp", "profile", "links", "names")


@transaction.atomic
def revise_bulletin(actor: Actor, bulletin: Bulletin, draft: Draft) -> Bulletin:
    """Replace a draft by another."""
    bulletin = _locked(actor, bulletin)
    policy.require(policy.may_revise(actor, bulletin), bulletin)
    _write(actor, bulletin, draft)
    ledger.record(actor, "advisories.bulletin.revised", bulletin)
    return bulletin


@transaction.atomic
def discard_bulletin(actor: Actor, bulletin: Bulletin) -> None:
    """Throw a draft away; only that it existed stays in the ledger."""
    bulletin = _locked(actor, bulletin)
    policy.require(policy.may_revise(actor, bulletin), bulletin)
    ledger.record(actor, "advisories.bulletin.discarded", bulletin)
    AudienceEntry.objects.filter(item_id=bulletin.pk).delete()
    bulletin.delete()


@transaction.atomic
def tick_bulletin(actor: Actor, bulletin: Bulletin, places: Collection[int]) -> Bulletin:
    """Say of the lines at `places` that they hold, and of the others that they do not."""
    bulletin = _locked(actor, bulletin)
    policy.require(policy.may_revise(actor, bulletin) or policy.may_approve(actor, bulletin), bulletin)
    bulletin.checklist = bulletin.checks.ticked(frozenset(places), actor.acting_person).stored
    bulletin.save(update_fields=["checklist"])
    ledger.record(actor, "advisories.bulletin.checked", bulletin, open=len(bulletin.checks.open))
    return bulletin


@transaction.atomic
def submit_bulletin(actor: Actor, bulletin: Bulletin) -> Bulletin:
    """Ask another operator to look it over. Raises InvalidInput where something is missing."""
    bulletin = _locked(actor, bulletin)
    policy.require(policy.may_revise(actor, bulletin), bulletin)
    if bulletin.words.is_half_translated:
        raise InvalidInput("title_en", _("Write both the English title and the English text, or neither."))
    if bulletin.replaces_id and not bulletin.change:
        raise InvalidInput("change", _("Say what is new against the version before."))
    bulletin.return_reason = ""
    _move(bulletin, State.HELD, "return_reason")
    ledger.record(actor, "advisories.bulletin.submitted", bulletin)
    return bulletin


@transaction.atomic
def hand_back_bulletin(actor: Actor, bulletin: Bulletin, *, reason: str = "") -> Bulletin:
    """Make a draft of it again: its author takes it back, or another operator says in a sentence what to change."""
    bulletin = _locked(actor, bulletin)
    policy.require(policy.may_hand_back(actor, bulletin), bulletin)
    if bulletin.author_id != actor.person:
        bulletin.return_reason = checked_sentence("reason", reason, MAX_REASON)
    bulletin.approved_by = bulletin.approved_at = None
    _move(bulletin, State.DRAFT, "return_reason", "approved_by", "approved_at")
    ledger.record(actor, "advisories.bulletin.returned", bulletin)
    return bulletin


@transaction.atomic
def approve_bulletin(actor: Actor, bulletin: Bulletin) -> Bulletin:
    """Say that it may go: an operator who did not write it, once every line of the checklist holds."""
    bulletin = _locked(actor, bulletin)
    policy.require(policy.may_approve(actor, bulletin), bulletin)
    if left := len(bulletin.checks.open):
        raise Conflict(_("%(number)s lines of the checklist are open.") % {"number": left})
    bulletin.approved_by_id, bulletin.approved_at = actor.acting_person, clock.now()
    bulletin.save(update_fields=["approved_by", "approved_at"])
    ledger.record(actor, "advisories.bulletin.approved", bulletin, rule="four-eyes")
    return bulletin


@transaction.atomic
def publish_bulletin(actor: Actor, bulletin: Bulletin) -> Bulletin:
    """Send it out: it gets its number, is frozen, and takes the place of the version before.

    Raises Conflict where another version has taken that place meanwhile.
    """
    bulletin = _locked(actor, bulletin)
    policy.require(policy.may_publish(actor, bulletin), bulletin)
    bulletin.published_at, bulletin.published_by_id = clock.now(), actor.acting_person
    _supersede(bulletin)
    _number(bulletin)
    html = {each.value: str(render(bulletin.words.body(each))) for each in bulletin.words.languages}
    bulletin.frozen = frozen(
        bulletin.words, html, reference=bulletin.reference, tlp=bulletin.tlp, published=bulletin.published_at
    )
    _move(bulletin, State.PUBLISHED, "published_at", "published_by", "category", "year", "number", "version", "frozen")
    words = bulletin.words
    texts = (bulletin.reference, words.title_ja, words.title_en, words.body_ja, words.body_en, *bulletin.names)
    search.index(BULLETIN_KIND, bulletin.pk, *texts, at=bulletin.published_at)
    ledger.record(actor, "advisories.bulletin.published", bulletin, version=bulletin.version)
    return bulletin


@transaction.atomic
def withdraw_bulletin(actor: Actor, bulletin: Bulletin, *, reason: str) -> Bulletin:
    """Take it back: those who could see it keep its number, the date and the reason."""
    bulletin = _locked(actor, bulletin)
    policy.require(policy.may_follow_up(actor, bulletin), bulletin)
    bulletin.withdrawal_reason = checked_sentence("reason", reason, MAX_REASON)
    _move(bulletin, State.WITHDRAWN, "withdrawal_reason")
    search.forget(bulletin.pk)
    ledger.record(actor, "advisories.bulletin.withdrawn", bulletin)
    return bulletin


def _locked(actor: Actor, bulletin: Bulletin) -> Bulletin:
    """Return the row as it is now, held until the transaction ends. Raises NotFound where the actor sees it no more."""
    policy.require_editor(actor)
    rows = Bulletin.objects.visible_to(actor).select_for_update(of=("self",)).select_related("category")
    row = rows.filter(pk=bulletin.pk).first()
    if row is None:
        raise NotFound
    return row


def _write(actor: Actor, bulletin: Bulletin, draft: Draft) -> None:
    mark(actor, bulletin, draft.marking)
    words = checked_words(draft.words)
    for name, text in asdict(words).items():
        setattr(bulletin, name, text)
    if bulletin.replaces_id is None:
        bulletin.category = draft.category  # a later version stays in the series of its number
    bulletin.links, bulletin.names = checked_links(draft.links), checked_names(draft.names)
    bulletin.change = checked_sentence("change", draft.change, MAX_REASON) if draft.change else ""
    bulletin.changed_at = clock.now()
    bulletin.save()
    grant(bulletin, draft.marking.entries)


def _supersede(bulletin: Bulletin) -> None:
    """Let the version before know that it is not the last any more."""
    if bulletin.replaces_id is None:
        return
    before = Bulletin.everything.select_for_update().get(pk=bulletin.replaces_id)
    if before.state != State.PUBLISHED or before.superseded_at is not None:
        raise Conflict(_("The version before was withdrawn, or another has taken its place."))
    before.superseded_at = bulletin.published_at
    before.save(update_fields=["superseded_at"])
    bulletin.year, bulletin.number, bulletin.version = before.year, before.number, before.version + 1


def _number(bulletin: Bulletin) -> None:
    """Give it the next number of its series; the row stays locked until the number is used."""
    if bulletin.number is not None:
        return
    year = timezone.localtime(clock.now()).year
    counted, _new = Numbering.objects.select_for_update().get_or_create(series=bulletin.category.series, year=year)
    counted.last += 1
    counted.save(update_fields=["last"])
    bulletin.year, bulletin.number = year, counted.last


def _move(bulletin: Bulletin, state: State, *changed: str) -> None:
    bulletin.state, bulletin.changed_at = state, clock.now()
    bulletin.save(update_fields=["state", "changed_at", *changed])
