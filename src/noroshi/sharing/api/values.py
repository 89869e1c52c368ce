"""A value across signals, over REST: `/api/v1/observables`. It is named by type and value, defanged or not."""

from datetime import datetime
from typing import Any, Final

from ninja import Field, Query, Router, Schema, Status

from noroshi.core import clock
from noroshi.core.errors import InvalidInput
from noroshi.intel.domain.ageing import Worth, age_of
from noroshi.intel.domain.observables import InvalidObservable, Observable, ObservableType, parse_observable
from noroshi.intel.domain.related import Tie
from noroshi.intel.domain.warning_lists import benign_reasons, lists_knowing
from noroshi.intel.models import VoteReason
from noroshi.intel.queries import own_vote, votes_on
from noroshi.kit.api import example
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, queries
from noroshi.sharing.api.shapes import NUMBER, READS, WRITES, Noted

router = Router(tags=["observables"])

VALUE: Final[dict[str, Any]] = {"type": "ipv4", "value": "45.155.205.66"}
NAMING: Final = {"signal": NUMBER, "tie": "network", "value": "45.155.205.0/24"}


class NamedValue(Schema):
    """A value."""

    type: ObservableType
    value: str = Field(max_length=4096)

    def canonical(self) -> Observable:
        """Return it in its canonical form; raise InvalidInput where it is none of its type."""
        try:
            return parse_observable(self.type, self.value)
        except InvalidObservable as error:
            raise InvalidInput("value", error.reason) from error


class NamingLine(Schema):
    """A signal that names the value, its host, a domain above or a network around it."""

    model_config = example(**NAMING)

    signal: str
    tie: Tie
    value: str


class ValueWhole(Schema):
    """What you may be told of a value. `false_positives` is null below three organisations, then in steps of three.

    `worth` counts from the day on which a signal told it last.
    """

    model_config = example(
        **VALUE,
        first_told="2026-11-20T03:00:00Z",
        last_told="2026-11-22T03:00:00Z",
        worth="fresh",
        score=87,
        benign=[],
        lists=["List of known VPN ranges"],
        false_positives=3,
        own_vote=None,
        signals=[NAMING],
        more=False,
    )

    type: ObservableType
    value: str
    first_told: datetime
    last_told: datetime
    worth: Worth
    score: int
    benign: list[str]
    lists: list[str]
    false_positives: int | None
    own_vote: str | None
    signals: list[NamingLine]
    more: bool


class Vote(NamedValue):
    """That a value is a false positive, and why."""

    model_config = example(**VALUE, reason="shared")

    reason: str = Field(description=", ".join(VoteReason.values))


class TakenBack(NamedValue):
    """Whose vote is taken back: your organisation's, on this value."""

    model_config = example(**VALUE)


@router.get("", response=ValueWhole, auth=READS)
def read_value(request: ActorRequest, wanted: Query[NamedValue]) -> dict[str, Any]:
    """Say what may be told of a value that a signal names which you may read; of any other, 404."""
    actor, value = request.actor, wanted.canonical()
    row = queries.value_for(actor, value.digest)
    first, last = queries.told_between(actor, row)
    age, found = age_of(value.type, last, clock.now()), queries.correlated(actor, value)
    vote = own_vote(actor, row)
    actions.note_read(actor, found.signals)
    return {
        "type": value.type,
        "value": value.value,
        "first_told": first,
        "last_told": last,
        "worth": age.worth,
        "score": age.score,
        "benign": list(benign_reasons(value)),
        "lists": list(lists_knowing(value)),
        "false_positives": votes_on(actor, row),
        "own_vote": vote.reason if vote else None,
        "signals": [{"signal": str(row.signal.pk), "tie": row.tie, "value": row.value.value} for row in found.rows],
        "more": found.capped,
    }


@router.post("/false-positives", response={201: Noted}, auth=WRITES)
def vote_false_positive(request: ActorRequest, vote: Vote) -> Status[dict[str, bool]]:
    """Say for your organisation that a value is a false positive. Others learn a number, from three on."""
    is_new = actions.vote_false_positive(request.actor, digest=vote.canonical().digest, reason=vote.reason)
    return Status(201, {"new": is_new})


@router.post("/false-positives/withdraw", response={204: None}, auth=WRITES)
def withdraw_vote(request: ActorRequest, taken: TakenBack) -> Status[None]:
    """Take that back."""
    actions.withdraw_vote(request.actor, digest=taken.canonical().digest)
    return Status(204, None)
