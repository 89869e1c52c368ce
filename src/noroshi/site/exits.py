"""Exit codes of the command line."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command's end means to a script."""

    OK = 0
    """It was done."""
    FAILED = 1
    """It broke; the log says where."""
    USAGE = 2
    """The command line or a setting is wrong."""
    REFUSED = 3
    """The installation refused: the input or the state does not allow it; one sentence says why."""
    BROKEN = 4
    """A check found what must not be: a broken ledger, a missed hit, a false alert."""
