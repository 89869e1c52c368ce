"""What people fill in to search their own lake and to feed it."""

from typing import Final

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from noroshi.core.errors import InvalidInput
from noroshi.hunting.actions.hunts import MAX_LIST

MAX_SOURCE: Final = 63


class SearchForm(forms.Form):
    """Values to look for: pasted, or in a file, or both."""

    values = forms.CharField(
        label=_("Values"),
        help_text=_(
            "One a line: address, network, domain, URL, mail address, hash; also defanged, also text that names them. "
            "Write account: or user_agent: before such a value."
        ),
        required=False,
        max_length=MAX_LIST,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
    )
    file = forms.FileField(
        label=_("A file of values"), help_text=_("Plain text, one value a line, at most 2 MB."), required=False
    )

    def text(self) -> str:
        """Return all lines of a valid form. Raise InvalidInput where the file is no text."""
        file = self.cleaned_data["file"]
        if file is None:
            return str(self.cleaned_data["values"])
        if file.size > MAX_LIST:
            raise InvalidInput("file", str(_("The file of values is larger than 2 MB.")))
        return f"{self.cleaned_data['values']}\n{_as_text(file.read())}"


class LogForm(forms.Form):
    """A log file to send."""

    source = forms.CharField(
        label=_("Source"),
        help_text=_("What wrote the log: proxy, mail-gateway, online-banking. Letters, digits, “.”, “_” and “-”."),
        max_length=MAX_SOURCE,
        validators=[
            RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("Use letters, digits, “.”, “_” and “-” alone."))
        ],
    )
    file = forms.FileField(
        label=_("Log file"),
        help_text=_("Web, syslog, CEF, LEEF, JSON, Zeek, W3C or CSV; plain, gzip or Zstandard; at most 256 MB."),
        max_length=1000,
    )


def _as_text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InvalidInput("file", str(_("The file of values is not text.")))
