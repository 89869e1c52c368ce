"""What one operator writes and another looks over: words in two languages, for an audience, version by version."""

from uuid import UUID

from django.db import models
from django.utils.translation import get_language

from noroshi.advisories.domain.bulletins import Stage, Words, stage_of
from noroshi.core import clock
from noroshi.core.domain.audience import State
from noroshi.core.models import Shareable


class Reviewed(Shareable):
    """One version of a text. What has gone out does not change: another version takes its place."""

    category = models.ForeignKey("advisories.Category", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """The version before."""
    replaces_id: UUID | None
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    body_ja = models.TextField()
    body_en = models.TextField(blank=True)
    change = models.CharField(max_length=400, blank=True)
    """What is new against the version before."""
    links = models.JSONField(default=list)
    """Where its sources are: http(s) addresses."""
    names = models.JSONField(default=list)
    """Identifiers of the vulnerabilities that it is about."""
    changed_at = models.DateTimeField(default=clock.now)
    return_reason = models.CharField(max_length=400, blank=True)
    published_by = models.ForeignKey("members.Person", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=400, blank=True)

    class Meta(Shareable.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["replaces"],
                condition=models.Q(replaces__isnull=False, state=State.PUBLISHED),
                name="%(class)s_replaced_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> Words:
        """What it says."""
        return Words(self.title_ja, self.body_ja, self.title_en, self.body_en)

    @property
    def title(self) -> str:
        """Its title in the reader's language."""
        return self.words.title(get_language() or "ja")

    @property
    def body(self) -> str:
        """Its text in the reader's language."""
        return self.words.body(get_language() or "ja")

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        return stage_of(State(self.state), approved=False, superseded=self.superseded_at is not None)


class ReviewedText(Reviewed):
    """A text without a number; its versions are told together by the first of them."""

    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """The first version; none where this is the first."""
    first_id: UUID | None

    class Meta(Reviewed.Meta):
        abstract = True

    @property
    def root(self) -> UUID:
        """The number of the first version."""
        return self.first_id or self.pk
