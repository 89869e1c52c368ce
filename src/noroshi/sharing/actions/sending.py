"""How a signal goes out: sent by its author, held, released, handed back, taken back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed
from noroshi.core.models import AudienceEntry
from noroshi.sharing import policy
from noroshi.sharing.actions.attachments import prepare_files_for_sending
from noroshi.sharing.actions.drafts import draft_signal
from noroshi.sharing.actions.marking import check_marking, marking_of
from noroshi.sharing.actions.passages import agree_at_sending
from noroshi.sharing.actions.received import check_floor
from noroshi.sharing.actions.rows import audience_rows, locked, make_searchable, moment_of, move, named
from noroshi.sharing.actions.values import keep_chosen, set_objectives
from noroshi.sharing.actions.words import checked_kind, checked_sentence
from noroshi.sharing.domain.content import (
    MAX_REASON,
    Content,
    Marking,
)
from noroshi.sharing.domain.handling import USUAL_OBJECTIVE, Objective
from noroshi.sharing.domain.outline import Form
from noroshi.sharing.domain.release import Step, gravity, next_step
from noroshi.sharing.models import Holding, Outcome, Signal
from noroshi.sharing.queries import frozen_lines, stay_of, takes_two, warnings_of

NONE_OF_ITS_OWN: Final[Mapping[int, Objective]] = MappingProxyType({})


@transaction.atomic
def publish_signal(  # noqa: PLR0913 - one call says everything about a sending, by name
    actor: Actor,
    signal: Signal,
    *,
    observables: Collection[int] | None = None,
    objectives: Mapping[int, Objective] = NONE_OF_ITS_OWN,
    objective: Objective = USUAL_OBJECTIVE,
    looked_at: datetime | None = None,
    own_names_confirmed: bool = False,
    hubs: Collection[UUID] = (),
) -> Signal:
    """Send a draft out, with those of its proposed observables whose row numbers are given.

    With None, all but those that a warning list knows as harmless: these are sent, and looked for in logs, only
    where the author chose them. `objective` is what the values are given for, `objectives` what single ones are, by
    the numbers of their rows. `looked_at` is the draft's `changed_at` when the author looked it over.

    `hubs` are the other hubs to which its author agrees that it goes.

    An anonymous one whose words name its author's own house goes only where `own_names_confirmed`.

    A grave one is held for a human release; the others go at once. Raises InvalidInput where the audience and the
    level do not fit, Conflict where it is no longer a draft, or no longer the one that was looked over.
    """
    signal = locked(actor, signal)
    policy.require(actor, "edit", signal)
    if looked_at is not None and looked_at != signal.changed_at:
        raise Conflict(_("The draft was changed after you looked it over. Look it over again."))
    checked_kind(signal.kind, signal.target)
    check_marking(actor, marking := marking_of(signal))
    check_floor(signal, marking.tlp, *([marking.downgrade.tlp] if marking.downgrade else []))
    if not own_names_confirmed:
        _check_own_names(actor, signal)
    keep_chosen(signal, observables)
    set_objectives(signal, objectives, objective)
    _keep_what_the_form_shows(signal)
    prepare_files_for_sending(signal)
    agree_at_sending(actor, signal, hubs)
    signal.return_reason = ""
    if reasons := gravity(TLP(signal.tlp), AuthorMode(signal.author_mode)):
        move(signal, State.HELD)
        Holding.everything.create(signal=signal, world=signal.world)
        ledger.record(named(actor, signal), "sharing.signal.held", signal, reasons=reasons)
        return signal
    return _send_out(actor, signal)


@transaction.atomic
def share_signal(
    actor: Actor,
    *,
    content: Content,
    marking: Marking,
    objective: Objective = USUAL_OBJECTIVE,
    own_names_confirmed: bool = False,
) -> Signal:
    """Draft and send in one go, for a machine that does not look it over; nothing is left behind where it fails."""
    draft = draft_signal(actor, content=content, marking=marking)
    return publish_signal(actor, draft, objective=objective, own_names_confirmed=own_names_confirmed)


@transaction.atomic
def approve_signal(actor: Actor, signal: Signal) -> Signal:
    """Say that a grave signal may go: another operator then releases it, or hands it back.

    Raises Conflict where it takes one operator alone, or somebody has approved it already.
    """
    signal = locked(actor, signal)
    policy.require(actor, "release", signal)
    stay = stay_of(signal)
    if _step(actor, signal, stay) is not Step.APPROVE:
        raise Conflict(_("This needs no approval, or has one."))
    stay.approved_by_id, stay.approved_at = actor.acting_person, clock.now()
    stay.save(update_fields=["approved_by", "approved_at"])
    ledger.record(actor, "sharing.signal.approved", signal, rule="release")
    return signal


@transaction.atomic
def release_signal(actor: Actor, signal: Signal) -> Signal:
    """Let a held signal go. A grave one takes a second operator: it was approved by another before."""
    signal = locked(actor, signal)
    policy.require(actor, "release", signal)
    stay = stay_of(signal)
    match _step(actor, signal, stay):
        case Step.APPROVE:
            raise Conflict(_("This takes two hub operators: one approves it, another releases it."))
        case Step.WAIT:
            raise NotAllowed(_("You approved it: another hub operator releases it."), rule="four-eyes")
    _end(stay, Outcome.RELEASED)
    ledger.record(actor, "sharing.signal.released", signal, rule="release")
    return _send_out(actor, signal)


@transaction.atomic
def return_signal(actor: Actor, signal: Signal, *, reason: str) -> Signal:
    """Hand a held signal back to its author as a draft, with a sentence that says why."""
    signal = locked(actor, signal)
    policy.require(actor, "release", signal)
    signal.return_reason = checked_sentence("reason", reason, MAX_REASON)
    move(signal, State.DRAFT)
    _end(stay_of(signal), Outcome.RETURNED)
    ledger.record(actor, "sharing.signal.returned", signal, rule="release")
    return signal


@transaction.atomic
def recall_signal(actor: Actor, signal: Signal) -> Signal:
    """Take back what waits for release: it is a draft again."""
    signal = locked(actor, signal)
    policy.require(actor, "recall", signal)
    move(signal, State.DRAFT)
    _end(stay_of(signal), Outcome.RECALLED)
    ledger.record(named(actor, signal), "sharing.signal.recalled", signal)
    return signal


@transaction.atomic
def disclose_signal(signal: Signal) -> None:
    """Note that a signal's embargo has ended, so that those who see it from now on are told."""
    make_searchable(signal)  # to those whom it reaches now, it is new
    ledger.record(Actor.system("embargo", world=signal.world), "sharing.signal.disclosed", signal)


def _step(actor: Actor, signal: Signal, stay: Holding) -> Step:
    return next_step(actor.person, two=takes_two(signal), approved_by=stay.approved_by_id)


def _end(stay: Holding, outcome: Outcome) -> None:
    stay.ended_at, stay.outcome = clock.now(), outcome
    stay.save(update_fields=["ended_at", "outcome"])


def _send_out(actor: Actor, signal: Signal) -> Signal:
    """Publish: freeze a RED item's groups, make the words searchable, tell the subscribers."""
    if signal.tlp == TLP.RED:
        AudienceEntry.objects.bulk_create(audience_rows(signal, frozen_lines(signal.as_item().audience)))
    signal.published_at = _published_at(signal)
    signal.save(update_fields=["published_at"])
    move(signal, State.PUBLISHED)
    make_searchable(signal)
    ledger.record(named(actor, signal), "sharing.signal.published", signal, version=signal.version)
    return signal


def _check_own_names(actor: Actor, signal: Signal) -> None:
    if signal.author_mode != AuthorMode.NAMED and any(found.reveals for found in warnings_of(actor, signal)):
        raise InvalidInput(
            "own_names_confirmed",
            _("You post anonymously, but the text names your own organisation: change it, or confirm it."),
        )


def _keep_what_the_form_shows(signal: Signal) -> None:
    """What was written in the form that was left again was not looked over: it ends with the draft."""
    if signal.form != Form.OUTLINE and signal.outline:
        signal.outline = {}
        signal.save(update_fields=["outline"])


def _published_at(signal: Signal) -> datetime:
    """Return when a signal goes out: never before an embargo that has ended, else its end would be told as well."""
    moment = moment_of(signal, State.PUBLISHED)
    lifted = signal.embargo_until is not None and signal.embargo_until <= clock.now()
    return max(moment, signal.embargo_until) if lifted and signal.embargo_until else moment
