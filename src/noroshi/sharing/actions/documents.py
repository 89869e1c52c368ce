"""Documents of groups: added, renewed, described, withdrawn, read. Their files are those that signals have too."""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import EntryKind, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotFound, TooLarge
from noroshi.core.models import AudienceEntry
from noroshi.kit import search
from noroshi.members.models import Group
from noroshi.sharing import blobs, policy
from noroshi.sharing.actions.files import Prepared, Upload, kept_blob, prepared, require_room
from noroshi.sharing.actions.marking import default_profile
from noroshi.sharing.actions.receipts import count_reading
from noroshi.sharing.actions.words import checked_body, checked_sentence, checked_title
from noroshi.sharing.domain.content import MAX_REASON
from noroshi.sharing.domain.file_names import clean_name
from noroshi.sharing.models import DocumentVersion, GroupDocument
from noroshi.sharing.queries.documents import DOCUMENT_KIND

DOCUMENT_LEVELS: Final = (TLP.GREEN, TLP.AMBER, TLP.AMBER_STRICT)
"""What a whole group may have: CLEAR is everybody's, and RED goes to people by name, after a release."""
MOST_DOCUMENTS: Final = 1_000
MOST_VERSIONS: Final = 100
MAX_DESCRIPTION: Final = 2_000


def add_document(
    actor: Actor, group: Group, *, title: str, description: str = "", tlp: str, upload: Upload
) -> GroupDocument:
    """Add a document to a group, for those who are in it. Raises InvalidInput, and TooLarge past a limit."""
    policy.require_documents_of(actor, group)
    level = _checked_level(actor, tlp)
    file = prepared(upload, samples=False)
    with transaction.atomic():
        group = _locked_group(actor, group)
        document = GroupDocument(
            owner_id=actor.acting_organisation,
            author_id=actor.acting_person,
            world=actor.world,
            tlp=level,
            profile=default_profile(),
            state=State.PUBLISHED,
            group=group,
        )
        _describe(document, title, description)
        document.save(force_insert=True)
        AudienceEntry.objects.create(item_id=document.pk, kind=EntryKind.GROUP, target=group.pk)
        _keep(actor, document, file, note="")
        ledger.record(actor, "sharing.document.added", document, group=group.pk)
    return document


def add_document_version(actor: Actor, document: GroupDocument, *, upload: Upload, note: str) -> GroupDocument:
    """Put another file in the place of the last one, which stays readable as an earlier version."""
    policy.require_document(actor, document, policy.may_edit_document)
    file = prepared(upload, samples=False)
    with transaction.atomic():
        document = _locked(actor, document)
        policy.require_document(actor, document, policy.may_edit_document)
        if document.version >= MOST_VERSIONS:
            raise TooLarge(_("A document has at most %(limit)s versions.") % {"limit": MOST_VERSIONS})
        document.version += 1
        document.changed_at = clock.now()
        document.save(update_fields=["version", "changed_at"])
        _keep(actor, document, file, note=checked_sentence("note", note, MAX_REASON))
        ledger.record(actor, "sharing.document.renewed", document, group=document.group_id, version=document.version)
    return document


@transaction.atomic
def describe_document(actor: Actor, document: GroupDocument, *, title: str, description: str) -> GroupDocument:
    """Give a document another title and description; its files and its marking stay."""
    document = _locked(actor, document)
    policy.require_document(actor, document, policy.may_edit_document)
    _describe(document, title, description)
    document.changed_at = clock.now()
    document.save(update_fields=["title", "description", "changed_at"])
    _make_searchable(document)
    ledger.record(actor, "sharing.document.described", document, group=document.group_id)
    return document


@transaction.atomic
def withdraw_document(actor: Actor, document: GroupDocument, *, reason: str) -> GroupDocument:
    """Take a document back: the date and the reason are left of it, no word and no file."""
    document = _locked(actor, document)
    policy.require_document(actor, document, policy.may_withdraw_document)
    document.withdrawal_reason = checked_sentence("reason", reason, MAX_REASON)
    document.title = document.description = ""
    document.state, document.changed_at = State.WITHDRAWN, clock.now()
    document.save(update_fields=["title", "description", "withdrawal_reason", "state", "changed_at"])
    DocumentVersion.everything.filter(document=document).delete()
    search.forget(document.pk)
    ledger.record(actor, "sharing.document.withdrawn", document, group=document.group_id)
    return document


def read_document(actor: Actor, version: DocumentVersion) -> bytes:
    """Return the bytes of a file, and write down who got them; what one does with the own file is nobody's."""
    if version.uploader_id != actor.person:
        if (refusal := count_reading(actor, 1)) is not None:
            raise refusal
        with transaction.atomic():
            ledger.record(actor, "sharing.document.downloaded", version.document, version=version.number)
    return blobs.read(version.blob_id)


def _checked_level(actor: Actor, tlp: str) -> TLP:
    if tlp not in DOCUMENT_LEVELS:
        sentence = _("A group's document is GREEN, AMBER or AMBER+STRICT: share what is CLEAR or RED as a signal.")
        raise InvalidInput("tlp", sentence)
    policy.require_carried(actor, TLP(tlp))
    return TLP(tlp)


def _locked_group(actor: Actor, group: Group) -> Group:
    """Return the group under its lock; raise where the actor has left it meanwhile, or where it is full."""
    group = Group.objects.select_for_update().get(pk=group.pk)
    policy.require_documents_of(actor, group)
    if GroupDocument.everything.filter(group=group, state=State.PUBLISHED).count() >= MOST_DOCUMENTS:
        raise TooLarge(_("A group has at most %(limit)s documents.") % {"limit": f"{MOST_DOCUMENTS:,}"})
    return group


def _locked(actor: Actor, document: GroupDocument) -> GroupDocument:
    rows = GroupDocument.objects.visible_to(actor).select_for_update(of=("self",)).select_related("group")
    row = rows.filter(pk=document.pk).first()
    if row is None:
        raise NotFound
    return row


def _describe(document: GroupDocument, title: str, description: str) -> None:
    document.title = checked_title(title)
    document.description = checked_body(description)
    if len(document.description) > MAX_DESCRIPTION:
        sentence = _("This is longer than %(limit)s characters.") % {"limit": f"{MAX_DESCRIPTION:,}"}
        raise InvalidInput("description", sentence)


def _keep(actor: Actor, document: GroupDocument, file: Prepared, *, note: str) -> None:
    """Write the row of a file within the limits; its bytes are on the disk before the row that names them."""
    Group.objects.select_for_update().get(pk=document.group_id)  # one file at a time is weighed
    of_group = DocumentVersion.everything.filter(document__group=document.group)
    sentence = _("The documents of one group may have at most %(limit)s MB together.")
    require_room(actor, len(file.data), of_group, settings.FILES_PER_GROUP_LIMIT, sentence)
    DocumentVersion.everything.create(
        document=document,
        number=document.version,
        uploader_id=actor.acting_person,
        note=note,
        blob=kept_blob(file.data),
        name=clean_name(file.name, file.known.kind),
        kind=file.known.kind,
        charset=file.known.charset,
        size=len(file.data),
        cleaned=file.cleaned,
    )
    _make_searchable(document)


def _make_searchable(document: GroupDocument) -> None:
    names = DocumentVersion.everything.filter(document=document).order_by("-number").values_list("name", flat=True)
    texts = (document.title, document.description, *names[:1])
    search.index(DOCUMENT_KIND, document.pk, *texts, at=document.changed_at)
