"""What can go wrong, in the words a person reads. `kit` maps each to HTML, problem JSON and an exit code.

NoroshiError
  NotAllowed      the actor sees the thing but may not do this to it        403
  NotFound        there is no such thing for this actor                     404
  Conflict        the thing changed or is in a state that forbids this      409
  InvalidInput    a value is wrong; names the field                         422
  TooLarge        the input exceeds a bound that the message names          413
  TooMany         the actor exceeds a rate that the message names           429
  Unavailable     something that the installation needs is in the way       500
  SourceError     a data file is wrong; names file and line                 (command line)
  UnscopedRead    a programming error: a read that names no actor           (500)
"""

from pathlib import Path


class NoroshiError(Exception):
    """Base of all errors that are answered with one sentence."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(NoroshiError):  # noqa: N818 - reads as the sentence it is
    """The actor sees the thing but may not do this to it."""

    def __init__(self, message: str, rule: str = "") -> None:
        super().__init__(message)
        self.rule = rule


class NotFound(NoroshiError):  # noqa: N818
    """There is no such thing, or not for this actor: the two are one answer."""


class Conflict(NoroshiError):  # noqa: N818
    """The thing is in a state that forbids this."""


class InvalidInput(NoroshiError):  # noqa: N818
    """A value given by a person or a machine is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooLarge(NoroshiError):  # noqa: N818
    """The input exceeds a bound."""


class TooMany(NoroshiError):  # noqa: N818
    """The actor exceeds a rate; `retry_after` is in how many seconds it may go on, 0 where nobody can say."""

    def __init__(self, message: str = "", retry_after: int = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(NoroshiError):  # noqa: N818
    """Something that the installation needs is in the way; the message names it, its operator sees to it."""


class SourceError(NoroshiError):
    """A data file is wrong at a line."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line


class UnscopedRead(RuntimeError):  # noqa: N818
    """A read of shareable objects that did not say for whom."""
