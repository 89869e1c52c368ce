"""The text of a mail: as much of each notice as the policy lets into a mail, in its reader's language."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.members.models import Person
from noroshi.notify.domain.delivery import MOST_AN_HOUR, Form, form_of
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import Delivery, Notice
from noroshi.notify.presenters import Presentation, kinds_on_offer, present_to_each, topics_of
from noroshi.notify.queries import groups_of

MAX_TEXT: Final = 4_000
MOST_LINES: Final = 100
BY_MAIL: Final = (Channel.WEB, Channel.MAIL_CONTENT)
"""A mail's reader follows its link to the page, and reads in it what mail may carry."""


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
    def entry(self) -> str:
        """What stands in a mail with others under the heading: nothing, or the text of what nobody looks up."""
        return self.text if self.shown.stands_alone and self.form is Form.CONTENT else ""

    @property
    def link(self) -> str:
        """The way to it through the reader's inbox: the address names the notice, not what it is about."""
        return _address(reverse("notify:open", args=[self.notice.pk]))


def readable_lines(notices: Mapping[Actor, Collection[Notice]]) -> dict[Actor, list[Line]]:
    """Return, of each reader's notices, those that it may still see, each with what a mail may show of it.

    What is said is the policy's answer to the channel: content where mail carries it, else a link to the web page.
    """
    asked = {actor.by(channel): rows for actor, rows in notices.items() for channel in BY_MAIL}
    shown = present_to_each(asked)
    return {
        actor: [
            Line(
                notice=notice,
                form=_form(on_the_web[notice.pk], content_travels=notice.pk in by_mail),
                shown=by_mail.get(notice.pk, on_the_web[notice.pk]),
            )
            for notice in rows
            if notice.pk in on_the_web
        ]
        for actor, rows in notices.items()
        for on_the_web, by_mail in [[shown[actor.by(channel)] for channel in BY_MAIL]]
    }


def _form(shown: Presentation, *, content_travels: bool) -> Form:
    return Form.NEUTRAL if shown.is_private else form_of(shown.tlp, content_travels=content_travels)


def write_letter(person: Person, lines: Sequence[Line]) -> EmailMessage:
    """Return the mail to `person` about one notice or several; `lines` is not empty."""
    with translation.override(person.language):
        subject, body = _single(lines[0]) if len(lines) == 1 else _folded(lines)
        return EmailMessage(subject, body + _foot(), to=[person.email], headers=_headers())


def _single(line: Line) -> tuple[str, str]:
    return line.heading, f"{line.text}\n\n{line.link}"


def _folded(lines: Sequence[Line]) -> tuple[str, str]:
    together = _together(lines)
    count = len(together)
    subject = ngettext("%(count)d notice for you", "%(count)d notices for you", count) % {"count": count}
    parts = [_entry(line, times) for line, times in together[:MOST_LINES]]
    if count > MOST_LINES:
        parts.append(_the_others())
    if any(line.notice.delivery == Delivery.AT_ONCE for line in lines):
        parts.append(_held_back())
    return subject, "\n\n".join(parts)


def _together(lines: Sequence[Line]) -> list[tuple[Line, int]]:
    """Put notices of one kind about one thing together, at the place of the first: the last of them, and how many."""
    found: dict[tuple[str, str, UUID], tuple[Line, int]] = {}
    for line in lines:
        key = (line.notice.kind, line.notice.subject, line.notice.subject_id)
        found[key] = (line, found[key][1] + 1 if key in found else 1)
    return list(found.values())


def _entry(line: Line, times: int) -> str:
    head = f"- {_heading(line, times)}\n  {line.link}"
    return f"{head}\n\n{indent(line.entry, '  ')}" if line.entry else head


def _heading(line: Line, times: int) -> str:
    return line.heading if times == 1 else _("%(what)s, %(times)d times") % {"what": line.heading, "times": times}


def _the_others() -> str:
    inbox = _address(reverse("notify:inbox"))
    return _("The others are in your inbox: %(url)s") % {"url": inbox}


def _held_back() -> str:
    return _(
        "These came together so that your mailbox is not flooded: at most %(number)d mails of their own go to you in"
        " an hour, and none in your quiet hours."
    ) % {"number": MOST_AN_HOUR}


@dataclass(frozen=True)
class Section:
    """A part of the magazine: what came to one circle, of one kind."""

    circle: str
    kind: str
    lines: list[tuple[Line, int]]


def write_magazine(person: Person, lines: Sequence[Line]) -> EmailMessage:
    """Return the weekly mail, laid out by circle and kind: plain text, and the same as simple HTML.

    Only what the channel carries is laid out so: where a link lies would tell of what the marking keeps out of mail.
    """
    with translation.override(person.language):
        together = _together(lines)
        sections, bare = _sections(person, together), [pair for pair in together if pair[0].form is not Form.CONTENT]
        count = len(together)
        subject = ngettext("Your week: %(count)d notice", "Your week: %(count)d notices", count) % {"count": count}
        context = {"subject": subject, "sections": sections, "bare": bare, "rules": _rules(), "inbox": _inbox()}
        letter = EmailMultiAlternatives(
            subject, _magazine_text(sections, bare) + _foot(), to=[person.email], headers=_headers()
        )
        letter.attach_alternative(render_to_string("notify/mail/magazine.html", context), "text/html")
        return letter


def _sections(person: Person, together: Sequence[tuple[Line, int]]) -> list[Section]:
    open_lines = [pair for pair in together if pair[0].form is Form.CONTENT]
    topics = _topics([line.notice for line, _times in open_lines])
    groups = {group.pk: group.name for group in groups_of(person)}
    kinds = {str(value): str(label) for value, label in kinds_on_offer()}
    found: dict[tuple[str, str], list[tuple[Line, int]]] = {}
    for pair in open_lines:
        topic = topics[pair[0].notice.subject_id]
        circle = min((groups[number] for number in topic.groups if number in groups), default="")
        found.setdefault((circle, kinds.get(topic.signal_kind, "")), []).append(pair)
    return [
        Section(circle or _("To everybody, or to you"), kind or _("Other"), rows)
        for (circle, kind), rows in sorted(found.items())
    ]


def _topics(notices: Sequence[Notice]) -> dict[UUID, Topic]:
    by_subject: dict[str, set[UUID]] = {}
    for notice in notices:
        by_subject.setdefault(notice.subject, set()).add(notice.subject_id)
    return {number: topic for subject, ids in by_subject.items() for number, topic in topics_of(subject, ids).items()}


def _magazine_text(sections: Sequence[Section], bare: Sequence[tuple[Line, int]]) -> str:
    parts, circle = [], None
    for section in sections:
        if section.circle != circle:
            circle = section.circle
            parts.append(f"{circle}\n{'=' * 40}")
        rows = [_entry(line, times) for line, times in section.lines[:MOST_LINES]]
        parts.append("\n\n".join([f"[{section.kind}]", *rows]))
        if len(section.lines) > MOST_LINES:
            parts.append(_the_others())
    if bare:
        rows = [_entry(line, times) for line, times in bare[:MOST_LINES]]
        parts.append("\n\n".join([_("To be read after signing in") + "\n" + "=" * 40, *rows]))
    return "\n\n".join(parts)


def _rules() -> str:
    return _address(reverse("notify:subscriptions"))


def _inbox() -> str:
    return _address(reverse("notify:inbox"))


def _foot() -> str:
    return "\n\n-- \n" + _("Choose what is mailed to you: %(url)s") % {"url": _rules()} + "\n"


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
