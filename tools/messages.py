"""The Japanese catalogues, one per room, kept in Python: no gettext programs are needed.

    messages.py update [ROOM ...]   add new messages (translated, if another room has them), drop unused ones
    messages.py check [ROOM ...]    name missing, empty, fuzzy and unused entries and lost placeholders
    messages.py compile             write the .mo files that Django reads

`check` exits with 1 where it found a fault. Catalogues carry no line numbers and no dates and are sorted, so
that two branches merge.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polib

if TYPE_CHECKING:
    from extraction import Message

PACKAGE: Final = Path(__file__).parent.parent / "src" / "noroshi"
CATALOGUE: Final = Path("locale/ja/LC_MESSAGES/django.po")
HEADER: Final = {
    "Language": "ja",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)[a-z]|(?<!%)%[sd]|\{\w*\}")

Key = tuple[str, str]


def rooms(package: Path, names: Sequence[str] = ()) -> list[Path]:
    """Return the folders of the package that are rooms, or those of them that `names` lists."""
    found = sorted(init.parent for init in package.glob("*/__init__.py"))
    return [room for room in found if not names or room.name in names]


def update(package: Path, names: Sequence[str] = ()) -> None:
    """Bring the catalogues in line with the source of their rooms."""
    from extraction import messages_of  # noqa: PLC0415 - compiling needs neither Babel nor Django

    known = _translations(package)
    for room in rooms(package, names):
        _write(room / CATALOGUE, _renewed(_entries(room), messages_of(room), known))


def check(package: Path, names: Sequence[str] = ()) -> list[str]:
    """Return one line for every fault, each naming its file and message."""
    from extraction import messages_of  # noqa: PLC0415 - compiling needs neither Babel nor Django

    faults = [fault for room in rooms(package, names) for fault in _faults(room, messages_of(room))]
    return faults + list(_disagreements(package, names))


def compile_all(package: Path) -> int:
    """Write the .mo beside every catalogue; return how many."""
    catalogues = sorted(package.glob(f"*/{CATALOGUE}"))
    for path in catalogues:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return len(catalogues)


def _entries(room: Path) -> dict[Key, polib.POEntry]:
    path = room / CATALOGUE
    if not path.exists():
        return {}
    return {_key(entry): entry for entry in polib.pofile(str(path))}


def _key(entry: polib.POEntry) -> Key:
    return entry.msgid, entry.msgctxt or ""


def _translations(package: Path) -> dict[Key, str]:
    """Return what each message is called somewhere in the house."""
    return {
        key: text
        for room in reversed(rooms(package))
        for key, entry in _entries(room).items()
        if (text := _translation(entry)) and not entry.fuzzy
    }


def _translation(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr)


def _renewed(
    old: Mapping[Key, polib.POEntry], messages: "Iterable[Message]", known: Mapping[Key, str]
) -> Iterator[polib.POEntry]:
    """Yield an entry for each message, in order, with the translation it had here or has elsewhere."""
    for message in sorted(messages):
        before = old.get(message.key)
        text = _translation(before) if before else known.get(message.key, "")
        yield _entry(message, text, before)


def _entry(message: "Message", text: str, before: polib.POEntry | None) -> polib.POEntry:
    forms = {"msgid_plural": message.plural, "msgstr_plural": {0: text}} if message.plural else {"msgstr": text}
    return polib.POEntry(
        msgid=message.text,
        msgctxt=message.context or None,
        flags=["fuzzy"] if before is not None and before.fuzzy else [],
        tcomment=before.tcomment if before is not None else "",
        **forms,
    )


def _write(path: Path, entries: Iterable[polib.POEntry]) -> None:
    """Write a catalogue; a room without messages has none."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = HEADER
    catalogue.extend(entries)
    if not catalogue:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))


def _faults(room: Path, messages: "Mapping[Message, Path]") -> Iterator[str]:
    catalogue, entries = room / CATALOGUE, _entries(room)
    for message, source in sorted(messages.items()):
        entry = entries.pop(message.key, None)
        if entry is None or (entry.msgid_plural or "") != message.plural:
            yield f"{_named(source)}: missing in the catalogue: {message.text!r}"
        elif fault := _fault(entry):
            yield f"{_named(catalogue)}: {fault}: {message.text!r}"
    for text, _ in sorted(entries):
        yield f"{_named(catalogue)}: used nowhere: {text!r}"


def _fault(entry: polib.POEntry) -> str:
    if entry.fuzzy:
        return "fuzzy"
    if not _translation(entry).strip():
        return "not translated"
    if _placeholders(_translation(entry)) != _placeholders(entry.msgid + entry.msgid_plural):
        return "placeholders differ"
    return ""


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _disagreements(package: Path, names: Sequence[str]) -> Iterator[str]:
    """Django joins the catalogues of all rooms into one, so one message cannot have two translations."""
    first: dict[Key, tuple[Path, str]] = {}
    for room in rooms(package):
        for key, entry in _entries(room).items():
            path, text = first.setdefault(key, (room / CATALOGUE, _translation(entry)))
            differs = text and _translation(entry) and text != _translation(entry)
            if differs and (not names or room.name in names or path.parts[-5] in names):
                yield f"{_named(room / CATALOGUE)}: translated otherwise in {_named(path)}: {key[0]!r}"


def _named(path: Path) -> str:
    root = PACKAGE.parent.parent
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def main() -> int:
    """Run the verb of the command line; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("update", "check", "compile"))
    parser.add_argument("rooms", nargs="*", metavar="ROOM")
    arguments = parser.parse_args()
    verb, names = arguments.verb, arguments.rooms
    if verb == "compile":
        print(f"{compile_all(PACKAGE)} catalogues compiled")
        return 0
    if verb == "update":
        update(PACKAGE, names)
    faults = check(PACKAGE, names)
    print("\n".join(faults) or "every message has its Japanese")
    return 1 if faults and verb == "check" else 0


if __name__ == "__main__":
    sys.exit(main())
