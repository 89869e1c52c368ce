"""The observables of a signal follow its words."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _

from noroshi.core.errors import InvalidInput
from noroshi.intel.actions import remember_observables
from noroshi.intel.domain.extract import Proposal, extract
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.strict_json import decode
from noroshi.intel.domain.warning_lists import benign_reasons
from noroshi.intel.models import StixObject
from noroshi.sharing.domain.handling import Objective
from noroshi.sharing.domain.received import words_of
from noroshi.sharing.models import Attachment, Signal, SignalObservable, SignalParcel


def proposals_of(signal: Signal) -> list[Proposal]:
    """Return the observables that the words of a signal name, its samples, and what was received for it."""
    samples = Attachment.everything.filter(signal=signal, comment=None).exclude(sample_sha256="")
    hashes = list(samples.order_by("added_at", "id").values_list("sample_sha256", flat=True))
    return [*_proposals_of_received(signal), *extract(f"{signal.title}\n{signal.words}"), *proposals_of_samples(hashes)]


def _proposals_of_received(signal: Signal) -> list[Proposal]:
    """Return the observables that the patterns look for which were received for a signal."""
    parcels = SignalParcel.everything.filter(signal=signal).values("parcel")
    rows = StixObject.everything.filter(parcel__in=parcels).order_by("modified", "parcel", "position")
    received = words_of(decode(bytes(raw)) for raw in rows.values_list("raw", flat=True))
    return [Proposal(value, 0, 0, "", "stix-pattern") for value in received.values]


def proposals_of_samples(hashes: Iterable[str]) -> list[Proposal]:
    """Return the observables that attached samples are; nothing for an empty hash."""
    return [
        Proposal(Observable(ObservableType.SHA256, value), 0, 0, "", "attached-sha256") for value in hashes if value
    ]


def observable_rows(signal: Signal, proposals: Iterable[Proposal]) -> list[SignalObservable]:
    """Return a row for each value, in the order of the text, with how it was known and which lists call it harmless."""
    found = {proposal.observable: proposal.reason for proposal in proposals}
    return [
        SignalObservable(signal=signal, observable=row, reason=reason, benign=list(benign_reasons(value)))
        for row, (value, reason) in zip(remember_observables(found), found.items(), strict=True)
    ]


def propose_values(signal: Signal) -> None:
    """Put what a draft proposes now in the place of what it proposed."""
    SignalObservable.everything.filter(signal=signal).delete()
    SignalObservable.everything.bulk_create(observable_rows(signal, proposals_of(signal)))


def keep_chosen(signal: Signal, chosen: Collection[int] | None) -> None:
    """Leave the proposed values that the author chose; with None, those that no list calls harmless."""
    proposed = SignalObservable.everything.filter(signal=signal)
    unwanted = proposed.exclude(benign=[]) if chosen is None else proposed.exclude(pk__in=chosen)
    unwanted.delete()


def set_objectives(signal: Signal, objectives: Mapping[int, Objective], usual: Objective) -> None:
    """Write down what each value is given for: by the number of its row, `usual` for the rest.

    Raises InvalidInput where one is to be blocked though the signal's handling forbids that.
    """
    rows = SignalObservable.everything.filter(signal=signal)
    rows.exclude(pk__in=objectives).update(objective=usual)
    for objective in Objective:
        rows.filter(pk__in=[row for row, chosen in objectives.items() if chosen is objective]).update(
            objective=objective
        )
    if signal.handling.contradicts(set(map(Objective, rows.values_list("objective", flat=True)))):
        raise InvalidInput(
            "objective", _("The handling you chose forbids blocking: change it, or ask readers to detect or analyse.")
        )


def follow_words(signal: Signal, before: Iterable[Proposal], now: Iterable[Proposal]) -> None:
    """Take away the values that the words name no longer, add the new ones that no list calls harmless."""
    gone = {each.observable for each in before} - {each.observable for each in now}
    fresh = {each.observable for each in now} - {each.observable for each in before}
    rows = SignalObservable.everything.filter(signal=signal)
    rows.filter(observable__in=remember_observables(gone)).delete()
    new = observable_rows(signal, [each for each in now if each.observable in fresh])
    SignalObservable.everything.bulk_create([row for row in new if not row.benign], ignore_conflicts=True)
