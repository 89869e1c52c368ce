"""From the names of fields to columns of roles: a role is filled by the best-ranked of its fields that has a value."""

from collections.abc import Iterable, Mapping, Sequence

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.bulk.composing import NOT_IN_SQL


def by_role(fields: Iterable[tuple[str, str]], roles: FieldRoles) -> Mapping[str, str] | None:
    """Return SQL of each role's text, from fields (name, SQL of its text) in their order.

    None where a role is among them that only the readers compose.
    """
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    for place, (name, expression) in enumerate(fields):
        if found := roles[name]:
            rank, role = found
            ranked.setdefault(role, []).append((rank, place, expression))
    if NOT_IN_SQL & ranked.keys():
        return None
    return {role: first_filled([expression for *_, expression in sorted(found)]) for role, found in ranked.items()}


def first_filled(expressions: Sequence[str]) -> str:
    """Return SQL of the first text that is not empty."""
    filled = ", ".join(f"nullif({expression}, '')" for expression in expressions)
    return f"coalesce({filled}, NULL)"
