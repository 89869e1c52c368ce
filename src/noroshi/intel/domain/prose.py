"""What looks like an indicator and is not: versions, file names, program code, words after a full stop."""

import re
import sys

_VERSION_BEFORE = re.compile(
    r"""(?: (?<![A-Za-z]) (?:version|ver|v|rev|revision|release|build|firmware)\.?
          | (?<![A-Za-z]) (?:forti|pan-|mac|i|ipad)os | (?<![A-Za-z]) (?:chrome|firefox|edge|java)
          | バージョン | 版数? | リビジョン | リリース | ビルド | ファームウェア | 第
        ) [\s:=はがの「]*$""",
    re.VERBOSE | re.IGNORECASE,
)
_PRODUCT_BEFORE = re.compile(r"(?<![A-Za-z])(?!IP)[A-Za-z]{2,20}/$")  # Chrome/120.0.0.0, as user agents write it
_VERSION_AFTER = re.compile(
    r"""\s? (?: 版 | 以前 | 以降 | 未満 | 系(?!列) | [章節項条]
               | (?:and|or)\s(?:earlier|later|below|above|prior) )""",
    re.VERBOSE,
)
_VERSION_LIST = re.compile(r"\s?(?:から|および|及び|または|又は|[～~,、・-]|to|and|or)\s?")
_CONTEXT = 32  # characters before a number in which a word may call it a version

_FILE_SUFFIXES = frozenset({"zip", "mov", "py", "sh", "rs", "md", "so", "ps"})  # endings of files and of domains alike
_COMMON_SUFFIXES = frozenset({"com", "net", "org", "info", "biz", "jp"})
# With a newer top-level domain behind it, such a first label is a module or an object: asyncio.run, os.name.
_CODE_NAMES = frozenset({"django", "numpy", "pandas", "requests", "request", "self", "this", "user"})
_PRODUCTS = frozenset({"asp.net", "ado.net", "vb.net", "ml.net", "co.ltd"})
_COUNTRY = 2  # letters of a country's top-level domain


def is_version(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a dotted number call it a version, or a numbered section."""
    before = text[max(0, start - _CONTEXT) : start]
    return _VERSION_BEFORE.search(before) is not None or _VERSION_AFTER.match(text, end) is not None


def is_product_version(text: str, start: int) -> bool:
    """Tell whether a dotted number is the version of a product, joined to its name by a slash."""
    return _PRODUCT_BEFORE.search(text[max(0, start - _CONTEXT) : start]) is not None


def joins_versions(between: str) -> bool:
    """Tell whether the words after a version say that the next number is one as well: 1.2.3.4 から 1.2.3.9."""
    return _VERSION_LIST.fullmatch(between) is not None


def is_name_in_prose(written: str, before: str) -> bool:
    """Tell whether a bare dotted name, with the character before it, is meant as something else."""
    first, _, _ = written.partition(".")
    head, _, last = written.rpartition(".")
    suffix = last.lower()
    if before == "\\" or (last.istitle() and not head.istitle() and not head.isupper()):
        return True  # part of a Windows path or account; a sentence that begins without a space
    if suffix in _FILE_SUFFIXES:
        return "." not in head or not _is_domain_despite_file_suffix(written)
    if written.lower() in _PRODUCTS:
        return True
    is_new_suffix = len(suffix) > _COUNTRY and suffix not in _COMMON_SUFFIXES
    is_code = first in _CODE_NAMES or (first == head and head in sys.stdlib_module_names)
    return is_new_suffix and is_code


def is_spoken_name_plausible(written: str) -> bool:
    """Tell whether ` dot ` in a quotation spells a name: `evil dot com` does, `polka dot style` does not."""
    return written.rpartition(".")[2].lower() in _COMMON_SUFFIXES | {"example", "onion"}


def _is_domain_despite_file_suffix(written: str) -> bool:
    labels = written.lower().split(".")
    return labels[0] == "www" or labels[-2] in {"com", "co", "net", "org", "gov", "edu", "ac", "in"}
