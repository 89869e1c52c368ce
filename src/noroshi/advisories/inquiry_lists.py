"""Lists of the inquiry desk: inquiries, and the answers that were published."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.lists import category_choices
from noroshi.advisories.models import Inquiry, InquiryState, PublishedAnswer
from noroshi.advisories.policy import BULLETIN_LEVELS
from noroshi.advisories.queries import ANSWER_KIND, answers_for, inquiries_for
from noroshi.kit import search
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, Rows, TextFilter


def _about(rows: Rows, text: str) -> Rows:
    return rows.filter(subject__icontains=text)


def _names(row: PublishedAnswer) -> str:
    return " ".join(row.names)


INQUIRIES: Final = ListSpec(
    name="inquiries",
    columns=(
        Column("state", _("State"), Inquiry.get_state_display, "state", style="tight"),
        Column("subject", _("What it is about"), str, cell="advisories/cells/inquiry.html", style="wide"),
        Column("organisation", _("Organisation"), lambda row: row.organisation),
        Column("taken", _("Answered by"), lambda row: row.taken_by or ""),
        Column("asked", _("When it was asked"), lambda row: row.asked_at, "asked_at", "kit/cells/when.html", "tight"),
        Column("changed", _("Changed"), lambda row: row.changed_at, "changed_at", "kit/cells/when.html", "tight"),
        Column("first", _("First answer"), lambda row: row.first_answered_at, shown=False),
        Column("waits", _("Waits since"), lambda row: row.waits_since, shown=False),
    ),
    filters=(
        TextFilter("q", _("Search"), _about),
        ChoiceFilter("state", _("State"), InquiryState.choices, "state"),
        DateFilter("since", _("Asked since"), "asked_at__date__gte"),
    ),
    default_sort="-changed",
    empty=_("Nothing has been asked yet."),
    export_queryset=inquiries_for,
)

ANSWERS: Final = ListSpec(
    name="published-answers",
    columns=(
        Column("tlp", _("TLP"), lambda row: row.tlp, cell="kit/cells/tlp.html", style="tight"),
        Column("question", _("Question"), lambda row: row.title, cell="advisories/cells/answer.html", style="wide"),
        Column("answer", _("Answer"), lambda row: row.body, shown=False),
        Column("category", _("Category"), lambda row: row.category, style="tight"),
        Column(
            "published", _("Published"), lambda row: row.published_at, "published_at", "kit/cells/when.html", "tight"
        ),
        Column("vulnerabilities", _("Vulnerabilities"), _names, shown=False),
    ),
    filters=(
        TextFilter("q", _("Search"), lambda rows, text: rows.filter(search.matching(ANSWER_KIND, text))),
        ChoiceFilter("category", _("Category"), category_choices, "category__series"),
        ChoiceFilter("tlp", _("TLP"), [(level.value, level.label) for level in BULLETIN_LEVELS], "tlp"),
        DateFilter("since", _("Published since"), "published_at__date__gte"),
    ),
    default_sort="-published",
    empty=_("No answers have been published yet."),
    export_queryset=answers_for,
)
