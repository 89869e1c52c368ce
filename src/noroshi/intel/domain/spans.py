"""Where an indicator ends in prose: at a change of script, at closing punctuation, at a comma between cells.

Positions are into a text already in plain form (`refang`).
"""

import re

from noroshi.intel.domain.hosts import is_suffix_label

_AUTHORITY = re.compile(
    r"""(?: [A-Za-z0-9._~%!$&()*+,;=:-]{1,256}+ @ )?
    (?P<host> \[[0-9A-Fa-f:.]{2,45}\] | [\w.-]{1,253}+ )""",
    re.VERBOSE,
)
_HOST = re.compile(r"[\w.-]{1,253}+")
# A comma or semicolon before the next URL parts the two, as does ](, which is Markdown's.
_REST = re.compile(
    r"""(?: :[0-9]{1,5}(?![0-9]) )?
    (?: [/?#] (?: [A-Za-z0-9._~:/?#@!$&()*+=%{}\[-] | [,;](?!\w{2,6}://) | \](?!\() ){0,4096} )?""",
    re.VERBOSE,
)
_REST_OF_CELL = re.compile(
    r"(?: :[0-9]{1,5}(?![0-9]) )?(?: [/?#] [A-Za-z0-9._~:/?#@!$&()*+=%{};-]{0,4096}+ )?", re.VERBOSE
)
_LATIN_LABEL = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_SUFFIX = 24  # characters of a top-level domain; the longest in the root zone has 18, in its own script
_CLOSES = {")": "(", "]": "[", "}": "{"}


def url_end(text: str, start: int, authority_start: int) -> int:
    """Return where the URL with its authority at `authority_start` ends; that position if it has none."""
    authority = _AUTHORITY.match(text, authority_start)
    if authority is None:
        return authority_start
    end = _host_end(text, *authority.span("host"))
    if end < authority.end():
        return end
    rest = (_REST_OF_CELL if _begins_cell(text, start) else _REST).match(text, end)
    return end if rest is None else end + len(_trimmed(rest[0], text[rest.end() : rest.end() + 1]))


def host_end(text: str, start: int) -> int:
    """Return where the host name ends that begins at `start`; `start` itself if there is none."""
    run = _HOST.match(text, start)
    return start if run is None else _host_end(text, start, run.end())


def _host_end(text: str, start: int, end: int) -> int:
    run = text[start:end]
    kept = run if run.isascii() else _cut_at_script(run)
    if text[end : end + 1] not in {"/", ":"} or kept != run:
        kept = kept.rstrip(".-")
    return start + len(kept)


def _cut_at_script(run: str) -> str:
    """Cut `evil.exampleに誘導` after the name: at a Latin top-level domain, else at one in its own script."""
    labels = run.split(".")
    for index, label in enumerate(labels[1:], start=1):
        latin = _LATIN_LABEL.match(label)
        if latin and latin[0] != label and is_suffix_label(latin[0]):
            return ".".join([*labels[:index], latin[0]])
    while len(labels) > 1 and not labels[-1][:1].isascii():
        if suffix := _suffix_at_start(labels[-1]):
            return ".".join([*labels[:-1], suffix])
        labels.pop()
    latin = _LATIN_LABEL.match(labels[-1])
    return ".".join([*labels[:-1], latin[0] if latin else ""])


def _suffix_at_start(label: str) -> str:
    lengths = range(min(len(label), _LONGEST_SUFFIX), 0, -1)
    return next((label[:length] for length in lengths if is_suffix_label(label[:length])), "")


def _begins_cell(text: str, start: int) -> bool:
    """Tell whether the URL is the first thing of a line or follows a comma, as in pasted CSV."""
    return start == 0 or text[start - 1] in ",\n"


def _trimmed(rest: str, following: str) -> str:
    kept = rest[: _first_unbalanced(rest)]
    if kept.endswith("**"):
        kept = kept.rstrip("*")
    # A question mark belongs to the URL only where a letter follows at once: 「…/a?に誘導」, not 「…/a?」.
    return kept.rstrip(".,;:!([{" if following.isalnum() else ".,;:!([{?")


def _first_unbalanced(rest: str) -> int:
    open_count = dict.fromkeys(_CLOSES.values(), 0)
    for position, character in enumerate(rest):
        if character in open_count:
            open_count[character] += 1
        elif opening := _CLOSES.get(character):
            open_count[opening] -= 1
            if open_count[opening] < 0:
                return position
    return len(rest)
