"""What a program sends in, turned into `Content` and `Marking`: the same for a draft, a signal and a trial."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Schema

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.intel.domain.grading import Credibility, Grading, Reliability
from noroshi.kit.api import example, with_offset
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.domain.content import MAX_TAGS, Content, Downgrade, Marking
from noroshi.sharing.domain.handling import USUAL_OBJECTIVE, Caveat, Handling, Objective, Pap
from noroshi.sharing.domain.outline import Form, Outline
from noroshi.sharing.forms.audience import MAX_PEOPLE
from noroshi.sharing.models import Kind, Target

Slugs = Annotated[list[str], Field(default_factory=list, max_length=1000)]

WORDS: Final[dict[str, Any]] = {
    "kind": "phishing",
    "target": "customer",
    "title": "Login pages that imitate regional banks",
    "body": "Mail leads to hxxps://login.bank-portal[.]example, hosted at 45.155.205.66.",
}
AUDIENCE: Final[dict[str, Any]] = {"tlp": "AMBER", "grants": {"community": True}}


class FixedForm(Schema):
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


class Grants(Schema):
    """For whom: the community, organisations and groups by slug, people by mail address; and who is left out."""

    community: bool = False
    organisations: Slugs
    groups: Slugs
    people: Annotated[list[str], Field(default_factory=list, max_length=MAX_PEOPLE)]
    excluded_organisations: Slugs


class NewDraft(Schema):
    """The words of a signal, and for whom they are."""

    model_config = example(**WORDS, **AUDIENCE)

    kind: Kind
    target: Target
    title: str
    body: str = ""
    tlp: TLP
    grants: Grants
    anonymous: bool = False
    embargo_until: datetime | None = None
    expires_at: datetime | None = None
    outline: FixedForm | None = Field(None, description="Written in the fixed form; `body` comes after it")
    plain_words: str = Field("", description="For members without technical staff; composed where it is empty")
    downgrade: Lowering | None = Field(None, description="A lower level that it takes by itself")
    pap: Pap | None = Field(None, description="Permissible Actions Protocol: what readers may do")
    caveats: Annotated[list[Caveat], Field(default_factory=list, max_length=len(Caveat))]
    reliability: Reliability | None = Field(None, description="Admiralty code: the source, a (best) to e; f not judged")
    credibility: Credibility | None = Field(None, description="Admiralty code: the report, 1 (best) to 5; 6 not judged")
    tags: Annotated[list[str], Field(default_factory=list, max_length=MAX_TAGS, description="Names of `/tags`")]

    def content(self) -> Content:
        """Return the words."""
        form = Form.FREE if self.outline is None else Form.OUTLINE
        answers = Outline() if self.outline is None else Outline(**self.outline.dict())
        return Content(
            kind=self.kind,
            target=self.target,
            title=self.title,
            body=self.body,
            form=form,
            outline=answers,
            plain_words=self.plain_words,
            grading=Grading(self.reliability, self.credibility),
            tags=frozenset(self.tags),
        )

    def marking(self, actor: Actor) -> Marking:
        """Return the marking and the audience that `actor` asks for."""
        return Marking(
            tlp=self.tlp,
            profile=actions.default_profile(),
            entries=entries_of(actor, self.grants),
            author_mode=AuthorMode.ANONYMOUS if self.anonymous else AuthorMode.NAMED,
            embargo_until=with_offset("embargo_until", self.embargo_until),
            expires_at=with_offset("expires_at", self.expires_at),
            downgrade=_downgrade(self.downgrade),
            handling=Handling(self.pap, frozenset(self.caveats)),
        )


class NewSignal(NewDraft):
    """A signal to share."""

    model_config = example(**WORDS, **AUDIENCE, pap="GREEN", objective="detect")

    objective: Objective = Field(USUAL_OBJECTIVE, description="What its values are given for")
    own_names_confirmed: bool = Field(
        default=False,
        description="An anonymous one is refused where it names your own organisation, unless this is true",
    )


class Why(Schema):
    """A sentence that says why; whoever is concerned reads it."""

    model_config = example(reason="The address belongs to a customer after all.")

    reason: str


def _downgrade(wanted: Lowering | None) -> Downgrade | None:
    at = with_offset("downgrade", wanted.at) if wanted is not None else None
    return Downgrade(at, wanted.tlp) if wanted is not None and at is not None else None


def entries_of(actor: Actor, grants: Grants) -> frozenset[Entry]:
    """Return the lines of the audience; raise InvalidInput that names what there is not, or not for `actor`.

    Whoever may not share is told that and nothing else: an unknown address and a known one are the same to them.
    """
    policy.require_sharer(actor)
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
        raise InvalidInput(field, _not_on_offer(", ".join(missing[:5])))
    return list(found.values())


def group_on_offer(actor: Actor, slug: str) -> Any:
    """Return a group that `actor` may grant to; raise InvalidInput for any other."""
    group = queries.groups_on_offer(actor).filter(slug=slug).first()
    if group is None:
        raise InvalidInput("group", _not_on_offer(slug[:60]))
    return group


def _not_on_offer(names: str) -> str:
    return _("There is nothing called %(names)s that you may name here.") % {"names": names}
