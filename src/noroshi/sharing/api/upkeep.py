"""What is done to a signal that is out, over REST: amended, withdrawn, marked anew; and what it said before."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.grading import Credibility, Grading, Reliability
from noroshi.kit.api import Page, Paged, example
from noroshi.kit.cursors import page_by_place
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, queries
from noroshi.sharing.actions import Amended
from noroshi.sharing.api import shapes
from noroshi.sharing.api.bodies import FixedForm, Grants, Why, entries_of
from noroshi.sharing.api.shapes import READS, WRITES, Moved, Sent
from noroshi.sharing.api.signals import sent, signal_for
from noroshi.sharing.domain.content import MAX_TAGS, Marking
from noroshi.sharing.domain.outline import Form, Outline
from noroshi.sharing.models import SignalVersion

router = Router(tags=["signals"])


class Amendment(Why):
    """The new words of a signal, all of them; the fixed form stays as it was where it is left out."""

    model_config = example(
        title="Login pages that imitate regional banks (updated)",
        body="The host moved to 185.220.101.4.",
        reason="The attacker changed the host.",
    )

    title: str
    body: str = ""
    outline: FixedForm | None = None
    plain_words: str | None = Field(None, description="They stay as they were where they are left out")
    reliability: Reliability | None = Field(None, description="Stays where it is left out; null takes it away")
    credibility: Credibility | None = Field(None, description="Stays where it is left out; null takes it away")
    tags: Annotated[list[str] | None, Field(None, max_length=MAX_TAGS, description="They stay where they are left out")]

    def given(self, now: Grading) -> Amended:
        """Return what is amended besides title and text; half of a grading leaves the other half as it is `now`."""
        given = Amended(grading=self._grading(now))
        if self.outline is not None:
            given["outline"] = Outline(**self.outline.dict())
        if self.plain_words is not None:
            given["plain_words"] = self.plain_words
        if self.tags is not None:
            given["tags"] = frozenset(self.tags)
        return given

    def _grading(self, now: Grading) -> Grading:
        given = self.model_fields_set
        return Grading(
            self.reliability if "reliability" in given else now.reliability,
            self.credibility if "credibility" in given else now.credibility,
        )


class Lowered(Why):
    """A lower level, and why."""

    model_config = example(tlp="GREEN", reason="The campaign is known by now.")

    tlp: TLP


class Raised(Why):
    """A higher level with the audience that fits it, and why; whoever had the signal reads the reason."""

    model_config = example(
        tlp="AMBER+STRICT", grants={"organisations": ["east-bank"]}, reason="It tells who the victims are."
    )

    tlp: TLP
    grants: Grants


class VersionLine(Schema):
    """What a signal said before: `tlp` is the level under which it was said."""

    model_config = example(
        number=1,
        title="Login pages that imitate regional banks",
        body="Hosted at 45.155.205.66.",
        outline=None,
        reliability="b",
        credibility="2",
        tags=["noroshi-bank-malware:web-injection"],
        tlp="AMBER",
        replaced_at="2026-11-22T04:00:00Z",
        reason="The attacker changed the host.",
    )

    number: int
    title: str
    body: str
    outline: FixedForm | None = Field(description="Null where it was written in the free form")
    reliability: Reliability | None
    credibility: Credibility | None
    tags: list[str]
    tlp: TLP
    replaced_at: datetime
    reason: str


@router.get("/{uuid:signal_id}/versions", response=Page[VersionLine], auth=READS)
def list_versions(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List what a signal said before, the latest first, as far as that was for the token's holder then."""
    signal = signal_for(request.actor, signal_id)
    rows = queries.versions_of(request.actor, signal)
    return shapes.parts(request, signal, page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), _version)


@router.post("/{uuid:signal_id}/amend", response=Sent, auth=WRITES)
def amend_signal(request: ActorRequest, signal_id: UUID, new: Amendment) -> dict[str, Any]:
    """Replace the words of an own signal. What had to be released is withdrawn and shared anew instead."""
    signal = signal_for(request.actor, signal_id)
    signal = actions.amend_signal(
        request.actor,
        signal,
        title=new.title,
        body=new.body,
        reason=new.reason,
        **new.given(signal.grading),
    )
    return sent(request, signal)


@router.post("/{uuid:signal_id}/withdraw", response=Moved, auth=WRITES)
def withdraw_signal(request: ActorRequest, signal_id: UUID, why: Why) -> dict[str, Any]:
    """Take a signal back: its number, the moment and the reason are left. Whoever got it is told."""
    signal = signal_for(request.actor, signal_id)
    return shapes.moved(request, actions.withdraw_signal(request.actor, signal, reason=why.reason))


@router.post("/{uuid:signal_id}/lower", response=Moved, auth=WRITES)
def lower_signal(request: ActorRequest, signal_id: UUID, new: Lowered) -> dict[str, Any]:
    """Give an own signal a lower level: its audience stays, and reaches more by it. What had to be released is not."""
    signal = signal_for(request.actor, signal_id)
    return shapes.moved(request, actions.lower_marking(request.actor, signal, tlp=new.tlp, reason=new.reason))


@router.post("/{uuid:signal_id}/raise", response={201: Sent}, auth=WRITES)
def raise_signal(request: ActorRequest, signal_id: UUID, new: Raised) -> Status[dict[str, Any]]:
    """Take an own signal back and issue its words anew under a higher level: the answer is the new one."""
    signal = signal_for(request.actor, signal_id)
    marking = Marking(new.tlp, entries=entries_of(request.actor, new.grants))
    return Status(201, sent(request, actions.raise_marking(request.actor, signal, marking=marking, reason=new.reason)))


def _version(row: SignalVersion) -> dict[str, Any]:
    names = ("number", "title", "body", "tags", "tlp", "replaced_at", "reason")
    outline = asdict(row.answers) if row.form == Form.OUTLINE else None
    return {**{name: getattr(row, name) for name in names}, **asdict(row.grading), "outline": outline}
