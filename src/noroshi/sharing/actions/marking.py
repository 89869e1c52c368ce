"""What level, audience and dates an author may give."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, refusals
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import InvalidInput
from noroshi.members.models import Group
from noroshi.members.queries import default_level
from noroshi.sharing.domain.content import Downgrade, Marking
from noroshi.sharing.domain.handling import Handling
from noroshi.sharing.models import Signal
from noroshi.sharing.queries import groups_on_offer, organisations_on_offer
from noroshi.sharing.wording import GRANTS

NOTHING_SAID: Final = Handling()


def check_marking(actor: Actor, marking: Marking) -> None:
    """Raise InvalidInput, naming the field, unless `actor` may share something marked like this now."""
    if not marking.is_of_an_author:
        raise InvalidInput("audience", _("These lines of an audience come of publishing alone."))
    if refused := refusals(marking.tlp, marking.profile, marking.kinds):
        names = _(", ").join(str(GRANTS[kind]) for kind in sorted(refused))
        raise InvalidInput(
            "tlp", _("%(tlp)s cannot be granted to: %(names)s.") % {"tlp": marking.tlp.label, "names": names}
        )
    if not marking.has_grant:
        raise InvalidInput("audience", _("Name at least one group, organisation or person, or the whole community."))
    if marking.author_mode is AuthorMode.UNLINKABLE:
        raise InvalidInput(
            "author_mode",
            _(
                "Posts that even the hub cannot trace are not offered: nothing here could keep that promise yet. An"
                " anonymous post hides you from members and operators, not from whoever runs the machine."
            ),
        )
    _check_targets(actor, marking)
    _check_later("embargo_until", marking.embargo_until)
    _check_later("expires_at", marking.expires_at)
    if marking.downgrade is not None:
        _check_later("downgrade_at", marking.downgrade.at)
        if not marking.downgrade.tlp < marking.tlp:
            raise InvalidInput(
                "downgrade_tlp", _("By itself a level only becomes lower than %(tlp)s.") % {"tlp": marking.tlp.label}
            )


def default_profile() -> Profile:
    """Return the reading of the TLP for new items on this installation."""
    return Profile(settings.TLP_PROFILE)


def usual_marking(
    group: Group | None, *, tlp: str | None = None, anonymous: bool = False, handling: Handling = NOTHING_SAID
) -> Marking:
    """Return the marking of something for a group, or for everybody: the level given, else the one usual there."""
    return Marking(
        tlp=TLP(tlp) if tlp else default_level(group) if group else TLP.AMBER,
        profile=default_profile(),
        entries=frozenset({Entry(EntryKind.GROUP, group.pk) if group else Entry(EntryKind.COMMUNITY)}),
        author_mode=AuthorMode.ANONYMOUS if anonymous else AuthorMode.NAMED,
        handling=handling,
    )


def _check_targets(actor: Actor, marking: Marking) -> None:
    groups = marking.targets(EntryKind.GROUP)
    if groups - set(groups_on_offer(actor).values_list("pk", flat=True)):
        raise InvalidInput("groups", _("You can only choose among your own groups."))
    organisations = marking.targets(EntryKind.ORGANISATION)
    if organisations - set(organisations_on_offer().values_list("pk", flat=True)):
        raise InvalidInput("organisations", _("Choose among the organisations that take part."))


def _check_later(field: str, moment: datetime | None) -> None:
    if moment is not None and moment <= clock.now():
        raise InvalidInput(field, _("This moment has passed."))


def marking_of(signal: Signal) -> Marking:
    """Return the marking of a signal as its row has it."""
    item = signal.as_item()
    return Marking(
        tlp=item.tlp,
        profile=item.profile,
        entries=item.audience,
        author_mode=item.author_mode,
        embargo_until=signal.embargo_until,
        expires_at=signal.expires_at,
        downgrade=Downgrade(signal.downgrade_at, TLP(signal.downgrade_tlp)) if signal.downgrade_at else None,
        handling=signal.handling,
    )
