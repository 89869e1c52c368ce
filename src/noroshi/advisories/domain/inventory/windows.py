"""What Windows calls its installed programs, without what it adds to their names."""

import re
from typing import Final

_ADDED: Final = re.compile(
    r"\s*(?:\((?:(?:x64|x86|arm64|amd64|user|[36][24]-?bit|64\s*ビット|[a-z]{2}(?:-[a-z]{2,4})?)[\s,]*)+\)"
    r"|\s-\s[a-z]{2}-[a-z]{2}|\s(?:x64|x86|arm64|[36][24]-?bit))$",
    re.IGNORECASE,
)
"""Processors, whose program it is, languages: ``(x64 ja)``, ``(64-bit)``, ``- ja-jp``."""


def program_name(name: str, version: str) -> str:
    """Return the name of a program: of ``7-Zip 22.01 (x64)`` in the version 22.01 ``7-Zip``."""
    short = name
    while (shorter := _without_version(_ADDED.sub("", short), version)) != short:
        short = shorter
    return short or name


def _without_version(name: str, version: str) -> str:
    """A number at the end is the version where the version begins with it: ``22.01`` of ``22.01.00.0``."""
    head, _, last = name.rpartition(" ")
    number = last.lstrip("vV")
    named = number[:1].isdigit() and "." in number and (version + ".").startswith(number + ".")
    return head.removesuffix(" -").removesuffix(" version").rstrip() if head and named else name
