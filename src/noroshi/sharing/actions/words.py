"""What people write, checked: each raises InvalidInput that names the field."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from noroshi.core.errors import InvalidInput
from noroshi.intel.models import Tag
from noroshi.intel.queries import tags_named
from noroshi.sharing.domain.content import (
    MAX_BODY,
    MAX_TAGS,
    MAX_TITLE,
)
from noroshi.sharing.domain.outline import MAX_ANSWER, Outline
from noroshi.sharing.domain.plain_words import MAX_PLAIN
from noroshi.sharing.domain.texts import one_line, readable
from noroshi.sharing.models import Kind, Target


def checked_choice(field: str, value: str, choices: type[Kind] | type[Target]) -> str:
    """Return `value` where it is one of the list."""
    if value not in choices.values:
        raise InvalidInput(field, _("Choose one of the list."))
    return value


def checked_kind(kind: str, target: str) -> None:
    """Raise InvalidInput unless it is said what a signal is about, and whom it strikes."""
    checked_choice("kind", kind, Kind)
    checked_choice("target", target, Target)


def checked_title(text: str) -> str:
    """Return a title in one line."""
    return checked_sentence("title", one_line(text), MAX_TITLE)


def checked_body(text: str) -> str:
    """Return the text without what cannot be read; it may be empty."""
    plain = readable(text)
    if len(plain) > MAX_BODY:
        raise InvalidInput("body", _("The text is longer than %(limit)s characters.") % {"limit": f"{MAX_BODY:,}"})
    return plain


def checked_sentence(field: str, text: str, limit: int) -> str:
    """Return a text of at most `limit` characters that is not empty."""
    plain = readable(text)
    if not plain:
        raise InvalidInput(field, _("Write something here."))
    if len(plain) > limit:
        raise InvalidInput(field, _("This is longer than %(limit)s characters.") % {"limit": f"{limit:,}"})
    return plain


def checked_plain_words(text: str) -> str:
    """Return plain words without what cannot be read; they may be empty."""
    plain = readable(text)
    if len(plain) > MAX_PLAIN:
        limit = {"limit": f"{MAX_PLAIN:,}"}
        raise InvalidInput("plain_words", _("This is longer than %(limit)s characters.") % limit)
    return plain


def checked_tags(names: Collection[str]) -> list[Tag]:
    """Return the words of these names; there is no other way to tag than by a word that is known."""
    if len(names) > MAX_TAGS:
        raise InvalidInput("tags", _("Choose at most %(limit)s tags.") % {"limit": MAX_TAGS})
    found = list(tags_named(names))
    if unknown := sorted(set(names) - {tag.name for tag in found}):
        raise InvalidInput("tags", _("There is no tag %(name)s.") % {"name": unknown[0][:80]})
    return found


def checked_outline(outline: Outline) -> Outline:
    """Return the answers without what cannot be read; each may be empty."""
    plain = {name: readable(getattr(outline, name)) for name in Outline.names()}
    for name, text in plain.items():
        if len(text) > MAX_ANSWER:
            raise InvalidInput(name, _("This is longer than %(limit)s characters.") % {"limit": f"{MAX_ANSWER:,}"})
    return Outline(**plain)
