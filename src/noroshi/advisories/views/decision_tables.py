"""Decision tables: which there are, which one says until when tasks are due, and own ones."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.claim_wording import INPUTS as INPUT_WORDS
from noroshi.advisories.domain.decisions import INPUTS
from noroshi.advisories.domain.decisions.own import csv_rows
from noroshi.advisories.forms.decision_tables import TableForm
from noroshi.advisories.table_wording import days_in_words
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit import downloads
from noroshi.kit.http import ActorRequest, posted
from noroshi.kit.lists.export import csv_line

MOST_ROWS: Final = 300


@dataclass(frozen=True)
class _File:
    name: str
    media_type: str = "text/csv; charset=utf-8"


def table_list(request: ActorRequest) -> HttpResponse:
    """Show which tables there are, and which one is chosen; take in an own one."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    may_keep = policy.may_keep_inventories(actor)
    data = posted(request)
    if data is not None:
        policy.require_inventory_keeper(actor)
    form = TableForm(data, request.FILES if data is not None else None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            row = actions.import_table(actor, name=said["name"], version=said["version"], body=form.body())
        except InvalidInput as error:
            form.blame(error)
        except Conflict as error:
            form.add_error("version", error.message)
        else:
            messages.success(request, _("The table is taken in. Choose it to decide by it."))
            return redirect("advisories:decision-table", table_id=row.pk)
    tables = queries.tables_for(actor)
    context = {
        "tables": list(tables.values()),
        "own": {str(row): row for row in queries.own_tables_for(actor)},
        "chosen": next(iter(tables)),
        "choice": queries.choice_for(actor),
        "inputs": [(name, INPUT_WORDS[name], ", ".join(values)) for name, values in INPUTS.items()],
        "form": form if may_keep else None,
        "may_keep": may_keep,
    }
    return render(request, "advisories/decision_tables.html", context, status=422 if form.errors else 200)


def table_detail(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Show an own table row by row."""
    policy.require_inventory_reader(request.actor)
    row = queries.own_table_for(request.actor, table_id)
    table = queries.table_of(row)
    context = {
        "row": row,
        "inputs": [INPUT_WORDS[name] for name in table.shape.inputs],
        "outcomes": [
            (each.name, days_in_words(each.due.days, forensics=each.due.forensics)) for each in table.shape.outcomes
        ],
        "lines": [(key, table.rows[key]) for key in list(table.rows)[:MOST_ROWS]],
        "more": max(0, len(table.rows) - MOST_ROWS),
        "may_keep": policy.may_keep_inventories(request.actor),
    }
    return render(request, "advisories/decision_table.html", context)


def table_csv(request: ActorRequest) -> HttpResponse:
    """Hand out a table as a file that can be changed and taken in again."""
    policy.require_inventory_reader(request.actor)
    label = request.GET.get("label", "")
    table = queries.tables_for(request.actor).get(label)
    if table is None:
        raise NotFound
    text = "".join(csv_line(values) for values in csv_rows(table))
    return downloads.download(request, _File(f"{label}.csv"), number=label, content=text.encode)


@require_POST
def table_choose(request: ActorRequest) -> HttpResponse:
    """Say by which table tasks are due."""
    policy.require_inventory_reader(request.actor)
    try:
        actions.choose_table(request.actor, request.POST.get("label", ""))
    except InvalidInput as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("It is chosen. The tasks that are open are worked out anew in a moment."))
    return redirect("advisories:decision-tables")


@require_POST
def table_discard(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Forget an own table by which nothing was decided."""
    policy.require_inventory_reader(request.actor)
    row = queries.own_table_for(request.actor, table_id)
    try:
        actions.discard_table(request.actor, row)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("advisories:decision-table", table_id=row.pk)
    messages.success(request, _("The table is discarded."))
    return redirect("advisories:decision-tables")
