"""Bytes that are a text, in one of the encodings that Japanese texts come in."""

import codecs
import re
from typing import Final

_HALF_WIDTH: Final = re.compile("[\uff61-\uff9f]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
ENCODINGS: Final = {"utf-8": "utf-8", "cp932": "shift_jis", "euc_jp": "euc-jp", "iso2022_jp_ext": "iso-2022-jp"}
"""The encodings that are tried, with their public names."""


def decoded(data: bytes) -> tuple[str, str] | None:
    """Return the public name of the encoding and the text; None where it reads as a text in none.

    EUC-JP bytes read as half-width katakana in Shift_JIS: of two readings, the one with fewer of these is meant.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _text(data, "utf-16")
        return None if text is None else ("utf-16", text)
    if b"\x1b" in data and (text := _text(data, "iso2022_jp_ext")) is not None:
        return "iso-2022-jp", text
    if (text := _text(data, "utf-8")) is not None:
        return "utf-8", text
    readings = [(name, text) for name in ("cp932", "euc_jp") if (text := _text(data, name)) is not None]
    if not readings:
        return None
    name, text = min(readings, key=lambda reading: len(_HALF_WIDTH.findall(reading[1])))
    return ENCODINGS[name], text


def _text(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text
