"""What two installations say to each other, and the decisions about order: no network, no database.

Entries of an outbox are numbered for their peer without reuse. The receiver handles them in that order, one
transaction each, and keeps the highest number that it has handled: what is not above it was handled before. The sender
learns that mark with every message and goes on behind it. An entry says *that* something changed; what it says of it
is written when it is sent, so of several entries about one subject the last alone goes.

What was handled is named by number *and* digest. So a number under which something else was handled (the words changed
between two tries of which the first had arrived after all; a backup was put back) settles nothing: the entry gets a new
number and goes again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

MOST_ENTRIES: Final = 50
MOST_BYTES: Final = 1024 * 1024
"""Of one message: half of what the other side reads at most."""
MOST_RESULTS: Final = 500
LONGEST_PATH: Final = 16
WAITS: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900))
"""How long to wait after each failure; from then on as after the last. Nothing is ever given up."""


class Letter(msgspec.Struct, forbid_unknown_fields=True):
    """One entry as it travels."""

    seq: int
    subject: str
    id: UUID
    path: list[UUID]
    """The installations that it has passed, its origin first."""
    data: dict[str, Any]


class Result(msgspec.Struct, forbid_unknown_fields=True):
    """What became of a letter: by its number, and by the digest of the very words that were handled under it."""

    seq: int
    digest: str
    reason: str = ""
    """Why it was refused; empty where it was taken."""


class Message(msgspec.Struct, forbid_unknown_fields=True):
    """Everything that one side says at a time."""

    mark: int
    """The highest number of the other side's letters that was handled here."""
    confirmed: int
    """The same of our letters, as far as we were told."""
    results: list[Result]
    """What became of the other side's letters above what it says was confirmed to it."""
    letters: list[Letter]
    more: bool = False
    """Whether there are more letters than these."""


def read_message(body: bytes) -> Message:
    """Return what `body` says. Raise ValueError where it is no such message."""
    message = msgspec.json.decode(body, type=Message)
    if len(message.letters) > MOST_ENTRIES or len(message.results) > MOST_RESULTS:
        raise ValueError("more than one message may hold")
    if any(len(letter.path) > LONGEST_PATH or not letter.path for letter in message.letters):
        raise ValueError("a path is empty, or too long")
    numbers = [letter.seq for letter in message.letters]
    if message.mark < 0 or numbers != sorted(set(numbers)) or any(number < 1 for number in numbers):
        raise ValueError("the numbers are not in order")
    return message


def write_message(message: Message) -> bytes:
    """Return the message as JSON."""
    return msgspec.json.encode(message)


def last_of_each(rows: Sequence[tuple[int, str, UUID]]) -> set[int]:
    """Return those numbers, of rows of number, subject and id in their order, after which no row is about the same."""
    return set({(subject, number): seq for seq, subject, number in rows}.values())


def is_new(seq: int, mark: int) -> bool:
    """Whether the entry `seq` has not been handled by a receiver whose mark is `mark`."""
    return seq > mark


def digest(data: dict[str, Any]) -> str:
    """Return what names these very words: SHA-256 of their JSON with sorted keys, in hex."""
    return hashlib.sha256(msgspec.json.encode(data, order="sorted")).hexdigest()


def next_number(next_seq: int, mark: int) -> int:
    """Return from where a sender numbers on: behind what the receiver knows, also where a backup was put back."""
    return max(next_seq, mark + 1)


def next_try(tries: int, now: datetime) -> datetime:
    """Return when a call that failed `tries` times is made again."""
    return now + WAITS[min(tries, len(WAITS)) - 1]


def has_passed(path: Iterable[UUID], installation: UUID | None) -> bool:
    """Whether something has been at an installation before: it never goes there again."""
    return installation in set(path)
