"""Groups over REST: `/api/v1/groups`, `/api/v1/group-requests`.

Who looks, who joins and who lets others in are three scopes: a program that reads the list changes nothing.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place, page_of
from noroshi.kit.http import ActorRequest
from noroshi.members import actions, policy, queries
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.groups import Charter
from noroshi.members.domain.scopes import Scope
from noroshi.members.models import (
    Group,
    GroupCharter,
    GroupKind,
    GroupMembership,
    Joining,
    JoinRequest,
    Person,
    RequestState,
)

READS: Final = TokenAuth(Scope.GROUPS_READ)
WRITES: Final = TokenAuth(Scope.GROUPS_WRITE)
MANAGES: Final = TokenAuth(Scope.GROUPS_MANAGE)
NUMBER: Final = "0199f3c2-7c00-7a3e-9d51-0f2b6c1e8a44"
LINE: Final[dict[str, Any]] = {
    "slug": "wg-incident",
    "name_ja": "インシデント対応部会",
    "name_en": "Incident response working group",
    "kind": "working_group",
    "purpose_ja": "",
    "purpose_en": "Shares incidents as they happen.",
    "joining": "request",
    "confidential": False,
    "default_tlp": "AMBER",
    "mine": True,
    "organisations": 12,
    "people": 31,
    "closed_at": None,
}
TEXT: Final[dict[str, Any]] = {
    "text_ja": "",
    "text_en": "What is said here stays here.",
    "members_add_documents": False,
}
CHARTER: Final[dict[str, Any]] = {"number": 2, **TEXT, "written_at": "2026-04-01T00:00:00Z"}
ASKED: Final[dict[str, Any]] = {
    "id": NUMBER,
    "group": "wg-incident",
    "person": "Hana Sato",
    "organisation": "East Bank",
    "sentence": "I lead our CSIRT.",
    "state": "waiting",
    "reason": "",
    "made_at": "2026-11-22T03:00:00Z",
    "decided_at": None,
}

groups = Router(tags=["groups"])
requests = Router(tags=["groups"])
ROUTERS: Final[dict[str, Router]] = {"/groups": groups, "/group-requests": requests}


class GroupLine(Schema):
    """A group. Of one that is not yours, only its organisations are counted, in steps of three and null below."""

    model_config = example(**LINE)

    slug: str
    name_ja: str
    name_en: str
    kind: GroupKind
    purpose_ja: str
    purpose_en: str
    joining: Joining
    confidential: bool
    default_tlp: TLP
    mine: bool
    organisations: int | None
    people: int | None
    closed_at: datetime | None


class NewCharter(Schema):
    """What is to hold in a group, in Markdown; `members_add_documents`: every member adds documents."""

    model_config = example(**TEXT)

    text_ja: str = ""
    text_en: str = ""
    members_add_documents: bool = False


class CharterText(NewCharter):
    """A version of a charter; the one with the highest number is in force."""

    model_config = example(**CHARTER)

    number: int
    written_at: datetime


class GroupWhole(GroupLine):
    """A group with its charter; `open_to` are the classes and kinds that an open one lets in, empty for all members."""

    model_config = example(**LINE, open_to=[], charter=CHARTER)

    open_to: list[str]
    charter: CharterText | None


class MemberLine(Schema):
    """Somebody's stay in a group; `left_at` is null as long as it lasts."""

    model_config = example(
        person_id=NUMBER,
        person="Hana Sato",
        organisation="East Bank",
        coordinator=False,
        joined_at="2026-04-01T00:00:00Z",
        left_at=None,
    )

    person_id: UUID
    person: str
    organisation: str
    coordinator: bool
    joined_at: datetime
    left_at: datetime | None


class JoinRequestLine(Schema):
    """A request to join. `reason` is what a refused person reads; who decided is nobody's to know."""

    model_config = example(**ASKED)

    id: UUID
    group: str
    person: str
    organisation: str
    sentence: str
    state: RequestState
    reason: str
    made_at: datetime
    decided_at: datetime | None


class Wish(Schema):
    """Why somebody would like to join."""

    model_config = example(sentence="I lead our CSIRT.")

    sentence: str


class Refusal(Schema):
    """A sentence for whoever asked."""

    model_config = example(reason="This group is for fraud analysts.")

    reason: str


class Admitted(Schema):
    """Somebody to let in, by the exact mail address; hub operators also appoint coordinators."""

    model_config = example(email="hana@east-bank.example")

    email: str = Field(max_length=254)
    coordinator: bool = False


class WantedGroups(Paged):
    """What a list is narrowed by."""

    mine: bool | None = Field(None, description="Those you belong to, or those you do not")


class WantedRequests(Paged):
    """What a list is narrowed by."""

    state: RequestState | None = None
    group: str | None = Field(None, max_length=60, description="Of this group (slug)")


@groups.get("", response=Page[GroupLine], auth=READS)
def list_groups(request: ActorRequest, wanted: Query[WantedGroups]) -> dict[str, Any]:
    """List the groups that the token's holder may know of, by slug."""
    rows = queries.groups_narrowed(request.actor, mine=wanted.mine)
    return listed(page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="slug", newest_first=False), _group)


@groups.get("/{slug:slug}", response=GroupWhole, auth=READS)
def read_group(request: ActorRequest, slug: str) -> dict[str, Any]:
    """Read a group with its charter."""
    group = queries.group_for(request.actor, slug)
    charter = queries.charter_of(group)
    return {**_group(group), "open_to": group.open_to, "charter": _charter(charter) if charter else None}


@groups.get("/{slug:slug}/charters", response=Page[CharterText], auth=READS)
def list_charters(request: ActorRequest, slug: str, wanted: Query[Paged]) -> dict[str, Any]:
    """List the versions of a group's charter, the one in force first."""
    rows = queries.charters_of(queries.group_for(request.actor, slug))
    return listed(page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), _charter)


@groups.put("/{slug:slug}/charter", response=CharterText, auth=MANAGES)
def write_charter(request: ActorRequest, slug: str, new: NewCharter) -> dict[str, Any]:
    """Put a charter in force, or a new version of it: for the group's coordinators and hub operators."""
    charter = Charter(new.text_ja, new.text_en, new.members_add_documents)
    return _charter(actions.write_charter(request.actor, group=queries.group_for(request.actor, slug), charter=charter))


@groups.post("/{slug:slug}/enter", response={204: None}, auth=WRITES)
def enter_group(request: ActorRequest, slug: str) -> Status[None]:
    """Come into an open group."""
    actions.enter_group(request.actor, group=queries.group_for(request.actor, slug), person=_oneself(request))
    return Status(204, None)


@groups.post("/{slug:slug}/leave", response={204: None}, auth=WRITES)
def leave_group(request: ActorRequest, slug: str) -> Status[None]:
    """Leave a group: what came by it is out of sight at once."""
    actions.leave_group(request.actor, group=queries.group_for(request.actor, slug), person=_oneself(request))
    return Status(204, None)


@groups.post("/{slug:slug}/requests", response={201: JoinRequestLine}, auth=WRITES)
def ask_to_join(request: ActorRequest, slug: str, wish: Wish) -> Status[dict[str, Any]]:
    """Ask to be let into a group: its coordinators and the hub's operators are told."""
    group = queries.group_for(request.actor, slug)
    asked = actions.ask_to_join(request.actor, group=group, person=_oneself(request), sentence=wish.sentence)
    return Status(201, _request(asked))


@groups.get("/{slug:slug}/members", response=Page[MemberLine], auth=MANAGES)
def list_members(request: ActorRequest, slug: str, wanted: Query[Paged]) -> dict[str, Any]:
    """List who belongs to a group and who did, those of now first: for its coordinators and hub operators."""
    group = queries.group_for(request.actor, slug)
    policy.require_group(request.actor, group)
    rows = queries.stays_of(group)
    return listed(page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), _stay)


@groups.post("/{slug:slug}/members", response={201: MemberLine}, auth=MANAGES)
def admit_member(request: ActorRequest, slug: str, new: Admitted) -> Status[dict[str, Any]]:
    """Let somebody into a group."""
    group = queries.group_for(request.actor, slug)
    policy.require_group(request.actor, group)
    person = queries.account_named(new.email)
    if person is None:
        raise InvalidInput("email", _("There is no such account."))
    stay = actions.join_group(request.actor, group=group, person=person, coordinator=new.coordinator)
    return Status(201, _stay(stay))


@groups.delete("/{slug:slug}/members/{uuid:person_id}", response={204: None}, auth=MANAGES)
def remove_member(request: ActorRequest, slug: str, person_id: UUID) -> Status[None]:
    """End somebody's stay in a group."""
    group = queries.group_for(request.actor, slug)
    policy.require_group(request.actor, group)
    actions.leave_group(request.actor, group=group, person=queries.member_for(group, person_id))
    return Status(204, None)


@requests.get("", response=Page[JoinRequestLine], auth=READS)
def list_join_requests(request: ActorRequest, wanted: Query[WantedRequests]) -> dict[str, Any]:
    """List one's own requests to join, and those to the groups that one coordinates, the last made first."""
    rows = queries.requests_for(request.actor)
    rows = rows if wanted.state is None else rows.filter(state=wanted.state)
    rows = rows if wanted.group is None else rows.filter(group__slug=wanted.group)
    return listed(page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="made_at"), _request)


@requests.post("/{uuid:request_id}/withdraw", response={204: None}, auth=WRITES)
def withdraw_join_request(request: ActorRequest, request_id: UUID) -> Status[None]:
    """Take one's own request back."""
    actions.withdraw_request(request.actor, request=queries.request_for(request.actor, request_id))
    return Status(204, None)


@requests.post("/{uuid:request_id}/accept", response={204: None}, auth=MANAGES)
def accept_join_request(request: ActorRequest, request_id: UUID) -> Status[None]:
    """Let in whoever asked."""
    actions.accept_request(request.actor, request=queries.request_for(request.actor, request_id))
    return Status(204, None)


@requests.post("/{uuid:request_id}/refuse", response={204: None}, auth=MANAGES)
def refuse_join_request(request: ActorRequest, request_id: UUID, why: Refusal) -> Status[None]:
    """Refuse whoever asked; the person reads the sentence, not who refused."""
    asked = queries.request_for(request.actor, request_id)
    actions.refuse_request(request.actor, request=asked, reason=why.reason)
    return Status(204, None)


def _oneself(request: ActorRequest) -> Person:
    """Return the person that the token speaks for; raise NotAllowed for a machine's."""
    return queries.active_people().get(pk=request.actor.acting_person)


def _group(group: Group) -> dict[str, Any]:
    names = ("slug", "name_ja", "name_en", "kind", "purpose_ja", "purpose_en", "joining", "confidential", "closed_at")
    known = vars(group)  # with what the query counted
    return {
        **{name: getattr(group, name) for name in (*names, "default_tlp")},
        "mine": bool(known["mine"]),
        "organisations": known["organisation_count"],
        "people": known["people_count"],
    }


def _charter(charter: GroupCharter) -> dict[str, Any]:
    names = ("number", "text_ja", "text_en", "members_add_documents", "written_at")
    return {name: getattr(charter, name) for name in names}


def _stay(stay: GroupMembership) -> dict[str, Any]:
    return {
        "person_id": stay.person_id,
        "person": stay.person.name,
        "organisation": stay.person.organisation.name,
        **{name: getattr(stay, name) for name in ("coordinator", "joined_at", "left_at")},
    }


def _request(asked: JoinRequest) -> dict[str, Any]:
    names = ("id", "sentence", "state", "reason", "made_at", "decided_at")
    return {
        **{name: getattr(asked, name) for name in names},
        "group": asked.group.slug,
        "person": asked.person.name,
        "organisation": asked.person.organisation.name,
    }
