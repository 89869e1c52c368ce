"""Signals over REST: `/api/v1/signals`. The token decides the channel, the channel what may be read at all."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from noroshi.core import policy as door
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.kit import cursors, search
from noroshi.kit.cursors import page_of
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.domain.content import Content, Downgrade, Marking
from noroshi.sharing.domain.handling import USUAL_OBJECTIVE, Caveat, Handling, Objective, Pap
from noroshi.sharing.domain.outline import Form, Outline
from noroshi.sharing.domain.scan import Finding, FindingKind
from noroshi.sharing.forms.signals import MAX_PEOPLE
from noroshi.sharing.models import Kind, Signal, SignalObservable, Target

MOST: Final = 200
READS: Final = TokenAuth(Scope.SIGNALS_READ)
WRITES: Final = TokenAuth(Scope.SIGNALS_WRITE)

router = Router(tags=["signals"])

Slugs = Annotated[list[str], Field(default_factory=list, max_length=1000)]


class From(Schema):
    """Who speaks; absent where the author is anonymous."""

    organisation: str
    person: str


class SignalLine(Schema):
    """A signal in a list. `from` is null where the author is anonymous, `published_at` as long as it is not sent.

    `pap` (what readers may do) is null where the author did not say; `caveats` are conditions on the use.
    """

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


class Answers(Schema):
    """The fixed form: where the attack came from, how, what for, what was done, and what came of that."""

    source: str = ""
    technique: str = ""
    purpose: str = ""
    measure: str = ""
    outcome: str = ""


class Lowering(Schema):
    """When a level lowers itself, and to which."""

    at: datetime
    tlp: TLP


class SignalWhole(SignalLine):
    """A signal with its words, in Markdown. `outline` is null where it is written in the free form."""

    state: str = "published"
    body: str
    outline: Answers | None
    downgrade: Lowering | None


class Tombstone(Schema):
    """What is left of a withdrawn signal."""

    id: UUID
    reference: str
    state: str = "withdrawn"
    withdrawn_at: datetime
    reason: str


class SignalPage(Schema):
    """Some signals, the newest first, and the cursor of those after them; null at the end."""

    items: list[SignalLine]
    next: str | None


class ObservableLine(Schema):
    """A value that a signal names, and what its author gives it for. `benign` has the lists that call it harmless."""

    type: str
    value: str
    objective: Objective
    benign: list[str]


class Grants(Schema):
    """For whom: the community, organisations and groups by slug, people by mail address; and who is left out."""

    community: bool = False
    organisations: Slugs
    groups: Slugs
    people: Annotated[list[str], Field(default_factory=list, max_length=MAX_PEOPLE)]
    excluded_organisations: Slugs


class NewSignal(Schema):
    """A signal to share."""

    kind: Kind
    target: Target
    title: str
    body: str = ""
    tlp: TLP
    grants: Grants
    anonymous: bool = False
    embargo_until: datetime | None = None
    expires_at: datetime | None = None
    outline: Answers | None = Field(None, description="Written in the fixed form; `body` comes after it")
    downgrade: Lowering | None = Field(None, description="A lower level that it takes by itself")
    pap: Pap | None = Field(None, description="Permissible Actions Protocol: what readers may do")
    caveats: Annotated[list[Caveat], Field(default_factory=list, max_length=len(Caveat))]
    objective: Objective = Field(USUAL_OBJECTIVE, description="What its values are given for")
    own_names_confirmed: bool = Field(
        default=False,
        description="An anonymous one is refused where it names your own organisation, unless this is true",
    )


class Warned(Schema):
    """Something that a text may not want to say: an own name, another member, a person, an account."""

    kind: FindingKind
    text: str
    reveals_author: bool


class Foretold(Schema):
    """Who would see a signal, and what its author is warned of."""

    organisations: int
    people: int
    warnings: list[Warned]


class Sent(Schema):
    """What became of it: `published`, or `held` until a hub operator releases it."""

    id: UUID
    reference: str
    state: str
    url: str
    warnings: list[Warned]


class Wanted(Schema):
    """What a list is narrowed by."""

    q: str = Field("", max_length=200, description="Words that the signal contains")
    kind: Kind | None = None
    target: Target | None = None
    tlp: TLP | None = None
    since: date | None = Field(None, description="Published on this day (UTC) or later")
    cursor: str = Field("", max_length=cursors.LONGEST, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=MOST)


@router.get("", response=SignalPage, auth=READS, by_alias=True)
def list_signals(request: ActorRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """List the signals that the token's holder may read by it, the newest first."""
    rows = _narrowed(queries.published_for(request.actor), wanted).select_related("author__organisation")
    page = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="published_at")
    actions.note_read(request.actor, page.rows)
    return {"items": [line_of(request, signal) for signal in page.rows], "next": page.next}


@router.get("/{uuid:signal_id}", response=SignalWhole | Tombstone, auth=READS, by_alias=True)
def read_signal(request: ActorRequest, signal_id: UUID) -> dict[str, Any]:
    """Read a signal, or what is left of it once it was withdrawn."""
    signal = queries.signal_for(request.actor, signal_id)
    if door.decide(request.actor, signal).tombstone:
        return {
            "id": signal.pk,
            "reference": signal.reference,
            "withdrawn_at": signal.changed_at,
            "reason": signal.withdrawal_reason,
        }
    actions.note_read(request.actor, [signal])
    return {**line_of(request, signal), **words_of(signal)}


@router.get("/{uuid:signal_id}/observables", response=list[ObservableLine], auth=READS)
def list_observables(request: ActorRequest, signal_id: UUID) -> list[dict[str, Any]]:
    """List the values that a signal names, in the order of its text; none of one that was withdrawn."""
    signal = queries.signal_for(request.actor, signal_id)
    actions.note_read(request.actor, [signal])
    return [observable_of(row) for row in queries.observables_of(request.actor, signal)]


@router.post("", response={201: Sent}, auth=WRITES)
def share_signal(request: ActorRequest, new: NewSignal) -> Status[dict[str, Any]]:
    """Share a signal at once. Values that a warning list knows as harmless are left out of it."""
    signal = actions.share_signal(
        request.actor,
        content=content_of(new),
        marking=marking_of(request.actor, new),
        objective=new.objective,
        own_names_confirmed=new.own_names_confirmed,
    )
    sent = {"id": signal.pk, "reference": signal.reference, "state": signal.state, "url": url_of(request, signal)}
    return Status(201, {**sent, "warnings": _warnings(queries.warnings_of(request.actor, signal))})


@router.post("/check", response=Foretold, auth=WRITES)
def check_signal(request: ActorRequest, new: NewSignal) -> dict[str, Any]:
    """Say, without writing anything, who would see a signal and what its author is warned of."""
    actor, marking, content = request.actor, marking_of(request.actor, new), content_of(new)
    policy.require_sharer(actor)
    actions.check_marking(actor, marking)
    readers = queries.foretold_to(actor, marking.as_draft(actor.acting_organisation, actor.acting_person, actor.world))
    found = queries.warnings_about(actor, [content.title, content.outline.text, content.body])
    return {"organisations": readers.organisations, "people": readers.people, "warnings": _warnings(found)}


def _narrowed(rows: QuerySet[Signal], wanted: Wanted) -> QuerySet[Signal]:
    exact = {name: value for name in ("kind", "target", "tlp") if (value := getattr(wanted, name)) is not None}
    rows = rows.filter(**exact)
    if wanted.since is not None:
        rows = rows.filter(published_at__date__gte=wanted.since)
    return rows.filter(search.matching(queries.SEARCH_KIND, wanted.q)) if wanted.q else rows


def line_of(request: ActorRequest, signal: Signal) -> dict[str, Any]:
    """Return a signal as a line of a list has it."""
    by = queries.byline(request.actor, signal)
    names = ("reference", "kind", "target", "title", "tlp", "profile", "version", "published_at", "changed_at")
    return {
        **{name: getattr(signal, name) for name in names},
        "id": signal.pk,
        "expires_at": signal.expires_at,
        "pap": signal.handling.pap,
        "caveats": sorted(signal.handling.caveats),
        "from": None if by.is_anonymous else {"organisation": by.organisation, "person": by.person},
        "url": url_of(request, signal),
    }


def words_of(signal: Signal) -> dict[str, Any]:
    """Return what the whole of a signal has besides its line."""
    outlined = signal.form == Form.OUTLINE
    return {
        "state": signal.state,
        "body": signal.body,
        "outline": asdict(signal.answers) if outlined else None,
        "downgrade": {"at": signal.downgrade_at, "tlp": signal.downgrade_tlp} if signal.downgrade_at else None,
    }


def _warnings(found: Sequence[Finding]) -> list[dict[str, Any]]:
    return [{"kind": each.kind, "text": each.text, "reveals_author": each.reveals} for each in found]


def observable_of(row: SignalObservable) -> dict[str, Any]:
    """Return a value that a signal names."""
    return {
        "type": row.observable.type,
        "value": row.observable.value,
        "objective": row.objective,
        "benign": row.benign,
    }


def url_of(request: ActorRequest, signal: Signal) -> str:
    """Return the address of the page of a signal."""
    return request.build_absolute_uri(reverse("sharing:detail", args=[signal.pk]))


def content_of(new: NewSignal) -> Content:
    """Return the words that a body brings."""
    form = Form.FREE if new.outline is None else Form.OUTLINE
    answers = Outline() if new.outline is None else Outline(**new.outline.dict())
    return Content(new.kind, new.target, new.title, new.body, form, answers)


def marking_of(actor: Actor, new: NewSignal) -> Marking:
    """Return the marking and the audience that a body asks for."""
    return Marking(
        tlp=new.tlp,
        profile=actions.default_profile(),
        entries=_entries(actor, new.grants),
        author_mode=AuthorMode.ANONYMOUS if new.anonymous else AuthorMode.NAMED,
        embargo_until=moment_with_offset("embargo_until", new.embargo_until),
        expires_at=moment_with_offset("expires_at", new.expires_at),
        downgrade=_downgrade(new.downgrade),
        handling=Handling(new.pap, frozenset(new.caveats)),
    )


def _downgrade(wanted: Lowering | None) -> Downgrade | None:
    at = moment_with_offset("downgrade", wanted.at) if wanted is not None else None
    return Downgrade(at, wanted.tlp) if wanted is not None and at is not None else None


def _entries(actor: Actor, grants: Grants) -> frozenset[Entry]:
    organisations = queries.organisations_on_offer()
    named = {
        EntryKind.ORGANISATION: _by_slug("organisations", organisations, grants.organisations),
        EntryKind.GROUP: _by_slug("groups", queries.groups_on_offer(actor), grants.groups),
        EntryKind.EXCLUDED_ORGANISATION: _by_slug(
            "excluded_organisations", organisations, grants.excluded_organisations
        ),
    }
    lines = [Entry(kind, target) for kind, targets in named.items() for target in targets]
    lines += queries.entries_of_people({address.strip().lower() for address in grants.people})
    return frozenset([*lines, Entry(EntryKind.COMMUNITY)] if grants.community else lines)


def _by_slug(field: str, offered: QuerySet[Any], slugs: Sequence[str]) -> list[UUID]:
    found = dict(offered.filter(slug__in=slugs).values_list("slug", "pk"))
    if missing := sorted(set(slugs) - set(found)):
        names = ", ".join(missing[:5])
        raise InvalidInput(field, _("There is nothing called %(names)s that you may name here.") % {"names": names})
    return list(found.values())


def moment_with_offset(field: str, moment: datetime | None) -> datetime | None:
    """Return `moment`; raise InvalidInput where it has no offset from UTC."""
    if moment is not None and moment.tzinfo is None:
        raise InvalidInput(field, _("Give the moment with its offset from UTC, as in 2026-11-22T12:00:00+09:00."))
    return moment
