"""Inquiries: asked, taken, answered, asked again, closed. Only who asked and the hub's operators see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions.words import checked_citations, checked_links
from noroshi.advisories.domain.inquiries import MAX_MESSAGE, MAX_SUBJECT, Stand, after_reply
from noroshi.advisories.models import Bulletin, Inquiry, InquiryMessage, InquiryState, Vulnerability
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.texts import one_line, readable


@dataclass(frozen=True)
class Message:
    """What somebody writes in an inquiry: a text, and where it can be looked up."""

    text: str
    links: Sequence[str] = ()
    bulletins: Sequence[str] = ()
    """Numbers of bulletins, as they are cited: ``ALERT-2026-0007``."""


@transaction.atomic
def ask_hub(
    actor: Actor,
    *,
    subject: str,
    message: Message,
    bulletin: Bulletin | None = None,
    vulnerability: Vulnerability | None = None,
) -> Inquiry:
    """Ask the hub, about something that the actor sees or about anything. Raises InvalidInput that names the field."""
    policy.require_asker(actor)
    inquiry = Inquiry(
        organisation_id=actor.acting_organisation,
        asked_by_id=actor.acting_person,
        world=actor.world,
        subject=checked_sentence("subject", one_line(subject), MAX_SUBJECT),
        bulletin=bulletin,
        vulnerability=vulnerability,
    )
    inquiry.save(force_insert=True)
    _say(actor, inquiry, message, by_hub=False)
    ledger.record(actor, "advisories.inquiry.asked", inquiry)
    return inquiry


@transaction.atomic
def reply_to_hub(actor: Actor, inquiry: Inquiry, message: Message) -> Inquiry:
    """Write again: what was answered or closed waits for the hub anew."""
    inquiry = _locked(actor, inquiry)
    policy.require_asker(actor)
    policy.require_stand(policy.may_reply(actor, inquiry))
    _say(actor, inquiry, message, by_hub=False)
    stand = after_reply(Stand(inquiry.state))
    waits_since = inquiry.waits_since or clock.now()
    _move(inquiry, stand, waits_since=waits_since)
    ledger.record(actor, "advisories.inquiry.replied", inquiry)
    return inquiry


@transaction.atomic
def take_inquiry(actor: Actor, inquiry: Inquiry) -> Inquiry:
    """Say that one answers it; another operator may take it over."""
    policy.require_answerer(actor)
    inquiry = _locked(actor, inquiry)
    policy.require_stand(inquiry.waits_since is not None)
    _move(inquiry, Stand.TAKEN, taken_by_id=actor.acting_person)
    ledger.record(actor, "advisories.inquiry.taken", inquiry)
    return inquiry


@transaction.atomic
def answer_inquiry(actor: Actor, inquiry: Inquiry, message: Message) -> Inquiry:
    """Answer it for the hub, whoever has taken it."""
    policy.require_answerer(actor)
    inquiry = _locked(actor, inquiry)
    policy.require_stand(inquiry.state != InquiryState.CLOSED)
    _say(actor, inquiry, message, by_hub=True)
    _move(
        inquiry,
        Stand.ANSWERED,
        taken_by_id=inquiry.taken_by_id or actor.acting_person,
        waits_since=None,
        first_answered_at=inquiry.first_answered_at or clock.now(),
    )
    ledger.record(actor, "advisories.inquiry.answered", inquiry)
    return inquiry


@transaction.atomic
def close_inquiry(actor: Actor, inquiry: Inquiry) -> Inquiry:
    """Say that nothing is left to say; who asked may still write, and opens it again."""
    inquiry = _locked(actor, inquiry)
    policy.require_stand(policy.may_close(actor, inquiry))
    _move(inquiry, Stand.CLOSED, waits_since=None)
    ledger.record(actor, "advisories.inquiry.closed", inquiry)
    return inquiry


def _locked(actor: Actor, inquiry: Inquiry) -> Inquiry:
    """Return the row as it is now, held until the transaction ends. Raises NotFound where the actor sees it no more."""
    policy.require_member(actor)
    row = Inquiry.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=inquiry.pk).first()
    if row is None:
        raise NotFound
    return row


def _say(actor: Actor, inquiry: Inquiry, message: Message, *, by_hub: bool) -> None:
    text = readable(message.text)
    if not text:
        raise InvalidInput("text", _("Write something here."))
    if len(text) > MAX_MESSAGE:
        raise InvalidInput("text", _("The text is longer than %(limit)s characters.") % {"limit": f"{MAX_MESSAGE:,}"})
    InquiryMessage.objects.create(
        inquiry=inquiry,
        author_id=actor.acting_person,
        by_hub=by_hub,
        text=text,
        links=checked_links(message.links),
        bulletins=[str(number) for number in checked_citations(actor, message.bulletins)],
    )


def _move(inquiry: Inquiry, stand: Stand, **changed: object) -> None:
    for name, value in {"state": stand.value, "changed_at": clock.now(), **changed}.items():
        setattr(inquiry, name, value)
    inquiry.save()
