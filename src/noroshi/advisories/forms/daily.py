"""What operators fill in about the daily sheet."""

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.errors import InvalidInput


class WordsForm(forms.Form):
    """The words that the sector watches, one a line."""

    words = forms.CharField(
        label=_("Watched words"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("Products and makers, one a line: FortiOS, Citrix. Found as whole words, small or capital."),
    )

    @property
    def lines(self) -> list[str]:
        """What was typed, line by line."""
        return str(self.cleaned_data["words"]).splitlines()

    def blame(self, error: InvalidInput) -> None:
        """Show what was refused."""
        self.add_error("words", error.message)
