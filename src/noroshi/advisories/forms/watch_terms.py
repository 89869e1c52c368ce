"""What is typed about watched words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import LONGEST_TERM
from noroshi.advisories.models import TermKind
from noroshi.sharing.forms.audience import BlamingForm


class TermForm(BlamingForm):
    """A word to be watched."""

    kind = forms.ChoiceField(label=_("What it is"), choices=TermKind.choices)
    words = forms.CharField(
        label=_("Word to watch"),
        max_length=LONGEST_TERM,
        help_text=_("Found as a whole word in Latin letters, anywhere in Japanese; small or capital."),
    )


class JudgementForm(BlamingForm):
    """Why a record concerns the institution, or does not."""

    reason = forms.CharField(label=_("Why"), max_length=400)
