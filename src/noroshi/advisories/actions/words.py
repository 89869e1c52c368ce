"""What editors write, checked: each raises InvalidInput that names the field."""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from noroshi.advisories.domain.bulletins import MAX_LINES, MAX_TEXT, MAX_TITLE, Words
from noroshi.advisories.queries import bulletins_cited
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.texts import one_line, readable

MAX_LINK: Final = 2_000
MAX_NAME: Final = 60
_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9#:._-]*")


def checked_words(words: Words) -> Words:
    """Return the words without what cannot be read. Japanese is asked for; English may be missing in a draft."""
    title_en = one_line(words.title_en)
    return Words(
        checked_sentence("title_ja", one_line(words.title_ja), MAX_TITLE),
        checked_text("body_ja", words.body_ja, required=True),
        checked_sentence("title_en", title_en, MAX_TITLE) if title_en else "",
        checked_text("body_en", words.body_en),
    )


def checked_text(field: str, text: str, *, required: bool = False) -> str:
    """Return a text over several lines."""
    plain = readable(text)
    if not plain and required:
        raise InvalidInput(field, _("Write something here."))
    if len(plain) > MAX_TEXT:
        raise InvalidInput(field, _("The text is longer than %(limit)s characters.") % {"limit": f"{MAX_TEXT:,}"})
    return plain


def checked_links(links: Iterable[str]) -> list[str]:
    """Return addresses on the web, each once, in their order."""
    found = list(dict.fromkeys(stripped for link in links if (stripped := link.strip())))
    for link in _few("links", found):
        if not is_link(link):
            raise InvalidInput("links", _("%(link)s is no address on the web.") % {"link": link[:80]})
    return found


def is_link(text: str) -> bool:
    """Return whether a text is an address on the web."""
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        return False
    return len(text) <= MAX_LINK and scheme in ("http", "https") and " " not in text


def is_name(text: str) -> bool:
    """Return whether a text can be an identifier of a vulnerability."""
    return len(text) <= MAX_NAME and _NAME.fullmatch(text) is not None


def checked_names(names: Iterable[str]) -> list[str]:
    """Return identifiers of vulnerabilities, each once, in their order."""
    found = list(dict.fromkeys(stripped for name in names if (stripped := name.strip())))
    for name in _few("names", found):
        if not is_name(name):
            raise InvalidInput("names", _("%(name)s is no identifier of a vulnerability.") % {"name": name[:80]})
    return found


def checked_citations(actor: Actor, names: Iterable[str]) -> list[UUID]:
    """Return the bulletins in force that are cited by their numbers, as far as the actor sees them, each once."""
    wanted = list(dict.fromkeys(stripped for name in names if (stripped := name.strip())))
    known = bulletins_cited(actor, wanted)
    for name in wanted:
        if name not in known:
            raise InvalidInput("bulletins", _("%(name)s is no number of a bulletin in force.") % {"name": name[:80]})
    return [known[name] for name in wanted]


def _few(field: str, lines: Sequence[str]) -> Sequence[str]:
    if len(lines) > MAX_LINES:
        raise InvalidInput(field, _("At most %(limit)s lines.") % {"limit": MAX_LINES})
    return lines
