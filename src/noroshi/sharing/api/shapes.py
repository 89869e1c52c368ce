"""What a program gets: a signal as a line and as a whole, what became of it, its values, its warnings."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.urls import reverse
from ninja import Field, Schema

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.grading import Credibility, Reliability
from noroshi.kit import cursors
from noroshi.kit.api import example, listed
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, queries
from noroshi.sharing.api.bodies import FixedForm, Lowering
from noroshi.sharing.domain.handling import Caveat, Objective, Pap
from noroshi.sharing.domain.outline import Form
from noroshi.sharing.domain.scan import Finding, FindingKind
from noroshi.sharing.models import Comment, Kind, Signal, SignalObservable, Target

READS: Final = TokenAuth(Scope.SIGNALS_READ)
WRITES: Final = TokenAuth(Scope.SIGNALS_WRITE)

NUMBER: Final = "0199f3c2-7c00-7a3e-9d51-0f2b6c1e8a44"
URL: Final = f"https://portal.example/signals/{NUMBER}/"
FROM: Final = {"organisation": "East Bank", "person": "Hana Sato"}
LINE: Final[dict[str, Any]] = {
    "id": NUMBER,
    "reference": "S-6C1E8A44",
    "kind": "phishing",
    "target": "customer",
    "title": "Login pages that imitate regional banks",
    "tlp": "AMBER",
    "pap": "GREEN",
    "caveats": [],
    "profile": "first",
    "version": 1,
    "published_at": "2026-11-22T03:00:00Z",
    "changed_at": "2026-11-22T03:00:00Z",
    "expires_at": None,
    "from": FROM,
    "url": URL,
}
CALLED: Final[dict[str, Any]] = {
    "reliability": "b",
    "credibility": "2",
    "tags": ["noroshi-bank-malware:web-injection"],
}
MOVED: Final[dict[str, Any]] = {"id": NUMBER, "reference": "S-6C1E8A44", "state": "published", "url": URL}


class From(Schema):
    """Who speaks; absent where the author is anonymous."""

    organisation: str
    person: str


class SignalLine(Schema):
    """A signal in a list. `from` is null where the author is anonymous, `published_at` as long as it is not sent.

    `pap` (what readers may do) is null where the author did not say; `caveats` are conditions on the use.
    """

    model_config = example(**LINE)

    id: UUID
    reference: str
    kind: Kind
    target: Target
    title: str
    tlp: TLP
    pap: Pap | None
    caveats: list[Caveat]
    profile: str
    version: int
    published_at: datetime | None
    changed_at: datetime
    expires_at: datetime | None
    author: From | None = Field(alias="from")
    url: str


class Called(Schema):
    """What a signal is called, and how sure its author is: the Admiralty code, null where nothing was said."""

    model_config = example(**CALLED)

    reliability: Reliability | None
    credibility: Credibility | None
    tags: list[str] = Field(description="Names of `/tags`")


class SignalWhole(Called, SignalLine):
    """A signal with its words, in Markdown. `outline` is null where it is written in the free form."""

    model_config = example(
        **LINE,
        state="published",
        body="Mail leads to hxxps://login.bank-portal[.]example.",
        outline=None,
        plain_words="",
        downgrade=None,
        **CALLED,
    )

    state: Literal["published", "held"]
    body: str
    outline: FixedForm | None
    plain_words: str = Field(description="Empty where its author wrote none")
    downgrade: Lowering | None


class Tombstone(Schema):
    """What is left of a withdrawn signal."""

    model_config = example(
        id=NUMBER,
        reference="S-6C1E8A44",
        state="withdrawn",
        withdrawn_at="2026-11-22T05:00:00Z",
        reason="The address belongs to a customer after all.",
    )

    id: UUID
    reference: str
    state: Literal["withdrawn"] = "withdrawn"
    withdrawn_at: datetime
    reason: str


class ObservableLine(Schema):
    """A value that a signal names, and what its author gives it for. `benign` has the lists that call it harmless."""

    model_config = example(type="ipv4", value="45.155.205.66", objective="detect", benign=[])

    type: str
    value: str
    objective: Objective
    benign: list[str]


class Warned(Schema):
    """Something that a text may not want to say: an own name, another member, a person, an account."""

    kind: FindingKind
    text: str
    reveals_author: bool


class Moved(Schema):
    """Where a signal stands now."""

    model_config = example(**MOVED)

    id: UUID
    reference: str
    state: Literal["draft", "held", "published", "withdrawn"]
    url: str


class Sent(Moved):
    """What became of it: `published`, or `held` until a hub operator releases it."""

    model_config = example(**MOVED, warnings=[])

    warnings: list[Warned]


class Noted(Schema):
    """Whether that is new."""

    model_config = example(new=True)

    new: bool


def parts(request: ActorRequest, signal: Signal, found: cursors.Page, line: Callable[[Any], Any]) -> dict[str, Any]:
    """Return some parts of a signal as an answer; where there are any, its content leaves by that, and is noted."""
    if found.rows:
        actions.note_read(request.actor, [signal])
    return listed(found, line)


def line_of(request: ActorRequest, signal: Signal) -> dict[str, Any]:
    """Return a signal as a line of a list has it."""
    names = ("reference", "kind", "target", "title", "tlp", "profile", "version", "published_at", "changed_at")
    return {
        **{name: getattr(signal, name) for name in names},
        "id": signal.pk,
        "expires_at": signal.expires_at,
        "pap": signal.handling.pap,
        "caveats": sorted(signal.handling.caveats),
        "from": from_of(signal, queries.byline(request.actor, signal)),
        "url": url_of(request, "detail", signal.pk),
    }


def whole_of(request: ActorRequest, signal: Signal) -> dict[str, Any]:
    """Return a signal with its words."""
    return {**line_of(request, signal), "state": signal.state, **words_of(request.actor, signal)}


def words_of(actor: Actor, signal: Signal) -> dict[str, Any]:
    """Return the words of a signal, what it is called, and the level that it will take."""
    outlined = signal.form == Form.OUTLINE
    return {
        "body": signal.body,
        "plain_words": signal.plain_words,
        "outline": asdict(signal.answers) if outlined else None,
        "downgrade": {"at": signal.downgrade_at, "tlp": signal.downgrade_tlp} if signal.downgrade_at else None,
        "reliability": signal.grading.reliability,
        "credibility": signal.grading.credibility,
        "tags": [tag.name for tag in queries.tags_of(actor, signal)],
    }


def tombstone_of(signal: Signal) -> dict[str, Any]:
    """Return what is left of a withdrawn signal."""
    return {
        "id": signal.pk,
        "reference": signal.reference,
        "withdrawn_at": signal.changed_at,
        "reason": signal.withdrawal_reason,
    }


def observable_of(row: SignalObservable) -> dict[str, Any]:
    """Return a value that a signal names."""
    return {
        "type": row.observable.type,
        "value": row.observable.value,
        "objective": row.objective,
        "benign": row.benign,
    }


def moved(request: ActorRequest, signal: Signal) -> dict[str, Any]:
    """Return where a signal stands: no word of it, so a token that only writes reads nothing by that."""
    return {
        "id": signal.pk,
        "reference": signal.reference,
        "state": signal.state,
        "url": url_of(request, "detail", signal.pk),
    }


def warned(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return what the author of a text is warned of."""
    return [{"kind": each.kind, "text": each.text, "reveals_author": each.reveals} for each in found]


def from_of(thing: Signal | Comment, by: queries.Byline) -> dict[str, str] | None:
    """Return who speaks; None where that is anonymous, to its author's own program too: it may pass the answer on."""
    named = thing.author_mode == AuthorMode.NAMED and not by.is_anonymous
    return {"organisation": by.organisation, "person": by.person} if named else None


def url_of(request: ActorRequest, name: str, number: UUID) -> str:
    """Return the address of a page of this room about one thing."""
    return request.build_absolute_uri(reverse(f"sharing:{name}", args=[number]))
