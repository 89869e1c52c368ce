"""What its author does to a signal that is out."""

from dataclasses import replace
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import InvalidInput
from noroshi.intel.actions import withdraw_parcel
from noroshi.intel.domain.grading import Grading
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import (
    content_of,
    keep_version,
    locked,
    make_searchable,
    make_unsearchable,
    moment_of,
    move,
    named,
    tag_signal,
)
from noroshi.sharing.actions.values import follow_words, proposals_of
from noroshi.sharing.actions.words import (
    checked_body,
    checked_outline,
    checked_plain_words,
    checked_sentence,
    checked_tags,
    checked_title,
)
from noroshi.sharing.domain.content import MAX_REASON, Content
from noroshi.sharing.domain.outline import Form, Outline
from noroshi.sharing.models import Signal


class Amended(TypedDict, total=False):
    """What may be amended besides title and text."""

    outline: Outline
    plain_words: str
    grading: Grading
    tags: frozenset[str]


@transaction.atomic
def amend_signal(
    actor: Actor,
    signal: Signal,
    *,
    title: str,
    body: str,
    reason: str,
    **others: Unpack[Amended],
) -> Signal:
    """Replace the words of a published signal, what it is called and how sure its author is; the old stay as a version.

    What of `others` is not given stays.

    Observables go and come with the words that name them; those taken away before it was sent stay away.
    """
    signal = locked(actor, signal)
    policy.require(actor, "amend", signal)
    before = proposals_of(signal)
    keep_version(signal, checked_sentence("reason", reason, MAX_REASON))
    old = content_of(signal)
    new = _checked(replace(old, title=title, body=body, **others))
    if new == old:
        raise InvalidInput("body", _("Nothing has changed."))
    _write(signal, new)
    if new.tags != old.tags:
        tag_signal(signal, checked_tags(new.tags))
    follow_words(signal, before, proposals_of(signal))
    make_searchable(signal)
    ledger.record(named(actor, signal), "sharing.signal.amended", signal, version=signal.version)
    return signal


def _checked(content: Content) -> Content:
    return replace(
        content,
        title=checked_title(content.title),
        body=checked_body(content.body),
        outline=checked_outline(content.outline),
        plain_words=checked_plain_words(content.plain_words),
    )


def _write(signal: Signal, new: Content) -> None:
    signal.title, signal.body, signal.plain_words = new.title, new.body, new.plain_words
    signal.outline = new.outline.stored
    if not new.outline.is_empty:
        signal.form = Form.OUTLINE
    signal.reliability, signal.credibility = new.grading.codes
    signal.version, signal.changed_at = signal.version + 1, moment_of(signal, State.PUBLISHED)
    signal.save()


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
