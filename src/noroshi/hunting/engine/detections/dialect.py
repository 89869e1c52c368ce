"""What engines say differently: rules are written in SQL that DuckDB and Spark share, and in these few words.

Parameters are ``$name`` in all of it. What a word means is what DuckDB means by it; another engine's dialect says the
same, or refuses.
"""

from typing import Final, Protocol


class Dialect(Protocol):
    """Each word takes SQL and returns SQL."""

    def micros(self, time: str) -> str:
        """Return the microseconds since 1970 of a time."""

    def moment(self, micros: str) -> str:
        """Return the time of microseconds since 1970."""

    def part_of_time(self, part: str, time: str) -> str:
        """Return a part of a time (minute, hour, day, week, month, year) by the clock of the time zone ``$zone``."""

    def text_of_time(self, time: str) -> str:
        """Return a time as text, to the microsecond, as 2026-11-20 12:00:00.5+00."""

    def folded(self, text: str) -> str:
        """Return a text in lower case, letter by letter."""

    def decoded(self, text: str) -> str:
        """Return a text with its percent-encoding undone; as it is, where that would not be UTF-8."""

    def matches(self, text: str, pattern: str) -> str:
        """Return whether a regular expression is found in a text; see `pattern`."""

    def pattern(self, pattern: str) -> str:
        """Return the value by which `matches` is given a regular expression of RE2; raise `RuleError` for none."""

    def middle(self, number: str, window: str) -> str:
        """Return the median of whole numbers in a window."""

    def deviation(self, number: str, window: str) -> str:
        """Return the median of how far whole numbers in a window are from their median."""


class DuckDialect:
    """DuckDB's, whose regular expressions are RE2's."""

    def micros(self, time: str) -> str:
        """As it says itself."""
        return f"epoch_us({time})"

    def moment(self, micros: str) -> str:
        """As it says itself."""
        return f"make_timestamptz({micros})"

    def part_of_time(self, part: str, time: str) -> str:
        """Weeks are those of ISO 8601."""
        return f"date_part('{part}', timezone($zone, {time}))"

    def text_of_time(self, time: str) -> str:
        """In the session's time zone, which is UTC."""
        return f"CAST({time} AS string)"

    def folded(self, text: str) -> str:
        """By code point."""
        return f"lower({text})"

    def decoded(self, text: str) -> str:
        """What encodes nothing stays."""
        return f"coalesce(try(url_decode({text})), {text})"

    def matches(self, text: str, pattern: str) -> str:
        """In time that grows with the text alone."""
        return f"regexp_matches({text}, {pattern})"

    def pattern(self, pattern: str) -> str:
        """DuckDB says itself what it does not read."""
        return pattern

    def middle(self, number: str, window: str) -> str:
        """Halfway between the middle two."""
        return f"median({number}) {window}"

    def deviation(self, number: str, window: str) -> str:
        """The median absolute deviation."""
        return f"mad({number}) {window}"


DUCKDB: Final = DuckDialect()
