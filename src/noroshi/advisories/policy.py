"""Who may do what in the advisories room. Viewing is `core.policy`; here are the verbs."""

from typing import Final

from django.utils.translation import gettext as _

from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.domain.inquiries import Stand
from noroshi.advisories.models import Bulletin, Inquiry, Reviewed
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import MembershipClass
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, NotAllowed, NotFound
from noroshi.members.domain.authority import administers
from noroshi.sharing.policy import may_share, runs_desk

BULLETIN_LEVELS: Final = (TLP.CLEAR, TLP.GREEN, TLP.AMBER, TLP.AMBER_STRICT)
"""What is for named people alone is a signal, no bulletin."""

AT_WORK: Final = (Stage.DRAFT, Stage.REVIEW, Stage.APPROVED)
"""Where a text stands that its readers do not see yet."""


def may_edit_bulletins(actor: Actor) -> bool:
    """Whether the actor writes bulletins: an operator of the hub, in person."""
    return actor.person is not None and runs_desk(actor)


def require_member(actor: Actor) -> None:
    """Raise NotFound for whoever stands behind the wall: for a supervisor, this room is not there."""
    if actor.is_supervisor:
        raise NotFound


def require_editor(actor: Actor) -> None:
    """Raise NotAllowed unless the actor writes bulletins."""
    if not may_edit_bulletins(actor):
        raise NotAllowed(_("What the hub publishes is written by its operators."), rule="advisories.edit")


def may_revise(actor: Actor, row: Reviewed) -> bool:
    """Whether the actor changes the words: its author, while it is a draft."""
    return may_edit_bulletins(actor) and row.stage is Stage.DRAFT and row.author_id == actor.person


def may_approve(actor: Actor, row: Reviewed) -> bool:
    """Whether the actor is the second pair of eyes: an operator who did not write it."""
    return may_edit_bulletins(actor) and row.stage is Stage.REVIEW and row.author_id != actor.person


def may_hand_back(actor: Actor, row: Reviewed) -> bool:
    """Whether the actor makes a draft of it again: its author, or whoever looks it over."""
    return may_edit_bulletins(actor) and row.stage in (Stage.REVIEW, Stage.APPROVED)


def may_publish(actor: Actor, bulletin: Bulletin) -> bool:
    """Whether the actor sends it out, once another has approved it."""
    return may_edit_bulletins(actor) and bulletin.stage is Stage.APPROVED


def may_follow_up(actor: Actor, row: Reviewed) -> bool:
    """Whether the actor begins another version of it, or withdraws it: any operator, while it holds."""
    return may_edit_bulletins(actor) and row.stage is Stage.PUBLISHED


def may_remark(actor: Actor, row: Reviewed) -> bool:
    """Whether the actor says something about a version at work: any operator who sees it."""
    return may_edit_bulletins(actor) and row.stage in AT_WORK


def require(allowed: bool, row: Reviewed) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise unless `allowed`; the sentence says where the text stands."""
    if allowed:
        return
    sentence = {
        Stage.DRAFT: _("It is a draft: its author goes on with it."),
        Stage.REVIEW: _("It waits for an operator who did not write it."),
        Stage.APPROVED: _("It is approved and waits to be published."),
        Stage.PUBLISHED: _("It has gone out and does not change any more: begin another version."),
        Stage.SUPERSEDED: _("Another version has taken its place."),
        Stage.WITHDRAWN: _("It is withdrawn."),
    }
    raise Conflict(sentence[row.stage])


def may_read_sources(actor: Actor) -> bool:
    """Whether the actor sees which sources are read and how they are: anybody of a member organisation."""
    return actor.is_active and not (actor.is_visitor or actor.is_supervisor)


def require_source_reader(actor: Actor) -> None:
    """Raise NotFound for whoever stands outside or behind the wall."""
    if not may_read_sources(actor):
        raise NotFound


def may_keep_sources(actor: Actor) -> bool:
    """Whether the actor says what is read: an operator of the hub, or the command line of the installation."""
    if actor.channel is Channel.CLI and actor.is_visitor:
        return True
    return may_edit_bulletins(actor)


def require_source_keeper(actor: Actor) -> None:
    """Raise NotAllowed unless the actor keeps sources."""
    if not may_keep_sources(actor):
        raise NotAllowed(_("Sources are kept by operators of the hub."), rule="advisories.sources")


def may_triage(actor: Actor) -> bool:
    """Whether the actor says what becomes of what came in: an operator of the hub, in person."""
    return may_edit_bulletins(actor)


def require_triager(actor: Actor) -> None:
    """Raise NotFound outside and behind the wall, NotAllowed unless the actor triages."""
    require_source_reader(actor)
    if not may_triage(actor):
        raise NotAllowed(_("What came in is triaged by operators of the hub."), rule="advisories.triage")


def may_see_inventories(actor: Actor) -> bool:
    """Whether the actor sees what the own organisation runs and what hits it: its people with a need to know."""
    return actor.is_active and actor.needs_to_know and not actor.is_supervisor


def require_inventory_reader(actor: Actor) -> None:
    """Raise NotFound behind the wall, NotAllowed for whoever has no need to know."""
    require_member(actor)
    if not may_see_inventories(actor):
        raise NotAllowed(
            _("What your organisation runs is for its analysts and coordinators."), rule="advisories.tasks"
        )


def may_keep_inventories(actor: Actor) -> bool:
    """Whether the actor says what the own organisation runs, and what is done about it: whoever writes for it."""
    return may_share(actor)


def require_inventory_keeper(actor: Actor) -> None:
    """Raise NotAllowed unless the actor keeps the inventories of the own organisation."""
    if not may_keep_inventories(actor):
        raise NotAllowed(_("Inventories and tasks are kept by analysts of the organisation."), rule="advisories.tasks")


def may_decide_counts(actor: Actor) -> bool:
    """Whether the actor says that counts of the own organisation's tasks go up to the hub: its administrator."""
    is_member = actor.membership is not MembershipClass.HUB and not actor.is_supervisor
    return is_member and actor.is_active and actor.organisation is not None and administers(actor, actor.organisation)


def require_counts_decider(actor: Actor) -> None:
    """Raise NotAllowed unless the actor decides that."""
    if not may_decide_counts(actor):
        raise NotAllowed(
            _("Whether counts go up is decided by an administrator of the member."), rule="advisories.counts"
        )


def tells_counts(actor: Actor) -> bool:
    """Whether the actor sees what goes up, or would, of the own organisation; the hub tells itself nothing."""
    return may_see_inventories(actor) and actor.membership is not MembershipClass.HUB


def sees_counts(actor: Actor) -> bool:
    """Whether the actor decides that, sees the tasks, or reads counts at the hub."""
    return may_decide_counts(actor) or may_see_inventories(actor) or actor.is_hub_operator


def require_counts_reader(actor: Actor) -> None:
    """Raise NotFound for everybody else."""
    if not sees_counts(actor):
        raise NotFound


def may_issue_sheets(actor: Actor) -> bool:
    """Whether the actor issues the daily sheet: an operator of the hub, or the command line of the installation."""
    return may_keep_sources(actor)


def require_sheet_issuer(actor: Actor) -> None:
    """Raise NotAllowed unless the actor issues sheets."""
    if not may_issue_sheets(actor):
        raise NotAllowed(_("Daily sheets are issued by operators of the hub."), rule="advisories.sheet")


def may_ask(actor: Actor) -> bool:
    """Whether the actor asks the hub: a person of a member who needs to know. The hub does not ask itself."""
    return may_share(actor) and actor.membership is not MembershipClass.HUB


def require_asker(actor: Actor) -> None:
    """Raise NotAllowed unless the actor asks the hub."""
    if not may_ask(actor):
        sentence = _("Inquiries are for analysts, fraud analysts and coordinators of member organisations.")
        raise NotAllowed(sentence, rule="advisories.ask")


def may_reply(actor: Actor, inquiry: Inquiry) -> bool:
    """Whether the actor asks on: anybody of the organisation that asked who sees it."""
    return may_ask(actor) and inquiry.organisation_id == actor.organisation


def may_answer(actor: Actor) -> bool:
    """Whether the actor answers for the hub: an operator, in person."""
    return may_edit_bulletins(actor)


def may_close(actor: Actor, inquiry: Inquiry) -> bool:
    """Whether the actor says that nothing is left to say: either side, while it is not closed."""
    return inquiry.state != Stand.CLOSED and (may_answer(actor) or may_reply(actor, inquiry))


def require_stand(allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise where an inquiry does not stand where this can be done to it."""
    if not allowed:
        raise Conflict(_("This cannot be done now: look at how it stands, and who wrote it."))


def require_answerer(actor: Actor) -> None:
    """Raise NotAllowed unless the actor answers for the hub."""
    if not may_answer(actor):
        raise NotAllowed(_("Inquiries are answered by operators of the hub."), rule="advisories.answer")


def require_reader_of_inquiries(actor: Actor) -> None:
    """Raise NotFound for whoever neither asks nor answers."""
    if not (may_ask(actor) or actor.is_hub_operator):
        raise NotFound


def may_keep_lists(actor: Actor) -> bool:
    """Whether the actor keeps the lists of the mail magazine: an operator of the hub, in person."""
    return may_edit_bulletins(actor)


def may_take_bounces(actor: Actor) -> bool:
    """Whether the actor counts mail that came back: who keeps the lists, or the command line of the installation."""
    return may_keep_sources(actor)


def require_bounce_taker(actor: Actor) -> None:
    """Raise NotAllowed unless the actor counts mail that came back."""
    if not may_take_bounces(actor):
        raise NotAllowed(_("The mail magazine is kept by operators of the hub."), rule="advisories.magazine")


def require_list_keeper(actor: Actor) -> None:
    """Raise NotFound behind the wall, NotAllowed unless the actor keeps the lists of the mail magazine."""
    require_member(actor)
    if not may_keep_lists(actor):
        raise NotAllowed(_("The mail magazine is kept by operators of the hub."), rule="advisories.magazine")
