"""What the author's analyst writes: the planted campaign, or values out of a user's own logs."""

import gzip
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

from noroshi.core.errors import InvalidInput
from noroshi.hunting.engine import Hit, Needle, NeedleType
from noroshi.hunting.lake import open_lake
from noroshi.intel.domain.extract import MAX_TEXT, extract
from noroshi.intel.domain.observables import ObservableType
from noroshi.site.demo import logs
from noroshi.site.demo.play import Finding, Story

TITLE: Final = "インターネットバンキングを騙るフィッシングと不正送金の試み"
BODY: Final = """当行の顧客がSMSから偽のログイン画面に誘導され、ワンタイムパスワードを詐取されました。

- 攻撃元は203.0.113[.]45と198.51.100.128/29
- 誘導先は hxxps://login.minato-secure[.]example/auth/step2 で、minato-secure[.]example の別のホスト名も使われます
- User-Agent: {agent}

直近一週間のアクセスログを確認してください。
"""

VALUES: Final = 5
SAMPLE_LINES: Final = 2_000


def campaign() -> Story:
    """Return the story of the planted campaign."""
    return Story(TITLE, BODY.format(agent=logs.AGENT), logs.planted())


def of_own_logs(files: dict[str, list[Path]]) -> Story:
    """Return a story about the rarest addresses at the head of a user's own logs; truth is the lake's own count.

    The loop is what is tried here, from the shared signal to the right alerts: that the engine finds what is in a log
    is shown by its own tests.
    """
    found = open_lake().hunt([Needle(NeedleType.IPV4, value) for value in _addresses(files)]).hits
    rarest = [value for value, _count in sorted(_totals(found).items(), key=lambda pair: pair[::-1])[:VALUES]]
    if not rarest:
        raise InvalidInput("logs", "No source address was recognised in these logs; is it a supported format?")
    expected: dict[Finding, int] = {
        (hit.organisation, str(hit.type), hit.value): hit.count for hit in found if hit.value in rarest
    }
    lines = "\n".join(f"- {value}" for value in rarest)
    return Story("自組織ログで見つかった不審な接続元", f"接続元を確認してください。\n\n{lines}\n", expected)


def _addresses(files: dict[str, list[Path]]) -> set[str]:
    """The IPv4 addresses in the first lines of each file."""
    paths = [path for many in files.values() for path in many]
    return {
        proposal.observable.value
        for path in paths
        for proposal in extract(_head(path))
        if proposal.observable.type is ObservableType.IPV4
    }


def _head(path: Path) -> str:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        return b"".join(islice(file, SAMPLE_LINES))[:MAX_TEXT].decode(errors="replace")


def _totals(hits: Iterable[Hit]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for hit in hits:
        totals[hit.value] += hit.count
    return totals
