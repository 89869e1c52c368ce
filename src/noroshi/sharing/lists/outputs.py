"""What an organisation's tools have reported, as a list."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.intel.domain.observables import Observable, ObservableType, defang
from noroshi.intel.wording import TYPES
from noroshi.kit.lists import ChoiceFilter, Column, ListSpec
from noroshi.sharing.models import Deployment


def _defanged(row: Deployment) -> str:
    return defang(Observable(ObservableType(row.observable.type), row.observable.value))


DEPLOYMENTS: Final = ListSpec(
    name="deployments",
    columns=(
        Column("value", _("Value"), _defanged, style="wide"),
        Column(
            "type",
            _("Type"),
            lambda row: TYPES[ObservableType(row.observable.type)],
            sort="observable__type",
            style="tight",
        ),
        Column("tool", _("Tool"), lambda row: row.tool, sort="tool"),
        Column("since", _("Since"), lambda row: row.deployed_at, sort="deployed_at", cell="kit/cells/when.html"),
        Column("hits", _("Hits"), lambda row: row.hits, sort="hits", style="tight"),
        Column("last", _("Last hit"), lambda row: row.last_hit_at, sort="last_hit_at", cell="kit/cells/when.html"),
    ),
    filters=(ChoiceFilter("type", _("Type"), list(TYPES.items()), "observable__type"),),
    default_sort="-hits",
    empty=_("No tool of your organisation has reported anything yet."),
)
