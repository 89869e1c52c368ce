"""An organisation chooses who of its people gets signals in plain words."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.members.models import Organisation
from noroshi.sharing.domain.texts import one_line
from noroshi.sharing.models import PlainMail
from noroshi.sharing.queries.plain_mail import people_on_offer, plain_mail_house

MAX_CONTACT: Final = 200


@transaction.atomic
def choose_plain_mail(
    actor: Actor, organisation: Organisation, *, people: Collection[UUID], contact: str = ""
) -> PlainMail:
    """Say who of an organisation reads mail in plain words, and whom they call: its admin, or a hub operator."""
    house = plain_mail_house(actor, organisation.slug)
    line = one_line(contact)
    if len(line) > MAX_CONTACT:
        raise InvalidInput("contact", _("This is longer than %(limit)s characters.") % {"limit": MAX_CONTACT})
    chosen = people_on_offer(house).filter(pk__in=people)
    if len(chosen) != len(set(people)):
        raise InvalidInput("people", _("Choose among the people of this organisation."))
    row, _made = PlainMail.objects.update_or_create(
        organisation=house, defaults={"contact": line, "changed_at": clock.now()}
    )
    row.people.set(chosen)
    ledger.record(actor, "sharing.plain_mail.chosen", house, people=sorted(map(str, people)))
    return row
