"""Marking anew what is out: lowered in place, raised by taking it back and issuing it again."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import InvalidInput
from noroshi.sharing import policy
from noroshi.sharing.actions.attachments import hand_on_files
from noroshi.sharing.actions.changes import withdraw_signal
from noroshi.sharing.actions.drafts import draft_signal
from noroshi.sharing.actions.received import check_floor, hand_on_parcels
from noroshi.sharing.actions.rows import content_of, keep_version, locked, make_searchable, moment_of, named
from noroshi.sharing.actions.sending import publish_signal
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.content import MAX_REASON, Marking
from noroshi.sharing.domain.handling import Objective
from noroshi.sharing.models import Signal, SignalObservable


@transaction.atomic
def lower_marking(actor: Actor, signal: Signal, *, tlp: str, reason: str) -> Signal:
    """Give a published signal a lower level. Its grants stay: whoever these reach under the new level sees it now.

    What was said before keeps the level under which it was said (`queries.levels.open_since`).
    """
    signal = locked(actor, signal)
    policy.require(actor, "lower", signal)
    if tlp not in set(TLP) or not TLP(tlp) < TLP(signal.tlp):
        raise InvalidInput("tlp", _("Choose a level below %(tlp)s.") % {"tlp": TLP(signal.tlp).label})
    check_floor(signal, TLP(tlp))
    _lower(named(actor, signal), signal, TLP(tlp), checked_sentence("reason", reason, MAX_REASON))
    return signal


@transaction.atomic
def downgrade_signal(signal: Signal) -> bool:
    """Lower a signal whose time has come, as its author arranged; return whether there was anything to do."""
    rows = Signal.objects.unrestricted(reason="whose level lowers itself now").select_for_update()
    row = rows.filter(pk=signal.pk, state=State.PUBLISHED, downgrade_at__lte=clock.now()).first()
    if row is None or not TLP(row.downgrade_tlp) < TLP(row.tlp):
        return False
    _lower(Actor.system("downgrade", world=row.world), row, TLP(row.downgrade_tlp), _("As arranged by its author."))
    return True


@transaction.atomic
def raise_marking(actor: Actor, signal: Signal, *, marking: Marking, reason: str) -> Signal:
    """Take a published signal back and issue its words and files anew, under a higher level, to `marking`'s audience.

    Whoever had it is told that it was withdrawn. Author's mode, reading and handling stay as they were; what is grave
    waits for a release again. What was said to it stays with it. Returns the new signal.
    """
    signal = locked(actor, signal)
    policy.require(actor, "raise", signal)
    if not marking.tlp > TLP(signal.tlp):
        raise InvalidInput("tlp", _("Choose a level above %(tlp)s.") % {"tlp": TLP(signal.tlp).label})
    kept = replace(
        marking,
        profile=Profile(signal.profile),
        author_mode=AuthorMode(signal.author_mode),
        handling=signal.handling,
        embargo_until=None,
        downgrade=None,
        expires_at=None if signal.is_expired else signal.expires_at,
    )
    words = content_of(signal)
    objectives = _objectives_of(signal)
    withdraw_signal(actor, signal, reason=reason)
    anew = draft_signal(actor, content=words, marking=kept)
    anew.replaces = signal
    anew.save(update_fields=["replaces"])
    hand_on_files(actor, signal, anew)
    hand_on_parcels(signal, anew)
    rows = SignalObservable.everything.filter(signal=anew, observable__in=list(objectives))
    own = {row.pk: objectives[row.observable_id] for row in rows}
    return publish_signal(actor, anew, observables=own.keys(), objectives=own, own_names_confirmed=True)


def _objectives_of(signal: Signal) -> dict[UUID, Objective]:
    rows = SignalObservable.everything.filter(signal=signal).values_list("observable_id", "objective")
    return {observable: Objective(objective) for observable, objective in rows}


def _lower(actor: Actor, signal: Signal, level: TLP, reason: str) -> None:
    before = TLP(signal.tlp)
    keep_version(signal, reason)
    signal.tlp, signal.version = level, signal.version + 1
    signal.changed_at = moment_of(signal, State.PUBLISHED)
    if signal.downgrade_tlp and not TLP(signal.downgrade_tlp) < level:
        signal.downgrade_at, signal.downgrade_tlp = None, ""
    signal.save(update_fields=["tlp", "version", "changed_at", "downgrade_at", "downgrade_tlp"])
    make_searchable(signal)  # to those whom it newly reaches, it is new
    ledger.record(actor, "sharing.signal.lowered", signal, before=before, after=level, version=signal.version)
