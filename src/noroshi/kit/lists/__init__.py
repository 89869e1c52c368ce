"""The one way to show a list: a declared `ListSpec`, strict reading of the address, filter, sort, page, export.

A view declares its list once and answers with `respond`:

    SIGNALS = ListSpec(
        name="signals",
        columns=(Column("title", _("Title"), lambda row: row.title, sort="title"), ...),
        filters=(ChoiceFilter("tlp", _("TLP"), TLP_CHOICES, "tlp"), TextFilter("q", _("Text"), matching)),
        default_sort="-published",
        export_queryset=lambda actor: Signal.objects.visible_to(actor),
    )

    def signal_list(request):
        rows = signals_for(request.actor)
        return respond(request, SIGNALS, actor=request.actor, rows=rows, template="sharing/signals.html")
"""

from noroshi.kit.lists.export import EXPORT_CAP, csv_line, csv_lines
from noroshi.kit.lists.listing import Listing, read_list, respond
from noroshi.kit.lists.page import COUNT_CAP, Page
from noroshi.kit.lists.question import Question, read_question
from noroshi.kit.lists.spec import PAGE_SIZES, ChoiceFilter, Column, DateFilter, Filter, ListSpec, Rows, TextFilter

__all__ = [
    "COUNT_CAP",
    "EXPORT_CAP",
    "PAGE_SIZES",
    "ChoiceFilter",
    "Column",
    "DateFilter",
    "Filter",
    "ListSpec",
    "Listing",
    "Page",
    "Question",
    "Rows",
    "TextFilter",
    "csv_line",
    "csv_lines",
    "read_list",
    "read_question",
    "respond",
]
