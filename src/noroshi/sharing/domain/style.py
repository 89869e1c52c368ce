"""Habits of writing that tell whose text it is, for the author of an anonymous post to look at before it goes.

It finds the way of writing, not names: those of organisations and people are looked for elsewhere. It only warns: what
identifies, and what is simply the matter, the author alone can tell.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST: Final = 5
"""Examples of one habit: a list that is longer is not read."""

LONGEST: Final = 60
_TAIL: Final = 4
"""How many of the last lines may be a signature."""


class Habit(StrEnum):
    """What gives a writer away."""

    OWN_ORGANISATION = "own_organisation"
    GREETING = "greeting"
    SIGNATURE = "signature"
    CONTACT = "contact"
    INTERNAL_NUMBER = "internal_number"
    HOUSE_MARK = "house_mark"
    PUNCTUATION = "punctuation"
    WIDTH = "width"


@dataclass(frozen=True)
class Trace:
    """A habit, and where in the text it shows."""

    habit: Habit
    examples: tuple[str, ...]


_OWN: Final = re.compile(
    r"当行|当社|当金庫|当信金|当庫|当組合|当農協|当会社|当部|当課|当グループ|弊行|弊社|弊金庫|弊庫|弊組合|弊部|弊グループ|弊店|本行|我が社|我が行|"
    r"わが社|わが行|小社|小職|自行|"
    r"\b[Oo]ur\s+(?:own\s+)?(?:bank|company|firm|group|credit union|branch(?:es)?|CSIRT|SOC|headquarters|head office|"
    r"parent company|subsidiar(?:y|ies)|insurer|brokerage)\b|\b[Ww]e at [A-Z]\w+"
)
_GREETING: Final = re.compile(
    r"(?m)^[^\S\n]*(?:拝啓|前略|謹啓|敬具|草々|謹白|以上[、，]?(?:よろしく|宜しく)[^\n]*|"
    r"(?:いつも|平素より?|日頃より?|大変)[^\n]{0,20}お世話になって[^\n]*|お世話になります[^\n]*|お疲れ様です[^\n]*|"
    r"お世話になって[^\n]*|[^\s、。,]{1,20}(?:(?<!お客)様|さん|殿|御中|各位)[、，:：]?[^\S\n]*$|"
    r"(?:Dear|Hi|Hello|Hey|Good (?:morning|afternoon|evening))\b[^\n]{0,40}$|"
    r"(?:Best|Kind|Warm|With best|With kind)\s+regards[^\n]*|Sincerely[^\n]*|Yours [a-z]+[^\n]*|Cheers[^\n]*|"
    r"Many thanks[^\n]*)|"
    r"[^\s、。,]{0,20}(?:銀行|金庫|信金|組合|保険|生命|損保|証券|カード|CSIRT|SOC|部|課|室|センター)の[^\s、。,]{1,8}です(?=[。\n]|$)|"
    r"(?:何卒|どうぞ)?(?:よろしく|宜しく)(?:お願い|御願い)[^\n。]*"
)
_SIGNATURE: Final = re.compile(
    r"(?m)^(?:--|―{2,}|[-=＝━─*＊]{5,})[^\S\n]*$|^[^\S\n]*(?:文責|担当者?|作成者?|起票者?|記)[:：][^\n]*|"
    r"^[^\S\n]*(?:Written|Posted|Prepared|Reported) by\b[^\n]*|^[^\S\n]*Sent from my\b[^\n]*"
)
_TITLE_LINE: Final = re.compile(
    r"^[^\S\n]*(?!https?:)[^\n。]{0,30}(?:部|課|室|グループ|チーム|本部|支店|センター|CSIRT|SOC|Team|Department|Division)[^\S\n]+\S{2,20}$"
)
_CONTACT: Final = re.compile(
    r"(?:TEL|Tel|tel|FAX|電話|内線|ext\.?|Ext\.?)[^\S\n]*[:：.]?[^\S\n]*[+\d(（][\d()（）‐－-]{2,}|"
    r"(?<![\d.])0\d{1,4}[-‐－(]\d{1,4}[-‐－)]\d{3,4}(?![\d.])"
)
_NUMBER: Final = re.compile(
    r"\b(?:INC|REQ|CHG|PRB|TKT|RITM|CASE|TICKET)[-_#]?\d{3,}\b|"
    r"(?:起票|受付|管理|稟議|案件|通達|文書)番号[^\S\n]*[:：]?[^\S\n]*[\w-]{2,}|[^\s、。]{1,6}発第\d+号"
)
_MARK: Final = re.compile(r"(?m)^[^\S\n]*[■□◆◇●○◎▼▽▲△★☆♦▪▶►❖✓✔☑➤➢]|[【〖〔《≪][^】〗〕》≫\n]{1,30}[】〗〕》≫]")
_PUNCTUATION: Final = re.compile(
    r"[!！]{2,}|[?？]{2,}|[!！][?？]|[?？][!！]|・{3,}|。{2,}|、{2,}|…{3,}|\.{4,}|[~〜～]{2,}|"
    r"ｗ+|\(笑\)|（笑）|\^\^|[m_]\(?_ ?_\)?m|(?<=\s)[:;]-?[)(](?=\s|$)|[\U0001F300-\U0001FAFF\u2600-\u26FF\u2764]"
)
_WIDTH: Final = re.compile(r"[\uFF66-\uFF9F]{2,}|[Ａ-Ｚａ-ｚ]{2,}|[０-９]{2,}|(?<=[\u3040-\u30ff\u4e00-\u9fff])[，．]")

_LOOKS: Final[dict[Habit, re.Pattern[str]]] = {
    Habit.OWN_ORGANISATION: _OWN,
    Habit.GREETING: _GREETING,
    Habit.SIGNATURE: _SIGNATURE,
    Habit.CONTACT: _CONTACT,
    Habit.INTERNAL_NUMBER: _NUMBER,
    Habit.HOUSE_MARK: _MARK,
    Habit.PUNCTUATION: _PUNCTUATION,
    Habit.WIDTH: _WIDTH,
}


def traces(text: str) -> tuple[Trace, ...]:
    """Return the habits that `text` shows, the most telling first, each with its first examples."""
    found = {habit: _examples(look, text) for habit, look in _LOOKS.items()}
    found[Habit.SIGNATURE] = _unique([*found[Habit.SIGNATURE], *_title_lines(text)])
    return tuple(Trace(habit, examples) for habit, examples in found.items() if examples)


def _examples(look: re.Pattern[str], text: str) -> tuple[str, ...]:
    return _unique([match[0] for match in look.finditer(text)])


def _title_lines(text: str) -> list[str]:
    """The last lines that read "Security section, Yamada": a signature without a rule above it."""
    lines = [line for line in text.splitlines() if line.strip()]
    return [line for line in lines[1:][-_TAIL:] if _TITLE_LINE.match(line)]


def _unique(found: list[str]) -> tuple[str, ...]:
    short = (" ".join(example.split())[:LONGEST] for example in found)
    return tuple(dict.fromkeys(filter(None, short)))[:MOST]
