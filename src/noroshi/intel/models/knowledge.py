"""Words to tag with: what the world and the house call attacks."""

from django.db import models
from django.utils.translation import get_language

from noroshi.intel.domain.knowledge.entries import MAX_NAME


class Tag(models.Model):
    """A word of a taxonomy or galaxy. Everybody may know it; who used it is told by signals, through the policy."""

    name = models.CharField(max_length=MAX_NAME, unique=True)
    """As machines write it: `misp-galaxy:mitre-attack-pattern="Phishing - T1566"`."""
    family = models.CharField(max_length=80)
    family_title = models.CharField(max_length=120)
    family_title_ja = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=400)
    title_ja = models.CharField(max_length=200, blank=True)
    meaning = models.TextField(blank=True)
    meaning_ja = models.TextField(blank=True)
    words = models.TextField()
    """All by which it is found (`domain.knowledge.entries.Entry.words`)."""
    edition = models.CharField(max_length=120)
    """Which edition of its makers it is of, as it was imported last."""
    retired = models.BooleanField(default=False)
    """Whether the last edition has it no more: it is offered to nobody, and stays where it was given."""

    class Meta:
        indexes = [models.Index(fields=["family", "name"], name="tags_of_family")]

    def __str__(self) -> str:
        return (self.title_ja or self.title) if _is_japanese() else self.title

    @property
    def family_name(self) -> str:
        """The taxonomy's title in the reader's language."""
        return (self.family_title_ja or self.family_title) if _is_japanese() else self.family_title

    @property
    def explained(self) -> str:
        """What it means, in the reader's language as far as it was said in that."""
        return (self.meaning_ja or self.meaning) if _is_japanese() else self.meaning


def _is_japanese() -> bool:
    return (get_language() or "").startswith("ja")
