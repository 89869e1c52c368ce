"""Writes of the sharing room: each verb checks, changes and writes the ledger, in one transaction.

The ledger never names the author of what is anonymous. A draft may become anonymous until it is sent, so what is
done to drafts is written down without a name too.
"""

from noroshi.sharing.actions.answers import acknowledge_signal, comment_on_signal, report_seen
from noroshi.sharing.actions.changes import amend_signal, withdraw_signal
from noroshi.sharing.actions.drafts import discard_draft, draft_signal, revise_draft
from noroshi.sharing.actions.guests import end_due_guests, end_guest, invite_guest
from noroshi.sharing.actions.inquiries import answer_hub, ask_author, keep_request, retire_request
from noroshi.sharing.actions.marking import check_marking, default_profile
from noroshi.sharing.actions.relations import part_signals, relate_signals
from noroshi.sharing.actions.sending import (
    approve_signal,
    disclose_signal,
    publish_signal,
    recall_signal,
    release_signal,
    return_signal,
    share_signal,
)
from noroshi.sharing.actions.stances import take_stance
from noroshi.sharing.actions.unmasking import Unmasked, unmask_author

__all__ = [
    "Unmasked",
    "acknowledge_signal",
    "amend_signal",
    "answer_hub",
    "approve_signal",
    "ask_author",
    "check_marking",
    "comment_on_signal",
    "default_profile",
    "discard_draft",
    "disclose_signal",
    "draft_signal",
    "end_due_guests",
    "end_guest",
    "invite_guest",
    "keep_request",
    "part_signals",
    "publish_signal",
    "recall_signal",
    "relate_signals",
    "release_signal",
    "report_seen",
    "retire_request",
    "return_signal",
    "revise_draft",
    "share_signal",
    "take_stance",
    "unmask_author",
    "withdraw_signal",
]
