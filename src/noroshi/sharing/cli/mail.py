"""`noroshi mail`: mails that become drafts, handed over by a mail server or fetched from a mailbox.

`receive` ends as mail servers expect of what they hand mail to (sysexits.h): what is refused for good is sent back with
the sentence on standard error, what broke on our side is tried again.
"""

import sys
from enum import IntEnum
from typing import Final

import click

from noroshi.core.errors import NoroshiError, NotAllowed, NotFound


class Sysexit(IntEnum):
    """What an exit code says to a mail server."""

    TAKEN = 0
    DATAERR = 65
    NOUSER = 67
    TEMPFAIL = 75
    NOPERM = 77


@click.group()
def mail() -> None:
    """Mails that become drafts of the people they come from."""


@mail.command("receive")
@click.option("--recipient", "recipients", multiple=True, help="An address of the envelope; else the headers are read.")
def receive(recipients: tuple[str, ...]) -> None:
    """Take one mail from standard input.

    Exit 0 it is a draft (or a machine sent it, and it is left out), 65 it cannot be taken, 67 there is no such address,
    75 try again later, 77 its sender may not.
    """
    from noroshi.sharing.actions.mail_in import LARGEST

    raw = sys.stdin.buffer.read(LARGEST + 1)
    code, sentence = _received(raw, recipients)
    if sentence:
        click.echo(sentence, err=True)
    sys.exit(code)


def _received(raw: bytes, recipients: tuple[str, ...]) -> tuple[Sysexit, str]:
    from noroshi.sharing import actions

    try:
        actions.take_mail(raw, recipients=recipients)
    except actions.MailIgnored:
        return Sysexit.TAKEN, ""
    except actions.MailUnknown as unknown:
        return Sysexit.NOUSER, unknown.message
    except NotFound as closed:  # no mail is taken in: a setting that is missing loses no mail
        return Sysexit.TEMPFAIL, closed.message
    except NotAllowed as refusal:
        return Sysexit.NOPERM, refusal.message
    except NoroshiError as refusal:
        return Sysexit.DATAERR, refusal.message
    except Exception:  # isolation point: the mail server keeps the mail and hands it over again
        import logging

        logging.getLogger(__name__).exception("mail could not be taken")
        return Sysexit.TEMPFAIL, "This mail could not be taken now; it will be tried again."
    return Sysexit.TAKEN, ""


@mail.command("fetch")
def fetch() -> None:
    """Empty the mailbox of NOROSHI_MAIL_IN_IMAP_URL once, as the worker does each minute."""
    from noroshi.sharing.mailbox import fetch_mail

    counts = fetch_mail()
    click.echo(f"{counts.taken} taken, {counts.refused} refused, {counts.left} left for later")


commands: Final = (mail,)
