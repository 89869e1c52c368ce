"""Hashes that a pattern demands of one and the same file."""

from collections.abc import Iterator

from noroshi.intel.domain.observables import Observable
from noroshi.intel.domain.stix.patterns.errors import PatternError
from noroshi.intel.domain.stix.patterns.hunted import value_of
from noroshi.intel.domain.stix.patterns.parser import parse_pattern
from noroshi.intel.domain.stix.patterns.syntax import Comparison, Joined, Joint, Node, Observation, Qualified


def files_in(pattern: str) -> list[frozenset[Observable]]:
    """Return the hashes of each file of which a pattern demands several; nothing for one that cannot be read.

    `[a AND b]` holds of one file (STIX 2.1, 9.5); `[a OR b]` and `[a] AND [b]` do not say that.
    """
    try:
        tree = parse_pattern(pattern)
    except PatternError:
        return []
    return list(_files(tree))


def _files(node: Node) -> Iterator[frozenset[Observable]]:
    match node:
        case Observation(Joined(Joint.AND, parts)):
            hashes = [part for part in parts if isinstance(part, Comparison) and _is_of_a_file(part)]
            found = frozenset(value for part in hashes if (value := value_of(part)) is not None)
            if len(found) > 1:
                yield found
        case Joined(_, parts):
            for part in parts:
                yield from _files(part)
        case Qualified(inner):
            yield from _files(inner)
        case _:
            return


def _is_of_a_file(comparison: Comparison) -> bool:
    return comparison.path.type == "file" and comparison.path.steps[:1] == ("hashes",)
