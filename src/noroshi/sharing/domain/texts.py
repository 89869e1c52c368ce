"""What people type, made readable for everybody: nothing in it acts, turns the direction, or passes for a host."""

import re
from typing import Final

from noroshi.intel.domain.hosts import InvalidHostError, canonical_host, has_known_suffix
from noroshi.kit.domain import plain_text
from noroshi.kit.domain.lookalikes import mixes_scripts

_LETTERS: Final = "A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u058f\u13a0-\u13ff\u1e00-\u1fff"
"""Letters of scripts that are written with spaces: Latin, Greek, Cyrillic, Armenian, Cherokee."""
_HOST: Final = re.compile(
    rf"(?<![{_LETTERS}.-])[{_LETTERS}-]{{1,63}}+(?:\.[{_LETTERS}-]{{1,63}}+){{1,8}}(?!\.?[{_LETTERS}-])(?! \[xn--)"
)


def one_line(text: str) -> str:
    """Return `text` as one readable line."""
    return " ".join(readable(text).split())


def readable(text: str) -> str:
    """Return `text` as everybody reads it.

    A host whose letters are of several scripts that look alike is followed by its name in ASCII: `аpple.com`, with a
    Cyrillic letter, is shown as `аpple.com [xn--pple-43d.com]`.
    """
    return _HOST.sub(_with_ascii_name, plain_text.readable(text))


def _with_ascii_name(found: re.Match[str]) -> str:
    host = found[0]
    if host.isascii() or not mixes_scripts(host.replace(".", "").replace("-", "")):
        return host
    try:
        name = canonical_host(host)
    except InvalidHostError:
        return host
    return f"{host} [{name}]" if has_known_suffix(name) else host
