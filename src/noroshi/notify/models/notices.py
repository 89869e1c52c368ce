"""Notices, and how each person wants them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ids
from noroshi.core.domain import worlds
from noroshi.core.managers import OwnManager
from noroshi.notify.domain.delivery import DIGEST_AT, Quiet
from noroshi.notify.domain.topics import Wish


class NoticeKind(models.TextChoices):
    """Why a person is told."""

    SIGNAL = "signal", _("A signal reached you")
    AMENDED = "amended", _("A signal changed")
    WITHDRAWN = "withdrawn", _("Something that reached you was withdrawn")
    COMMENT = "comment", _("Somebody commented")
    HIT = "hit", _("Found in your own logs")
    DETECTION = "detection", _("A rule saw something in your own logs")
    REQUEST = "request", _("A request, or its answer")
    RELEASE = "release", _("A signal waits for release")
    SIGHTING = "sighting", _("Others saw it too")
    UNMASKED = "unmasked", _("Somebody looked up who you are")
    WEBHOOK = "webhook", _("A webhook was paused")
    SEARCH = "search", _("Found by a saved search")
    MAILED = "mailed", _("A mail of yours became a draft")
    ALARM = "alarm", _("An account or a token does more than is usual")
    ANSWER = "answer", _("An answer was published or changed")
    DOCUMENT = "document", _("A group has a new document or version")
    PLAIN = "plain", _("You get signals in plain words")
    BULLETIN = "bulletin", _("A bulletin was published")
    WATCHED = "watched", _("New records name what you watch")
    EXPLAINER = "explainer", _("An explainer was published")
    SHEET = "sheet", _("The daily sheet is out")
    SOURCE = "source", _("A source of advisories is not as it should be")


class Delivery(models.TextChoices):
    """When mail goes out."""

    AT_ONCE = "at_once", _("At once")
    HOURLY = "hourly", _("Hourly digest")
    DIGEST = "digest", _("Daily digest")
    WEEKLY = "weekly", _("Weekly magazine")
    INBOX = "inbox", _("Inbox only")


class Weekday(models.IntegerChoices):
    """Day of the week, as the calendar of Python counts it."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Notice(models.Model):
    """A line in a person's inbox.

    It names its subject by id alone; the title is asked for when it is shown, through the policy, so a notice never
    outlives the right to see what it is about.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    subject = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    world = models.CharField(max_length=40, default=worlds.REAL)
    count = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    """When mail about it should go; empty where the person wants none, or there is nothing left to send."""
    delivery = models.CharField(max_length=8, choices=Delivery.choices, blank=True)
    """The way by which mail about it goes; empty where none goes."""
    mailed_at = models.DateTimeField(null=True)
    letter = models.UUIDField(null=True)
    """The mail that had it: those of one mail share it."""
    event = models.BigIntegerField()
    """The ledger entry that caused it: the same event never makes two notices."""

    objects = OwnManager(holder="person")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["person", "kind", "event"], name="notice_once")]
        indexes = [
            models.Index(fields=["person", "read_at", "-created_at"], name="inbox"),
            models.Index(
                fields=["mail_due_at"],
                condition=models.Q(mailed_at__isnull=True, mail_due_at__isnull=False),
                name="mail_to_send",
            ),
            models.Index(fields=["event"], name="notices_of_event"),
            models.Index(fields=["subject_id"], name="notices_about"),
            models.Index(
                fields=["person", "mailed_at"], condition=models.Q(letter__isnull=False), name="letters_of_person"
            ),
        ]


class Subscription(models.Model):
    """What a person wants to hear of, and when. The inbox has everything; this says what is mailed besides.

    Of several that want the same notice, the promptest decides. Hits in the own logs know no subscription: they are
    mailed at once.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    person = models.ForeignKey("members.Person", on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=80, blank=True)
    notices: Any = models.JSONField(default=list)
    """The kinds of notice it is about."""
    signal_kinds: Any = models.JSONField(default=list)
    groups: Any = models.JSONField(default=list)
    sectors: Any = models.JSONField(default=list)
    words = models.CharField(max_length=200, blank=True)
    values: Any = models.JSONField(default=list)
    names_assets = models.BooleanField(default=False)
    """Only what names one of the person's own products and systems (`Preferences.assets`)."""
    delivery = models.CharField(max_length=8, choices=Delivery.choices, default=Delivery.AT_ONCE)
    at = models.TimeField(default=DIGEST_AT)
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices, default=Weekday.MONDAY)
    paused_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["person", "created_at"], name="subscriptions_of_person")]

    @property
    def is_usual(self) -> bool:
        """Whether nobody wrote it down: it is what holds for somebody who chose nothing."""
        return self._state.adding

    def wish(self, assets: Sequence[str]) -> Wish:
        """Return what it asks for; `assets` are its person's."""
        return Wish(
            frozenset(self.signal_kinds),
            frozenset(map(UUID, self.groups)),
            frozenset(self.sectors),
            self.words,
            frozenset(self.values),
            tuple(assets) if self.names_assets else None,
        )


class Preferences(models.Model):
    """What holds for all of a person's subscriptions."""

    person = models.OneToOneField("members.Person", on_delete=models.CASCADE, primary_key=True, related_name="+")
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    assets: Any = models.JSONField(default=list)
    """Products and systems of the person's institution, one phrase each."""
    settled: Any = models.JSONField(default=list)
    """Kinds of notice that the person's own subscriptions speak for; the others still go the usual way."""

    @property
    def quiet(self) -> Quiet | None:
        """The quiet hours, if there are any."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return None
        return Quiet(self.quiet_from, self.quiet_until)
