"""How an explainer comes about: drafted, looked over by another, let out, followed up or withdrawn; and its series."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions import reviewed
from noroshi.advisories.actions.reviewed import Draft, locked
from noroshi.advisories.actions.words import checked_citations
from noroshi.advisories.domain.explainers import (
    MAX_COMMENT,
    MAX_NAME,
    MAX_PART,
    MAX_SUMMARY,
    MAX_TAG,
    MAX_TAGS,
    pictures_used,
)
from noroshi.advisories.models import Explainer, ReviewComment, Serial
from noroshi.advisories.queries import EXPLAINER_KIND, handles_at_hand
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import InvalidInput
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.texts import one_line, readable

MAX_BYLINE: Final = 200
COPIED: Final = ("summary_ja", "summary_en", "byline", "tags", "bulletins", "serial_id", "part")


@dataclass(frozen=True)
class Article:
    """What an editor hands over: a text as every other, and what is the explainers' own."""

    text: Draft
    summary_ja: str
    summary_en: str = ""
    byline: str = ""
    tags: Sequence[str] = ()
    bulletins: Sequence[str] = ()
    """Numbers of bulletins, as they are cited: ``ALERT-2026-0007``."""
    serial: Serial | None = None
    part: int | None = None


@transaction.atomic
def draft_explainer(actor: Actor, article: Article) -> Explainer:
    """Write a draft; nobody but its author sees it. Raises InvalidInput that names the field."""
    policy.require_editor(actor)
    row = Explainer(owner_id=actor.acting_organisation, author_id=actor.acting_person, world=actor.world)
    _write(actor, row, article)
    ledger.record(actor, "advisories.explainer.drafted", row)
    return row


@transaction.atomic
def renew_explainer(actor: Actor, row: Explainer) -> Explainer:
    """Begin the next version of what is out: a draft with the same words and audience."""
    version = reviewed.next_text(actor, locked(actor, row), COPIED)
    ledger.record(actor, "advisories.explainer.drafted", version, replaces=row.pk)
    return version


@transaction.atomic
def revise_explainer(actor: Actor, row: Explainer, article: Article) -> Explainer:
    """Replace a draft by another."""
    row = reviewed.to_revise(actor, row, article.text.seen)
    _write(actor, row, article)
    ledger.record(actor, "advisories.explainer.revised", row)
    return row


@transaction.atomic
def discard_explainer(actor: Actor, row: Explainer) -> None:
    """Throw a draft away, and the pictures that no other version has; only that it existed stays in the ledger."""
    row = reviewed.to_revise(actor, row)
    ledger.record(actor, "advisories.explainer.discarded", row)
    reviewed.erase(row)


@transaction.atomic
def submit_explainer(actor: Actor, row: Explainer) -> Explainer:
    """Ask another operator to look it over. Raises InvalidInput where something is missing."""
    row = reviewed.to_revise(actor, row)
    _require_whole(row)
    reviewed.hand_over(row)
    ledger.record(actor, "advisories.explainer.submitted", row)
    return row


@transaction.atomic
def hand_back_explainer(actor: Actor, row: Explainer, *, reason: str = "") -> Explainer:
    """Make a draft of it again: its author takes it back, or another operator says in a sentence what to change."""
    row = locked(actor, row)
    reviewed.hand_back(actor, row, reason)
    ledger.record(actor, "advisories.explainer.returned", row)
    return row


@transaction.atomic
def publish_explainer(actor: Actor, row: Explainer) -> Explainer:
    """Let it out: an operator who did not write it. It takes the place of the version before."""
    row = locked(actor, row)
    policy.require(policy.may_approve(actor, row), row)
    _require_whole(row)
    reviewed.let_out(actor, row, EXPLAINER_KIND, [row.summary_ja, row.summary_en, row.byline, *row.tags])
    ledger.record(actor, "advisories.explainer.published", row, rule="four-eyes", version=row.version)
    return row


@transaction.atomic
def withdraw_explainer(actor: Actor, row: Explainer, *, reason: str) -> Explainer:
    """Take it back: the date and the reason are left of it."""
    row = locked(actor, row)
    reviewed.take_back(actor, row, reason)
    ledger.record(actor, "advisories.explainer.withdrawn", row)
    return row


@transaction.atomic
def remark_on_explainer(actor: Actor, row: Explainer, *, text: str) -> ReviewComment:
    """Say something about a version that is at work, for its author and whoever looks it over."""
    row = locked(actor, row)
    policy.require(policy.may_remark(actor, row), row)
    plain = readable(text)
    if not plain:
        raise InvalidInput("text", _("Write something here."))
    if len(plain) > MAX_COMMENT:
        raise InvalidInput("text", _("The text is longer than %(limit)s characters.") % {"limit": f"{MAX_COMMENT:,}"})
    comment = ReviewComment.everything.create(explainer=row, author_id=actor.acting_person, text=plain)
    ledger.record(actor, "advisories.explainer.remarked", row, comment=comment.pk)
    return comment


@transaction.atomic
def keep_serial(
    actor: Actor,
    *,
    row: Serial | None = None,
    name_ja: str,
    name_en: str = "",
    about_ja: str = "",
    about_en: str = "",
    is_retired: bool = False,
) -> Serial:
    """Add a series of explainers, or change one."""
    policy.require_editor(actor)
    row = row or Serial()
    row.name_ja = checked_sentence("name_ja", one_line(name_ja), MAX_NAME)
    row.name_en = _sentence("name_en", name_en, MAX_NAME)
    row.about_ja, row.about_en = (
        _sentence("about_ja", about_ja, MAX_SUMMARY),
        _sentence("about_en", about_en, MAX_SUMMARY),
    )
    row.is_retired = is_retired
    row.save()
    ledger.record(actor, "advisories.serial.kept", row)
    return row


def _write(actor: Actor, row: Explainer, article: Article) -> None:
    row.summary_ja = checked_sentence("summary_ja", one_line(article.summary_ja), MAX_SUMMARY)
    row.summary_en = _sentence("summary_en", article.summary_en, MAX_SUMMARY)
    row.byline = _sentence("byline", article.byline, MAX_BYLINE)
    row.tags = _checked_tags(article.tags)
    row.bulletins = [str(number) for number in checked_citations(actor, article.bulletins)]
    row.serial, row.part = article.serial, _checked_part(article)
    _require_described(article.text.words.body_ja, "body_ja")
    _require_described(article.text.words.body_en, "body_en")
    reviewed.write(actor, row, article.text)


def _checked_part(article: Article) -> int | None:
    if article.serial is None:
        return None
    if article.part is None or not 1 <= article.part <= MAX_PART:
        raise InvalidInput("part", _("Say which part of the series it is: 1 to %(limit)s.") % {"limit": MAX_PART})
    return article.part


def _checked_tags(tags: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(plain for tag in tags if (plain := one_line(tag))))
    if len(found) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in found):
        limits = {"number": MAX_TAGS, "limit": MAX_TAG}
        raise InvalidInput("tags", _("At most %(number)s keywords of %(limit)s characters.") % limits)
    return found


def _require_described(text: str, field: str) -> None:
    """Raise InvalidInput where a picture says nothing to who does not see it."""
    for name, said in pictures_used(text):
        if not said:
            raise InvalidInput(
                field,
                _("Say what can be seen on the picture “%(name)s”, between the square brackets.") % {"name": name[:80]},
            )


def _require_whole(row: Explainer) -> None:
    """Raise InvalidInput where a picture is missing, an English summary, or another is that part of the series."""
    there = handles_at_hand(row, row.pictures)
    for field in ("body_ja", "body_en"):
        for name, _said in pictures_used(getattr(row, field)):
            if name not in there:
                raise InvalidInput(field, _("There is no picture “%(name)s”.") % {"name": name[:80]})
    if row.title_en and not row.summary_en:
        raise InvalidInput("summary_en", _("Write the summary in English too."))
    if row.serial is not None:
        _require_free_part(row, row.serial)


def _require_free_part(row: Explainer, serial: Serial) -> None:
    Serial.objects.select_for_update().get(pk=serial.pk)  # two parts of one series go out one after the other
    rows = Explainer.objects.unrestricted(reason="a part of a series stands once, whoever sees it")
    others = rows.filter(serial=serial, part=row.part, state=State.PUBLISHED, superseded_at=None)
    if any(other.pk != row.replaces_id for other in others):
        sentence = _("Another explainer is part %(part)s of this series: give it another number.")
        raise InvalidInput("part", sentence % {"part": row.part})


def _sentence(field: str, text: str, longest: int) -> str:
    plain = one_line(text)
    return checked_sentence(field, plain, longest) if plain else ""
