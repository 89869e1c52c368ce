"""What somebody without technical staff has to do about a signal: chosen by what it is about, said in `wording`."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from noroshi.sharing.domain.handling import Caveat, Handling

MAX_PLAIN: Final = 2_000
MOST_VALUES: Final = 10
"""In a mail; the page of the signal has all of them."""


class Step(StrEnum):
    """One thing to do, that anybody can do."""

    TELL_STAFF = "tell_staff"
    TELL_COUNTER = "tell_counter"
    OPEN_NOTHING = "open_nothing"
    UNPLUG = "unplug"
    ASK_SUPPORT = "ask_support"
    ASK_UPDATE = "ask_update"
    ASK_BACKUP = "ask_backup"
    CHECK_TRANSFERS = "check_transfers"
    HELP_CUSTOMERS = "help_customers"
    NO_BLOCKING = "no_blocking"
    NO_CONTACT = "no_contact"
    NO_SUBMISSION = "no_submission"
    ANSWER = "answer"
    READ = "read"


class Haste(StrEnum):
    """By when it is to be done."""

    TODAY = "today"
    WEEK = "week"
    NONE = "none"


_OWN: Final = {
    "incident": (Step.TELL_STAFF, Step.OPEN_NOTHING, Step.UNPLUG, Step.ASK_SUPPORT, Step.ASK_BACKUP),
    "fraud": (Step.TELL_STAFF, Step.CHECK_TRANSFERS),
    "phishing": (Step.TELL_STAFF, Step.OPEN_NOTHING, Step.UNPLUG, Step.ASK_SUPPORT),
    "malware": (Step.TELL_STAFF, Step.OPEN_NOTHING, Step.UNPLUG, Step.ASK_SUPPORT, Step.ASK_BACKUP),
}
_CUSTOMERS: Final = {
    "incident": (Step.TELL_COUNTER, Step.HELP_CUSTOMERS, Step.CHECK_TRANSFERS),
    "fraud": (Step.TELL_COUNTER, Step.CHECK_TRANSFERS, Step.HELP_CUSTOMERS),
    "phishing": (Step.TELL_COUNTER, Step.HELP_CUSTOMERS, Step.CHECK_TRANSFERS),
    "malware": (Step.TELL_COUNTER, Step.HELP_CUSTOMERS, Step.CHECK_TRANSFERS),
}
_EITHER: Final = {
    "vulnerability": (Step.ASK_SUPPORT, Step.ASK_UPDATE),
    "question": (Step.ANSWER,),
}
_LIMITS: Final = {Caveat.NO_CONTACT: Step.NO_CONTACT, Caveat.NO_SUBMISSION: Step.NO_SUBMISSION}
_HASTE: Final = {**dict.fromkeys(_OWN, Haste.TODAY), "vulnerability": Haste.WEEK}


def steps_for(kind: str, target: str, handling: Handling) -> tuple[Step, ...]:
    """Return what to do, in its order, and last what not to do; `kind` and `target` by their stored names."""
    known = _EITHER | (_CUSTOMERS if target == "customer" else _OWN)
    return (*known.get(kind, (Step.READ,)), *_limits(handling))


def _limits(handling: Handling) -> tuple[Step, ...]:
    blocking = (Step.NO_BLOCKING,) if handling.forbids_blocking else ()
    return (*blocking, *(step for caveat, step in _LIMITS.items() if caveat in handling.caveats))


def haste_of(kind: str) -> Haste:
    """Return by when something of this kind is to be done."""
    return _HASTE.get(kind, Haste.NONE)


def numbered(lines: Collection[str]) -> str:
    """Return lines as a numbered list."""
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
