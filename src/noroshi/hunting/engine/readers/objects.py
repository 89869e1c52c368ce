"""One JSON object of a log as the fields of an event, whichever product wrote it."""

import json
import math
from collections.abc import Iterator
from typing import Any, Final

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.readers import cloudtrail, windows, zeek
from noroshi.hunting.engine.readers.compose import compose
from noroshi.hunting.engine.reasons import BadLineError, LineReason

MAX_DEPTH: Final = 16


def parsed(line: str) -> Any:
    """Return the JSON value on a line; raise `BadLineError` if there is none."""
    try:
        return json.loads(line)
    except RecursionError:
        raise BadLineError(LineReason.NESTED) from None
    except ValueError:
        raise BadLineError(LineReason.NOT_JSON) from None


def roles_of(item: Any, roles: FieldRoles) -> dict[str, str]:
    """Return what an object says, by role; partial roles are not composed yet. Raise `BadLineError` if it is none."""
    if not isinstance(item, dict):
        raise BadLineError(LineReason.NOT_JSON)
    if windows.wrote(item):
        return windows.read(list(flattened(windows.unwrapped(item))), roles)
    if zeek.wrote(item):
        return zeek.read_object(flattened(item), item, roles)
    fields = roles.assign(flattened(item))
    return cloudtrail.complete(item, fields) if cloudtrail.wrote(item) else fields


def read(item: Any, roles: FieldRoles) -> dict[str, str]:
    """Return the fields of an object; raise `BadLineError` if it is none."""
    return compose(roles_of(item, roles))


def flattened(item: dict[str, Any], prefix: str = "", depth: int = 1) -> Iterator[tuple[str, str]]:
    """Yield (dotted name, text) of each scalar, and of the first scalar of each list."""
    if depth > MAX_DEPTH:
        raise BadLineError(LineReason.NESTED)
    for name, value in item.items():
        if isinstance(value, list):
            value = value[0] if value else None  # noqa: PLW2901 - a flat event holds one of each
        if isinstance(value, str):
            yield prefix + name, value
        elif isinstance(value, dict):
            yield from flattened(value, f"{prefix}{name}.", depth + 1)
        elif isinstance(value, (bool, int, float)):
            yield prefix + name, _scalar(value)


def _scalar(value: object) -> str:
    """Write a number without an exponent: times since 1970 come as floats."""
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.6f}"
    return str(value).lower()
