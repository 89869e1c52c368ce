"""The mail that asks an address whether it wants a list: its secret is made when it is sent, and nowhere kept."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from noroshi.advisories.domain.magazine import LINK_HOLDS
from noroshi.advisories.magazine_letters import encoded, language_of, new_message_id
from noroshi.advisories.models import Standing, Subscriber
from noroshi.core import clock
from noroshi.kit.jobs import job
from noroshi.members.domain.secrets import digest, new_secret


@job()
def mail_confirmation(subscriber_id: str) -> None:
    """Ask an address that is not on its list; the link of the mail before, if any, becomes void."""
    renewed = _renew(UUID(subscriber_id))
    if renewed is not None:
        confirmation(*renewed).send()


@transaction.atomic
def _renew(subscriber_id: UUID) -> tuple[Subscriber, str] | None:
    rows = Subscriber.everything.select_for_update(of=("self",)).select_related("mailing_list")
    row = rows.filter(pk=subscriber_id).exclude(state=Standing.CONFIRMED).first()
    if row is None:
        return None
    secret = new_secret()
    row.token_digest, row.token_until = digest(secret), clock.now() + LINK_HOLDS
    row.save(update_fields=["token_digest", "token_until"])
    return row, secret


def confirmation(row: Subscriber, secret: str) -> EmailMessage:
    """Return the mail: it says nothing that whoever typed the address could choose."""
    with translation.override(language_of(row.mailing_list, row)):
        link = f"{settings.BASE_URL}{reverse('magazine:confirm', args=[secret])}"
        body = render_to_string("advisories/mail/confirmation.txt", {"row": row, "link": link})
        subject = _('Do you want to get "%(list)s"?') % {"list": row.mailing_list}
        headers = {
            "Message-ID": f"<{new_message_id()}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        }
        return EmailMessage(encoded(subject), body.strip() + "\n", to=[row.address], headers=headers)
