"""What its author does to a signal that is out."""

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import InvalidInput
from noroshi.intel.actions import withdraw_parcel
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import (
    keep_version,
    locked,
    make_searchable,
    make_unsearchable,
    moment_of,
    move,
    named,
)
from noroshi.sharing.actions.values import follow_words, proposals_of
from noroshi.sharing.actions.words import (
    checked_body,
    checked_outline,
    checked_plain_words,
    checked_sentence,
    checked_title,
)
from noroshi.sharing.domain.content import (
    MAX_REASON,
)
from noroshi.sharing.domain.outline import Form, Outline
from noroshi.sharing.models import Signal


@transaction.atomic
def amend_signal(
    actor: Actor,
    signal: Signal,
    *,
    title: str,
    body: str,
    reason: str,
    outline: Outline | None = None,
    plain_words: str | None = None,
) -> Signal:
    """Replace the words of a published signal; what they were stays as a version.

    Without `outline` or `plain_words`, these stay.

    Observables go and come with the words that name them; those taken away before it was sent stay away.
    """
    signal = locked(actor, signal)
    policy.require(actor, "amend", signal)
    before = proposals_of(signal)
    keep_version(signal, checked_sentence("reason", reason, MAX_REASON))
    old = (signal.title, signal.body, signal.answers, signal.plain_words)
    new = (
        checked_title(title),
        checked_body(body),
        signal.answers if outline is None else checked_outline(outline),
        signal.plain_words if plain_words is None else checked_plain_words(plain_words),
    )
    if new == old:
        raise InvalidInput("body", _("Nothing has changed."))
    signal.title, signal.body, signal.outline, signal.plain_words = new[0], new[1], new[2].stored, new[3]
    if not new[2].is_empty:
        signal.form = Form.OUTLINE
    signal.version, signal.changed_at = signal.version + 1, moment_of(signal, State.PUBLISHED)
    signal.save(update_fields=["title", "body", "form", "outline", "plain_words", "version", "changed_at"])
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
    make_unsearchable(signal)
    withdraw_parcel(signal)
    ledger.record(named(actor, signal), "sharing.signal.withdrawn", signal)
    return signal
