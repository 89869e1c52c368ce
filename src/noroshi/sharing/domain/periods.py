"""Months and quarters: what a report is about, and what it is compared with."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

MONTHS: Final = 12
QUARTER: Final = 3

_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])")


@dataclass(frozen=True, order=True)
class Period:
    """A calendar month, or a calendar quarter: `length` months from `first` of `year` on."""

    year: int
    first: int
    length: int = 1

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Return the period of "2026-11" or "2026-Q4"; None for anything else."""
        if found := _MONTH.fullmatch(text):
            return cls(int(found[1]), int(found[2])) if int(found[1]) else None
        if found := _QUARTER.fullmatch(text):
            return cls(int(found[1]), QUARTER * int(found[2]) - 2, QUARTER) if int(found[1]) else None
        return None

    @classmethod
    def before(cls, day: date, length: int = 1) -> Self:
        """Return the last period of this length that had ended when `day` began."""
        first = (day.month - 1) // length * length + 1
        return cls(day.year, first, length).previous

    def __str__(self) -> str:
        return f"{self.year:04}-{self.first:02}" if self.length == 1 else f"{self.year:04}-Q{self.quarter}"

    @property
    def quarter(self) -> int:
        """The number of the quarter that it is in."""
        return (self.first - 1) // QUARTER + 1

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.first, 1)

    @property
    def end(self) -> date:
        """The first day after it."""
        return self.moved(self.length).start

    @property
    def previous(self) -> Self:
        """The period of the same length before it."""
        return self.moved(-self.length)

    @property
    def year_before(self) -> Self:
        """The same period of the year before."""
        return self.moved(-MONTHS)

    @property
    def months(self) -> list["Period"]:
        """The months that it consists of."""
        return [Period(month.year, month.first) for month in (self.moved(step) for step in range(self.length))]

    def moved(self, months: int) -> Self:
        """Return the period of the same length so many months later."""
        place = self.year * MONTHS + self.first - 1 + months
        return type(self)(place // MONTHS, place % MONTHS + 1, self.length)
