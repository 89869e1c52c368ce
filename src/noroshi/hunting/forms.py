"""What people fill in to search their own lake, to feed it, and to work with rules and detections."""

import re
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock
from noroshi.core.errors import InvalidInput
from noroshi.hunting.actions.detections import MAX_REASON
from noroshi.hunting.actions.hunts import MAX_LIST
from noroshi.hunting.engine.detections.marked_yaml import MAX_BYTES
from noroshi.hunting.engine.detections.rules import MAX_THRESHOLD
from noroshi.hunting.models import DetectionState

MAX_SOURCE: Final = 63

_DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_DAYS: Final = [MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2099, 12, 31))]
"""Those of which the lake has events at all."""


def _day_field(**said: Any) -> forms.DateField:
    return forms.DateField(widget=_DAY, required=False, validators=_DAYS, **said)


class ValuesForm(forms.Form):
    """Values: pasted, or in a file, or both."""

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


class SearchForm(ValuesForm):
    """Values to look for, and when."""

    since = _day_field(label=_("First day"), help_text=_("Empty: from the beginning of the logs."))
    until = _day_field(label=_("Last day"), help_text=_("The whole of it. Empty: to the end."))
    harmless_too = forms.BooleanField(
        label=_("Show values that warning lists know as harmless"),
        help_text=_("Public resolvers, delivery networks, the largest sites."),
        required=False,
    )

    def window(self) -> dict[str, datetime | None]:
        """Return since when and until when (exclusive) a valid form asks for events; None where it does not say."""
        since = self.cleaned_data["since"]
        return {"since": since and clock.midnight(since), "until": _end_of(self.cleaned_data["until"])}


class AllowanceForm(forms.Form):
    """Why something is allowed in the own logs, and how long."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For your colleagues; nobody outside your organisation reads it."),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = _day_field(
        label=_("Last day"), help_text=_("The whole of it. Empty: until somebody takes it off the list.")
    )

    def allowance(self) -> dict[str, Any]:
        """Return the reason and the end (exclusive) that a valid form gives."""
        return {"reason": self.cleaned_data["reason"], "until": _end_of(self.cleaned_data["until"])}


class AllowForm(AllowanceForm, ValuesForm):
    """Values to allow in the own logs."""

    field_order = ("values", "file", "reason", "until")


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else clock.midnight(day + timedelta(days=1))


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


class HandlingForm(forms.Form):
    """What an organisation makes of a detection, and why."""

    state = forms.ChoiceField(choices=DetectionState.choices, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For your colleagues; nobody outside your organisation reads it."),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TuneForm(forms.Form):
    """A rule on or off, and from which number on it speaks."""

    enabled = forms.BooleanField(label=_("Run this rule over our logs"), required=False)
    threshold = forms.IntegerField(
        label=_("Threshold"),
        help_text=_("From this number on it is a detection. Leave it empty for the rule's own."),
        required=False,
        min_value=1,
        max_value=MAX_THRESHOLD,
    )


class TrialForm(forms.Form):
    """How many days of the own logs a rule is tried on."""

    DAYS = 7

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=31, initial=DAYS)
    threshold = forms.IntegerField(label=_("Threshold"), required=False, min_value=1, max_value=MAX_THRESHOLD)


class RuleFileForm(forms.Form):
    """A file of Sigma rules: sent, or written here."""

    file = forms.FileField(
        label=_("A file of rules"), help_text=_("Sigma (YAML), one or more rules, at most 256 kB."), required=False
    )
    text = forms.CharField(
        label=_("Or the rules themselves"),
        required=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "mono"}),
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Under which it is kept; a file of ours of the same name is replaced. Empty: the file's own."),
        required=False,
        max_length=120,
        validators=[
            RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("Use letters, digits, “.”, “_” and “-” alone."))
        ],
    )
    for_all = forms.BooleanField(label=_("For the logs of all members, not only our own"), required=False)

    def named_content(self) -> tuple[str, bytes]:
        """Return the name and the content of a valid form. Raise InvalidInput where there is none, or both."""
        file, text = self.cleaned_data["file"], self.cleaned_data["text"]
        if bool(file) == bool(text):
            raise InvalidInput("file", str(_("Send a file or write the rules, not both.")))
        if file and file.size > MAX_BYTES:
            raise InvalidInput("file", str(_("The file of rules is larger than 256 kB.")))
        name = self.cleaned_data["name"] or _plain_name(file.name if file else "rules.yml")
        return name, file.read() if file else text.replace("\r\n", "\n").encode()


def _plain_name(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-_")[-120:].lstrip(".-_")
    return plain or "rules.yml"


class SourceForm(forms.Form):
    """How a source's logs are read, and how long they are kept."""

    mapping = forms.CharField(
        label=_("Mapping"),
        help_text=_("YAML: format, timezone, and under fields: the names in the log and their roles. Empty: as usual."),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "mono"}),
    )
    keep_days = forms.IntegerField(
        label=_("Keep for days"),
        help_text=_("Older events are deleted. Empty: as long as this installation keeps logs."),
        required=False,
        min_value=1,
        max_value=100_000,
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
