"""What several pages show: readers, audience, observables, as their templates want it."""

from typing import Any

from django.utils.functional import Promise

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.observables import Observable, ObservableType, defang
from noroshi.intel.wording import TYPES
from noroshi.kit.http import ActorRequest
from noroshi.sharing import queries, wording
from noroshi.sharing.domain.handling import Objective
from noroshi.sharing.domain.release import gravity
from noroshi.sharing.domain.style import traces
from noroshi.sharing.models import Signal, SignalObservable, SignalVersion


def posted(request: ActorRequest) -> Any:
    """Return what was posted, None for a page that is only asked for."""
    return request.POST if request.method == "POST" else None


def reach_context(reach: queries.Reach | None) -> dict[str, Any]:
    """Return the context of `sharing/reach.html`: for each organisation its people, by the way that leads to them."""
    if reach is None:
        return {"reach": None}
    readers = []
    for organisation, people in reach.by_organisation.items():
        ways: dict[Any, list[str]] = {}
        for reader in people:
            ways.setdefault(wording.WAYS[reader.way], []).append(reader.person.name)
        readers.append((organisation, list(ways.items())))
    return {"reach": reach, "readers": readers}


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


def shown_observables(actor: Actor, signal: Signal) -> list[dict[str, Any]]:
    """Return the values of a signal, defanged, with how each was known."""
    return [_shown(place, row) for place, row in enumerate(queries.observables_of(actor, signal))]


def _shown(place: int, row: SignalObservable) -> dict[str, Any]:
    value = Observable(ObservableType(row.observable.type), row.observable.value)
    return {
        "place": place,
        "type": TYPES[value.type],
        "text": defang(value),
        "reason": wording.EXTRACTION.get(row.reason.partition("-")[0], ""),
        "benign": row.benign,
        "objective": wording.OBJECTIVES[Objective(row.objective)],
    }
