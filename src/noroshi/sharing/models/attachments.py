"""Files that belong to signals and comments."""

from django.db import models

from noroshi.core import clock, ids
from noroshi.core.managers import PartManager
from noroshi.core.models import choices
from noroshi.sharing.domain.file_kinds import FileKind, Known


class Blob(models.Model):
    """Some bytes, kept once however often they are attached; the file is named by their SHA-256.

    Nobody is ever shown a row of this: that somebody else has attached the same bytes is not theirs to know.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=clock.now)


class StoredFile(models.Model):
    """A file as it was looked at and kept."""

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=choices(FileKind))
    charset = models.CharField(max_length=20, blank=True)
    size = models.PositiveBigIntegerField()
    cleaned = models.BooleanField(default=False)
    """Whether its metadata was taken out here."""
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def media_type(self) -> str:
        """The type under which it is handed out."""
        return Known(FileKind(self.kind), self.charset).media_type


class Attachment(StoredFile):
    """A file that is part of a signal, or of a comment on it."""

    id = models.UUIDField(primary_key=True, default=ids.new_vague_id, editable=False)
    signal = models.ForeignKey("sharing.Signal", on_delete=models.CASCADE, related_name="attachments")
    comment = models.ForeignKey("sharing.Comment", on_delete=models.CASCADE, null=True, related_name="+")
    uploader = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    sample_sha256 = models.CharField(max_length=64, blank=True)
    """Of a sample: the SHA-256 of what was wrapped here, else of the archive. It is proposed as an observable."""

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        indexes = [models.Index(fields=["signal", "added_at"], name="attachments_of_signal")]

    @property
    def is_sample(self) -> bool:
        """Whether it holds malware, in an encrypted archive."""
        return self.kind == FileKind.SAMPLE
