"""What is noted of a token that is used: when, whence, and that it opened nothing."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.members.actions.meters import count
from noroshi.members.domain.meters import DAY, HOUR, Measure
from noroshi.members.models import Meter, Token, TokenOrigin

NOTED_EVERY: Final = timedelta(minutes=1)

REFUSALS: Final = {
    "revoked": _("The token was revoked."),
    "expired": _("The token has expired."),
    "standing": _("Whoever holds the token takes no part."),
    "scope": _("The token does not open this."),
    "name": _("The name given with the token is not its holder's."),
    "alone": _("The token opens more than may stand in an address."),
}


def known_uses(origin: str) -> QuerySet[TokenOrigin]:
    """Return the uses from `origin` that were noted a moment ago."""
    lately = TokenOrigin.objects.filter(last_at__gt=clock.now() - NOTED_EVERY)
    return lately.filter(origin=origin)


@transaction.atomic
def note_use(actor: Actor, token: Token, *, origin: str) -> bool:
    """Note that a token is used, and whence; return whether it may be: from too many places it is not."""
    now = clock.now()
    places = TokenOrigin.objects.filter(token=token)
    places.filter(last_at__lte=now - DAY).delete()
    if not places.filter(origin=origin).update(last_at=now):
        if count(actor, Measure.ADDRESSES) is not None:
            return False
        places.get_or_create(token=token, origin=origin)
    Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return True


@transaction.atomic
def note_refusal(actor: Actor, token: Token, *, rule: str) -> None:
    """Note that a token opened nothing. The ledger has the first time of an hour, its owner hears of many."""
    lately = Meter.objects.filter(holder=token.pk, measure=Measure.REFUSED, began_at__gt=clock.now() - HOUR)
    if not lately.exists():
        ledger.record(actor, "members.token.refused", token, rule=rule, reason=str(REFUSALS[rule]))
    count(actor, Measure.REFUSED)


def forget_addresses() -> int:
    """Forget whence tokens were used longer than a day ago; return how many places."""
    return TokenOrigin.objects.filter(last_at__lte=clock.now() - DAY).delete()[0]
