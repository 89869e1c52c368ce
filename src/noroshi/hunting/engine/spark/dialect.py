"""The dialect of Spark: what DuckDB means by its words, in Spark's.

Text is never taken apart by Spark's own reading of a pattern, see `patterns`; ``lower`` of it knows what a letter means
at the end of a word, DuckDB's does not.
"""

from typing import Final

from noroshi.hunting.engine.spark import patterns

_UNHEX: Final = "if(startswith(piece, '%') AND length(piece) = 3, substr(piece, 2), hex(piece))"
_PIECES: Final = "regexp_extract_all({0}, '%[0-9A-Fa-f][0-9A-Fa-f]|[^%]+|%', 0)"
_BYTES: Final = f"unhex(array_join(transform({_PIECES}, piece -> {_UNHEX}), ''))"
_DECODED: Final = f"if(contains({{0}}, '%'), coalesce(try_validate_utf8(CAST({_BYTES} AS string)), {{0}}), {{0}})"

_HALF: Final = "(get({0}, (size({0}) - 1) div 2) + get({0}, size({0}) div 2)) / 2"
_FAR: Final = f"transform(sorted, each -> abs(each - {_HALF.format('sorted')}))"
_DEVIATION: Final = (
    "get(transform(transform(array(array_sort(collect_list({0}) {1})), "
    f"sorted -> array_sort({_FAR})), far -> {_HALF.format('far')}), 0)"
)


class SparkDialect:
    """Spark's, which reads no ``$name``: `events` writes ``:name`` instead."""

    def micros(self, time: str) -> str:
        """As a timestamp has them."""
        return f"unix_micros({time})"

    def moment(self, micros: str) -> str:
        """As a timestamp has them."""
        return f"timestamp_micros({micros})"

    def part_of_time(self, part: str, time: str) -> str:
        """The session's time zone is UTC."""
        return f"date_part('{part}', from_utc_timestamp({time}, $zone))"

    def text_of_time(self, time: str) -> str:
        """The session's time zone is UTC."""
        return f"concat(CAST({time} AS string), '+00')"

    def folded(self, text: str) -> str:
        """Without the letters whose lower case depends on their neighbours, or is two letters."""
        return f"lower(translate({text}, 'İΣ', 'iσ'))"

    def decoded(self, text: str) -> str:
        """Spark's own refuses what encodes nothing, takes + for a blank and writes � for what is no UTF-8."""
        return _DECODED.format(text)

    def matches(self, text: str, pattern: str) -> str:
        """By Java."""
        return f"{patterns.renamed(text)} RLIKE {pattern}"

    def pattern(self, pattern: str) -> str:
        """For Java."""
        return patterns.java_pattern(pattern)

    def middle(self, number: str, window: str) -> str:
        """Halfway between the middle two."""
        return f"percentile({number}, 0.5) {window}"

    def deviation(self, number: str, window: str) -> str:
        """Of the window's numbers as an array: there is no function of it."""
        return _DEVIATION.format(number, window)


SPARK: Final = SparkDialect()
