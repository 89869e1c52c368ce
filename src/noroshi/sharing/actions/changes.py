"""What its author does to a signal that is out."""

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import InvalidInput
from noroshi.kit import search
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import locked, make_searchable, move, named
from noroshi.sharing.actions.values import follow_words, proposals_of
from noroshi.sharing.actions.words import checked_body, checked_sentence, checked_title
from noroshi.sharing.domain.content import (
    MAX_REASON,
)
from noroshi.sharing.models import Signal, SignalVersion


@transaction.atomic
def amend_signal(actor: Actor, signal: Signal, *, title: str, body: str, reason: str) -> Signal:
    """Replace the words of a published signal; what they were stays as a version.

    Observables go and come with the words that name them; those taken away before it was sent stay away.
    """
    signal = locked(actor, signal)
    policy.require(actor, "amend", signal)
    before = proposals_of(signal)
    _keep_version(signal, checked_sentence("reason", reason, MAX_REASON))
    old, (signal.title, signal.body) = (signal.title, signal.body), (checked_title(title), checked_body(body))
    if (signal.title, signal.body) == old:
        raise InvalidInput("body", _("Nothing has changed."))
    signal.version, signal.changed_at = signal.version + 1, clock.now()
    signal.save(update_fields=["title", "body", "version", "changed_at"])
    follow_words(signal, before, proposals_of(signal))
    make_searchable(signal)
    ledger.record(named(actor, signal), "sharing.signal.amended", signal, version=signal.version)
    return signal


@transaction.atomic
def withdraw_signal(actor: Actor, signal: Signal, *, reason: str) -> Signal:
    """Take a signal back: those who could see it keep a tombstone with its number, the date and the reason."""
    signal = locked(actor, signal)
    policy.require(actor, "withdraw", signal)
    signal.withdrawal_reason = checked_sentence("reason", reason, MAX_REASON)
    move(signal, State.WITHDRAWN)
    search.forget(signal.pk)
    ledger.record(named(actor, signal), "sharing.signal.withdrawn", signal)
    return signal


def _keep_version(signal: Signal, reason: str) -> None:
    SignalVersion.everything.create(
        signal=signal, number=signal.version, title=signal.title, body=signal.body, tlp=signal.tlp, reason=reason
    )
