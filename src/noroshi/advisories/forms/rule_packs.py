"""What is typed about packs of rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import MOST_ENABLED
from noroshi.advisories.domain.rule_packs import PackFormat
from noroshi.sharing.forms.audience import BlamingForm, text_field

FORMATS: Any = (
    (PackFormat.SURICATA.value, _("Suricata or Snort")),
    (PackFormat.YAML.value, _("YAML: Sigma or CrowdSec")),
    (PackFormat.TABLE.value, _("Table (CSV) with a column of CVE numbers")),
)


class PackForm(BlamingForm):
    """A pack, as a file."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("A pack of the same name is replaced."))
    form = forms.ChoiceField(label=_("Format"), choices=FORMATS)
    licence = forms.CharField(label=_("Licence"), max_length=120, required=False)
    file = forms.FileField(label=_("File"), max_length=1000)


class EnabledForm(BlamingForm):
    """Which rules are on."""

    rules = text_field(
        _("Rules that are on"), 8, MOST_ENABLED * 20, help_text=_("Their numbers, as the product lists them.")
    )
    until = forms.DateField(
        label=_("Holds until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("After that day pages say that it has to be looked at again."),
    )
