"""The lists of the portal: what a search found, and the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.urls import reverse
from django.utils.dateformat import format as formatted
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, Question, Rows, TextFilter
from noroshi.notify.wording import when_of
from noroshi.portal.domain.highlight import highlighted, snippet
from noroshi.portal.queries import ledger_entries
from noroshi.sharing.actions import note_read
from noroshi.sharing.domain.asked import Asked
from noroshi.sharing.models import Kind, SavedSearch, Signal
from noroshi.sharing.queries import MOST_NEW, evidence_for, names_values, new_in, of_level, with_words

MOST_COUNTED: Final = 100
"""Nobody reads on so far; a search that found more wants another word."""


def _with_values(rows: Rows, _choice: str) -> Rows:
    """Those that name values; whoever sees a signal sees which it names."""
    return rows.filter(names_values())


def found_list(actor: Actor, query: str) -> ListSpec:
    """Return the list of what `actor` found by `query`, which its rows show."""

    def show(reader: Actor, rows: Sequence[Signal]) -> None:
        note_read(reader, rows)  # a snippet is content
        evidence = evidence_for(reader, rows, query)
        for row in rows:
            vars(row)["evidence"] = evidence[row.pk]

    def shown(signal: Signal) -> dict[str, object]:
        evidence = vars(signal)["evidence"]
        files = [highlighted(name, query) for name in evidence.files]
        return {
            "title": highlighted(signal.title, query),
            "snippet": snippet(signal.words, query),
            "comment": evidence.comment,
            "said": snippet(evidence.comment.body, query) if evidence.comment else [],
            "others": evidence.comments - 1,
            "files": [pieces for pieces in files if any(piece.found for piece in pieces)],
        }

    return ListSpec(
        name="found",
        columns=(
            Column("tlp", _("TLP"), lambda signal: signal.tlp, cell="kit/cells/tlp.html"),
            Column("found", _("Result"), shown, cell="portal/cells/found.html", style="wide"),
            Column("kind", _("Kind"), lambda signal: signal.get_kind_display()),
            Column(
                "published",
                _("Published"),
                lambda row: row.published_at,
                "published_at",
                "kit/cells/when.html",
                "tight",
            ),
        ),
        filters=(
            TextFilter("q", _("Words"), lambda rows, text: with_words(actor, rows, text)),
            ChoiceFilter("kind", _("Kind"), Kind.choices, "kind"),
            ChoiceFilter(
                "tlp",
                _("TLP"),
                [(level.value, level.label) for level in TLP],
                lambda rows, level: of_level(actor, rows, TLP(level)),
            ),
            DateFilter("since", _("Published since"), "published_at__date__gte"),
            ChoiceFilter("values", _("Values"), [("named", _("With values to look for"))], _with_values),
        ),
        default_sort="-published",
        count_cap=MOST_COUNTED,
        keep_url=reverse("portal:search-save"),
        on_show=show,
    )


def asked_by(question: Question) -> Asked:
    """Return what a question to the list of what was found asks for, as it is kept."""
    values = question.values
    return Asked(
        words=values.get("q", ""),
        kind=values.get("kind", ""),
        tlp=TLP(values["tlp"]) if "tlp" in values else None,
        since=values.get("since"),
        with_values="values" in values,
    )


def _what(search: SavedSearch) -> str:
    """What a search asks for, in a line."""
    asked = search.asked
    since = formatted(asked.since, "Y-m-d") if asked.since else ""
    parts = [
        gettext("“%(words)s”") % {"words": asked.words} if asked.words else "",
        str(search.get_kind_display()),
        asked.tlp.label if asked.tlp else "",
        gettext("since %(day)s") % {"day": since} if since else "",
        gettext("with values") if asked.with_values else "",
    ]
    return " · ".join(part for part in parts if part)


def _alert(search: SavedSearch) -> str:
    return when_of(search.alert) if search.alert else gettext("no alert")


def _count_new(reader: Actor, rows: Sequence[SavedSearch]) -> None:
    for row in rows:
        vars(row)["new"] = new_in(reader, row)


def _new(search: SavedSearch) -> str:
    number: int = vars(search)["new"]
    return f"{MOST_NEW}+" if number > MOST_NEW else str(number)


SEARCHES: Final = ListSpec(
    name="saved-searches",
    columns=(
        Column("name", _("Name"), str, "name", "portal/cells/saved_search.html", "wide"),
        Column("what", _("Looks for"), _what),
        Column("new", _("New or changed"), _new, style="end"),
        Column("alert", _("Alert"), _alert),
        Column("actions", _("Actions"), lambda row: row, cell="portal/cells/saved_search_actions.html", style="tight"),
    ),
    default_sort="name",
    empty=_("No searches saved yet. Search for something, and save it."),
    on_show=_count_new,
)
"""What a person has kept of the search page."""


def _number(entry: LedgerEntry) -> str:
    """What it was done to: its kind and its whole number. No title: an auditor sees no content."""
    return f"{entry.subject} {entry.subject_id}" if entry.subject_id else entry.subject


_ENTRY: Final = Column("entry", _("Entry"), lambda entry: entry.pk, style="end")

LEDGER: Final = ListSpec(
    name="ledger",
    columns=(
        Column("at", _("When"), lambda entry: entry.at, "id", cell="kit/cells/when.html", style="tight"),
        Column("who", _("Who"), lambda entry: entry.actor_label),
        Column("action", _("What"), lambda entry: entry.action, cell="portal/cells/code.html"),
        Column("number", _("Number"), _number, cell="portal/cells/number.html"),
        Column("channel", _("Channel"), lambda entry: entry.channel),
        Column("rule", _("Rule"), lambda entry: entry.rule),
    ),
    filters=(
        TextFilter("who", _("Who"), ["actor_label"]),
        TextFilter("action", _("What"), ["action"]),
        ChoiceFilter("channel", _("Channel"), [(channel.value, channel.value) for channel in Channel], "channel"),
        DateFilter("since", _("Not before"), "at__date__gte"),
        DateFilter("until", _("Not after"), "at__date__lte"),
    ),
    default_sort="-at",
    empty=_("Nothing has been done yet."),
    export_queryset=ledger_entries,
)
"""The ledger without the numbers of its entries: what a member's auditor reads."""

LEDGER_OF_ALL: Final = replace(LEDGER, columns=(_ENTRY, *LEDGER.columns))
"""The ledger as the hub's auditors read it. To a member, the gaps between numbers would tell how much others do."""
