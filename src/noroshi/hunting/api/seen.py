"""“Have you seen this?” over REST: `/api/v1/hunting/seen`, answered at once from the own organisation's logs."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from ninja import Field, Router, Schema

from noroshi.hunting import actions, wording
from noroshi.hunting.api.searches import Passed, SuppressedLine, suppressed_line
from noroshi.kit.api import example, with_offset
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope

READS: Final = TokenAuth(Scope.HUNTING_READ)

router = Router(tags=["logs"])


class SeenQuestion(Schema):
    """Values, defanged or not, at most 1,000; only events of since <= time < until count."""

    model_config = example(
        values=["203.0.113.9", "evil[.]example.jp"], since="2026-11-01T00:00:00Z", until=None, harmless_too=False
    )

    values: list[str] = Field(min_length=1)
    since: datetime | None = None
    until: datetime | None = None
    harmless_too: bool = Field(False, description="Also show values that warning lists know as harmless")


class SeenValue(Schema):
    """A value: in how many events of the own logs, the first and the last of them."""

    type: str
    value: str
    count: int
    first_seen: datetime | None
    last_seen: datetime | None


class WhatWasSeen(Schema):
    """Each value that could be looked for, in the order of the question, seen or not; and what is not counted.

    That is `suppressed`, what the own allow-list allows, and `refused`, what was passed over.
    """

    model_config = example(
        items=[
            {
                "type": "ipv4",
                "value": "203.0.113.9",
                "count": 12,
                "first_seen": "2026-11-20T01:02:03Z",
                "last_seen": "2026-11-21T04:05:06Z",
            },
            {"type": "domain", "value": "evil.example.jp", "count": 0, "first_seen": None, "last_seen": None},
        ],
        suppressed=[
            {
                "type": "domain",
                "value": "update.partner.example.jp",
                "count": 3,
                "first_seen": "2026-11-20T01:02:03Z",
                "last_seen": "2026-11-21T04:05:06Z",
                "reason": "Our partner's update server",
            }
        ],
        refused=[{"value": "0.0.0.0/4", "reason": "The network is too wide."}],
    )

    items: list[SeenValue]
    suppressed: list[SuppressedLine]
    refused: list[Passed]


@router.post("", response=WhatWasSeen, auth=READS)
def ask_what_was_seen(request: ActorRequest, body: SeenQuestion) -> dict[str, Any]:
    """Ask whether the logs of the token's own organisation have seen some values; changes nothing."""
    answer = actions.ask_own_lake(
        request.actor,
        values=body.values,
        since=with_offset("since", body.since),
        until=with_offset("until", body.until),
        harmless_too=body.harmless_too,
    )
    return {
        "items": [asdict(sight) for sight in answer.sights],
        "suppressed": [suppressed_line(each.found, each.line) for each in answer.suppressed],
        "refused": [{"value": value, "reason": reason and wording.in_words(reason)} for value, reason in answer.passed],
    }
