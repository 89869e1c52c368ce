"""Signals, their versions, and what readers say to them."""

from noroshi.sharing.models.answers import Acknowledgement, Comment
from noroshi.sharing.models.attachments import Attachment, Blob, StoredFile
from noroshi.sharing.models.consultations import (
    Consent,
    QuestionItem,
    ReferenceAnswer,
    ReferenceItem,
    ReferenceVersion,
    Solution,
    Thanks,
)
from noroshi.sharing.models.documents import DocumentVersion, GroupDocument
from noroshi.sharing.models.guests import Guest
from noroshi.sharing.models.holdings import CannedRequest, Holding, Inquiry, Outcome
from noroshi.sharing.models.mail_in import MailAddress, TakenMail
from noroshi.sharing.models.misp import MispFeed, TakenEvent
from noroshi.sharing.models.outputs import Deployment, ToolAnswer
from noroshi.sharing.models.passages import Passage
from noroshi.sharing.models.plain_mail import PlainMail
from noroshi.sharing.models.receipts import Receipt
from noroshi.sharing.models.received import SignalParcel
from noroshi.sharing.models.relations import Relation, RelationKind
from noroshi.sharing.models.searches import SavedSearch
from noroshi.sharing.models.signals import Kind, Origin, Signal, SignalObservable, SignalTag, SignalVersion, Target
from noroshi.sharing.models.stances import Stance, StanceKind

__all__ = [
    "Acknowledgement",
    "Attachment",
    "Blob",
    "CannedRequest",
    "Comment",
    "Consent",
    "Deployment",
    "DocumentVersion",
    "GroupDocument",
    "Guest",
    "Holding",
    "Inquiry",
    "Kind",
    "MailAddress",
    "MispFeed",
    "Origin",
    "Outcome",
    "Passage",
    "PlainMail",
    "QuestionItem",
    "Receipt",
    "ReferenceAnswer",
    "ReferenceItem",
    "ReferenceVersion",
    "Relation",
    "RelationKind",
    "SavedSearch",
    "Signal",
    "SignalObservable",
    "SignalParcel",
    "SignalTag",
    "SignalVersion",
    "Solution",
    "Stance",
    "StanceKind",
    "StoredFile",
    "TakenEvent",
    "TakenMail",
    "Target",
    "Thanks",
    "ToolAnswer",
]
