"""The lists of the hunting room, declared once."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from noroshi.hunting import queries, rule_wording, wording
from noroshi.hunting.models import ENDED, DetectionLevel, DetectionState, Hit, Hunt, HuntState
from noroshi.intel.wording import TYPES
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter
from noroshi.kit.lists.spec import Rows


def _of_signal(rows: Rows, text: str) -> Rows:
    """Narrow to a signal by its id, as links do, or by words of its title, as people do."""
    try:
        return rows.filter(hunt__signal=UUID(text))
    except ValueError:
        return rows.filter(hunt__signal__title__icontains=text)


def _of_search(rows: Rows, text: str) -> Rows:
    """Narrow to a search by its id, as links do, or by the name of who searched, as people do."""
    searched = rows.filter(hunt__signal=None)
    try:
        return searched.filter(hunt=UUID(text))
    except ValueError:
        return searched.filter(hunt__requested_by__name__icontains=text)


def _asked_by(rows: Rows, who: str) -> Rows:
    return rows.filter(hunt__signal__isnull=who == "search")


def _of_run(rows: Rows, text: str) -> Rows:
    """Narrow to what one run saw first, by its id, as notices do."""
    try:
        return rows.filter(run=UUID(text))
    except ValueError:
        return rows.none()


_COUNTED: Final = (
    Column("count", _("Events"), lambda hit: hit.count, sort="count", style="end"),
    Column("first_seen", _("First seen"), lambda hit: hit.first_seen, sort="first_seen", cell="kit/cells/when.html"),
    Column("last_seen", _("Last seen"), lambda hit: hit.last_seen, sort="last_seen", cell="kit/cells/when.html"),
)
_VALUE: Final = (
    Column("type", _("Type"), lambda hit: wording.type_name(hit.type), sort="type", style="tight"),
    Column("value", _("Value"), lambda hit: hit.defanged, cell="hunting/cells/value.html"),
    *_COUNTED,
)
_TYPE: Final = ChoiceFilter("type", _("Type"), tuple((kind.value, name) for kind, name in TYPES.items()), "type")

HITS: Final = ListSpec(
    name="hits",
    columns=(
        *_VALUE,
        Column("created_at", _("Found"), lambda hit: hit.created_at, sort="created_at", cell="kit/cells/when.html"),
        Column("signal", _("Signal"), lambda hit: str(hit.hunt.signal), cell="hunting/cells/signal.html"),
    ),
    filters=(
        TextFilter("q", _("Value"), ("value",)),
        TextFilter("signal", _("Signal"), _of_signal),
        _TYPE,
        DateFilter("since", _("Seen since"), "last_seen__date__gte"),
        DateFilter("until", _("Seen until"), "first_seen__date__lte"),
    ),
    default_sort="-created_at",
    empty=_("Nothing that was shared has been found in your logs."),
    export_queryset=queries.shared_hits_for,
)


def found_by(hunt: Hunt, *, suppressed: bool) -> ListSpec:
    """Return the list of what one search of the own lake has found, so far or in all; more may be `suppressed`."""
    if hunt.state not in ENDED:
        empty = _("Nothing has been found so far.")
    elif suppressed:
        empty = _("No hit: what of it is in your logs is known as harmless.")
    else:
        empty = _("None of the values is in your logs.")
    return ListSpec(
        name="found",
        columns=_VALUE,
        filters=(TextFilter("q", _("Value"), ("value",)), _TYPE),
        default_sort="-count",
        empty=empty,
        export_queryset=lambda actor: queries.hits_for(actor).filter(hunt=hunt),
    )


def _who_asked(hit: Hit) -> str:
    return str(hit.hunt.signal or hit.hunt.asked_by)


def _allowed_or_ended(rows: Rows, state: str) -> Rows:
    return rows.filter(queries.in_force()) if state == "holds" else rows.exclude(queries.in_force())


ALLOWED: Final = ListSpec(
    name="allowed",
    columns=(
        Column("type", _("Type"), lambda line: wording.type_name(line.type), sort="type", style="tight"),
        Column("value", _("Value"), lambda line: line.defanged, cell="hunting/cells/allowed.html"),
        Column("reason", _("Reason"), lambda line: line.reason, cell="hunting/cells/reason.html"),
        Column("until", _("Ends"), lambda line: line.until, sort="until", cell="hunting/cells/end.html"),
        Column("by", _("By"), lambda line: line.added_by),
        Column("added_at", _("Allowed since"), lambda line: line.added_at, sort="added_at", cell="kit/cells/when.html"),
    ),
    filters=(
        TextFilter("q", _("Value or reason"), ("value", "reason")),
        _TYPE,
        ChoiceFilter("state", _("State"), (("holds", _("Allowed")), ("ended", _("Ended"))), _allowed_or_ended),
    ),
    default_sort="-added_at",
    empty=_("Nothing is allowed: every value that was shared and is in your logs is a hit."),
    export_queryset=queries.allowed_values_for,
)

SUPPRESSED: Final = ListSpec(
    name="suppressed",
    columns=(
        Column("type", _("Type"), lambda hit: wording.type_name(hit.type), sort="type", style="tight"),
        Column("value", _("Value"), lambda hit: hit.defanged, cell="hunting/cells/mono.html"),
        *_COUNTED,
        Column("reason", _("Allowed because"), lambda hit: hit.allowed.reason, cell="hunting/cells/allowance.html"),
        Column("asked", _("Looked for by"), _who_asked, cell="hunting/cells/asked_for.html"),
    ),
    filters=(
        TextFilter("q", _("Value or reason"), ("value", "allowed__reason")),
        _TYPE,
        ChoiceFilter("asked", _("Looked for by"), (("signal", _("Signal")), ("search", _("Search"))), _asked_by),
        TextFilter("signal", _("Signal"), _of_signal),
        TextFilter("search", _("Who searched"), _of_search),
    ),
    default_sort="-last_seen",
    empty=_("The allow-list suppresses nothing that was shared or looked for."),
    export_queryset=queries.suppressed_for,
)

SEARCHES: Final = ListSpec(
    name="searches",
    columns=(
        Column(
            "created_at", _("Asked"), lambda hunt: hunt.created_at, sort="created_at", cell="hunting/cells/asked.html"
        ),
        Column("by", _("By"), lambda hunt: hunt.asked_by),
        Column("values", _("Values"), lambda hunt: len(hunt.values), style="end"),
        Column("hits", _("Hits"), lambda hunt: hunt.found, style="end"),
        Column("state", _("State"), lambda hunt: hunt.get_state_display(), cell="hunting/cells/state.html"),
    ),
    filters=(ChoiceFilter("state", _("State"), HuntState.choices, "state"),),
    default_sort="-created_at",
    empty=_("Nobody here has searched the own logs yet."),
)

_FILE_STATES: Final = [(value, name) for value, name in HuntState.choices if value != HuntState.STOPPED]

LOG_FILES: Final = ListSpec(
    name="log-files",
    columns=(
        Column("created_at", _("Sent"), lambda file: file.created_at, sort="created_at", cell="kit/cells/when.html"),
        Column("name", _("File"), lambda file: file.name, cell="hunting/cells/log_file.html"),
        Column("source", _("Source"), lambda file: file.source, sort="source"),
        Column("by", _("By"), lambda file: file.sent_by),
        Column("events", _("Events"), lambda file: file.events, style="end"),
        Column("quarantined", _("In quarantine"), lambda file: file.quarantined, style="end"),
        Column("state", _("State"), lambda file: file.get_state_display(), cell="hunting/cells/state.html"),
    ),
    filters=(ChoiceFilter("state", _("State"), _FILE_STATES, "state"),),
    default_sort="-created_at",
    empty=_("No log file has been sent from this page yet."),
)

DETECTIONS: Final = ListSpec(
    name="detections",
    columns=(
        Column(
            "level", _("Severity"), lambda row: row.get_level_display(), sort="level", cell="hunting/cells/level.html"
        ),
        Column(
            "title", _("Detection rule"), lambda row: rule_wording.text(row.title), cell="hunting/cells/detection.html"
        ),
        Column(
            "keys",
            _("What they share"),
            lambda row: rule_wording.keys_on_one_line(row.keys),
            cell="hunting/cells/keys.html",
        ),
        Column("count", _("Events"), lambda row: row.count, sort="count", style="end"),
        Column(
            "first_seen", _("First seen"), lambda row: row.first_seen, sort="first_seen", cell="kit/cells/when.html"
        ),
        Column("last_seen", _("Last seen"), lambda row: row.last_seen, sort="last_seen", cell="kit/cells/when.html"),
        Column("state", _("State"), lambda row: row.get_state_display(), cell="hunting/cells/detection_state.html"),
    ),
    filters=(
        TextFilter("q", _("Rule or value"), ("title_en", "title_ja", "keys")),
        ChoiceFilter("level", _("Severity"), [(str(level), name) for level, name in DetectionLevel.choices], "level"),
        ChoiceFilter("state", _("State"), DetectionState.choices, "state"),
        TextFilter("run", _("Run"), _of_run),
        DateFilter("since", _("Seen since"), "last_seen__date__gte"),
        DateFilter("until", _("Seen until"), "first_seen__date__lte"),
    ),
    default_sort="-last_seen",
    empty=_("No rule has seen anything in your logs."),
    export_queryset=queries.detections_for,
)
