"""The YAML of rules and mappings: what the kit reads, refused in the words of a rule."""

from typing import Final

from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason
from noroshi.kit.domain import marked_yaml
from noroshi.kit.domain.marked_yaml import MAX_BYTES, Document, Place, YamlFlaw

__all__ = ["MAX_BYTES", "Document", "Place", "read_documents"]

_REASONS: Final = {
    YamlFlaw.TOO_LARGE: RuleReason.TOO_LARGE,
    YamlFlaw.NOT_TEXT: RuleReason.NOT_TEXT,
    YamlFlaw.YAML: RuleReason.YAML,
    YamlFlaw.ALIAS: RuleReason.ALIAS,
    YamlFlaw.TWICE: RuleReason.TWICE,
    YamlFlaw.NO_MAPPING: RuleReason.NO_MAPPING,
    YamlFlaw.NOTHING: RuleReason.NO_RULE,
}


def read_documents(content: bytes) -> list[Document]:
    """Read the documents of a file; raise `RuleError` with its line for what is no YAML or no mapping."""
    try:
        return marked_yaml.read_documents(content)
    except marked_yaml.YamlError as error:
        raise RuleError(_REASONS[error.flaw], line=error.line, **error.words) from error
