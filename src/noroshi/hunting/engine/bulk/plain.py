"""Texts whose canonical form SQL writes, by role: which these are, and the values of the role's columns.

Nearly all texts of a log are plain, and mean what `rows.columns_by_role` says; of what is not, Python is asked.
"""

import re
from dataclasses import dataclass
from typing import Final

from noroshi.hunting.engine.normalise import NOTHING

PSEUDONYM_KEY: Final = "pseudonym_key"
"""The variable of a session that holds `normalise.pseudonym_key`."""


@dataclass(frozen=True, slots=True)
class Plain:
    """SQL of: the text ``{raw}`` is plain; and then of the values of its role's columns, in their order."""

    condition: str
    values: tuple[str, ...] = ("{raw}",)

    def tested(self, role: str) -> str:
        """Return SQL of: the text of a role is plain."""
        return self.condition.format(raw=f'"{role}"')

    def read(self, raw: str) -> tuple[str, ...]:
        """Return SQL of the values that a plain text means."""
        return tuple(value.format(raw=raw) for value in self.values)


def _matches(pattern: str) -> str:
    return f"regexp_full_match({{raw}}, '{pattern}')"


_LONGEST_NOTHING: Final = max(map(len, NOTHING))
_NOTHING: Final = "|".join(map(re.escape, sorted(NOTHING)))
_SAYS_SOMETHING: Final = (
    f"CASE WHEN strlen({{raw}}) > {_LONGEST_NOTHING} THEN true ELSE NOT {_matches(f'(?i){_NOTHING}')} END"
)
_TEXT: Final = Plain(f"{_matches('[!-~]([ -~]*[!-~])?')} AND {_SAYS_SOMETHING}")
# With a letter and without blanks, or of digits alone: no blanks and hyphens are taken out of these.
_ACCOUNT: Final = Plain(
    f"{_matches('[0-9]+|[!-~]*[A-Za-z][!-~]*')} AND {_SAYS_SOMETHING}",
    (f"left(sha256(getvariable('{PSEUDONYM_KEY}') || encode(lower({{raw}}))), 32)",),
)
_SHORT: Final = Plain(_matches("[0-9]{{1,9}}"), ("CAST({raw} AS INTEGER)",))
_OCTET: Final = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_NUMBER_OF_IPV4: Final = (
    "CAST(list_inner_product(CAST(string_split({raw}, '.') AS DOUBLE[]), [16777216, 65536, 256, 1]) AS BIGINT)"
)
_ADDRESS: Final = Plain(_matches("[.]".join([_OCTET] * 4)), ("{raw}", _NUMBER_OF_IPV4, "NULL", "NULL"))
_WHOLE: Final = "CAST(split_part({raw}, '.', 1) AS BIGINT)"
_POWER: Final = f"CAST(rpad('1', CAST(length(CAST({_WHOLE} AS VARCHAR)) AS INTEGER), '0') AS BIGINT)"
_BAND: Final = f"""
CASE WHEN {_WHOLE} = 0 THEN 0 WHEN {_WHOLE} >= 5 * {_POWER} THEN 5 * {_POWER}
     WHEN {_WHOLE} >= 2 * {_POWER} THEN 2 * {_POWER} ELSE {_POWER} END
"""

PLAIN: Final[dict[str, Plain]] = {
    **dict.fromkeys(("action", "device", "user_agent", "process", "reporter", "event_code", "rule"), _TEXT),
    **dict.fromkeys(("user", "account", "beneficiary", "session"), _ACCOUNT),
    **dict.fromkeys(("status", "src_port", "dst_port"), _SHORT),
    "bytes_out": Plain(_matches("[0-9]{{1,18}}"), ("CAST({raw} AS BIGINT)",)),
    "amount": Plain(_matches("[0-9]{{1,15}}([.][0-9]+)?"), (_BAND,)),
    **dict.fromkeys(("src_ip", "dst_ip"), _ADDRESS),
}
