"""A mail server that will not take some people's mail. Settings name it: `factories.mail_server.RefusingBackend`."""

from smtplib import SMTPServerDisconnected

from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend


class RefusingBackend(BaseEmailBackend):
    """Goes away whenever somebody of bank B is written to."""

    def send_messages(self, messages):
        if any("bank-b.example" in address for message in messages for address in message.to):
            raise SMTPServerDisconnected("gone")
        mail.outbox.extend(messages)
        return len(messages)
