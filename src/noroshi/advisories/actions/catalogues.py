"""A catalogue followed file by file: what changed is written down, and what is gone is said no more."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from noroshi.advisories.actions.writing import readable, write_records
from noroshi.advisories.domain.documents import Document
from noroshi.advisories.domain.kev_changes import Change, Edition, State, Step, Verdict, step
from noroshi.advisories.domain.readers import kev
from noroshi.advisories.domain.records import Record
from noroshi.advisories.models import CatalogueChange, CatalogueState, Fetch, Item


def edition_of(documents: Iterable[Document]) -> Edition | None:
    """Return the file of a catalogue among documents; None where nobody says when it was released."""
    for document in documents:
        if document.refused is None and isinstance(edition := kev.edition(document.body), Edition):
            return edition
    return None


@transaction.atomic
def follow_catalogue(fetch: Fetch, edition: Edition) -> Verdict:
    """Write down what `edition` changes, and return what it is beside those before.

    A first one begins: that it holds a thousand entries is no news. What two newer files leave out is said no more:
    its item gets a revision without the claim.
    """
    kept, is_first = CatalogueState.objects.select_for_update().get_or_create(source_id=fetch.source_id)
    found = step(_state(kept), edition)
    if found.verdict in (Verdict.SAME, Verdict.REGRESSED):
        return found.verdict
    _keep(kept, found.state)
    if not is_first:
        CatalogueChange.everything.bulk_create(_rows(fetch, found), 500)
        _take_back(fetch, {each.name for each in found.changes if each.change is Change.REMOVED})
    return found.verdict


def _state(kept: CatalogueState) -> State:
    gone = {"missing": frozenset(kept.missing), "removed": frozenset(kept.removed)}
    return State(kept.released, kept.version, kept.digest, kept.entries, **gone)


def _keep(kept: CatalogueState, state: State) -> None:
    kept.released, kept.version, kept.digest = state.released, state.version[:60], state.digest
    kept.entries, kept.missing, kept.removed = dict(state.entries), sorted(state.missing), sorted(state.removed)
    kept.save()


def _rows(fetch: Fetch, found: Step) -> list[CatalogueChange]:
    return [
        CatalogueChange(
            source_id=fetch.source_id,
            fetch=fetch,
            name=each.name,
            change=each.change.value,
            before=dict(each.before),
            after=dict(each.after),
        )
        for each in found.changes
    ]


def _take_back(fetch: Fetch, names: set[str]) -> None:
    items = Item.objects.filter(source_id=fetch.source_id, native_id__in=names).select_related("newest")
    records = [Record(item.native_id, item.native_id, names=(item.native_id,), **_words(item)) for item in items]
    write_records(fetch, [found for record in records if (found := readable(record)) is not None])


def _words(item: Item) -> dict[str, Any]:
    """Return what of an item stays: its link and its words."""
    return {"link": item.newest.link, "summary": item.newest.summary} if item.newest is not None else {}
