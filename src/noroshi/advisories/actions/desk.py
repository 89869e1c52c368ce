"""What the hub's operators set up for bulletins: categories and templates."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions.words import checked_text
from noroshi.advisories.domain.bulletins import MAX_LINES, MAX_TITLE, Check, Checklist, Words
from noroshi.advisories.models import Category, Template
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.texts import one_line

MAX_NAME: Final = 80
MAX_CHECK: Final = 200
MOST: Final = 50


@transaction.atomic
def keep_category(
    actor: Actor,
    *,
    row: Category | None = None,
    series: str,
    name_ja: str,
    name_en: str,
    position: int = 0,
    is_retired: bool = False,
) -> Category:
    """Add a category, or change one. Its series stays as it is from the first bulletin on: numbers have gone out."""
    policy.require_editor(actor)
    if row is None and Category.objects.count() >= MOST:
        raise Conflict(_("There are enough categories: change one of them."))
    row = row or Category(series=series)
    row.name_ja = checked_sentence("name_ja", one_line(name_ja), MAX_NAME)
    row.name_en = checked_sentence("name_en", one_line(name_en), MAX_NAME)
    row.position, row.is_retired = position, is_retired
    row.save()
    ledger.record(actor, "advisories.category.kept", row, series=row.series)
    return row


@transaction.atomic
def keep_template(  # noqa: PLR0913 - one call says everything about a template, by name
    actor: Actor,
    *,
    row: Template | None = None,
    category: Category,
    name_ja: str,
    name_en: str = "",
    words: Words,
    checks: Iterable[Check] = (),
    is_retired: bool = False,
) -> Template:
    """Add a template, or change one; bulletins begun from it keep the checklist that they were begun with."""
    policy.require_editor(actor)
    if row is None and Template.objects.filter(is_retired=False).count() >= MOST:
        raise Conflict(_("There are enough templates: change one of them."))
    row = row or Template()
    row.category, row.is_retired = category, is_retired
    row.name_ja = checked_sentence("name_ja", one_line(name_ja), MAX_NAME)
    row.name_en = one_line(name_en)[:MAX_NAME]
    row.title_ja, row.title_en = one_line(words.title_ja)[:MAX_TITLE], one_line(words.title_en)[:MAX_TITLE]
    row.body_ja, row.body_en = checked_text("body_ja", words.body_ja), checked_text("body_en", words.body_en)
    row.checklist = _checked(checks).stored
    row.save()
    ledger.record(actor, "advisories.template.kept", row)
    return row


def _checked(checks: Iterable[Check]) -> Checklist:
    lines = tuple(Check(one_line(line.ja), one_line(line.en)) for line in checks)
    if len(lines) > MAX_LINES or any(max(len(line.ja), len(line.en)) > MAX_CHECK for line in lines):
        limits = {"lines": MAX_LINES, "limit": MAX_CHECK}
        raise InvalidInput("checks", _("At most %(lines)s lines of %(limit)s characters.") % limits)
    return Checklist(lines)
