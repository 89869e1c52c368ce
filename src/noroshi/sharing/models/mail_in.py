"""Mail in: the addresses to which somebody mails drafts, and which mails have been taken."""

from django.db import models

from noroshi.core import clock, ids


class MailAddress(models.Model):
    """An address of one person: what is mailed to it becomes that person's draft, for a group or for everybody.

    Its secret leaves once; its hash stays.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey("members.Group", on_delete=models.CASCADE, null=True, related_name="+")
    """Empty: for the whole community."""
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "created_at"], name="mail_addresses_of_person")]

    @property
    def is_usable(self) -> bool:
        """Whether it is neither revoked nor past its end."""
        return self.revoked_at is None and self.expires_at > clock.now()


class TakenMail(models.Model):
    """A mail that became a draft, by the digest of what it says: delivered twice, it is taken once."""

    address = models.ForeignKey(MailAddress, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    sender = models.CharField(max_length=254, blank=True)
    """What the mail says of its sender: shown to the person, believed by nobody."""
    signal = models.ForeignKey("sharing.Signal", on_delete=models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "digest"], name="mail_taken_once")]
