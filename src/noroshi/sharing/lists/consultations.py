"""The lists of consultations and of published answers."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.kit import search
from noroshi.kit.lists import ChoiceFilter, Column, ListSpec, TextFilter
from noroshi.kit.lists.spec import Rows
from noroshi.sharing.actions import note_read
from noroshi.sharing.models import ReferenceAnswer, Signal
from noroshi.sharing.queries import (
    REFERENCE_KIND,
    about,
    byline,
    given_to,
    groups_on_offer,
    listed_questions,
    listed_references,
    references_about,
    with_words,
)

STATES: Final = (("open", _("open")), ("answered", _("answered")), ("solved", _("solved")))
LEVELS: Final = [(level.value, level.label) for level in TLP]


def _in_state(rows: Rows, state: str) -> Rows:
    chosen = {
        "open": {"is_answered": False, "is_solved": False},
        "answered": {"is_answered": True, "is_solved": False},
        "solved": {"is_solved": True},
    }
    return rows.filter(**chosen[state])


def _state(signal: Signal) -> str:
    known = vars(signal)
    return "solved" if known["is_solved"] else "answered" if known["is_answered"] else "open"


def _state_text(signal: Signal) -> object:
    return dict(STATES)[_state(signal)]


def _items(row: Signal | ReferenceAnswer) -> str:
    return ", ".join(str(item) for item in vars(row)["shown_items"])


def question_list_for(actor: Actor) -> ListSpec:
    """Return the list of questions as `actor` may read it."""
    groups = {group.slug: group for group in groups_on_offer(actor).filter(pk__in=actor.groups)}

    return ListSpec(
        name="consultations",
        columns=(
            Column("tlp", _("TLP"), lambda row: row.tlp, cell="kit/cells/tlp.html", style="tight"),
            Column("title", _("Question"), lambda row: row.title, "title", "sharing/cells/title.html", "wide"),
            Column("state", _("State"), _state_text, cell="sharing/cells/question_state.html", style="tight"),
            Column("items", _("Framework items"), _items),
            Column("from", _("From"), lambda row: byline(actor, row).organisation, cell="sharing/cells/from.html"),
            Column(
                "published",
                _("Asked on"),
                lambda row: row.published_at,
                "published_at",
                "kit/cells/when.html",
                "tight",
            ),
        ),
        filters=(
            TextFilter("q", _("Search"), lambda rows, text: with_words(actor, rows, text)),
            ChoiceFilter("state", _("State"), STATES, _in_state),
            TextFilter("item", _("Framework item"), about),
            ChoiceFilter(
                "group",
                _("Group"),
                [(slug, str(group)) for slug, group in groups.items()],
                lambda rows, slug: given_to(rows, groups[slug]),
            ),
        ),
        default_sort="-published",
        empty=_("No questions yet. Whatever you ask, somebody else wonders about too."),
        export_queryset=listed_questions,
        on_export=note_read,
    )


REFERENCES: Final = ListSpec(
    name="references",
    columns=(
        Column("number", _("Number"), lambda row: row.reference, cell="sharing/cells/reference.html", style="tight"),
        Column("tlp", _("TLP"), lambda row: row.tlp, cell="kit/cells/tlp.html", style="tight"),
        Column("title", _("Question"), lambda row: row.title, "title", "sharing/cells/answer.html", "wide"),
        Column("items", _("Framework items"), _items),
        Column(
            "published", _("Published"), lambda row: row.published_at, "published_at", "kit/cells/when.html", "tight"
        ),
    ),
    filters=(
        TextFilter("q", _("Search"), lambda rows, text: rows.filter(search.matching(REFERENCE_KIND, text))),
        TextFilter("item", _("Framework item"), references_about),
        ChoiceFilter("tlp", _("TLP"), LEVELS, "tlp"),
    ),
    default_sort="-published",
    empty=_("No answers published yet."),
    export_queryset=listed_references,
)
