"""Rules of Suricata and Snort: one a line, ``action header (options)``; ``#`` before one switches it off."""

import re
from collections.abc import Iterator
from typing import Final

from noroshi.advisories.domain.rule_packs.rules import Rule, Unread, cves_in

_RULE: Final = re.compile(
    r"(?P<off>#\s*)?(?P<action>alert|drop|reject\w*|pass|block|sdrop|log)\s[^()]*\((?P<options>.*)\)\s*", re.DOTALL
)
_OPTION: Final = re.compile(r"\s*(?P<name>[\w.]+)\s*(?::(?P<value>(?:\"(?:\\.|[^\"\\])*\"|\\.|[^;\"\\])*))?;")


def read_suricata(text: str) -> Iterator[Rule | Unread]:
    """Yield the rules of a file, and what looks like one and cannot be read. Rules without a CVE are rules too."""
    for line, written in _logical_lines(text):
        match = _RULE.fullmatch(written)
        if match is not None:
            yield _rule(line, match)
        elif not written.startswith("#"):
            yield Unread(line, "no rule of Suricata or Snort")


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with the number of each; one that ends in a backslash goes on in the next."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        begun = begun if parts else number
        parts.append(line.removesuffix("\\").strip())
        if not line.endswith("\\"):
            if whole := " ".join(parts).strip():
                yield begun, whole
            parts = []
    if whole := " ".join(parts).strip():
        yield begun, whole


def _rule(line: int, match: re.Match[str]) -> Rule | Unread:
    options = [(found["name"], _unquoted(found["value"] or "")) for found in _OPTION.finditer(match["options"])]
    first = dict(reversed(options))
    if not first.get("sid", "").isdecimal():
        return Unread(line, "a rule without a number (sid)")
    references = [value.partition(",")[2] for name, value in options if name == "reference" and _is_cve(value)]
    named = [part for name, value in options if name == "metadata" for part in value.split(",") if _names_cve(part)]
    group = first.get("gid", "1")
    return Rule(
        rule_id=first["sid"] if group == "1" else f"{group}:{first['sid']}",
        cves=cves_in([*references, *named]),
        title=first.get("msg", ""),
        revision=first.get("rev", ""),
        action=match["action"],
        is_off=match["off"] is not None,
    )


def _is_cve(value: str) -> bool:
    return value.partition(",")[0].strip().lower() == "cve"


def _names_cve(part: str) -> bool:
    return part.strip().lower().startswith("cve")


def _unquoted(value: str) -> str:
    stripped = value.strip()
    return re.sub(r"\\(.)", r"\1", stripped.strip('"'))
