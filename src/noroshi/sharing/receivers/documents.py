"""Who is told of a group's documents, and what a notice may say of one: the people who are in the group now."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.core.policy import seen_by_each
from noroshi.members.queries import actors_of, members_of
from noroshi.notify.actions import post_notices
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, Shown, describes, presents_to_many
from noroshi.sharing.models import GroupDocument
from noroshi.sharing.wording import document_withdrawn

SUBJECT: Final = "sharing.groupdocument"
KINDS: Final = {
    "sharing.document.added": NoticeKind.DOCUMENT,
    "sharing.document.renewed": NoticeKind.DOCUMENT,
    "sharing.document.withdrawn": NoticeKind.WITHDRAWN,
}


@presents_to_many(SUBJECT)
def present_documents(actors: Iterable[Actor], ids: Collection[UUID]) -> Iterator[tuple[Actor, Shown]]:
    """Yield to each reader those documents that it sees; of a withdrawn one, that there was one."""
    for actor, documents in seen_by_each(actors, GroupDocument, ids, "group"):
        yield actor, {document.pk: _presentation(document) for document in documents}


def _presentation(document: GroupDocument) -> Presentation:
    """What a notice says; no mail says of what kind it is where nobody may know that there is the group."""
    url, tlp, hidden = reverse("sharing:document", args=[document.pk]), TLP(document.tlp), document.group.confidential
    if document.state == State.WITHDRAWN:
        title = document_withdrawn(document.group)
        return Presentation(title, url, tlp, document.withdrawal_reason, is_private=hidden)
    title = _("%(group)s: %(title)s") % {"group": document.group, "title": document.title}
    return Presentation(title, url, tlp, document.description, is_private=hidden)


@describes(SUBJECT)
def describe_documents(ids: Collection[UUID]) -> Mapping[UUID, Topic]:
    """Return what people choose mail by: the group, and the words."""
    documents = GroupDocument.objects.unrestricted(reason="what a notice is about, held against what was asked for")
    return {
        document.pk: Topic(groups=frozenset({document.group_id}), text=f"{document.title}\n{document.description}")
        for document in documents.filter(pk__in=ids, state=State.PUBLISHED)
    }


@ledger.subscribe("sharing.tell-of-documents", *KINDS)
def tell_of_document(entry: LedgerEntry) -> None:
    """Tell everybody in the group who sees it, but whoever did it, that a document came, was renewed or went."""
    documents = GroupDocument.objects.unrestricted(reason="the policy chooses the readers next")
    document = documents.select_related("group").filter(pk=entry.subject_id).first() if entry.subject_id else None
    if document is None:
        return
    people = {person.pk: person for person in members_of(document.group) if person.pk != entry.person}
    seeing = seen_by_each(actors_of(people.values()), GroupDocument, {document.pk})
    post_notices(
        people=[people[actor.acting_person] for actor, seen in seeing if seen],
        kind=KINDS[entry.action],
        subject=SUBJECT,
        subject_id=document.pk,
        event=entry,
        world=entry.world,
    )
