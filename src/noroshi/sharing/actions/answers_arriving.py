"""What a member's node answers to a signal: taken at the hub as if its people had answered there."""

from contextlib import suppress
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.domain.channels import Channel
from noroshi.core.errors import InvalidInput, NoroshiError
from noroshi.federation.models import ArrivalOutcome, Peer, PeerKind
from noroshi.federation.queries import actor_of_peer
from noroshi.intel.actions import record_sighting, withdraw_sighting
from noroshi.intel.models import SightingSource
from noroshi.members.models import Person
from noroshi.members.queries import actor_of
from noroshi.sharing.actions.answers import acknowledge_signal
from noroshi.sharing.actions.stances import take_stance
from noroshi.sharing.domain.travelling import Answers, Stand
from noroshi.sharing.models import Signal


@transaction.atomic
def take_answers(peer: Peer, signal_id: UUID, data: object) -> ArrivalOutcome:
    """Take what the people of a node's organisation answer. Raises InvalidInput where they do not see the signal."""
    try:
        answers = msgspec.convert(data, Answers)
    except msgspec.ValidationError:
        raise InvalidInput("data", _("These are no answers that can be read here.")) from None
    signal = Signal.objects.visible_to(actor_of_peer(peer)).filter(pk=signal_id).first()
    if peer.kind != PeerKind.NODE or signal is None:
        raise InvalidInput("id", _("That organisation does not see such a signal here."))
    _take_sightings(peer, signal, answers)
    _take_acknowledgements(peer, signal, answers)
    if answers.stance is not None:
        _take_stance(peer, signal, answers.stance)
    return ArrivalOutcome.TAKEN


def _take_sightings(peer: Peer, signal: Signal, answers: Answers) -> None:
    """Keep what was seen, by source; what is not said any more is taken back."""
    machine, said = actor_of_peer(peer), {each.source: each for each in answers.seen}
    house = machine.acting_organisation
    for source in SightingSource:
        if (seen := said.get(source.value)) is None:
            withdraw_sighting(machine, item_id=signal.pk, organisation=house, source=source)
            continue
        record_sighting(
            machine,
            item_id=signal.pk,
            organisation=house,
            source=source,
            count=seen.count,
            first_seen=seen.first_seen,
            last_seen=seen.last_seen,
            named=seen.named,
        )


def _take_stance(peer: Peer, signal: Signal, stance: Stand) -> None:
    """Say where the organisation stands, if who said so may say it here."""
    person = Person.objects.filter(pk=stance.person, organisation=peer.organisation_id).first()
    if person is not None:
        with suppress(NoroshiError), transaction.atomic():
            take_stance(actor_of(person, Channel.CLI), signal, kind=stance.kind, named=stance.named)


def _take_acknowledgements(peer: Peer, signal: Signal, answers: Answers) -> None:
    """Note who took note, as far as they may do so here."""
    people = Person.objects.filter(pk__in=answers.acknowledged, organisation=peer.organisation_id)
    for person in people.order_by("pk"):
        try:
            with transaction.atomic():
                acknowledge_signal(actor_of(person, Channel.CLI), signal)
        except NoroshiError:
            continue
