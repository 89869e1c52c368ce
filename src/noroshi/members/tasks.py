"""Background jobs of the members room."""

from uuid import UUID

from noroshi.kit.jobs import job
from noroshi.members import mail
from noroshi.members.actions.invitations import renew_secret


@job()
def mail_invitation(invitation_id: str) -> None:
    """Send an invitation that is still open. The secret is made here, so the queue and the database never hold it."""
    renewed = renew_secret(UUID(invitation_id))
    if renewed is not None:
        mail.send_invitation(*renewed)
