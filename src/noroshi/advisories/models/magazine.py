"""The mail magazine: lists of addresses without an account, what is mailed to them, and what became of each mail."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.magazine import CEILINGS
from noroshi.core import clock, ids
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.tlp import TLP
from noroshi.core.managers import GuardedManager, M


class OperatorsManager(GuardedManager[M]):
    """Addresses of people outside are seen by the hub's operators alone; nothing of an exercise is mailed."""

    def visible_to(self, actor: Actor) -> models.QuerySet[M]:
        """Return all of them to an operator, and nothing to anybody else."""
        rows = self._all()
        return rows if actor.is_active and actor.is_hub_operator and actor.world == worlds.REAL else rows.none()


class MailingLanguage(models.TextChoices):
    """In which language a list is written."""

    JA = "ja", _("Japanese")
    EN = "en", _("English")
    BOTH = "both", _("As each reader chooses")


class MailingList(models.Model):
    """A list of addresses, and which bulletins go to it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    """Its name in addresses, and in the `List-Id` of its mails."""
    name_ja = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    about_ja = models.CharField(max_length=400, blank=True)
    about_en = models.CharField(max_length=400, blank=True)
    categories = models.ManyToManyField("advisories.Category", related_name="+")
    """Whose bulletins go to it."""
    ceiling = models.CharField(
        max_length=12, choices=[(level.value, level.label) for level in CEILINGS], default=TLP.CLEAR
    )
    language = models.CharField(max_length=4, choices=MailingLanguage.choices, default=MailingLanguage.JA)
    is_open = models.BooleanField(default=False)
    """Whether anybody may sign up to it."""
    per_minute = models.PositiveSmallIntegerField(default=60)
    is_retired = models.BooleanField(default=False)
    """Whether nothing goes to it any more."""
    made_at = models.DateTimeField(default=clock.now)

    objects = OperatorsManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        ordering = ("slug",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_open=False) | models.Q(ceiling=TLP.CLEAR), name="open_lists_are_clear"
            ),
            models.CheckConstraint(condition=models.Q(ceiling__in=CEILINGS), name="mailing_lists_have_ceilings"),
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja

    @property
    def about(self) -> str:
        """What it is, in the reader's language."""
        return (self.about_en or self.about_ja) if get_language() == "en" else self.about_ja


class Standing(models.TextChoices):
    """Where an address stands on a list."""

    WAITING = "waiting", _("Not confirmed")
    CONFIRMED = "confirmed", _("Gets mail")
    LEFT = "left", _("Has left")
    BOUNCED = "bounced", _("Not reached")


class Subscriber(models.Model):
    """An address on a list."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    mailing_list = models.ForeignKey(MailingList, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=254)
    key = models.CharField(max_length=254)
    """The address as two writings of it are one."""
    language = models.CharField(max_length=2, default="ja")
    state = models.CharField(max_length=10, choices=Standing.choices, default=Standing.WAITING)
    added_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    """The operator who put it there; none where somebody signed up."""
    reason = models.CharField(max_length=400, blank=True)
    """Why the operator did."""
    trouble = models.CharField(max_length=300, blank=True)
    """What came back when it was last written to no more."""
    token_digest = models.CharField(max_length=64, blank=True)
    """Of the secret in the mail that asks for a confirmation."""
    token_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    """When a confirmation was last asked for."""
    asked_count = models.PositiveSmallIntegerField(default=0)
    """How often, since the first time of the day."""
    made_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=clock.now)

    objects = OperatorsManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["mailing_list", "key"], name="subscriber_once")]
        indexes = [
            models.Index(fields=["mailing_list", "state", "key"], name="subscribers_by_state"),
            models.Index(fields=["key"], name="subscribers_by_address"),
            models.Index(fields=["token_digest"], condition=~models.Q(token_digest=""), name="subscribers_by_token"),
        ]

    def __str__(self) -> str:
        return self.address


class MailingKind(models.TextChoices):
    """What a mailing says of a bulletin's version."""

    ISSUE = "issue", _("Goes out")
    WITHDRAWAL = "withdrawal", _("Is withdrawn")


class MailingStage(models.TextChoices):
    """How far a mailing has got."""

    UNDER_WAY = "under_way", _("Under way")
    ENDED = "ended", _("Gone out")
    STOPPED = "stopped", _("Does not go")


class Mailing(models.Model):
    """One version of a bulletin, or its withdrawal, to one list."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    mailing_list = models.ForeignKey(MailingList, on_delete=models.PROTECT, related_name="+")
    bulletin = models.ForeignKey("advisories.Bulletin", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=MailingKind.choices)
    stage = models.CharField(max_length=10, choices=MailingStage.choices, default=MailingStage.UNDER_WAY)
    obstacle = models.CharField(max_length=12, blank=True)
    """A `domain.magazine.Obstacle`: why it does not go, or waits."""
    trouble = models.CharField(max_length=200, blank=True)
    """What the mail server last said where it took no mail at all."""
    begun_at = models.DateTimeField(default=clock.now)
    worked_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    objects = OperatorsManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["mailing_list", "bulletin", "kind"], name="mailing_once")]
        indexes = [models.Index(fields=["-begun_at", "-id"], name="mailings_by_time")]


class DeliveryState(models.TextChoices):
    """What became of a mail to one address."""

    WAITING = "waiting", _("To be sent")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Taken by the mail server")
    REFUSED = "refused", _("Not taken by the mail server")
    BOUNCED = "bounced", _("Came back")
    UNKNOWN = "unknown", _("Not known")
    DROPPED = "dropped", _("Not sent any more")


class Delivery(models.Model):
    """A mail to one address. Nobody gets one version of a bulletin twice, whatever lists the address is on."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="deliveries")
    mailing_list = models.ForeignKey(MailingList, on_delete=models.PROTECT, related_name="+")
    bulletin = models.ForeignKey("advisories.Bulletin", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=MailingKind.choices)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=254)
    message_id = models.CharField(max_length=200, unique=True)
    """Without its brackets; a mail that is sent again has the same."""
    has_return_address = models.BooleanField(default=False)
    """Whether it comes back to an address of its own: what comes back elsewhere is not about it."""
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    detail = models.CharField(max_length=300, blank=True)
    """What the mail server said."""
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True)
    """When it was handed over; it is written down before."""

    objects = OperatorsManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "kind", "key"], name="one_mail_an_address_and_version")
        ]
        indexes = [
            models.Index(fields=["mailing", "state", "due_at", "key"], name="deliveries_to_send"),
            models.Index(fields=["mailing_list", "claimed_at"], name="deliveries_by_pace"),
        ]


class ReturnedMail(models.Model):
    """A letter of a mail server that says that a mail did not arrive."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=254)
    """The address of the mail, as two writings of it are one."""
    kind = models.CharField(max_length=10)
    """A `domain.bounces.Kind`."""
    status = models.CharField(max_length=12, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    """Of the letter: it counts once."""
    at = models.DateTimeField(default=clock.now)

    objects = OperatorsManager()
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["delivery", "digest"], name="returned_mail_once")]
        indexes = [models.Index(fields=["key", "kind", "at"], name="returned_mails_by_address")]
