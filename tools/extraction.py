"""The translatable strings of one room, read from its Python files and its templates."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.extract import extract
from django.utils.translation.template import templatize

_PLAIN: Final = dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_"))
_PLURAL: Final = dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2))
_CONTEXT: Final = dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2))
_PLURAL_CONTEXT: Final = dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3))
KEYWORDS: Final = {**_PLAIN, **_PLURAL, **_CONTEXT, **_PLURAL_CONTEXT}
TEMPLATES: Final = (".html", ".txt", ".xml")


@dataclass(frozen=True, order=True)
class Message:
    """One string of the source. `plural` and `context` are empty where it has none."""

    text: str
    context: str = ""
    plural: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What gettext looks a message up by."""
        return self.text, self.context


def messages_of(room: Path) -> dict[Message, Path]:
    """Return every message of `room`, each with the first file that uses it."""
    found: dict[Message, Path] = {}
    for path in _sources(room):
        for message in messages_in(path):
            found.setdefault(message, path)
    return found


def messages_in(path: Path) -> Iterator[Message]:
    """Yield the messages of one Python file or template."""
    source = path.read_text(encoding="utf-8")
    python = source if path.suffix == ".py" else _as_python(source, path)
    for _, texts, _, context in extract("python", io.BytesIO(python.encode()), keywords=KEYWORDS):
        forms = (texts,) if isinstance(texts, str) else texts
        if forms and forms[0]:
            yield Message(forms[0], context or "", forms[1] if len(forms) > 1 else "")


def _sources(room: Path) -> Iterable[Path]:
    python = (path for path in room.rglob("*.py") if "migrations" not in path.parts)
    templates = (path for path in room.glob("templates/**/*") if path.suffix in TEMPLATES)
    return sorted([*python, *templates])


def _as_python(template: str, path: Path) -> str:
    """Return Django's rendering of a template as calls of gettext; the indentation of HTML means nothing in it."""
    return "\n".join(line.lstrip() for line in templatize(template, origin=str(path)).split("\n"))
