"""The form of the rules page: one part for each kind of notice that can be chosen."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.notify import actions
from noroshi.notify.models import Delivery, NoticeKind, Rule
from noroshi.notify.presenters import kinds_on_offer
from noroshi.notify.queries import own_groups


class RuleForm(forms.Form):
    """How one kind of notice is to reach the person."""

    delivery = forms.ChoiceField(label=_("Mail"), choices=Delivery.choices)
    signal_kinds = forms.MultipleChoiceField(
        label=_("Only about these kinds of signal"), required=False, widget=forms.CheckboxSelectMultiple
    )
    groups = forms.MultipleChoiceField(
        label=_("Only what these groups were sent"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Mapping[str, Any] | None, *, rule: Rule, groups: list[tuple[str, str]]) -> None:
        initial = {"delivery": rule.delivery, "signal_kinds": rule.signal_kinds, "groups": rule.groups}
        super().__init__(data, prefix=rule.kind, initial=initial)
        self.kind = NoticeKind(rule.kind)
        self._offer("signal_kinds", kinds_on_offer())
        self._offer("groups", groups)

    @property
    def is_narrowed(self) -> bool:
        """Whether only some kinds or groups are mailed."""
        return any(self[name].value() for name in ("signal_kinds", "groups") if name in self.fields)

    def save(self, actor: Actor) -> None:
        """Set the rule if the person changed it."""
        if not self.has_changed():
            return
        chosen = self.cleaned_data
        actions.set_rule(
            actor,
            kind=self.kind,
            delivery=Delivery(chosen["delivery"]),
            signal_kinds=chosen.get("signal_kinds", ()),
            groups=[UUID(number) for number in chosen.get("groups", ())],
        )

    def _offer(self, name: str, choices: list[Any]) -> None:
        """Put the choices there; a question without answers is not asked."""
        if not choices:
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared so above
        field.choices = choices


def rule_forms(actor: Actor, rules: Mapping[NoticeKind, Rule], data: Mapping[str, Any] | None) -> list[RuleForm]:
    """Return a form for each kind that the actor can meet and may choose about."""
    groups = [(str(group.pk), group.name) for group in own_groups(actor)]
    out = {NoticeKind.HIT} if actor.is_hub_operator else {NoticeKind.HIT, NoticeKind.RELEASE}
    return [RuleForm(data, rule=rule, groups=groups) for kind, rule in rules.items() if kind not in out]
