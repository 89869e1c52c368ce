"""Signals, their versions and observables."""

from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.managers import PartManager
from noroshi.core.models import Shareable, choices
from noroshi.intel.domain.grading import Credibility, Grading, Reliability
from noroshi.sharing.domain.handling import USUAL_OBJECTIVE, Caveat, Handling, Objective, Pap
from noroshi.sharing.domain.outline import Form, Outline


class Kind(models.TextChoices):
    """What a signal is about."""

    INCIDENT = "incident", _("Incident")
    FRAUD = "fraud", _("Fraud")
    PHISHING = "phishing", _("Phishing")
    MALWARE = "malware", _("Malware")
    VULNERABILITY = "vulnerability", _("Vulnerability")
    QUESTION = "question", _("Question")
    GOOD_PRACTICE = "good_practice", _("Good practice")
    NEWS = "news", _("News")


class Target(models.TextChoices):
    """Whom it strikes: the institution's own systems, or its customers (docs/develop/decisions/0012)."""

    OWN_SYSTEM = "own_system", _("Own systems")
    CUSTOMER = "customer", _("Customers")


class Signal(Shareable):
    """Something one member tells others."""

    kind = models.CharField(_("Kind"), max_length=16, choices=Kind.choices)
    target = models.CharField(_("Struck"), max_length=12, choices=Target.choices)
    title = models.CharField(_("Title"), max_length=200)
    body = models.TextField(_("Text"), blank=True)
    form = models.CharField(max_length=8, choices=choices(Form), default=Form.FREE)
    outline = models.JSONField(default=dict, blank=True)
    """Answers to the questions of the fixed form, by name (`domain.outline.Outline`)."""
    plain_words = models.TextField(blank=True)
    """What it means for whoever has no technical staff, as its author says it; else it is composed (`plain_words`)."""
    pap = models.CharField(max_length=8, choices=choices(Pap), blank=True)
    caveats = models.JSONField(default=list, blank=True)
    reliability = models.CharField(max_length=1, choices=choices(Reliability), blank=True)
    credibility = models.CharField(max_length=1, choices=choices(Credibility), blank=True)
    downgrade_at = models.DateTimeField(null=True, blank=True)
    downgrade_tlp = models.CharField(max_length=12, choices=choices(TLP), blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """The signal, withdrawn since, that this one was issued in place of."""
    arrived = models.BooleanField(default=False)
    """Whether another installation issued it (`Origin`): it is changed there alone."""
    voice_ja = models.CharField(max_length=200, blank=True)
    voice_en = models.CharField(max_length=200, blank=True)
    voice_person = models.CharField(max_length=120, blank=True)
    """Who speaks in what arrived, by name: an organisation and a person who may have no row here."""
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=clock.now)
    return_reason = models.CharField(max_length=400, blank=True)
    """Why a hub operator handed the draft back; empty once it is sent again."""
    withdrawal_reason = models.CharField(max_length=400, blank=True)

    class Meta(Shareable.Meta):
        indexes = [
            models.Index(fields=["world", "-published_at", "-id"], name="signals_by_time"),
            models.Index(fields=["-published_at", "-id"], name="signals_by_moment"),
            models.Index(
                fields=["downgrade_at"], condition=models.Q(downgrade_at__isnull=False), name="signals_to_downgrade"
            ),
            models.Index(fields=["world", "tlp", "-published_at", "-id"], name="signals_by_tlp"),
            models.Index(fields=["world", "kind", "-published_at", "-id"], name="signals_by_kind"),
            models.Index(fields=["world", "kind", "id"], name="signals_sorted_by_kind"),
            models.Index(fields=["world", "title", "id"], name="signals_sorted_by_title"),
            models.Index(
                fields=["world", "state", "-changed_at", "-id"],
                condition=~models.Q(state=State.PUBLISHED),
                name="signals_not_out",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """A short name to say on the telephone: the random tail of the id, so nobody can count signals by it."""
        return f"S-{self.pk.hex[-8:].upper()}"

    @property
    def answers(self) -> Outline:
        """What the fixed form says; nothing where the signal is written in the free one."""
        return Outline.of(self.outline) if self.form == Form.OUTLINE else Outline()

    @property
    def words(self) -> str:
        """All that it says under its title."""
        return "\n".join(text for text in (self.answers.text, self.body, self.plain_words) if text)

    @property
    def handling(self) -> Handling:
        """What readers may do with it."""
        return Handling(Pap(self.pap) if self.pap else None, frozenset(map(Caveat, self.caveats)))

    @property
    def grading(self) -> Grading:
        """How sure its author is of it."""
        return Grading.of(self.reliability, self.credibility)

    @cached_property
    def had_another_level(self) -> bool:
        """Whether it was ever marked otherwise than now; as it was when this object was first asked."""
        return SignalVersion.everything.filter(signal=self).exclude(tlp=self.tlp).exists()

    @property
    def is_expired(self) -> bool:
        """Whether its time has passed; it stays readable, marked as such."""
        return self.expires_at is not None and self.expires_at <= clock.now()


class SignalVersion(models.Model):
    """What a signal said before it was amended."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    form = models.CharField(max_length=8, choices=choices(Form), default=Form.FREE)
    outline = models.JSONField(default=dict, blank=True)
    plain_words = models.TextField(blank=True)
    reliability = models.CharField(max_length=1, choices=choices(Reliability), blank=True)
    credibility = models.CharField(max_length=1, choices=choices(Credibility), blank=True)
    tags = models.JSONField(default=list, blank=True)
    """The names of what it was tagged with, in their order."""
    tlp = models.CharField(max_length=12)
    replaced_at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=400, blank=True)

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["signal", "number"], name="version_once")]

    @property
    def answers(self) -> Outline:
        """What the fixed form said."""
        return Outline.of(self.outline) if self.form == Form.OUTLINE else Outline()

    @property
    def grading(self) -> Grading:
        """How sure its author was of it."""
        return Grading.of(self.reliability, self.credibility)


class SignalObservable(models.Model):
    """An observable that a signal names."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="observables")
    observable = models.ForeignKey("intel.Observable", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=32)
    """How it was known in the text: a code of `intel.domain.extract.Proposal`."""
    objective = models.CharField(max_length=8, choices=choices(Objective), default=USUAL_OBJECTIVE)
    benign = models.JSONField(default=list)
    """Names of the warning lists that know it as harmless; such a value is sent only where the author keeps it."""

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["signal", "observable"], name="observable_once")]


class Origin(models.Model):
    """Whence a signal came that another installation has issued. It is changed there, and here only follows."""

    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, primary_key=True, related_name="+")
    peer = models.ForeignKey("federation.Peer", on_delete=models.PROTECT, related_name="+")
    """Whose words are followed: the first by whom it came."""
    path = models.JSONField(default=list)
    """The installations that it has passed, where it was issued first."""
    digest = models.CharField(max_length=64)
    """Of what was last said of it."""
    recalled = models.BooleanField(default=False)
    """Whether it was taken away from this installation, and not from the world."""
    files = models.PositiveIntegerField(default=0)
    """How many files it has where it comes from."""


class SignalTag(models.Model):
    """A word of a taxonomy that a signal is tagged with."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="tags")
    tag = models.ForeignKey("intel.Tag", on_delete=models.PROTECT, related_name="+")

    objects = PartManager(whole="signal")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["signal", "tag"], name="tag_once")]
