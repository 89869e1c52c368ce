"""The lists of the intel room, declared once."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.intel import queries
from noroshi.intel.domain.observables import defang
from noroshi.intel.domain.stix.header import moment_of
from noroshi.intel.domain.stix.rules import Problem
from noroshi.intel.domain.stix.summary import Summary, summary_of
from noroshi.intel.domain.strict_json import decode
from noroshi.intel.models import MarkState, Parcel, Push, RefusedObject, Remote, StixObject
from noroshi.intel.stix_wording import reasons
from noroshi.intel.wording import reason_of, trouble_of
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter
from noroshi.kit.lists.spec import Rows


def _count_types(actor: Actor, rows: Sequence[Any]) -> None:
    """Count at once what the parcels of a page, or of a piece of a file, hold."""
    counts = queries.types_in(actor, rows)
    for parcel in rows:
        parcel.types = counts[parcel.pk]


def _types(parcel: Parcel) -> str:
    types: dict[str, int] = getattr(parcel, "types", {})
    return " / ".join(f"{kind} {number:,}" for kind, number in types.items())


def _with_refused(rows: Rows, answer: str) -> Rows:
    return rows.filter(refused__gt=0) if answer == "yes" else rows.filter(refused=0)


PARCELS: Final = ListSpec(
    name="parcels",
    columns=(
        Column("tlp", _("TLP"), lambda parcel: parcel.tlp, cell="kit/cells/tlp.html", style="tight"),
        Column("at", _("Came in"), lambda parcel: parcel.shown_at, sort="shown_at", cell="kit/cells/when.html"),
        Column("label", _("From where"), lambda parcel: parcel.label, sort="label", cell="intel/cells/label.html"),
        Column("by", _("By"), lambda parcel: parcel.author or ""),
        Column("size", _("Objects"), lambda parcel: parcel.size, sort="size", style="end"),
        Column("types", _("Types"), _types),
        Column("refused", _("Refused objects"), lambda parcel: parcel.refused, sort="refused", style="end"),
    ),
    filters=(
        TextFilter("q", _("From where"), ("label",)),
        ChoiceFilter("tlp", _("TLP"), [(level.value, level.label) for level in TLP], "tlp"),
        ChoiceFilter("refused", _("Something refused"), (("yes", _("Yes")), ("no", _("No"))), _with_refused),
        DateFilter("since", _("Came in since"), "shown_at__date__gte"),
        DateFilter("until", _("Came in until"), "shown_at__date__lte"),
    ),
    default_sort="-at",
    empty=_("Nothing has been sent in yet."),
    export_queryset=queries.parcels_for,
    on_show=_count_types,
    on_export=_count_types,
)


def _health(remote: Remote) -> str:
    if remote.paused:
        return str(_("Paused"))
    return trouble_of(remote) if remote.trouble else str(_("Well") if remote.good_at else _("Not looked at yet"))


def _ailing(rows: Rows, answer: str) -> Rows:
    return rows.exclude(trouble="") if answer == "yes" else rows.filter(trouble="")


_HEALTH: Final = (
    Column("health", _("Health"), _health, cell="intel/cells/health.html", style="wide"),
    Column("good_at", _("Last good"), lambda row: row.good_at, sort="good_at", cell="kit/cells/when.html"),
    Column("due_at", _("Next look"), lambda row: None if row.paused else row.due_at, cell="kit/cells/when.html"),
)
_WAY: Final = (
    Column("server", _("API root"), lambda row: row.api_root, shown=False),
    Column("collection", _("Collection"), lambda row: row.collection, shown=False),
)
_REMOTE_FILTERS: Final = (
    TextFilter("q", _("Name"), ("title", "api_root")),
    ChoiceFilter("ailing", _("In trouble"), (("yes", _("Yes")), ("no", _("No"))), _ailing),
)

FEEDS: Final = ListSpec(
    name="feeds",
    columns=(
        Column("title", _("Name"), lambda feed: feed.title, sort="title", cell="intel/cells/feed.html"),
        *_HEALTH,
        Column("accepted", _("Objects"), lambda feed: feed.accepted, sort="accepted", style="end"),
        Column("refused", _("Refused objects"), lambda feed: feed.refused, sort="refused", style="end"),
        *_WAY,
    ),
    filters=_REMOTE_FILTERS,
    default_sort="title",
    empty=_("No feed yet: name a collection of a partner's TAXII server."),
    export_queryset=queries.feeds_for,
)

PUSHES: Final = ListSpec(
    name="pushes",
    columns=(
        Column("title", _("Name"), lambda push: push.title, sort="title", cell="intel/cells/push.html"),
        *_HEALTH,
        Column("whose", _("Whose system it is"), lambda push: push.get_whose_display(), sort="whose"),
        *_WAY,
    ),
    filters=_REMOTE_FILTERS,
    default_sort="title",
    empty=_("Nothing is sent to other servers yet."),
    export_queryset=queries.pushes_for,
)


def marks_of(push: Push) -> ListSpec:
    """Return the list of what became of each object of a push."""
    return ListSpec(
        name="marks",
        columns=(
            Column("state", _("What became of it"), lambda mark: mark.get_state_display(), sort="state"),
            Column("reason", _("Reason"), reason_of, style="wide"),
            Column("type", _("Type"), lambda mark: mark.type, sort="type", style="tight"),
            Column("id", _("Identifier"), lambda mark: mark.stix_id, cell="intel/cells/mono.html"),
            Column("version", _("Version"), lambda mark: moment_of(mark.modified), cell="kit/cells/when.html"),
            Column("at", _("When"), lambda mark: mark.at, sort="id", cell="kit/cells/when.html"),
        ),
        filters=(
            ChoiceFilter("state", _("What became of it"), MarkState.choices, "state"),
            TextFilter("q", _("Identifier"), ("stix_id",)),
        ),
        default_sort="-at",
        empty=_("Nothing has been sent yet."),
        export_queryset=lambda actor: queries.marks_of(actor, push),
    )


def summary(row: StixObject) -> Summary:
    """Return an object in a few words, read once."""
    if not hasattr(row, "summary"):
        row.summary = summary_of(decode(bytes(row.raw)))  # type: ignore[attr-defined] # kept beside the row
    return row.summary  # type: ignore[attr-defined, no-any-return]


def _values(row: StixObject) -> str:
    return "\n".join(defang(value) for value in summary(row).values.values)


def objects_in(parcel: Parcel, types: dict[str, int]) -> ListSpec:
    """Return the list of the objects of a parcel, which has them of these types."""
    return ListSpec(
        name="objects",
        columns=(
            Column("type", _("Type"), lambda row: row.type, sort="type", style="tight"),
            Column("title", _("Name"), lambda row: summary(row).title, cell="intel/cells/object.html", style="wide"),
            Column("values", _("Values that can be hunted"), _values, cell="intel/cells/values.html"),
            Column("marked", _("Marked"), lambda row: " / ".join(summary(row).markings), cell="intel/cells/soft.html"),
            Column("version", _("Version"), lambda row: moment_of(row.modified), cell="kit/cells/when.html"),
            Column("pattern", _("Pattern"), lambda row: summary(row).pattern, shown=False),
            Column("position", _("Place"), lambda row: row.position, sort="position", style="end"),
            Column("id", _("Identifier"), lambda row: row.stix_id, shown=False),
        ),
        filters=(
            TextFilter("q", _("Identifier"), ("stix_id",)),
            ChoiceFilter("type", _("Type"), [(kind, f"{kind} ({number:,})") for kind, number in types.items()], "type"),
        ),
        default_sort="position",
        empty=_("No object of this parcel is left."),
        export_queryset=lambda actor: queries.objects_of(actor, parcel),
    )


def _reasons(row: RefusedObject) -> str:
    return reasons(map(Problem.of, row.problems))


def _as_it_came(row: RefusedObject) -> str:
    return bytes(row.raw).decode("utf-8", "replace")


def refused_of(parcel: Parcel) -> ListSpec:
    """Return the list of what was refused of a parcel."""
    return ListSpec(
        name="refused",
        columns=(
            Column("place", _("Place"), lambda row: row.place, sort="place", style="end"),
            Column("id", _("Identifier"), lambda row: row.stix_id, cell="intel/cells/mono.html"),
            Column("reason", _("Reason"), _reasons, style="wide"),
            Column("raw", _("As it came"), _as_it_came, cell="intel/cells/raw.html"),
        ),
        filters=(TextFilter("q", _("Identifier"), ("stix_id",)),),
        default_sort="place",
        empty=_("Nothing of this is refused, or no longer kept."),
        export_queryset=lambda actor: queries.refusals_of(actor, parcel),
    )
