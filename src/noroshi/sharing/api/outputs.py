"""What tools report of the values that they fetched: `/api/v1/outputs/deployments`, the organisation's own."""

from datetime import datetime
from typing import Any, Final

from ninja import Field, Query, Router, Schema

from noroshi.core.domain.channels import Channel
from noroshi.core.errors import NotFound
from noroshi.intel.domain.observables import ObservableType
from noroshi.kit.api import Page, Paged, example, listed, with_offset
from noroshi.kit.cursors import page_by_place
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, queries
from noroshi.sharing.actions.outputs import MOST_HITS, MOST_REPORTED
from noroshi.sharing.models import Deployment

READS_TOOLS: Final = TokenAuth(Scope.TOOLS_READ, Channel.TOOLS)
WRITES_TOOLS: Final = TokenAuth(Scope.TOOLS_WRITE, Channel.TOOLS)

router = Router(tags=["outputs"])


class DeploymentBody(Schema):
    """One value, as it stands with the tool now: `hits` are all so far."""

    type: ObservableType
    value: str = Field(max_length=5_000)
    deployed: bool = True
    hits: int = Field(0, ge=0, le=MOST_HITS)
    last_hit_at: datetime | None = None


class DeploymentsBody(Schema):
    """What one tool reports."""

    model_config = example(
        tool="perimeter firewall",
        values=[{"type": "ipv4", "value": "45.155.205.66", "hits": 3, "last_hit_at": "2026-11-22T12:00:00+09:00"}],
    )

    tool: str = Field(max_length=60, description="A name of yours for the tool")
    values: list[DeploymentBody] = Field(max_length=MOST_REPORTED)


class RefusedLine(Schema):
    """A report that was not taken, by its place among the values."""

    place: int
    reason: str


class ReportedLine(Schema):
    """How many reports were taken, and which were not."""

    model_config = example(
        accepted=1, refused=[{"place": 1, "reason": "No signal that you may read names this value."}]
    )

    accepted: int
    refused: list[RefusedLine]


class DeploymentLine(Schema):
    """A value with a tool of the own organisation."""

    model_config = example(
        type="ipv4",
        value="45.155.205.66",
        tool="perimeter firewall",
        deployed_at="2026-11-22T03:00:00Z",
        hits=3,
        last_hit_at="2026-11-22T03:00:00Z",
    )

    type: str
    value: str
    tool: str
    deployed_at: datetime
    hits: int
    last_hit_at: datetime | None


@router.post("/deployments", response=ReportedLine, auth=WRITES_TOOLS)
def report_deployments(request: ActorRequest, body: DeploymentsBody) -> dict[str, Any]:
    """Report what a tool of your organisation looks for or blocks, and how often that has hit.

    Only values of signals that you may read are taken; one that is refused does not stop the others. The report is your
    organisation's: authors and the hub learn numbers of organisations from three on, in steps of three.
    """
    reports = [
        actions.Report(each.type, each.value, each.deployed, each.hits, with_offset("last_hit_at", each.last_hit_at))
        for each in body.values
    ]
    reported = actions.report_deployments(request.actor, tool=body.tool, reports=reports)
    return {
        "accepted": reported.accepted,
        "refused": [{"place": place, "reason": reason} for place, reason in reported.refused],
    }


@router.get("/deployments", response=Page[DeploymentLine], auth=READS_TOOLS)
def list_deployments(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List what the tools of your organisation have reported, as far as a signal that you may read names it."""
    if request.actor.is_supervisor:
        raise NotFound
    rows = queries.deployments_for(request.actor).order_by("pk")
    return listed(page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), _line)


def _line(row: Deployment) -> dict[str, Any]:
    names = ("tool", "deployed_at", "hits", "last_hit_at")
    value = {"type": row.observable.type, "value": row.observable.value}
    return value | {name: getattr(row, name) for name in names}
