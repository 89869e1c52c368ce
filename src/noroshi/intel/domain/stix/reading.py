"""Objects out of bytes from outside: a bundle, an envelope, a list or one object, of any length and in little memory.

The bytes of each object are kept as they came. Two readers share the work, for what each does well:

- `msgspec` parts a chunk into its elements without decoding them, at gigabytes per second;
- `jiter` decodes one object and refuses doubled keys (`strict_json`). Counting keys afterwards costs more than it.

An element that is no JSON, too large or too deep is refused by itself as long as its brackets and quotes close;
where they do not, nobody can say where the next object begins, and the rest is refused as one.
"""

import re
from collections.abc import Iterator
from typing import IO, Any, Final, NamedTuple

import msgspec

from noroshi.intel.domain.stix.rules import Problem, Rule, found
from noroshi.intel.domain.stix.types import BUNDLE
from noroshi.intel.domain.stix.values import MAX_DEPTH, own_identifier
from noroshi.intel.domain.strict_json import decode

CHUNK: Final = 1024 * 1024
MAX_OBJECT: Final = 8 * 1024 * 1024
"""Bytes of one object; the largest in public use, an index of all of ATT&CK, has three million."""

_LONGEST_STRING: Final = 4 * MAX_OBJECT
"""Bytes of a string in an object that is skipped; behind a longer one nothing is read."""

_MOST_TRIES: Final = 6
_part: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode


def _balanced(depth: int) -> bytes:
    inner = b"|" + _balanced(depth - 1) if depth else b""
    return rb"[{\[](?:[^\"{}\[\]]++|" + _STRING + inner + rb")*+[}\]]"


_STRING: Final = rb'"(?:[^"\\]++|\\.)*+"'
_SCALAR: Final = rb"[^\[\]{}\",:\s]++"
_SPACE: Final = rb"[ \t\r\n]*+"
_VALUE: Final = b"(?:" + _balanced(MAX_DEPTH - 1) + b"|" + _STRING + b"|" + _SCALAR + b")"
_PAIR: Final = rb'(?!"objects"' + _SPACE + rb":" + _SPACE + rb"\[)" + _STRING + _SPACE + b":" + _SPACE + _VALUE + _SPACE
_space: Final = re.compile(_SPACE).match
_value: Final = re.compile(_VALUE, re.DOTALL).match
_token: Final = re.compile(rb'[^"{}\[\]]*+(?:' + _STRING + rb"|([{\[])|([}\]]))", re.DOTALL).match
_head: Final = re.compile(
    rb"\{" + _SPACE + b"(?:" + _PAIR + b"," + _SPACE + rb')*"objects"' + _SPACE + b":" + _SPACE + rb"\[", re.DOTALL
).match
"""The beginning of a bundle or envelope, up to its first object.

Its pairs are not repeated possessively: before Python 3.11.5 (CPython issue 106052) that misses what begins like them.
Nothing is tried twice for it, since no pair can be the beginning of the objects.
"""


class Element(NamedTuple):
    """One element of what was read: its place, its bytes, what it says, and why it is refused before it is checked.

    Where the text itself breaks off, `place` is that of the element that could not be found any more.
    """

    place: int
    raw: bytes
    value: Any = None
    problems: tuple[Problem, ...] = ()


def problem_of(error: ValueError) -> Problem:
    """Return the rule that a refusal of `decode` stands for."""
    text = str(error)
    if doubled := re.match(r'Detected duplicate key "(.*)" at line', text, re.DOTALL):
        return found(Rule.DOUBLED_KEY, value=doubled[1])[0]
    if "recursion limit" in text:
        return found(Rule.TOO_DEEP, most=MAX_DEPTH)[0]
    if "unicode" in text:
        return found(Rule.ENCODING)[0]
    return found(Rule.JSON, value=text)[0]


def read_parts(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of each element that has some, none of them decoded: for a first look through all."""
    return (part for part in _Reader(stream).parts() if isinstance(part, bytes))


def read_objects(stream: IO[bytes]) -> Iterator[Element]:
    """Yield the objects of `stream`, each decoded or refused; nothing written there is an error."""
    for place, part in enumerate(_Reader(stream).parts()):
        if isinstance(part, Problem):
            yield Element(place, b"", None, (part,))
        else:
            yield _decoded(place, part)


def _decoded(place: int, raw: bytes) -> Element:
    try:
        return Element(place, raw, decode(raw))
    except ValueError as error:
        return Element(place, raw, None, (problem_of(error),))


class _BrokenError(Exception):
    """The text breaks off here: what follows has no beginning."""


class _Reader:
    """Finds the elements in a stream; holds a chunk, or one object where that is larger."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._buffer = b""
        self._place = 0
        self._before = 0  # bytes that came before the buffer
        self._rule = Rule.JSON  # what is broken where the text breaks off
        self._slow_until = 0  # how far the elements are read one by one

    def parts(self) -> Iterator[bytes | Problem]:
        """Yield the bytes of each element, or why one is refused; a last problem where the text breaks off."""
        try:
            self._begin()
            yield from self._list() if self._peek() == b"[" else self._container()
            self._expect_end()
        except _BrokenError:
            yield self._broken()

    def _broken(self) -> Problem:
        return found(self._rule, value=f"byte {self._before + self._place + 1:,}")[0]

    # The buffer

    def _begin(self) -> None:
        """Step over a byte order mark, as RFC 8259 permits (8.1): some editors write one. Refuse other encodings."""
        self._peek()
        while len(self._buffer) < _FIRST and self._read():
            pass
        if self._buffer.startswith(_OTHER_ENCODINGS) or b"\0" in self._buffer[:_FIRST]:
            self._rule = Rule.ENCODING
            raise _BrokenError
        if self._buffer.startswith(_MARK):
            self._place = len(_MARK)

    def _read(self) -> bool:
        """Read on, and let go of what is done with; return whether there was anything."""
        chunk = self._stream.read(CHUNK)
        if chunk:  # else nothing is copied: many elements at the end may ask
            self._before += self._place
            self._buffer, self._place = self._buffer[self._place :] + chunk, 0
        return bool(chunk)

    def _peek(self) -> bytes:
        """Go to the next character that is no space, and return it; nothing at the end."""
        while True:
            space = _space(self._buffer, self._place)
            self._place = space.end() if space else self._place
            if self._place < len(self._buffer) or not self._read():
                return self._buffer[self._place : self._place + 1]

    def _take(self, characters: bytes) -> bytes:
        """Take the next character, which is one of these."""
        character = self._peek()
        if not character or character not in characters:
            raise _BrokenError
        self._place += 1
        return character

    def _expect_end(self) -> None:
        if self._peek():
            raise _BrokenError

    # What holds the elements

    def _container(self) -> Iterator[bytes | Problem]:
        """Read an object: a bundle or envelope, whose `objects` are the elements; any other is the one element."""
        while len(self._buffer) - self._place < CHUNK and self._read():
            pass
        match = _head(self._buffer, self._place)
        head = _said(match[0] + b"]}") if match else None
        if match is None or (isinstance(head, dict) and head.get("type", BUNDLE) != BUNDLE):
            yield from self._only_one()
            return
        self._place = match.end() - 1
        yield from self._list()
        yield from _problems_of_bundle(head, self._tail())

    def _tail(self) -> Any:
        """Return what a bundle says after its objects."""
        if self._take(b",}") == b"}":
            return {}
        end = self._end_of_object()
        tail, self._place = self._buffer[self._place : end], end
        return _said(b"{" + tail)

    def _end_of_object(self) -> int:
        while (end := self._balanced_end(1)) is None:
            if len(self._buffer) - self._place > CHUNK or not self._read():
                raise _BrokenError
        return end

    def _only_one(self) -> Iterator[bytes | Problem]:
        if self._peek() != b"{":
            raise _BrokenError
        part = self._slowly()
        said = _said(part) if isinstance(part, bytes) else part
        if isinstance(said, dict) and said.get("type") == BUNDLE and "objects" not in said:
            yield from _problems_of_bundle(said)  # a bundle of nothing (8.1: its objects are optional)
        else:
            yield part

    # Elements

    def _list(self) -> Iterator[bytes | Problem]:
        self._take(b"[")
        if self._peek() == b"]":
            self._place += 1
            return
        while True:
            parts = self._many()
            if parts:
                yield from parts
            else:
                yield self._slowly()
            if self._take(b",]") == b"]":
                return

    def _many(self) -> list[bytes | Problem]:
        """Return as many elements as lie whole in the buffer, at the speed of a parser that decodes nothing.

        Elements and the commas between them end at a brace; which one is tried from the last on. Where none was right
        there is a broken element, and what the buffer holds is read one by one: trying again behind each would copy
        the buffer as often as there are broken elements in it.
        """
        if self._before + self._place < self._slow_until:
            return []
        if len(self._buffer) - self._place < CHUNK:
            self._read()
        end = len(self._buffer)
        for _try in range(_MOST_TRIES):
            end = self._buffer.rfind(b"}", self._place, end)
            if end < 0:
                break
            try:
                parts = _part(b"[" + self._buffer[self._place : end + 1] + b"]")
            except (ValueError, RecursionError):
                continue
            self._place = end + 1
            return [_bounded(bytes(part)) for part in parts]
        self._slow_until = self._before + len(self._buffer)
        return []

    def _slowly(self) -> bytes | Problem:
        """Return the next element, whatever it is, by its brackets and quotes alone."""
        self._peek()
        while True:
            match = _value(self._buffer, self._place)
            if match is not None and match.end() < len(self._buffer):
                self._place = match.end()
                return _bounded(match[0])
            if len(self._buffer) - self._place > MAX_OBJECT:
                return self._skip()
            if not self._read():
                break
        if match is not None:
            self._place = match.end()
            return _bounded(match[0])
        if self._peek() not in (b"{", b"["):
            raise _BrokenError
        return self._skip()

    def _skip(self) -> Problem:
        """Go behind an element that is too large or too deep, keeping nothing of it."""
        start, depth = self._before + self._place, 0
        while (end := self._balanced_end(depth)) is None:
            depth = self._depth
            if len(self._buffer) - self._place > _LONGEST_STRING or not self._read():
                raise _BrokenError
        self._place = end
        if self._before + end - start > MAX_OBJECT:
            return found(Rule.TOO_LARGE, most=f"{MAX_OBJECT:,}")[0]
        return found(Rule.TOO_DEEP, most=MAX_DEPTH)[0]

    def _balanced_end(self, depth: int) -> int | None:
        """Return where the brackets that are open close; None, and how deep it came to, where they do not yet."""
        place = self._place
        while match := _token(self._buffer, place):
            place = match.end()
            depth += bool(match[1]) - bool(match[2])
            if depth == 0 and not match[1]:
                return place
        self._place, self._depth = place, depth
        return None


_FIRST: Final = 4
_MARK: Final = b"\xef\xbb\xbf"
_OTHER_ENCODINGS: Final = (b"\xff\xfe", b"\xfe\xff")


def _bounded(part: bytes) -> bytes | Problem:
    return part if len(part) <= MAX_OBJECT else found(Rule.TOO_LARGE, most=f"{MAX_OBJECT:,}")[0]


def _said(raw: bytes) -> Any:
    """Return what a piece of a bundle says, or the problem with it."""
    try:
        return decode(raw)
    except ValueError as error:
        return problem_of(error)


def _problems_of_bundle(*pieces: Any) -> Iterator[Problem]:
    """Say what is wrong with a bundle itself. Its objects are looked at each for itself (8: it has no meaning)."""
    yield from (piece for piece in pieces if isinstance(piece, Problem))
    said = [piece for piece in pieces if isinstance(piece, dict)]
    doubled = set.intersection(*map(set, said)) if len(said) > 1 else set()
    yield from (found(Rule.DOUBLED_KEY, value=name)[0] for name in sorted(doubled))
    whole = {name: value for piece in said for name, value in piece.items()}
    if "type" in whole and (whole["type"] != BUNDLE or own_identifier(BUNDLE)(whole.get("id"))):
        yield found(Rule.BUNDLE, value=whole.get("id", ""))[0]
