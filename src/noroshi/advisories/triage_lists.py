"""The list of stories that are triaged."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.lists import category_choices
from noroshi.advisories.models import Priority, Story, StoryState
from noroshi.advisories.queries import of_source, sources_of, stories_for, waits, with_words
from noroshi.advisories.source_lists import source_choices
from noroshi.advisories.triage_wording import PRIORITY_TONES, state_of, tone_of, why_here
from noroshi.core.actor import Actor
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, Rows, TextFilter
from noroshi.members.queries import hub_operators

WAITING: Final = "waiting"


def _show(_actor: Actor, rows: Sequence[Any]) -> None:
    """Give each story what its cells show: its sources, its tones, why it is here."""
    found = sources_of(rows)
    for row in rows:
        row.sources = found[row.pk]
        row.tone, row.priority_tone = tone_of(row), PRIORITY_TONES[Priority(row.priority)]
        row.why = why_here(row)


def _state(rows: Rows, value: str) -> Rows:
    return rows.filter(waits()) if value == WAITING else rows.filter(state=value)


def _source(rows: Rows, value: str) -> Rows:
    return of_source(rows, UUID(value))


def owner_choices() -> list[tuple[str, str]]:
    """Return the people of the hub, to one of whom a story is given."""
    return [(str(person.pk), person.name) for person in hub_operators().order_by("name")]


def _sources(row: Story) -> str:
    named: list[tuple[str, int]] = getattr(row, "sources", [])
    return " / ".join(f"{name} ({number})" for name, number in named)


def _nothing(_row: Story) -> str:
    return ""


STORIES: Final = ListSpec(
    name="stories",
    columns=(
        Column("choose", _("Choose"), _nothing, cell="advisories/cells/choose.html", style="tight", exported=False),
        Column(
            "priority",
            _("Priority"),
            lambda row: row.get_priority_display(),
            "priority",
            "advisories/cells/priority.html",
            "tight",
        ),
        Column("title", _("Title"), lambda row: row.title, cell="advisories/cells/story.html", style="wide"),
        Column("category", _("Category"), lambda row: row.category or "", style="tight"),
        Column("state", _("Where it stands"), state_of, cell="advisories/cells/stage.html", style="tight"),
        Column("owner", _("Taken by"), lambda row: row.owner or "", style="tight"),
        Column("changed", _("Last news"), lambda row: row.changed_at, "changed_at", "kit/cells/when.html", "tight"),
        Column("sources", _("Advisory sources"), _sources, shown=False),
        Column("why", _("Why it is here"), why_here, shown=False),
        Column("reason", _("Why it was dropped"), lambda row: row.reason, shown=False),
        Column("due", _("Due"), lambda row: row.due or "", shown=False),
        Column("opened", _("First seen"), lambda row: row.opened_at, shown=False),
    ),
    filters=(
        TextFilter("q", _("Search"), with_words),
        ChoiceFilter(
            "state",
            _("Where it stands"),
            [(WAITING, _("Waits for somebody")), *((each.value, each.label) for each in StoryState if each != "new")],
            _state,
        ),
        ChoiceFilter("category", _("Category"), category_choices, "category__series"),
        ChoiceFilter("source", _("Advisory source"), source_choices, _source),
        ChoiceFilter("owner", _("Taken by"), owner_choices, "owner"),
        ChoiceFilter("priority", _("Priority"), [(str(each.value), each.label) for each in Priority], "priority"),
        DateFilter("since", _("First seen since"), "opened_at__date__gte"),
    ),
    default_sort="-priority",
    page_size=50,
    empty=_("Nothing has come in yet: stories are made of what sources publish."),
    export_queryset=stories_for,
    on_show=_show,
    on_export=_show,
)
