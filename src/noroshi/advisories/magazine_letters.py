"""The mails of the magazine: plain text, and the same as simple HTML, for whoever has no account here."""

from dataclasses import dataclass
from email.header import Header
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from noroshi.advisories.magazine_returns import return_address
from noroshi.advisories.magazine_signing import Signed
from noroshi.advisories.models import Bulletin, Delivery, MailingKind, MailingLanguage, MailingList, Subscriber
from noroshi.core import clock, ids
from noroshi.core.domain.tlp import TLP

_WORD: Final = 60
_SALT: Final = "advisories.magazine.leave"


def new_message_id() -> str:
    """Return a `Message-ID`, without its brackets: it tells nobody which machine sent the mail."""
    return f"{ids.new_id().hex}@{_host()}"


def leave_secret(subscriber_id: UUID) -> str:
    """Return what stands in the address by which a subscriber leaves: it works for nobody else, and without an end."""
    return signing.Signer(salt=_SALT, sep=".").sign(subscriber_id.hex)


def whose_leave(secret: str) -> UUID | None:
    """Return whose leave a secret is, None where it was not made here."""
    try:
        return UUID(signing.Signer(salt=_SALT, sep=".").unsign(secret))
    except (signing.BadSignature, ValueError):
        return None


@dataclass(frozen=True)
class Envelope:
    """To whom a mail goes, in which language, under which number, and how its reader leaves the list."""

    to: str
    language: str
    message_id: str
    leave: str = ""
    """The address; none in a test."""
    back: str = ""
    """Where it comes back to, if not to its sender."""
    is_test: bool = False


def letter_of(delivery: Delivery) -> EmailMessage:
    """Return the mail of a delivery, as its bulletin and its list are now."""
    mailing_list, subscriber = delivery.mailing_list, delivery.subscriber
    leave = f"{settings.BASE_URL}{reverse('magazine:leave', args=[leave_secret(subscriber.pk)])}"
    language = language_of(mailing_list, subscriber)
    back = return_address(delivery.pk) if delivery.has_return_address else ""
    envelope = Envelope(subscriber.address, language, delivery.message_id, leave, back)
    return letter(mailing_list, delivery.bulletin, MailingKind(delivery.kind), envelope)


def language_of(mailing_list: MailingList, subscriber: Subscriber) -> str:
    """Return the language in which a subscriber gets what goes to a list."""
    return subscriber.language if mailing_list.language == MailingLanguage.BOTH else mailing_list.language


def letter(mailing_list: MailingList, bulletin: Bulletin, kind: MailingKind, envelope: Envelope) -> EmailMessage:
    """Return the mail about a bulletin's version, or about its withdrawal."""
    with translation.override(envelope.language):
        withdrawn = kind is MailingKind.WITHDRAWAL
        said = {
            "bulletin": bulletin,
            "tlp": TLP(bulletin.tlp).label,
            "list": mailing_list,
            "leave": envelope.leave,
            "day": timezone.localtime(bulletin.changed_at if withdrawn else bulletin.published_at or clock.now()),
            "is_test": envelope.is_test,
        }
        if not withdrawn:
            html: dict[str, str] = bulletin.frozen["html"]
            said["html"] = html.get(envelope.language) or html["ja"]
        name = "withdrawal" if withdrawn else "bulletin"
        mail = Signed(
            _subject(bulletin, envelope, withdrawn=withdrawn),
            _text(name, said),
            envelope.back or None,
            to=[envelope.to],
            headers=_headers(mailing_list, envelope),
        )
        mail.attach_alternative(render_to_string(f"advisories/mail/{name}.html", said), "text/html")
    return mail


def _text(name: str, said: dict[str, object]) -> str:
    """Plain text is no HTML: its template escapes nothing, and what is left out leaves no hole."""
    lines = render_to_string(f"advisories/mail/{name}.txt", said).splitlines()
    kept: list[str] = []
    for line in map(str.rstrip, lines):
        if line or (kept and kept[-1]):
            kept.append("-- " if line == "--" else line)
    return "\n".join(kept).strip() + "\n"


def _subject(bulletin: Bulletin, envelope: Envelope, *, withdrawn: bool) -> str:
    tlp = TLP(bulletin.tlp).label
    what = _("withdrawn") if withdrawn else " ".join(bulletin.title.split())
    subject = f"[{bulletin.reference}] {what} ({tlp})"
    return encoded(_("[Test] %(subject)s") % {"subject": subject} if envelope.is_test else subject)


def encoded(subject: str) -> str:
    """Return a subject in encoded words (RFC 2047) so short that the first stands beside the header's name."""
    return subject if subject.isascii() else " ".join(Header(subject, "utf-8", maxlinelen=_WORD).encode().split())


def _headers(mailing_list: MailingList, envelope: Envelope) -> dict[str, str]:
    """Return headers that tell machines what this is: RFC 2919, 3834 and 8058."""
    headers = {
        "Message-ID": f"<{envelope.message_id}>",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"<{mailing_list.slug}.magazine.{_host()}>",
    }
    if envelope.back:
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    if envelope.leave:
        headers |= {"List-Unsubscribe": f"<{envelope.leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"
