"""What `msgspec` sees of a check in C: types, bounds and patterns. Nearly every object is sound, and this says so.

A shape takes nothing that its check refuses; what a shape does not take, the check looks at again and names what is
wrong, or takes it after all (8.0 as an integer, the 29th of February). So there is one set of rules, in `values` and
the tables, and a faster way to yes: without it, two fifths of the time of intake are calls of small functions.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

C = TypeVar("C")

_SHAPES: Final[dict[Any, Any]] = {}


def shaped(check: C, shape: Any) -> C:
    """Return `check`, and remember the msgspec type that takes nothing which it refuses, if there is one."""
    if shape is not None:
        _SHAPES[check] = shape
    return check


def text(form: str, longest: int | None = None) -> Any:
    """Return the shape of strings that match `form` as a whole."""
    return Annotated[str, Meta(pattern=rf"\A(?:{form})\Z", max_length=longest)]


def whole(least: int, most: int) -> Any:
    """Return the shape of integers between two bounds."""
    return Annotated[int, Meta(ge=least, le=most)]


def some(items: Any) -> Any | None:
    """Return the shape of lists that are not empty; None where their items have none."""
    shape = _SHAPES.get(items)
    return None if shape is None else Annotated[list[shape], Meta(min_length=1)]  # type: ignore[valid-type] # made while it runs


def among(values: Iterable[str]) -> Any:
    """Return the shape of some strings."""
    return Literal[tuple(sorted(values))]


class Shape:
    """The shape of an object by the checks of its properties, as far as these have one."""

    def __init__(self, properties: Mapping[str, Any], required: frozenset[str]) -> None:
        self._properties = properties
        self._required = required
        self.others = tuple((name, check) for name, check in properties.items() if check not in _SHAPES)
        """Properties whose checks have no shape."""

    @cached_property
    def _struct(self) -> type[msgspec.Struct]:
        return self._defined(closed=False)

    @property
    def of_a_part(self) -> Any | None:
        """The shape as a part of others, without any property besides; None where a check has no shape."""
        return None if self.others else self._defined(closed=True)

    def _defined(self, *, closed: bool) -> type[msgspec.Struct]:
        fields = [
            (name, _SHAPES.get(check, Any))
            if name in self._required
            else (name, _SHAPES.get(check, Any) | UnsetType, UNSET)
            for name, check in self._properties.items()
        ]
        return msgspec.defstruct("Shape", fields, kw_only=True, gc=False, forbid_unknown_fields=closed)

    def takes(self, value: dict[str, Any]) -> bool:
        """Whether all that is required is there, and each property that has a shape is of it."""
        try:
            msgspec.convert(value, self._struct)
        except msgspec.ValidationError:
            return False
        return True
