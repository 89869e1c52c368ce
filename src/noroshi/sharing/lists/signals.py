"""Signals, what is left of withdrawn ones, and who got what."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from django.db.models import CharField, Prefetch
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter
from noroshi.kit.lists.spec import Rows
from noroshi.members.models import Group
from noroshi.members.wording import CHANNELS, channel_of
from noroshi.sharing.actions import note_read
from noroshi.sharing.models import Kind, Receipt, Signal, SignalObservable, SignalTag, StanceKind, Target
from noroshi.sharing.queries import (
    UNANSWERED,
    answered,
    byline,
    of_level,
    published_for,
    receipts_for,
    shared_with,
    with_own_stance,
    with_tag,
    with_words,
)
from noroshi.sharing.wording import CAVEATS, OUTLINE


def _exported(actor: Actor) -> Rows:
    values = SignalObservable.objects.visible_to(actor).select_related("observable").order_by("id")
    tags = SignalTag.objects.visible_to(actor).select_related("tag").order_by("tag__family", "tag__name")
    rows = with_own_stance(actor, published_for(actor)).select_related("author__organisation")
    return rows.prefetch_related(
        Prefetch("observables", queryset=values, to_attr="exported_values"),
        Prefetch("tags", queryset=tags, to_attr="exported_tags"),
    )


def _answer(name: str) -> Callable[[Signal], str]:
    def answer(signal: Signal) -> str:
        return str(getattr(signal.answers, name))

    return answer


def _caveats(signal: Signal) -> str:
    return " / ".join(str(text) for caveat, text in CAVEATS.items() if caveat in signal.handling.caveats)


def _values(signal: Signal) -> str:
    rows: list[SignalObservable] = getattr(signal, "exported_values", [])
    return "\n".join(f"{row.observable.type} {row.observable.value} {row.objective}" for row in rows)


def _own_answer(signal: Signal) -> str | Promise:
    own = getattr(signal, "own_stance", None)
    return StanceKind(own).label if own else ""


def _words_filter(actor: Actor) -> TextFilter:
    return TextFilter("q", _("Search"), lambda rows, text: with_words(actor, rows, text))


def _tag_filter() -> TextFilter:
    return TextFilter("tag", _("Tag"), with_tag)


def _tags(signal: Signal) -> str:
    rows: list[SignalTag] = getattr(signal, "exported_tags", [])
    return "\n".join(row.tag.name for row in rows)


def _level_filter(actor: Actor) -> ChoiceFilter:
    choices = [(level.value, level.label) for level in TLP]
    return ChoiceFilter("tlp", _("TLP"), choices, lambda rows, level: of_level(actor, rows, TLP(level)))


def _answer_filter(actor: Actor) -> ChoiceFilter:
    choices = [(UNANSWERED, _("Not yet answered")), *StanceKind.choices]
    return ChoiceFilter("answer", _("Our answer"), choices, lambda rows, answer: answered(actor, rows, answer))


FILTERS: Final = (
    ChoiceFilter("kind", _("Kind"), Kind.choices, "kind"),
    ChoiceFilter("target", _("Struck"), Target.choices, "target"),
    DateFilter("since", _("Published since"), "published_at__date__gte"),
)


def signal_list_for(actor: Actor) -> ListSpec:
    """Return the list of signals as `actor` may read it: who wrote a line depends on who asks."""

    def organisation(signal: Signal) -> str:
        return byline(actor, signal).organisation

    return ListSpec(
        name="signals",
        columns=(
            Column("tlp", _("TLP"), lambda s: s.tlp, cell="kit/cells/tlp.html", style="tight"),
            Column("title", _("Title"), lambda s: s.title, sort="title", cell="sharing/cells/title.html", style="wide"),
            Column("kind", _("Kind"), lambda s: s.get_kind_display(), sort="kind", style="tight"),
            Column("target", _("Struck"), lambda s: s.get_target_display(), style="tight"),
            Column("from", _("From"), organisation, cell="sharing/cells/from.html"),
            Column("answer", _("Our answer"), _own_answer, style="tight"),
            Column(
                "published",
                _("Published"),
                lambda s: s.published_at,
                sort="published_at",
                cell="kit/cells/when.html",
                style="tight",
            ),
            Column("reference", _("Number"), lambda s: s.reference, cell="sharing/cells/reference.html", style="tight"),
            *(Column(name, label, _answer(name), shown=False) for name, label in OUTLINE.items()),
            Column("pap", _("PAP"), lambda s: s.handling.pap.label if s.handling.pap else "", shown=False),
            Column("caveats", _("Caveats"), _caveats, shown=False),
            Column("grading", _("Grading"), lambda s: s.grading.code, shown=False),
            Column("tags", _("Tags"), _tags, shown=False),
            Column("values", _("Values and what they are for"), _values, shown=False),
        ),
        filters=(
            _words_filter(actor),
            *FILTERS,
            _level_filter(actor),
            _tag_filter(),
            *([_answer_filter(actor)] if actor.needs_to_know else []),
        ),
        default_sort="-published",
        empty=_("No signals yet. The first fire is yours to light."),
        export_queryset=_exported,
        on_export=note_read,
    )


def room_list_for(actor: Actor, group: Group) -> ListSpec:
    """Return the list of what was shared with `group`, its file too."""

    def exported(taker: Actor) -> Rows:
        return _exported(taker).filter(pk__in=shared_with(taker, group.pk).order_by().values("pk"))

    return replace(signal_list_for(actor), name="group", export_queryset=exported)


def _numbered(rows: Rows, text: str) -> Rows:
    """Narrow to the signals whose number ends with `text`, as it is said on the telephone."""
    tail = text.upper().removeprefix("S-").replace("-", "").lower()
    numbered: Rows = rows.annotate(number=Cast("signal_id", CharField())).filter(number__iendswith=tail)
    return numbered


def _way(row: Receipt) -> str:
    return channel_of(row.channel)


RECEIPTS: Final = ListSpec(
    name="receipts",
    columns=(
        Column("reference", _("Number"), lambda row: row.signal, cell="sharing/cells/receipt.html", style="tight"),
        Column("organisation", _("Organisation"), lambda row: row.organisation.name),
        Column("person", _("Person"), lambda row: row.person.name if row.person else ""),
        Column("channel", _("Way"), _way, style="tight"),
        Column("rule", _("Rule"), lambda row: row.rule, style="tight"),
        Column("first", _("First"), lambda row: row.first_at, "first_at", "kit/cells/when.html", "tight"),
        Column("last", _("Last"), lambda row: row.last_at, "last_at", "kit/cells/when.html", "tight"),
        Column("count", _("Times"), lambda row: row.count, "count", style="end"),
    ),
    filters=(
        TextFilter("number", _("Number"), _numbered),
        TextFilter("person", _("Person"), ["person__name"]),
        ChoiceFilter("channel", _("Way"), list(CHANNELS.items()), "channel"),
        DateFilter("since", _("Not before"), "last_at__date__gte"),
    ),
    default_sort="-last",
    empty=_("Nobody has read anything yet."),
    export_queryset=receipts_for,
)
"""Who got which number. No title: an auditor sees no content."""


TOMBSTONES: Final = ListSpec(
    name="withdrawn",
    columns=(
        Column("reference", _("Number"), lambda s: s.reference, cell="sharing/cells/tombstone.html", style="tight"),
        Column("reason", _("Reason"), lambda s: s.withdrawal_reason, style="wide"),
        Column("withdrawn", _("Withdrawn"), lambda s: s.changed_at, sort="changed_at", cell="kit/cells/when.html"),
    ),
    default_sort="-withdrawn",
    empty=_("Nothing that you could see was withdrawn."),
)
