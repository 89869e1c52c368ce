"""Peers, what was to be sent to each and what came of it, and what came from each."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain.tlp import Profile
from noroshi.core.models import choices


class PeerKind(models.TextChoices):
    """What the other installation is to this one."""

    HUB = "hub", _("Our hub")
    NODE = "node", _("A member's node")
    PARTNER = "partner", _("Another hub")


class PeerState(models.TextChoices):
    """How far two installations have come with each other."""

    INVITED = "invited", _("Invited")
    PAIRING = "pairing", _("Pairing")
    ACTIVE = "active", _("Connected")
    CUT = "cut", _("Cut")


class Peer(models.Model):
    """Another installation. Both sides have a key of their own for each other, made for this pair alone."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    kind = models.CharField(max_length=8, choices=PeerKind.choices)
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    """Whose node is at one end: the other one for a hub, this one for a node; empty between hubs."""
    url = models.CharField(max_length=2000, blank=True)
    """Where it is called; empty where it does not take calls, and calls itself."""
    installation = models.UUIDField(null=True)
    """What it calls itself in the paths of what it hands on."""
    profile = models.CharField(max_length=12, choices=choices(Profile), default=Profile.FIRST)
    same_community = models.BooleanField(default=False)
    """Of another hub: whether its members and ours are one community, so that what is for all of it goes there too."""
    state = models.CharField(max_length=8, choices=PeerState.choices, default=PeerState.INVITED)
    code_id = models.CharField(max_length=16, blank=True)
    code_secret = models.CharField(max_length=300, blank=True)
    """The invitation's secret, encrypted; kept until the pairing is done."""
    code_expires_at = models.DateTimeField(null=True)
    our_key = models.CharField(max_length=300)
    """Our private key for this peer, encrypted."""
    their_key = models.CharField(max_length=64, blank=True)
    reads = models.JSONField(default=list)
    """What it says that it can read beyond the first edition of the letters (`reading.py`)."""
    next_seq = models.BigIntegerField(default=1)
    received = models.BigIntegerField(default=0)
    """The highest number of its outbox that was handled here: what is not above it, was."""
    confirmed = models.BigIntegerField(default=0)
    """The same of our outbox, as it last told."""
    told = models.BigIntegerField(default=0)
    """Up to which of its numbers it last said that it knows what became of them."""
    last_good_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    """Until when a worker is calling it."""
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["their_key"], condition=~Q(their_key=""), name="peer_by_key"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(kind="node") & ~Q(state="cut"), name="one_node_each"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EntryState(models.TextChoices):
    """What became of an entry."""

    WAITING = "waiting", _("Waiting")
    ACKNOWLEDGED = "acknowledged", _("Taken")
    SKIPPED = "skipped", _("Not sent")
    REFUSED = "refused", _("Refused there")


class OutboxEntry(models.Model):
    """Something changed that a peer may have to hear of. What is said of it is written when it is sent."""

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
    event = models.BigIntegerField(null=True)
    """The ledger entry that caused it: the same event never makes two."""
    subject = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    state = models.CharField(max_length=12, choices=EntryState.choices, default=EntryState.WAITING)
    reason = models.CharField(max_length=400, blank=True)
    """A word of `wording.REASONS`, or what the other side said."""
    detail = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    """Of what was said when it was last sent."""
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["peer", "seq"], name="outbox_in_order"),
            models.UniqueConstraint(fields=["peer", "event", "subject", "subject_id"], name="outbox_once"),
        ]
        indexes = [
            models.Index(fields=["peer", "seq"], condition=Q(state="waiting"), name="outbox_waiting"),
            models.Index(fields=["peer", "-created_at", "-id"], name="outbox_by_time"),
        ]


class Copy(models.Model):
    """What a peer has, or may have, of ours: from the moment at which it was first sent."""

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    digest = models.CharField(max_length=64, blank=True)
    """Of what it last said that it has taken."""
    ended = models.BooleanField(default=False)
    """Whether it was last told that there is nothing any more for it to have."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["peer", "subject", "subject_id"], name="copy_once")]


class ArrivalOutcome(models.TextChoices):
    """What became of what came in."""

    TAKEN = "taken", _("Taken")
    IGNORED = "ignored", _("Nothing new")
    REFUSED = "refused", _("Refused")


class InboxEntry(models.Model):
    """Something that a peer sent, and what became of it."""

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
    subject = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=ArrivalOutcome.choices)
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["peer", "seq"], name="inbox_in_order")]
        indexes = [models.Index(fields=["peer", "-at", "-id"], name="inbox_by_time")]


class UsedNonce(models.Model):
    """A number that a signed request bore: it is not taken a second time."""

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=32)
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["peer", "nonce"], name="nonce_once")]
