"""What is typed about explainers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import Article
from noroshi.advisories.actions.explainers import MAX_BYLINE
from noroshi.advisories.domain.explainers import MAX_COMMENT, MAX_NAME, MAX_PART, MAX_PICTURE_NAME, MAX_SUMMARY
from noroshi.advisories.forms.bulletins import BulletinForm, initial_of
from noroshi.advisories.models import Explainer, Serial
from noroshi.advisories.queries import bulletins_seen, serials_on_offer
from noroshi.core.actor import Actor
from noroshi.sharing.actions import Upload
from noroshi.sharing.forms.audience import BlamingForm, text_field


class ExplainerForm(BulletinForm):
    """An explainer being written."""

    summary_ja = text_field(_("Summary (Japanese)"), 2, MAX_SUMMARY)
    summary_en = text_field(_("Summary (English)"), 2, MAX_SUMMARY, required=False)
    byline = forms.CharField(
        label=_("Authors"), max_length=MAX_BYLINE, required=False, help_text=_("As they stand under the title.")
    )
    tags = forms.CharField(
        label=_("Keywords"), max_length=1_000, required=False, help_text=_("Separated by commas or 、")
    )
    bulletins = text_field(
        _("Bulletins"), 3, 2_000, help_text=_("Numbers of bulletins that belong to it, one a line."), required=False
    )
    serial = forms.ModelChoiceField(
        label=_("Series of explainers"), queryset=Serial.objects.none(), required=False, empty_label=_("none")
    )
    part = forms.IntegerField(label=_("Which part"), min_value=1, max_value=MAX_PART, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("serial", "queryset", serials_on_offer())

    def article(self) -> Article:
        """Return what was written."""
        data = self.cleaned_data
        return Article(
            text=self.draft(),
            tags=data["tags"].replace("、", ",").split(","),
            bulletins=data["bulletins"].splitlines(),
            **{name: data[name] for name in ("summary_ja", "summary_en", "byline", "serial", "part")},
        )


def initial_of_explainer(actor: Actor, row: Explainer) -> dict[str, Any]:
    """Return the form's initial values for a draft."""
    return {
        **initial_of(row),
        **{name: getattr(row, name) for name in ("summary_ja", "summary_en", "byline", "serial", "part")},
        "tags": ", ".join(row.tags),
        "bulletins": "\n".join(each.citation for each in bulletins_seen(actor, row.bulletins)),
    }


class PictureForm(BlamingForm):
    """A picture to put at hand; it stands within the form of the text, which is kept without one too."""

    use_required_attribute = False

    file = forms.FileField(label=_("File"), allow_empty_file=True, max_length=1000, help_text=_("PNG, JPEG or WebP."))
    said = forms.CharField(label=_("What can be seen on it"), max_length=MAX_SUMMARY)
    handle = forms.CharField(
        label=_("Name in the text"),
        max_length=MAX_PICTURE_NAME,
        required=False,
        help_text=_("Small Latin letters, digits and hyphens; empty: made from the file's name."),
    )

    def upload(self) -> Upload:
        """Return the file as the actions take it."""
        file = self.cleaned_data["file"]
        return Upload(file.read(), file.name)


class RemarkForm(BlamingForm):
    """Something said in review."""

    text = text_field(_("What you say about it"), 3, MAX_COMMENT)


class SerialForm(BlamingForm):
    """A series of explainers, or what becomes of it."""

    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=MAX_NAME)
    name_en = forms.CharField(label=_("Name (English)"), max_length=MAX_NAME, required=False)
    about_ja = forms.CharField(label=_("What it is about (Japanese)"), max_length=MAX_SUMMARY, required=False)
    about_en = forms.CharField(label=_("What it is about (English)"), max_length=MAX_SUMMARY, required=False)
    is_retired = forms.BooleanField(label=_("No longer offered"), required=False)
