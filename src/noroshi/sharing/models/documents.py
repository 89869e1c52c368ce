"""Documents of groups: what a group keeps for itself, version by version."""

from django.db import models

from noroshi.core import clock
from noroshi.core.managers import PartManager
from noroshi.core.models import Shareable
from noroshi.sharing.models.attachments import StoredFile


class GroupDocument(Shareable):
    """A document of a group. Its only grant is the group, and it is seen by those alone who are in the group now."""

    confined = True

    group = models.ForeignKey("members.Group", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    withdrawal_reason = models.CharField(max_length=400, blank=True)

    class Meta(Shareable.Meta):
        indexes = [models.Index(fields=["group", "-changed_at", "-id"], name="documents_of_group")]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(StoredFile):
    """A document's file at one time: the last one holds, those before stay readable."""

    document = models.ForeignKey(GroupDocument, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    uploader = models.ForeignKey("members.Person", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=400, blank=True)
    """What is new in it."""

    objects = PartManager(whole="document")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]
