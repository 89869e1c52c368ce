"""Who may do what to a signal. Viewing is `core.policy`; here are the verbs, for somebody who already sees it."""

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import MembershipClass
from noroshi.core.errors import NotAllowed
from noroshi.sharing.models import Signal

Permission = Callable[[Actor, Signal], bool]

WRITING_CHANNELS: Final = frozenset({Channel.WEB, Channel.API_PERSON_TOKEN, Channel.CLI})


def may_share(actor: Actor) -> bool:
    """Whether the actor may write signals: a person of a member who needs to know."""
    member = actor.membership not in (None, MembershipClass.SUPERVISOR)
    return member and actor.person is not None and actor.needs_to_know and _writes(actor)


def may_edit(actor: Actor, signal: Signal) -> bool:
    """Whether the actor may change the draft."""
    return is_author(actor, signal) and signal.state == State.DRAFT and may_share(actor)


def may_amend(actor: Actor, signal: Signal) -> bool:
    """Whether the actor may replace the words of what is out: the author alone."""
    return is_author(actor, signal) and signal.state == State.PUBLISHED and may_share(actor)


def may_withdraw(actor: Actor, signal: Signal) -> bool:
    """Whether the actor may take it back: the author, or a hub operator who sees it."""
    return signal.state == State.PUBLISHED and _writes(actor) and (is_author(actor, signal) or actor.is_hub_operator)


def may_release(actor: Actor, signal: Signal) -> bool:
    """Whether the actor may let a held signal go, or hand it back: a hub operator who did not write it."""
    return signal.state == State.HELD and actor.is_hub_operator and not is_author(actor, signal) and _writes(actor)


def may_answer(actor: Actor, signal: Signal) -> bool:
    """Whether the actor may comment, acknowledge, or say "we saw this too": any member's person who sees it."""
    return signal.state == State.PUBLISHED and _is_member_person(actor) and _writes(actor)


def is_author(actor: Actor, signal: Signal) -> bool:
    """Whether the actor wrote it."""
    return actor.person is not None and signal.author_id == actor.person


VERBS: Final[dict[str, Permission]] = {
    "edit": may_edit,
    "amend": may_amend,
    "withdraw": may_withdraw,
    "release": may_release,
    "answer": may_answer,
}


def allowed_verbs(actor: Actor, signal: Signal) -> frozenset[str]:
    """Return the verbs that `actor` may use on `signal` now: what the page offers."""
    return frozenset(verb for verb, allows in VERBS.items() if allows(actor, signal))


def require(actor: Actor, verb: str, signal: Signal) -> None:
    """Raise NotAllowed, with the sentence that says why, unless `actor` may do `verb` to `signal`."""
    if VERBS[verb](actor, signal):
        return
    raise NotAllowed(_sentence(verb, signal), rule=f"sharing.{verb}")


def _sentence(verb: str, signal: Signal) -> str:
    if signal.state == State.WITHDRAWN:
        return _("This signal was withdrawn; nothing can be done to it any more.")
    return {
        "edit": _("Only the author changes a draft."),
        "amend": _("Only the author amends a published signal."),
        "withdraw": _("Only the author or a hub operator withdraws a published signal."),
        "release": _("Only a hub operator who did not write it releases a held signal."),
        "answer": _("Only people of member organisations answer a published signal."),
    }[verb]


def _writes(actor: Actor) -> bool:
    return actor.is_active and actor.channel in WRITING_CHANNELS


def _is_member_person(actor: Actor) -> bool:
    return actor.person is not None and actor.membership not in (None, MembershipClass.SUPERVISOR)
