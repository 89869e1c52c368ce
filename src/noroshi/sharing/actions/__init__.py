"""Writes of the sharing room: each verb checks, changes and writes the ledger, in one transaction.

The ledger never names the author of what is anonymous. A draft may become anonymous until it is sent, so what is
done to drafts is written down without a name too.
"""

from noroshi.sharing.actions.answers import acknowledge_signal, comment_on_signal, report_seen
from noroshi.sharing.actions.answers_arriving import take_answers
from noroshi.sharing.actions.arriving import take_signal
from noroshi.sharing.actions.attachments import attach_file, attach_to_comment, read_attachment, remove_attachment
from noroshi.sharing.actions.changes import Amended, amend_signal, withdraw_signal
from noroshi.sharing.actions.comments_arriving import take_comment
from noroshi.sharing.actions.consultations import (
    ask_question,
    file_question,
    mark_solution,
    reopen_question,
    thank_for_answer,
)
from noroshi.sharing.actions.documents import (
    DOCUMENT_LEVELS,
    MAX_DESCRIPTION,
    add_document,
    add_document_version,
    describe_document,
    read_document,
    withdraw_document,
)
from noroshi.sharing.actions.drafts import discard_draft, draft_signal, revise_draft
from noroshi.sharing.actions.files import Upload, forget_unneeded_files
from noroshi.sharing.actions.guests import end_due_guests, end_guest, invite_guest
from noroshi.sharing.actions.inquiries import answer_hub, ask_author, keep_request, retire_request
from noroshi.sharing.actions.mail_in import (
    MailIgnored,
    MailUnknown,
    issue_mail_address,
    revoke_mail_address,
    rotate_mail_address,
    take_mail,
)
from noroshi.sharing.actions.marking import check_marking, default_profile, usual_marking
from noroshi.sharing.actions.misp_feeds import follow_feed, leave_feed, poll_feed, read_feed_now
from noroshi.sharing.actions.misp_in import TakenIn, take_event
from noroshi.sharing.actions.misp_live import Instance, pull_events, push_events
from noroshi.sharing.actions.misp_out import export_feed, fetch_event, fetch_hashes, fetch_manifest
from noroshi.sharing.actions.outputs import (
    Answered,
    Report,
    Reported,
    Wanted,
    fetch_output,
    report_deployments,
)
from noroshi.sharing.actions.passages import agree_to_passage, end_passage, release_passage
from noroshi.sharing.actions.plain_mail import choose_plain_mail
from noroshi.sharing.actions.receipt_files import export_receipt
from noroshi.sharing.actions.receipts import note_read, read_receipts
from noroshi.sharing.actions.received import draft_from_parcel
from noroshi.sharing.actions.references import (
    LEVELS,
    Edited,
    amend_reference,
    answer_consent,
    ask_consent,
    discard_reference,
    draft_reference,
    publish_reference,
    revise_reference_draft,
    withdraw_reference,
)
from noroshi.sharing.actions.relations import part_signals, relate_signals
from noroshi.sharing.actions.remarking import downgrade_signal, lower_marking, raise_marking
from noroshi.sharing.actions.rows import audience_rows
from noroshi.sharing.actions.searches import change_search, delete_search, look_at_search, save_search
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
from noroshi.sharing.actions.stix import say_in_stix
from noroshi.sharing.actions.unmasking import Unmasked, unmask_author
from noroshi.sharing.actions.votes import vote_false_positive, withdraw_vote

__all__ = [
    "DOCUMENT_LEVELS",
    "LEVELS",
    "MAX_DESCRIPTION",
    "Amended",
    "Answered",
    "Edited",
    "Instance",
    "MailIgnored",
    "MailUnknown",
    "Report",
    "Reported",
    "TakenIn",
    "Unmasked",
    "Upload",
    "Wanted",
    "acknowledge_signal",
    "add_document",
    "add_document_version",
    "agree_to_passage",
    "amend_reference",
    "amend_signal",
    "answer_consent",
    "answer_hub",
    "approve_signal",
    "ask_author",
    "ask_consent",
    "ask_question",
    "attach_file",
    "attach_to_comment",
    "audience_rows",
    "change_search",
    "check_marking",
    "choose_plain_mail",
    "comment_on_signal",
    "default_profile",
    "delete_search",
    "describe_document",
    "discard_draft",
    "discard_reference",
    "disclose_signal",
    "downgrade_signal",
    "draft_from_parcel",
    "draft_reference",
    "draft_signal",
    "end_due_guests",
    "end_guest",
    "end_passage",
    "export_feed",
    "export_receipt",
    "fetch_event",
    "fetch_hashes",
    "fetch_manifest",
    "fetch_output",
    "file_question",
    "follow_feed",
    "forget_unneeded_files",
    "invite_guest",
    "issue_mail_address",
    "keep_request",
    "leave_feed",
    "look_at_search",
    "lower_marking",
    "mark_solution",
    "note_read",
    "part_signals",
    "poll_feed",
    "publish_reference",
    "publish_signal",
    "pull_events",
    "push_events",
    "raise_marking",
    "read_attachment",
    "read_document",
    "read_feed_now",
    "read_receipts",
    "recall_signal",
    "relate_signals",
    "release_passage",
    "release_signal",
    "remove_attachment",
    "reopen_question",
    "report_deployments",
    "report_seen",
    "retire_request",
    "return_signal",
    "revise_draft",
    "revise_reference_draft",
    "revoke_mail_address",
    "rotate_mail_address",
    "save_search",
    "say_in_stix",
    "share_signal",
    "take_answers",
    "take_comment",
    "take_event",
    "take_mail",
    "take_signal",
    "take_stance",
    "thank_for_answer",
    "unmask_author",
    "usual_marking",
    "vote_false_positive",
    "withdraw_document",
    "withdraw_reference",
    "withdraw_signal",
    "withdraw_vote",
]
