"""Values that only a label gives away: user agents and bank accounts.

Labels are read in the text as it was written: digits and separators may be full-width, and the canonical form
of the value is made by `parse_observable`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from noroshi.intel.domain.observables import InvalidObservable, Observable, ObservableType, parse_observable

_USER_AGENT = re.compile(
    r"""(?: user[-_\s]?agent | (?<![A-Za-z0-9])UA | ユーザー?\s?エージェント(?:名)? )
    ["']? \s{0,3} [:：=＝は] \s{0,3} ["'「『`]? (?P<value> [!-~][ -~]{2,511}+ )""",
    re.VERBOSE | re.IGNORECASE,
)
_NEXT_LABEL = re.compile(r"""`|["'][,}]|["']\s*$|[,;]?\s+[A-Za-z][A-Za-z-]{1,20}:\s|\s+$""")

_BETWEEN = r"[\s:：=＝#＃はが、,，・/／()（）]{0,4}"
_KIND = r"(?:普通|当座|貯蓄)(?:預金)?"
_ACCOUNT = re.compile(
    rf"""(?: (?:支店|店番|店舗)[^\d\n]{{0,6}} (?P<branch>\d{{3}}) (?!\d) [^\d\n]{{0,20}}? )?
    (?: (?: 口座番号 | 口座No\.? | (?<![A-Za-z])acc(?:oun)?t\.?\s?(?:number|no\.?|\#) )
        {_BETWEEN} (?:{_KIND}{_BETWEEN})?
      | {_KIND} {_BETWEEN} )
    (?P<number>\d{{6,8}}) (?![\d.件円名個人万])""",
    re.VERBOSE | re.IGNORECASE,
)
_POSTAL = re.compile(rf"記号{_BETWEEN}(?P<branch>\d{{5}}){_BETWEEN}番号{_BETWEEN}(?P<number>\d{{6,8}})(?!\d)")
_IBAN = re.compile(
    rf"(?<![A-Za-z])IBAN{_BETWEEN}(?P<number>[A-Z]{{2}}\d{{2}}(?:\s?[A-Z0-9]{{4}}){{2,7}}(?:\s?[A-Z0-9]{{1,3}})?)(?![A-Z0-9])"
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled value and its place in the text."""

    observable: Observable
    start: int
    end: int


def labelled_values(text: str) -> list[Labelled]:
    """Return the labelled values of a text, by place."""
    found = [*_user_agents(text), *_accounts(text)]
    return sorted(found, key=lambda value: value.start)


def _user_agents(text: str) -> Iterator[Labelled]:
    for match in _USER_AGENT.finditer(text):
        value = _NEXT_LABEL.split(match["value"], maxsplit=1)[0].rstrip()
        yield from _parsed(ObservableType.USER_AGENT, value, match.start("value"), match.start("value") + len(value))


def _accounts(text: str) -> Iterator[Labelled]:
    for pattern in (_ACCOUNT, _POSTAL, _IBAN):
        for match in pattern.finditer(text):
            branch = match.groupdict().get("branch")
            start = match.start("branch" if branch else "number")
            value = f"{branch}-{match['number']}" if branch else match["number"]
            yield from _parsed(ObservableType.ACCOUNT, value, start, match.end())


def _parsed(kind: ObservableType, value: str, start: int, end: int) -> Iterator[Labelled]:
    try:
        yield Labelled(parse_observable(kind, value), start, end)
    except InvalidObservable:
        return
