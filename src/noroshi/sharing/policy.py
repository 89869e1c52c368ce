"""Who may do what to a signal. Viewing is `core.policy`; here are the verbs, for somebody who already sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, EntryKind, State
from noroshi.core.domain.channels import Channel, carried_by
from noroshi.core.domain.membership import MembershipClass, Role
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, NotAllowed, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.members.models import Group
from noroshi.members.queries import charter_of, is_coordinator
from noroshi.sharing.domain.release import gravity
from noroshi.sharing.models import Comment, GroupDocument, Kind, Signal, Solution

WRITING_CHANNELS: Final = frozenset({Channel.WEB, Channel.API_PERSON_TOKEN, Channel.CLI})


@dataclass(frozen=True)
class Verb:
    """Something to do to a signal: in which state of it, by whom, and the sentence that refuses everybody else."""

    state: State
    allows: Callable[[Actor, Signal], bool]
    refusal: Promise


def may_share(actor: Actor) -> bool:
    """Whether the actor may write signals: a person of a member who needs to know."""
    return is_member(actor) and actor.needs_to_know and _writes(actor)


def require_member(actor: Actor) -> None:
    """Raise NotFound for whoever stands behind the wall: for a supervisor, this room is not there."""
    if actor.is_supervisor:
        raise NotFound


def require_sharer(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may write signals."""
    if not may_share(actor):
        message = _("Sharing is for analysts, fraud analysts and coordinators of member organisations.")
        raise NotAllowed(message, rule="sharing.share")


def require_carried(actor: Actor, level: TLP) -> None:
    """Raise NotAllowed where the actor's way does not carry the level: what it cannot read, it does not write."""
    if level not in carried_by(actor.channel):
        sentence = _("%(tlp)s goes by no token of this kind, neither out nor in: write it on the pages.")
        raise NotAllowed(sentence % {"tlp": level.label}, rule="channel")


def may_unmask(actor: Actor) -> bool:
    """Whether the actor may look up an anonymous author: a trusted operator of the hub, on the web, in person.

    No token may: an answer that a program keeps is not shown once.
    """
    trusted = actor.membership is MembershipClass.HUB and actor.has(Role.TRUSTED_OPERATOR)
    return trusted and actor.person is not None and actor.channel is Channel.WEB


def require_unmasking(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may look up an anonymous author."""
    if not may_unmask(actor):
        raise NotAllowed(_("Only a trusted operator of the hub looks up an anonymous author."), rule="sharing.unmask")


def audits_readers(actor: Actor) -> bool:
    """Whether the actor may read who got what: the hub's auditors. They see numbers, never content."""
    return actor.membership is MembershipClass.HUB and actor.has(Role.AUDITOR)


def require_audit_of_readers(actor: Actor) -> None:
    """Raise NotFound unless the actor may read who got what."""
    if not audits_readers(actor):
        raise NotFound


def is_author(actor: Actor, signal: Signal) -> bool:
    """Whether the actor wrote it."""
    return actor.person is not None and signal.author_id == actor.person


def is_hidden_author(actor: Actor, signal: Signal) -> bool:
    """Whether `actor` wrote what nobody is shown as the author of."""
    return signal.author_mode != AuthorMode.NAMED and is_author(actor, signal)


def require_own_comment(actor: Actor, comment: Comment) -> None:
    """Raise NotAllowed unless the actor wrote the comment."""
    if actor.person is None or comment.author_id != actor.person:
        raise NotAllowed(_("Only who wrote a comment changes its files."), rule="sharing.comment")


def is_member(actor: Actor) -> bool:
    """Whether the actor is somebody of a member organisation."""
    return actor.person is not None and actor.membership not in (None, MembershipClass.SUPERVISOR)


def _edits(actor: Actor, signal: Signal) -> bool:
    return is_author(actor, signal) and may_share(actor) and not signal.arrived


def _amends(actor: Actor, signal: Signal) -> bool:
    """What a person had to release would otherwise be changed behind that person's back."""
    return _edits(actor, signal) and not gravity(TLP(signal.tlp), AuthorMode(signal.author_mode))


def _withdraws(actor: Actor, signal: Signal) -> bool:
    """What another installation issued is withdrawn there; here a hub operator may take it off its own pages."""
    return _writes(actor) and ((is_author(actor, signal) and not signal.arrived) or actor.is_hub_operator)


def _releases(actor: Actor, signal: Signal) -> bool:
    return _writes(actor) and actor.is_hub_operator and not is_author(actor, signal)


def _comments(actor: Actor, signal: Signal) -> bool:
    del signal
    return _writes(actor) and is_member(actor)


def _agrees(actor: Actor, signal: Signal) -> bool:
    """The author, of what its node sent in too: whom it goes to from here is decided here."""
    return is_author(actor, signal) and may_share(actor)


def _answers(actor: Actor, signal: Signal) -> bool:
    return _comments(actor, signal) and not is_author(actor, signal)


def _stands(actor: Actor, signal: Signal) -> bool:
    """For the organisation speak those who need to know, the author's colleagues too: else they would be told by it."""
    return _answers(actor, signal) and actor.needs_to_know


def runs_desk(actor: Actor) -> bool:
    """Whether the actor works at the hub's release desk."""
    return _writes(actor) and actor.is_active and actor.is_hub_operator


def may_relate(actor: Actor, signal: Signal) -> bool:
    """Whether the actor may say that a signal belongs to another one: a hub operator, and its author."""
    return runs_desk(actor) or _edits(actor, signal)


def _invites(actor: Actor, signal: Signal) -> bool:
    """The author, and the coordinators of the groups; under an embargo the author alone.

    Who reads RED was fixed when it went out: nobody comes later (POLICY, table of levels).
    """
    if signal.tlp in (TLP.RED, TLP.CLEAR) or signal.arrived or not may_share(actor):
        return False
    if is_author(actor, signal):
        return True
    embargoed = signal.embargo_until is not None and signal.embargo_until > clock.now()
    if embargoed or not actor.groups:
        return False
    granted = AudienceEntry.objects.filter(item_id=signal.pk, kind=EntryKind.GROUP, target__in=actor.groups)
    return is_coordinator(actor, {row for row in granted.values_list("target", flat=True) if row})


def _solves(actor: Actor, signal: Signal) -> bool:
    """Whoever asked, and the hub."""
    return signal.kind == Kind.QUESTION and (runs_desk(actor) or (_writes(actor) and is_author(actor, signal)))


def may_file(actor: Actor, signal: Signal) -> bool:
    """Whether the actor says which items of frameworks a question is about."""
    return _solves(actor, signal) and signal.state in (State.DRAFT, State.PUBLISHED)


def require_filer(actor: Actor, signal: Signal) -> None:
    """Raise NotAllowed unless the actor says what a question is about."""
    if not may_file(actor, signal):
        raise NotAllowed(_("Only whoever asked and hub operators do this to a question."), rule="sharing.file")


def may_edit_references(actor: Actor) -> bool:
    """Whether the actor writes the hub's published answers."""
    return runs_desk(actor)


def require_editor(actor: Actor) -> None:
    """Raise NotAllowed unless the actor writes the hub's published answers."""
    if not may_edit_references(actor):
        raise NotAllowed(_("Only hub operators write published answers."), rule="sharing.reference")


def require_solved(signal: Signal) -> None:
    """Raise Conflict unless the signal is a question that something solved."""
    if signal.state != State.PUBLISHED or not Solution.everything.filter(signal=signal).exists():
        raise Conflict(_("A published answer comes from a question that was solved."))


def may_add_documents(actor: Actor, group: Group) -> bool:
    """Whether the actor adds documents to its group: a coordinator, or everybody where the charter says so."""
    if group.pk not in actor.groups or not _writes(actor):
        return False
    charter = charter_of(group)
    return is_coordinator(actor, {group.pk}) or (charter is not None and charter.members_add_documents)


def may_edit_document(actor: Actor, document: GroupDocument) -> bool:
    """Whether the actor describes a document anew and adds versions: who added it, as long as it may, coordinators."""
    adds = may_add_documents(actor, document.group)
    return adds and (document.author_id == actor.person or is_coordinator(actor, {document.group_id}))


def may_withdraw_document(actor: Actor, document: GroupDocument) -> bool:
    """Whether the actor withdraws a document and is told who got it: who added it, and the group's coordinators."""
    return _writes(actor) and (document.author_id == actor.person or is_coordinator(actor, {document.group_id}))


def require_documents_of(actor: Actor, group: Group) -> None:
    """Raise NotFound for whoever is not in the group, NotAllowed unless the actor adds documents to it."""
    if group.pk not in actor.groups:
        raise NotFound
    if not may_add_documents(actor, group):
        sentence = _("The group's coordinators add documents; a charter may let every member do so.")
        raise NotAllowed(sentence, rule="sharing.document")


def require_document(actor: Actor, document: GroupDocument, may: Callable[[Actor, GroupDocument], bool]) -> None:
    """Raise NotAllowed unless the actor `may`, Conflict where the document was withdrawn."""
    if document.state != State.PUBLISHED:
        raise Conflict(_("This document was withdrawn."))
    if not may(actor, document):
        sentence = _("Only who added a document and the group's coordinators do this to it.")
        raise NotAllowed(sentence, rule="sharing.document")


VERBS: Final = {
    "edit": Verb(State.DRAFT, _edits, gettext_lazy("Only the author changes a draft.")),
    "recall": Verb(State.HELD, _edits, gettext_lazy("Only the author takes back what waits for release.")),
    "release": Verb(
        State.HELD, _releases, gettext_lazy("Only a hub operator who did not write it releases a held signal.")
    ),
    "ask": Verb(State.HELD, _releases, gettext_lazy("Only a hub operator who did not write it asks its author.")),
    "explain": Verb(State.HELD, _edits, gettext_lazy("Only the author answers the hub.")),
    "amend": Verb(
        State.PUBLISHED,
        _amends,
        gettext_lazy(
            "Only the author amends a signal. One that had to be released is not amended: withdraw it and share anew."
        ),
    ),
    "lower": Verb(
        State.PUBLISHED,
        _amends,
        gettext_lazy(
            "Only the author lowers a level. One that had to be released is not lowered: withdraw it and share anew."
        ),
    ),
    "raise": Verb(State.PUBLISHED, _edits, gettext_lazy("Only the author raises a level.")),
    "agree": Verb(State.PUBLISHED, _agrees, gettext_lazy("Only the author agrees that a signal goes to another hub.")),
    "let-pass": Verb(
        State.PUBLISHED,
        _releases,
        gettext_lazy("Only a hub operator who did not write it lets a signal go to another hub."),
    ),
    "withdraw": Verb(
        State.PUBLISHED, _withdraws, gettext_lazy("Only the author or a hub operator withdraws a published signal.")
    ),
    "invite": Verb(
        State.PUBLISHED,
        _invites,
        gettext_lazy(
            "Only the author, or a coordinator of a group it was shared with, invites a guest; nobody to TLP:RED, whose"
            " readers are those it was given to."
        ),
    ),
    "solve": Verb(
        State.PUBLISHED, _solves, gettext_lazy("Only whoever asked and hub operators do this to a question.")
    ),
    "comment": Verb(State.PUBLISHED, _comments, gettext_lazy("Only people of member organisations comment.")),
    "answer": Verb(
        State.PUBLISHED, _answers, gettext_lazy("Only people of member organisations who did not write it answer.")
    ),
    "stand": Verb(
        State.PUBLISHED,
        _stands,
        gettext_lazy(
            "Analysts, fraud analysts and coordinators who did not write it say where their organisation stands."
        ),
    ),
}

_STATES: Final = {
    State.DRAFT: gettext_lazy("This signal is a draft."),
    State.HELD: gettext_lazy("This signal waits for a hub operator's release."),
    State.PUBLISHED: gettext_lazy("This signal has already been sent."),
    State.WITHDRAWN: gettext_lazy("This signal was withdrawn; nothing can be done to it any more."),
}


def allowed_verbs(actor: Actor, signal: Signal) -> frozenset[str]:
    """Return the verbs that `actor` may use on `signal` now: what the page offers."""
    return frozenset(name for name, verb in VERBS.items() if verb.state == signal.state and verb.allows(actor, signal))


def require(actor: Actor, name: str, signal: Signal) -> None:
    """Raise NotAllowed unless `actor` is one who may do the verb, Conflict where the signal's state forbids it."""
    verb = VERBS[name]
    if not verb.allows(actor, signal):
        raise NotAllowed(str(verb.refusal), rule=f"sharing.{name}")
    if signal.state != verb.state:
        raise Conflict(str(_STATES[State(signal.state)]))


def _writes(actor: Actor) -> bool:
    return actor.is_active and actor.channel in WRITING_CHANNELS
