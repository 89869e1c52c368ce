"""How many kB of text one CPU-second reads, beside whichever peer is installed, and how many of the cases we find.

    python tests/bench/intel/extract.py [FILE]

Without a file, prose of the kind that members write is made up: Japanese and English, some of it defanged.
"""

import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from noroshi.intel.domain.extract import extract

PARAGRAPH = """\
昨日午後、当行のインターネットバンキングを騙る偽サイト hxxps://login-{n}.evil[.]example/auth?id={n} が確認されました。
送信元は203.0.113.{m}で、送信者はinfo{n}@evil.exampleでした。利用者はSMSから誘導され、認証情報を入力させられています。
The dropper (SHA-256: {n:064x}) contacted c2-{n}.evil.example and 2001:db8::{m:x} over the weekend.
対象は version 10.0.{n}.1 のブラウザで、対応手順は report-{n}.pdf を参照してください。
"""
PEERS = {"ioc_finder": "find_iocs", "iocextract": "extract_iocs"}


def found_of_cases() -> dict[str, tuple[int, int]]:
    """Return the texts that were read without a fault, and all, of each kind."""
    sys.path.append(str(Path(__file__).parents[2]))
    cases = import_module("intel.domain.test_extract")
    kinds = {"Japanese": cases.JAPANESE, "defanged": cases.DEFANGED, "plain": cases.PLAIN}
    return {name: (sum(_is_found(*case) for case in listed), len(listed)) for name, listed in kinds.items()}


def _is_found(text: str, expected: list[tuple[str, str]]) -> bool:
    return [(each.observable.type.value, each.observable.value) for each in extract(text)] == expected


def kilobytes_per_cpu_second(read: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    read(text)
    return len(text.encode()) / 1000 / (time.process_time() - started)


def peers() -> dict[str, Callable[[str], object]]:
    found = {}
    for module, function in PEERS.items():
        try:
            reader = getattr(import_module(module), function)
        except ImportError:
            continue
        found[module] = lambda text, reader=reader: list(reader(text))
    return found


def main() -> None:
    given = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else ""
    text = given or "".join(PARAGRAPH.format(n=n, m=n % 250) for n in range(2000))
    extract("evil.example")  # load the public suffixes
    ours = kilobytes_per_cpu_second(lambda text: extract(text, limit=len(text)), text)
    print(f"noroshi     {ours:8,.0f} kB/CPU-s on {len(text.encode()) / 1000:,.0f} kB")
    for name, (found, expected) in found_of_cases().items():
        print(f"{name:11} {found} of {expected} texts read without a fault")
    for name, read in peers().items():
        theirs = kilobytes_per_cpu_second(read, text[: len(text) // 10])
        print(f"{name:11} {theirs:8,.0f} kB/CPU-s; ratio {ours / theirs:.1f}")


if __name__ == "__main__":
    main()
