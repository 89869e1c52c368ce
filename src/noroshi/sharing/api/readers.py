"""Who could see a signal and who did, over REST, for its author; and the signed file, for its author and for auditors.

Of TLP:RED no token tells even this.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import carried_by
from noroshi.core.errors import NotFound
from noroshi.kit.api import example
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.models import Signal

READ_RECEIPTS: Final = TokenAuth(Scope.RECEIPTS_READ)

router = Router(tags=["receipts"])


class Reached(Schema):
    """How many could see it."""

    organisations: int
    people: int


class Reader(Schema):
    """A reader whose organisation lets its readers be named; `person` is empty for a program."""

    person: str
    organisation: str
    channel: str
    since: datetime


class Disclosed(Schema):
    """Who did see it: null where that would be about fewer than three organisations. `since` is an hour."""

    organisations: int | None
    people: int | None
    since: datetime | None
    channels: dict[str, int]
    named: list[Reader]


class Receipts(Schema):
    """What an author learns of who could see a signal and who did."""

    model_config = example(
        could_see={"organisations": 120, "people": 640},
        did_see={
            "organisations": 41,
            "people": 77,
            "since": "2026-11-22T03:00:00Z",
            "channels": {"web": 38, "mail_content": 12},
            "named": [
                {
                    "person": "Hana Sato",
                    "organisation": "East Bank",
                    "channel": "web",
                    "since": "2026-11-22T03:00:00Z",
                }
            ],
        },
    )

    could_see: Reached
    did_see: Disclosed


@router.get("/{uuid:signal_id}/receipts", response=Receipts, auth=READ_RECEIPTS)
def read_receipts(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Read who could see an own signal and who did: numbers, and the names of those who allow it."""
    signal = _disclosed(request.actor, signal_id)
    if not policy.is_author(request.actor, signal):
        raise NotFound
    actions.read_receipts(request.actor, signal)
    known, reached = queries.disclosure_of(signal), queries.reach_of_published(signal)
    names = ("organisations", "people", "since", "channels")
    return {
        "could_see": {"organisations": reached.organisations, "people": reached.people},
        "did_see": {
            **{name: getattr(known.counts, name) for name in names},
            "named": [vars(row) for row in known.named],
        },
    }


@router.post("/{uuid:signal_id}/receipt-file", response={200: dict[str, Any]}, auth=READ_RECEIPTS)
def take_receipt_file(request: ActorRequest, signal_id: UUID) -> HttpResponse:
    """Take the same as a file signed by the installation; an auditor of the hub gets every reading, and no content.

    That it was taken is in the ledger. `noroshi audit receipt verify` checks the file.
    """
    content = actions.export_receipt(request.actor, _disclosed(request.actor, signal_id))
    return HttpResponse(content, content_type="application/json")


def _disclosed(actor: Actor, signal_id: UUID) -> Signal:
    signal = queries.disclosed_signal(actor, signal_id)
    if signal.tlp not in carried_by(actor.channel):
        raise NotFound
    return signal
