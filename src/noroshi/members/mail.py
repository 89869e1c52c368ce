"""The invitation's mail, in both languages: nobody knows yet which one the invited person reads."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from noroshi.kit.jobs import job
from noroshi.members.actions.invitations import renew_secret
from noroshi.members.models import Invitation

LANGUAGES: Final = ("ja", "en")


def invitation_link(secret: str) -> str:
    """Return the address at which the invitation with this secret is accepted."""
    return f"{settings.BASE_URL}{reverse('members:invitation-accept', args=[secret])}"


@job()
def mail_invitation(invitation_id: str) -> None:
    """Send an invitation that is still open. The secret is made here, so the queue and the database never hold it."""
    renewed = renew_secret(UUID(invitation_id))
    if renewed is not None:
        _send(*renewed)


def _send(invitation: Invitation, secret: str) -> None:
    subjects, bodies = [], []
    for language in LANGUAGES:
        with translation.override(language):
            context = {"invitation": invitation, "link": invitation_link(secret)}
            subjects.append(render_to_string("members/mail/invitation_subject.txt", context).strip())
            bodies.append(render_to_string("members/mail/invitation.txt", context).strip())
    send_mail(" / ".join(subjects), "\n\n----\n\n".join(bodies) + "\n", None, [invitation.email])
