"""Rules in YAML: Sigma with tags ``cve.2021.44228``, and virtual patches as CrowdSec writes them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from noroshi.advisories.domain.rule_packs.rules import Rule, Unread, cves_in
from noroshi.kit.domain.marked_yaml import YamlError, read_documents

_BORDER: Final = re.compile(r"^---[^\S\n]*(?:#.*)?$", re.MULTILINE)


def read_yaml(text: str) -> Iterator[Rule | Unread]:
    """Yield the rules of a file, document by document: a rotten one keeps no other out."""
    for line, written in _documents(text):
        try:
            documents = read_documents(written.encode())
        except YamlError as error:
            yield Unread(line + error.line - 1, str(error))
            continue
        for document in documents:
            yield _rule(document.data) or Unread(
                line + document.line() - 1, "neither a rule of Sigma (id) nor one of CrowdSec (name)"
            )


def _documents(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for end, after in [*((m.start(), m.end()) for m in _BORDER.finditer(text)), (len(text), len(text))]:
        written = text[start:end]
        if any(line.strip() and not line.lstrip().startswith("#") for line in written.splitlines()):
            yield text.count("\n", 0, start) + 1, written
        start = after


def _rule(data: Mapping[str, Any]) -> Rule | None:
    if "id" in data and "detection" in data:
        return Rule(
            rule_id=_text(data["id"]),
            cves=cves_in(each for each in _texts(data.get("tags")) if each.lower().startswith("cve")),
            title=_text(data.get("title")),
            revision=_text(data.get("modified") or data.get("date")),
            action="detect",
            licence=_text(data.get("license")),
        )
    if "name" not in data or "rules" not in data:
        return None
    labels = data.get("labels")
    classes = _texts(labels.get("classification")) if isinstance(labels, Mapping) else []
    named = [each for each in (*classes, _text(data["name"])) if "cve" in each.lower()]
    return Rule(
        rule_id=_text(data["name"]),
        cves=cves_in(named),
        title=_text(data.get("description")),
        revision=_text(data.get("version")),
        action="block",
        licence=_text(data.get("license")),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _texts(value: object) -> list[str]:
    return [_text(each) for each in value] if isinstance(value, list) else []
