"""How a bulletin comes about: drafted, looked over by another, published once, followed up or withdrawn."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions import reviewed
from noroshi.advisories.actions.reviewed import Draft, locked
from noroshi.advisories.domain.bulletins import Checklist, frozen
from noroshi.advisories.models import Bulletin, Numbering
from noroshi.advisories.queries import BULLETIN_KIND
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict
from noroshi.kit.markdown import render


@transaction.atomic
def draft_bulletin(actor: Actor, draft: Draft) -> Bulletin:
    """Write a draft; nobody but its author sees it. Raises InvalidInput that names the field."""
    policy.require_editor(actor)
    bulletin = Bulletin(owner_id=actor.acting_organisation, author_id=actor.acting_person, world=actor.world)
    if draft.template is not None:
        bulletin.checklist = draft.template.checklist
    reviewed.write(actor, bulletin, draft)
    ledger.record(actor, "advisories.bulletin.drafted", bulletin)
    return bulletin


@transaction.atomic
def renew_bulletin(actor: Actor, bulletin: Bulletin) -> Bulletin:
    """Begin the next version of what is out: a draft with the same words and audience, every check to be made anew."""
    before = locked(actor, bulletin)
    version = reviewed.next_version(actor, before, ())
    version.checklist = Checklist.of(before.checklist).ticked(frozenset(), actor.acting_person).stored
    version.save(update_fields=["checklist"])
    ledger.record(actor, "advisories.bulletin.drafted", version, replaces=before.pk)
    return version


@transaction.atomic
def revise_bulletin(actor: Actor, bulletin: Bulletin, draft: Draft) -> Bulletin:
    """Replace a draft by another."""
    bulletin = reviewed.to_revise(actor, bulletin, draft.seen)
    reviewed.write(actor, bulletin, draft)
    ledger.record(actor, "advisories.bulletin.revised", bulletin)
    return bulletin


@transaction.atomic
def discard_bulletin(actor: Actor, bulletin: Bulletin) -> None:
    """Throw a draft away; only that it existed stays in the ledger."""
    bulletin = reviewed.to_revise(actor, bulletin)
    ledger.record(actor, "advisories.bulletin.discarded", bulletin)
    reviewed.erase(bulletin)


@transaction.atomic
def tick_bulletin(actor: Actor, bulletin: Bulletin, places: Collection[int]) -> Bulletin:
    """Say of the lines at `places` that they hold, and of the others that they do not."""
    bulletin = locked(actor, bulletin)
    policy.require(policy.may_revise(actor, bulletin) or policy.may_approve(actor, bulletin), bulletin)
    bulletin.checklist = bulletin.checks.ticked(frozenset(places), actor.acting_person).stored
    bulletin.save(update_fields=["checklist"])
    ledger.record(actor, "advisories.bulletin.checked", bulletin, open=len(bulletin.checks.open))
    return bulletin


@transaction.atomic
def submit_bulletin(actor: Actor, bulletin: Bulletin) -> Bulletin:
    """Ask another operator to look it over. Raises InvalidInput where something is missing."""
    bulletin = reviewed.to_revise(actor, bulletin)
    reviewed.hand_over(bulletin)
    ledger.record(actor, "advisories.bulletin.submitted", bulletin)
    return bulletin


@transaction.atomic
def hand_back_bulletin(actor: Actor, bulletin: Bulletin, *, reason: str = "") -> Bulletin:
    """Make a draft of it again: its author takes it back, or another operator says in a sentence what to change."""
    bulletin = locked(actor, bulletin)
    reviewed.hand_back(actor, bulletin, reason)
    bulletin.approved_by = bulletin.approved_at = None
    bulletin.save(update_fields=["approved_by", "approved_at"])
    ledger.record(actor, "advisories.bulletin.returned", bulletin)
    return bulletin


@transaction.atomic
def approve_bulletin(actor: Actor, bulletin: Bulletin) -> Bulletin:
    """Say that it may go: an operator who did not write it, once every line of the checklist holds."""
    bulletin = locked(actor, bulletin)
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
    bulletin = locked(actor, bulletin)
    policy.require(policy.may_publish(actor, bulletin), bulletin)
    _number(bulletin)
    reviewed.let_out(actor, bulletin, BULLETIN_KIND, [bulletin.reference])
    _freeze(bulletin)
    ledger.record(actor, "advisories.bulletin.published", bulletin, version=bulletin.version)
    return bulletin


@transaction.atomic
def withdraw_bulletin(actor: Actor, bulletin: Bulletin, *, reason: str) -> Bulletin:
    """Take it back: those who could see it keep its number, the date and the reason."""
    bulletin = locked(actor, bulletin)
    reviewed.take_back(actor, bulletin, reason)
    ledger.record(actor, "advisories.bulletin.withdrawn", bulletin)
    return bulletin


def _number(bulletin: Bulletin) -> None:
    """Give it the number of the version before, or the next of its series, whose row stays locked until it is used."""
    if bulletin.replaces_id is not None:
        before = Bulletin.everything.get(pk=bulletin.replaces_id)
        bulletin.year, bulletin.number, bulletin.version = before.year, before.number, before.version + 1
        return
    year = timezone.localtime(clock.now()).year
    counted, _new = Numbering.objects.select_for_update().get_or_create(series=bulletin.category.series, year=year)
    counted.last += 1
    counted.save(update_fields=["last"])
    bulletin.year, bulletin.number = year, counted.last


def _freeze(bulletin: Bulletin) -> None:
    """Keep what went out as it went out."""
    assert bulletin.published_at is not None  # noqa: S101 - it has just gone out
    html = {each.value: str(render(bulletin.words.body(each))) for each in bulletin.words.languages}
    bulletin.frozen = frozen(
        bulletin.words, html, reference=bulletin.reference, tlp=bulletin.tlp, published=bulletin.published_at
    )
    bulletin.save(update_fields=["frozen"])
