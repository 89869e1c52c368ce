"""The text of a mail: as much of each notice as the policy lets into a mail, in its reader's language."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.members.models import Person
from noroshi.notify.domain.delivery import Form, form_of
from noroshi.notify.models import Notice
from noroshi.notify.presenters import Presentation, present

MAX_TEXT: Final = 4_000
MOST_LINES: Final = 100


@dataclass(frozen=True)
class Line:
    """One notice as a mail may show it."""

    notice: Notice
    form: Form
    shown: Presentation

    @property
    def tlp(self) -> TLP:
        """The marking of what the notice is about."""
        return self.shown.tlp

    @property
    def heading(self) -> str:
        """What stands in the subject: everything, the kind of notice, or that there is something."""
        if self.form is Form.NEUTRAL:
            if self.shown.is_private:
                return _("A signal needs you")
            return _("A signal needs you (%(tlp)s)") % {"tlp": self.tlp.label}
        kind = self.notice.get_kind_display()
        what = f"{kind}: {_one_line(self.shown.title)}" if self.form is Form.CONTENT else kind
        return f"{what} ({self.tlp.label})"

    @property
    def text(self) -> str:
        """What stands in a mail about this notice alone."""
        if self.form is not Form.CONTENT:
            return _("Its marking does not allow its content in a mail. Read it after signing in:")
        return f"{self.tlp.label}\n\n{self.shown.text[:MAX_TEXT]}".strip()

    @property
    def link(self) -> str:
        """The way to it through the reader's inbox: the address names the notice, not what it is about."""
        return _address(reverse("notify:open", args=[self.notice.pk]))


def readable_lines(actor: Actor, notices: Sequence[Notice]) -> list[Line]:
    """Return the notices that `actor` may still see, each with what a mail may show of it.

    What is said is the policy's answer to the channel: content where mail carries it, else a link to the web page.
    """
    on_the_web = present(actor.by(Channel.WEB), notices)
    by_mail = present(actor.by(Channel.MAIL_CONTENT), notices)
    return [
        Line(
            notice=notice,
            form=_form(on_the_web[notice.pk], content_travels=notice.pk in by_mail),
            shown=by_mail.get(notice.pk, on_the_web[notice.pk]),
        )
        for notice in notices
        if notice.pk in on_the_web
    ]


def _form(shown: Presentation, *, content_travels: bool) -> Form:
    return Form.NEUTRAL if shown.is_private else form_of(shown.tlp, content_travels=content_travels)


def write_letter(person: Person, lines: Sequence[Line]) -> EmailMessage:
    """Return the mail to `person` about one notice or several; `lines` is not empty."""
    with translation.override(person.language):
        subject, body = _single(lines[0]) if len(lines) == 1 else _folded(lines)
        rules = _address(reverse("notify:rules"))
        foot = _("Choose what is mailed to you: %(url)s") % {"url": rules}
        return EmailMessage(subject, f"{body}\n\n-- \n{foot}\n", to=[person.email], headers=_headers())


def _single(line: Line) -> tuple[str, str]:
    return line.heading, f"{line.text}\n\n{line.link}"


def _folded(lines: Sequence[Line]) -> tuple[str, str]:
    count = len(lines)
    subject = ngettext("%(count)d notice for you", "%(count)d notices for you", count) % {"count": count}
    parts = [f"- {line.heading}\n  {line.link}" for line in lines[:MOST_LINES]]
    if count > MOST_LINES:
        inbox = _address(reverse("notify:inbox"))
        parts.append(_("The others are in your inbox: %(url)s") % {"url": inbox})
    return subject, "\n\n".join(parts)


def _headers() -> dict[str, str]:
    """Return headers that tell machines what this is, and tell nobody what it is about or which machine sent it."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return {
        "Message-ID": f"<{secrets.token_hex(16)}@{host}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834 section 5
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"Noroshi <notices.{host}>",  # RFC 2919
    }


def _address(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def _one_line(text: str) -> str:
    """A line break in a title would end the header."""
    return " ".join(text.split())
