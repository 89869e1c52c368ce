"""Pages of the sharing room."""

from noroshi.sharing.views.attachments import attach, attach_to_comment, attachment, remove_attachment
from noroshi.sharing.views.browsing import drafts, signal_list, withdrawn_list
from noroshi.sharing.views.composing import compose, edit, preview, review, tags
from noroshi.sharing.views.consultations import answer_verb, ask, consent, consultation_list, file_question, reopen
from noroshi.sharing.views.desk import (
    canned_requests,
    part,
    relate,
    related,
    release_queue,
    release_times,
    retire_request,
)
from noroshi.sharing.views.documents import (
    document_detail,
    document_edit,
    document_file,
    document_list,
    document_new,
    document_renew,
    document_withdraw,
)
from noroshi.sharing.views.mail_in import mail_address_revoke, mail_address_rotate, mail_addresses
from noroshi.sharing.views.misp import misp_event, misp_feed_verb, misp_feeds, misp_hashes, misp_manifest
from noroshi.sharing.views.outputs import output, outputs
from noroshi.sharing.views.plain_mail import plain_mail, plain_mail_list
from noroshi.sharing.views.reading import act, amend, detail, raise_level
from noroshi.sharing.views.receipts import receipt_file, receipt_list, receipts
from noroshi.sharing.views.received import draft_from_parcel
from noroshi.sharing.views.references import (
    reference_detail,
    reference_edit,
    reference_list,
    reference_new,
    reference_verb,
)
from noroshi.sharing.views.rooms import group_room, guest_end, guest_invite
from noroshi.sharing.views.statistics import statistics, statistics_file
from noroshi.sharing.views.unmasking import unmask

__all__ = [
    "act",
    "amend",
    "answer_verb",
    "ask",
    "attach",
    "attach_to_comment",
    "attachment",
    "canned_requests",
    "compose",
    "consent",
    "consultation_list",
    "detail",
    "document_detail",
    "document_edit",
    "document_file",
    "document_list",
    "document_new",
    "document_renew",
    "document_withdraw",
    "draft_from_parcel",
    "drafts",
    "edit",
    "file_question",
    "group_room",
    "guest_end",
    "guest_invite",
    "mail_address_revoke",
    "mail_address_rotate",
    "mail_addresses",
    "misp_event",
    "misp_feed_verb",
    "misp_feeds",
    "misp_hashes",
    "misp_manifest",
    "output",
    "outputs",
    "part",
    "plain_mail",
    "plain_mail_list",
    "preview",
    "raise_level",
    "receipt_file",
    "receipt_list",
    "receipts",
    "reference_detail",
    "reference_edit",
    "reference_list",
    "reference_new",
    "reference_verb",
    "relate",
    "related",
    "release_queue",
    "release_times",
    "remove_attachment",
    "reopen",
    "retire_request",
    "review",
    "signal_list",
    "statistics",
    "statistics_file",
    "tags",
    "unmask",
    "withdrawn_list",
]
