"""What several pages show: readers, audience, observables, as their templates want it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.federation.wording import why
from noroshi.intel.domain.ageing import age_of
from noroshi.intel.domain.observables import Observable, ObservableType, defang
from noroshi.intel.queries import house_tags, opinions_on_signal, tags_found, tags_named
from noroshi.intel.stix_wording import in_words
from noroshi.intel.wording import CREDIBILITY, RELIABILITY, TYPES, WORTH
from noroshi.kit.charts import Chart, line_chart
from noroshi.kit.domain.lookalikes import mixes_scripts
from noroshi.sharing import policy, queries, wording
from noroshi.sharing.domain.archives import PASSWORD
from noroshi.sharing.domain.content import MAX_TAGS
from noroshi.sharing.domain.file_kinds import FileKind
from noroshi.sharing.domain.handling import USUAL_OBJECTIVE, Objective
from noroshi.sharing.domain.release import gravity
from noroshi.sharing.domain.scan import Finding
from noroshi.sharing.domain.style import traces
from noroshi.sharing.forms.signals import CalledForm, FileForm
from noroshi.sharing.models import RelationKind, Signal, SignalObservable, SignalVersion, StanceKind, StoredFile
from noroshi.sharing.plain_words import in_plain_words
from noroshi.sharing.queries.travelling import files_elsewhere

MOST_DAYS: Final = 120

_LINE: Final = '<p>{} <span class="soft">({})</span></p>'
"""Readers and their way. Some hundred houses are drawn while somebody types: a template takes four times as long."""


def reach_context(reach: queries.Readership | None) -> dict[str, Any]:
    """Return the context of `sharing/reach.html`: of each house the readers, by the way that leads to them.

    Houses of which nobody may be named are one list for each way: 500 of them are a paragraph, not 500 lines.
    """
    if reach is None:
        return {"reach": None}
    apart, crowd = [], defaultdict(list)
    for house, ways in reach.houses.items():
        if len(ways) == 1 and not ways[0].names:
            crowd[ways[0].way].append(f"{house.name} {ways[0].people:,}")
        else:
            apart.append((house, format_html_join("", _LINE, map(_in_words, ways))))
    unnamed = [(wording.WAYS[way], _(", ").join(houses)) for way, houses in crowd.items()]
    return {"reach": reach, "readers": apart, "unnamed": unnamed}


def _in_words(some: queries.Some) -> tuple[str, Promise]:
    """Name those who may be named and count the others."""
    rest = some.unnamed
    others = [ngettext("%(count)d person", "%(count)d people", rest) % {"count": rest}] if rest else []
    return _(", ").join([*some.names, *others]), wording.WAYS[some.way]


def warning_context(findings: Sequence[Finding], *, anonymous: bool) -> dict[str, Any]:
    """Return the context of `sharing/warnings.html`: what was found, by kind, in words."""
    by_kind: dict[Promise, list[str]] = {}
    for finding in findings:
        by_kind.setdefault(wording.FINDINGS[finding.kind], []).append(finding.text)
    return {"warnings": list(by_kind.items()), "reveals": anonymous and any(each.reveals for each in findings)}


def style_of(signal: Signal) -> list[tuple[Promise, Promise, tuple[str, ...]]]:
    """Return the habits that could give the author of an anonymous signal away: each with advice and examples."""
    return [] if signal.author_mode == AuthorMode.NAMED else habits_in(f"{signal.title}\n{signal.words}")


def habits_in(text: str) -> list[tuple[Promise, Promise, tuple[str, ...]]]:
    """Return the habits of writing that `text` shows, in words, each with advice and examples."""
    return [(*wording.HABITS[trace.habit], trace.examples) for trace in traces(text)]


def audience_lines(actor: Actor, signal: Signal) -> list[tuple[Promise, list[str]]]:
    """Return the lines that the author wrote, in words."""
    return [(wording.GRANTS[kind], names) for kind, names in queries.audience_in_words(actor, signal)]


def gravity_reasons(signal: Signal) -> list[Promise]:
    """Return why a signal waits for a release, in words."""
    return [wording.GRAVITY[reason] for reason in gravity(TLP(signal.tlp), AuthorMode(signal.author_mode))]


def passing_on(signal: Signal) -> Promise:
    """Return what a reader may do with a signal, in words."""
    return wording.PASSING_ON[Profile(signal.profile)][TLP(signal.tlp)]


def words_context(signal: Signal | SignalVersion) -> dict[str, Any]:
    """Return the context of `sharing/words.html`: the answers of the fixed form, each under its question."""
    return {"answers": [(wording.OUTLINE[name], text) for name, text in signal.answers.stored.items()]}


def handling_context(signal: Signal) -> dict[str, Any]:
    """Return the context of `sharing/handling.html`: what readers may do, in words."""
    handling = signal.handling
    return {
        "pap": (handling.pap.label, wording.PAP[handling.pap]) if handling.pap else None,
        "caveats": [text for caveat, text in wording.CAVEATS.items() if caveat in handling.caveats],
    }


def onward_context(actor: Actor, signal: Signal) -> dict[str, Any]:
    """Return the context of `sharing/onward.html`: other hubs, and what keeps a signal from each."""
    rows = [(each, why(each.against, TLP(signal.tlp).label)) for each in queries.onward(actor, signal)]
    obstacle = queries.obstacle_to_passage(signal) if rows else ""
    return {"onward": rows, "obstacle": wording.OBSTACLES[obstacle] if obstacle else ""}


def plain_context(actor: Actor, signal: Signal) -> dict[str, str]:
    """Return a signal in plain words: the author's own, and for whom the organisation has chosen so, the whole text."""
    reader = queries.plain_readers({actor.person}).get(actor.person) if actor.person else None
    if signal.state != State.PUBLISHED:
        return {}
    return {"plain": _plain_text(signal, reader.contact) if reader else signal.plain_words}


def plain_preview(signal: Signal) -> str:
    """Return how a draft reads in plain words once it is out."""
    return _plain_text(signal, _("(whom each organisation has named)")) if signal.kind else ""


def _plain_text(signal: Signal, contact: str) -> str:
    return in_plain_words(signal, queries.contacts(contact), queries.values_of_each([signal.pk])[signal.pk])


def tags_context(actor: Actor, signal: Signal) -> dict[str, Any]:
    """Return what a signal is called and how sure its author is: the context of `sharing/tags.html`."""
    grading = signal.grading
    return {
        "tags": queries.tags_of(actor, signal),
        "grading": grading,
        "reliability": RELIABILITY[grading.reliability] if grading.reliability else "",
        "credibility": CREDIBILITY[grading.credibility] if grading.credibility else "",
    }


def tag_choice(chosen: Sequence[str], typed: str) -> dict[str, Any]:
    """Return the context of `sharing/tag_choice.html`: what is chosen, what was found, and the house's own tags."""
    known = list(tags_named(chosen[:MAX_TAGS]))
    names = {tag.name for tag in known}
    return {
        "typed": typed.strip(),
        "chosen_tags": known,
        "found_tags": [tag for tag in tags_found(typed) if tag.name not in names],
        "house_tags": [tag for tag in house_tags() if tag.name not in names],
    }


def opinions_context(actor: Actor, signal: Signal) -> dict[str, Any]:
    """Return what others outside say of what a signal says in STIX: the context of `intel/opinions.html`."""
    if signal.state != State.PUBLISHED or not policy.is_member(actor):
        return {}
    return {"opinions": in_words(opinions_on_signal(actor, signal.pk))}


def tag_choice_of(form: CalledForm) -> dict[str, Any]:
    """Return the context of `sharing/called.html` for a form as it stands."""
    return tag_choice(form["tags"].value() or [], form["tag"].value() or "")


def version_lines(actor: Actor, signal: Signal) -> list[dict[str, Any]]:
    """Return what a signal said before, the latest first, with its answers and its tags in the reader's language."""
    rows = list(queries.versions_of(actor, signal))
    known = {tag.name: tag for tag in tags_named({name for row in rows for name in row.tags})}
    return [
        {"row": row, **words_context(row), "tags": [known[name] for name in row.tags if name in known]} for row in rows
    ]


def shown_observables(actor: Actor, signal: Signal) -> list[dict[str, Any]]:
    """Return the values of a signal, defanged, with how each was known."""
    told = signal.published_at
    return [_shown(place, row, told) for place, row in enumerate(queries.observables_of(actor, signal))]


def _shown(place: int, row: SignalObservable, told: datetime | None) -> dict[str, Any]:
    value = Observable(ObservableType(row.observable.type), row.observable.value)
    age = age_of(value.type, told, clock.now()) if told is not None else None
    return {
        "stale": WORTH[age.worth] if age is not None and age.is_stale else "",
        "place": place,
        "digest": row.observable.digest,
        "type": TYPES[value.type],
        "text": defang(value),
        "reason": wording.EXTRACTION.get(row.reason.partition("-")[0], ""),
        "benign": row.benign,
        "objective": wording.OBJECTIVES[Objective(row.objective)],
        "own_objective": row.objective if row.objective != USUAL_OBJECTIVE else "",
    }


def replies_context(actor: Actor, signal: Signal) -> dict[str, Any]:
    """Return the context of `sharing/stances.html`: what the readers said, and what the reader's organisation did."""
    if signal.state != State.PUBLISHED or not policy.is_member(actor):
        return {}
    answers = queries.answers_to(actor, signal)
    return {
        "replies": answers,
        "stances": [(kind.label, answers.stances[kind], answers.stances_named[kind]) for kind in StanceKind],
        "stance_kinds": StanceKind.choices,
        "own_stances": list(queries.stances_of_own(actor, signal)),
        "seen_plot": _plot_of(answers.seen_by_day),
        **_relations(actor, signal),
    }


def _plot_of(steps: list[tuple[date, int]]) -> SafeString | str:
    """Draw how the number rose, from the day on which it could first be told to today."""
    if not steps:
        return ""
    numbers, last, points = dict(steps), 0, []
    today = timezone.localdate(clock.now())
    for day in _days(steps[0][0], today):
        last = numbers.get(day, last)
        points.append((f"{day:%m-%d}", last))
    return line_chart(Chart.of(_("Organisations that saw it, in steps of three"), points, _("organisations")))


def _days(first: date, last: date) -> list[date]:
    span = min((last - first).days, MOST_DAYS)
    return [first + timedelta(days=number) for number in range(span + 1)]


def desk_context(actor: Actor, signal: Signal) -> dict[str, Any]:
    """Return what stands on the page of a signal that waits: how far it is, and what hub and author wrote."""
    inquiries = list(queries.inquiries_of(actor, signal)) if signal.state != State.WITHDRAWN else []
    if signal.state != State.HELD:
        return {"inquiries": inquiries}
    return {
        "inquiries": inquiries,
        "waiting": queries.waiting(actor, signal),
        **_relations(actor, signal),
    }


def _relations(actor: Actor, signal: Signal) -> dict[str, Any]:
    return {
        "relations": queries.relations_of(actor, signal),
        "may_relate": policy.may_relate(actor, signal),
        "relation_kinds": RelationKind.choices,
    }


def shown_files(actor: Actor, signal: Signal) -> dict[str, Any]:
    """Return the context of `sharing/attachments.html`: the files of a signal, and those of each comment."""
    files = list(queries.attachments_of(actor, signal))
    return {
        "files": [shown_file(file) for file in files if file.comment_id is None],
        "files_elsewhere": files_elsewhere(signal),
        "files_of_comments": [shown_file(file) for file in files if file.comment_id],
        "file_form": FileForm(),
    }


def shown_file(file: StoredFile) -> dict[str, Any]:
    """Return a file as a page shows it."""
    return {
        "row": file,
        "kind": wording.FILE_KINDS[FileKind(file.kind)],
        "deceptive": mixes_scripts(file.name),
        "password": PASSWORD if file.kind == FileKind.SAMPLE and file.cleaned else "",
    }
