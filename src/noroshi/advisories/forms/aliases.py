"""What is typed about names of products."""

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import LONGEST_NAME, ProductName
from noroshi.sharing.forms.audience import BlamingForm


class AliasForm(BlamingForm):
    """What the organisation calls a product, and what records call it."""

    ours_vendor = forms.CharField(label=_("Maker, as we call it"), max_length=LONGEST_NAME, required=False)
    ours_name = forms.CharField(label=_("Product, as we call it"), max_length=LONGEST_NAME)
    theirs_vendor = forms.CharField(label=_("Maker, as records call it"), max_length=LONGEST_NAME, required=False)
    theirs_name = forms.CharField(label=_("Product, as records call it"), max_length=LONGEST_NAME)
    is_sure = forms.BooleanField(
        label=_("It is surely the same"),
        required=False,
        help_text=_("Then what is surely affected opens a task by itself; else it waits to be judged."),
    )
    reason = forms.CharField(label=_("Why"), max_length=400)

    @property
    def ours(self) -> ProductName:
        """Return what the organisation calls it."""
        return ProductName(self.cleaned_data["ours_vendor"], self.cleaned_data["ours_name"])

    @property
    def theirs(self) -> ProductName:
        """Return what records call it."""
        return ProductName(self.cleaned_data["theirs_vendor"], self.cleaned_data["theirs_name"])
