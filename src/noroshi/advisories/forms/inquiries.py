"""What is typed at the inquiry desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import Message
from noroshi.advisories.domain.bulletins import MAX_TITLE
from noroshi.advisories.domain.inquiries import MAX_MESSAGE, MAX_SUBJECT
from noroshi.advisories.forms.bulletins import BulletinForm
from noroshi.sharing.forms.audience import BlamingForm, text_field


class MessageForm(BlamingForm):
    """Something said in an inquiry."""

    text = text_field(_("What you write"), 8, MAX_MESSAGE, help_text=_("Markdown."))
    links = text_field(
        _("Where it can be looked up"), 2, 20_000, help_text=_("Addresses on the web, one a line."), required=False
    )
    bulletins = text_field(_("Bulletins"), 2, 2_000, help_text=_("Their numbers, one a line."), required=False)

    def message(self) -> Message:
        """Return what was written."""
        data = self.cleaned_data
        return Message(data["text"], data["links"].splitlines(), data["bulletins"].splitlines())


class AskForm(MessageForm):
    """A new inquiry."""

    subject = forms.CharField(label=_("Subject of the question"), max_length=MAX_SUBJECT)
    bulletins = None  # type: ignore[assignment]  # the hub cites them
    field_order = ("subject", "text", "links")

    def message(self) -> Message:
        """Return what was written."""
        return Message(self.cleaned_data["text"], self.cleaned_data["links"].splitlines())


class AnswerForm(BulletinForm):
    """An answer for all who may read it: written as a bulletin is, the question as its title."""

    title_ja = forms.CharField(label=_("Question (Japanese)"), max_length=MAX_TITLE)
    title_en = forms.CharField(label=_("Question (English)"), max_length=MAX_TITLE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body_ja"].label, self.fields["body_en"].label = _("Answer (Japanese)"), _("Answer (English)")
