"""Lists of sources, of what became of asking them, and of what was read of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from noroshi.advisories import queries
from noroshi.advisories.domain.health import Health
from noroshi.advisories.models import REASONS, DeadLetter, Fetch, Item, LetterState, Origin, Outcome, Source
from noroshi.advisories.source_wording import HEALTH, KINDS, told
from noroshi.core.actor import Actor
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter


def _count_letters(_actor: Actor, rows: Sequence[Any]) -> None:
    counts = queries.waiting_letters(rows)
    for source in rows:
        source.waiting = counts.get(source.pk, 0)


def _waiting(source: Source) -> int:
    number: int = getattr(source, "waiting", 0)
    return number


def _due(source: Source) -> datetime | None:
    return source.state.due_at if source.enabled else None


_HEALTHS: Final = [(each.value, HEALTH[each]) for each in Health]
_KINDS: Final = [(each.value, text) for each, text in KINDS.items()]

SOURCES: Final = ListSpec(
    name="sources",
    columns=(
        Column("name", _("Name"), lambda row: row.name, sort="name", cell="advisories/cells/source.html"),
        Column("health", _("Health"), told, cell="advisories/cells/health.html", style="wide"),
        Column("kind", _("Kind"), lambda row: KINDS[row.reads], sort="kind"),
        Column("new_at", _("Something new"), lambda row: row.state.new_at, "state__new_at", "kit/cells/when.html"),
        Column("letters", _("Not read"), _waiting, cell="advisories/cells/letters.html", style="end"),
        Column("due_at", _("Next look"), _due, cell="kit/cells/when.html"),
        Column("url", _("Web address"), lambda row: row.url, shown=False),
        Column("terms", _("Terms"), lambda row: row.terms, shown=False),
    ),
    filters=(
        TextFilter("q", _("Name"), ("name", "url")),
        ChoiceFilter("health", _("Health"), _HEALTHS, "state__health"),
        ChoiceFilter("kind", _("Kind"), _KINDS, "kind"),
    ),
    default_sort="name",
    empty=_("No source yet: begin with one of the presets."),
    export_queryset=queries.sources_for,
    on_show=_count_letters,
    on_export=_count_letters,
)


def _remark(fetch: Fetch) -> str:
    marks = (
        (fetch.has_gap, _("gap")),
        (fetch.is_regressed, _("older than before")),
        (fetch.is_misshapen, _("another shape")),
    )
    return " / ".join([str(text) for holds, text in marks if holds] + ([fetch.detail] if fetch.detail else []))


def _nothing(_fetch: Fetch) -> str:
    return ""


def _outcome(fetch: Fetch) -> str:
    return fetch.get_outcome_display()


def fetches_of(source: Source, *, keeps: bool) -> ListSpec:
    """Return the list of what became of asking a source; `keeps` if its reader may have an answer read again."""
    return ListSpec(
        name="fetches",
        columns=(
            Column("at", _("When"), lambda row: row.at, sort="at", cell="kit/cells/when.html"),
            Column("outcome", _("How it ended"), _outcome, cell="advisories/cells/fetch.html"),
            Column("remark", _("Remarks"), _remark, style="wide"),
            Column("new", _("New"), lambda row: row.new, sort="new", style="end"),
            Column("changed", _("Changed"), lambda row: row.changed, sort="changed", style="end"),
            Column("refused", _("Not read"), lambda row: row.refused, sort="refused", style="end"),
            Column("size", _("Bytes"), lambda row: row.size, sort="size", style="end"),
            Column("status", "HTTP", lambda row: row.status or "", style="end"),
            Column("again", _("Read again"), _nothing, cell="advisories/cells/again.html", exported=False, shown=keeps),
            Column("digest", "SHA-256", lambda row: row.digest, shown=False),
        ),
        filters=(
            ChoiceFilter("outcome", _("How it ended"), Outcome.choices, "outcome"),
            ChoiceFilter("origin", _("Where from"), Origin.choices, "origin"),
        ),
        default_sort="-at",
        empty=_("It has not been asked yet."),
        export_queryset=lambda actor: queries.fetches_of(actor, source),
    )


def _newest(name: str) -> Any:
    return lambda row: getattr(row.newest, name) if row.newest else None


def items_of(source: Source) -> ListSpec:
    """Return the list of a source's items."""
    return ListSpec(
        name="items",
        columns=(
            Column("title", _("Title"), _newest("title"), cell="advisories/cells/item.html", style="wide"),
            Column("id", _("Identifier"), lambda row: row.native_id, sort="native_id", style="tight"),
            Column("names", _("Vulnerabilities"), _names),
            Column("published", _("Published"), _newest("published_at"), "newest__published_at", "kit/cells/when.html"),
            Column("seen", _("First seen"), lambda row: row.first_seen, "first_seen", "kit/cells/when.html"),
            Column("number", _("Revisions"), lambda row: row.number, sort="number", style="end"),
            Column("link", _("Web address"), _newest("link"), shown=False),
        ),
        filters=(
            TextFilter("q", _("Search"), ("native_id", "newest__title")),
            DateFilter("since", _("First seen since"), "first_seen__date__gte"),
        ),
        default_sort="-seen",
        empty=_("Nothing has been read of it yet."),
        export_queryset=lambda actor: queries.items_of(actor, source),
    )


def _names(row: Item) -> str:
    return " ".join(row.newest.names[:5]) if row.newest else ""


def _reason(row: DeadLetter) -> str:
    return " ".join(filter(None, (str(row.get_reason_display()), row.detail)))


def source_choices() -> list[tuple[str, str]]:
    """Return all sources, to choose one of them."""
    rows = Source.objects.unrestricted(reason="the choices of a filter; every member sees every source")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name").order_by("name")]


LETTERS: Final = ListSpec(
    name="letters",
    columns=(
        Column("at", _("When"), lambda row: row.at, sort="at", cell="kit/cells/when.html"),
        Column("source", _("Advisory source"), lambda row: row.source.name, sort="source__name"),
        Column("reason", _("Reason"), _reason, cell="advisories/cells/letter.html", style="wide"),
        Column("place", _("Item"), lambda row: row.place or "", style="end"),
        Column("state", _("What became of it"), lambda row: row.get_state_display(), sort="state"),
        Column("excerpt", _("As it came"), lambda row: row.excerpt, shown=False),
    ),
    filters=(
        ChoiceFilter("state", _("What became of it"), LetterState.choices, "state"),
        ChoiceFilter("source", _("Advisory source"), source_choices, "source_id"),
        ChoiceFilter("reason", _("Reason"), [(each.value, text) for each, text in REASONS.items()], "reason"),
    ),
    default_sort="-at",
    empty=_("Everything that came could be read."),
    export_queryset=queries.letters_for,
)
