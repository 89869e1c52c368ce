"""What the hub asks the author of a signal that waits, and what the author answers."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, NotAllowed
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import locked, named
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.models import CannedRequest, Inquiry, Signal

MAX_INQUIRY: Final = 2_000
MAX_TITLE_OF_REQUEST: Final = 80
MOST_INQUIRIES: Final = 100
MOST_REQUESTS: Final = 100


@transaction.atomic
def ask_author(actor: Actor, signal: Signal, *, request: CannedRequest | None = None, text: str = "") -> Inquiry:
    """Ask the author of a held signal for more, by one of the hub's requests, in own words, or both.

    Whoever asks does not learn who is asked, where the post is anonymous: the request goes to whoever wrote it.
    """
    signal = locked(actor, signal)
    policy.require(actor, "ask", signal)
    added = checked_sentence("text", text, MAX_INQUIRY) if text.strip() or request is None else ""
    texts = (request.text_ja, request.text_en) if request else ("", "")
    row = _say(signal, *("\n\n".join(filter(None, (canned, added))) for canned in texts), operator=actor)
    ledger.record(actor, "sharing.signal.asked", signal, rule="release")
    return row


@transaction.atomic
def answer_hub(actor: Actor, signal: Signal, *, text: str) -> Inquiry:
    """Answer what the hub asked, as the author; the ledger names nobody where the post is anonymous."""
    signal = locked(actor, signal)
    policy.require(actor, "explain", signal)
    answer = checked_sentence("text", text, MAX_INQUIRY)
    row = _say(signal, answer, answer, operator=None)
    ledger.record(named(actor, signal), "sharing.signal.explained", signal)
    return row


def _say(signal: Signal, text_ja: str, text_en: str, *, operator: Actor | None) -> Inquiry:
    rows = Inquiry.objects.unrestricted(reason="how many there are of a signal that the policy chose")
    if rows.filter(signal=signal).count() >= MOST_INQUIRIES:
        raise Conflict(_("Hub and author have written enough to each other here: release it or hand it back."))
    person = operator.acting_person if operator else None
    return Inquiry.everything.create(signal=signal, operator_id=person, text_ja=text_ja, text_en=text_en)


@transaction.atomic
def keep_request(
    actor: Actor, *, row: CannedRequest | None = None, title_ja: str, title_en: str, text_ja: str, text_en: str
) -> CannedRequest:
    """Write down a request that the hub asks again and again, in both languages; or change one."""
    _require_operator(actor)
    if row is None and CannedRequest.objects.filter(retired_at=None).count() >= MOST_REQUESTS:
        raise Conflict(_("There are enough requests: change one of them."))
    row = row or CannedRequest()
    row.title_ja = checked_sentence("title_ja", title_ja, MAX_TITLE_OF_REQUEST)
    row.title_en = checked_sentence("title_en", title_en, MAX_TITLE_OF_REQUEST)
    row.text_ja = checked_sentence("text_ja", text_ja, MAX_INQUIRY)
    row.text_en = checked_sentence("text_en", text_en, MAX_INQUIRY)
    row.changed_at = clock.now()
    row.save()
    ledger.record(actor, "sharing.request.kept", request=row.pk)
    return row


@transaction.atomic
def retire_request(actor: Actor, row: CannedRequest) -> None:
    """Offer a request no longer; what was asked by it stays."""
    _require_operator(actor)
    row.retired_at = clock.now()
    row.save(update_fields=["retired_at"])
    ledger.record(actor, "sharing.request.retired", request=row.pk)


def _require_operator(actor: Actor) -> None:
    if not policy.runs_desk(actor):
        raise NotAllowed(_("The hub's operators write its requests."), rule="sharing.request")
