"""Forms of a group's documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.domain.tlp import TLP
from noroshi.members.models import Group
from noroshi.sharing.actions import DOCUMENT_LEVELS, MAX_DESCRIPTION, default_profile
from noroshi.sharing.domain.content import MAX_REASON, MAX_TITLE
from noroshi.sharing.forms.audience import BlamingForm
from noroshi.sharing.forms.signals import FileForm
from noroshi.sharing.wording import TLP_CHOICES


class DescriptionForm(BlamingForm):
    """What a document is."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    description = forms.CharField(
        label=_("Description"),
        help_text=_("Markdown."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": MAX_DESCRIPTION}),
    )


class DocumentForm(DescriptionForm, FileForm):
    """A new document."""

    tlp = forms.ChoiceField(label=_("Marking"))
    sample = None  # type: ignore[assignment]
    field_order = ("title", "description", "tlp", "file", "without_metadata")

    def __init__(self, data: Any, files: Any, *, group: Group) -> None:
        usual = TLP(group.default_tlp)
        super().__init__(data, files, initial={"tlp": usual if usual in DOCUMENT_LEVELS else TLP.AMBER})
        meanings = dict(TLP_CHOICES[default_profile()])
        choices = [(level.value, f"{level.label}: {meanings[level]}") for level in DOCUMENT_LEVELS]
        self.fields["tlp"].choices = choices  # type: ignore[attr-defined]


class VersionForm(FileForm):
    """Another file in the place of the last one."""

    note = forms.CharField(label=_("What is new in it"), max_length=MAX_REASON)
    sample = None  # type: ignore[assignment]
