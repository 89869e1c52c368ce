"""The part of MITRE ATT&CK (Enterprise, version 17) that a bank's logs can tell of, by layer and data.

Names are MITRE's; the Japanese ones are how Japanese CSIRTs write them. A technique that is not listed is shown by its
number. Which classes of events, and which of their columns, show a technique is our own judgement.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from noroshi.hunting.engine.detections.rules import Layer, Need, Words
from noroshi.hunting.engine.schema import EventClass

TACTICS: Final = {
    "reconnaissance": Words("Reconnaissance", "偵察"),
    "initial-access": Words("Initial access", "初期侵入"),
    "execution": Words("Execution", "実行"),
    "persistence": Words("Persistence", "永続化"),
    "privilege-escalation": Words("Privilege escalation", "権限昇格"),
    "defense-evasion": Words("Defence evasion", "防御回避"),
    "credential-access": Words("Credential access", "認証情報の窃取"),
    "discovery": Words("Discovery", "探索"),
    "lateral-movement": Words("Lateral movement", "水平展開"),
    "collection": Words("Collection", "収集"),
    "command-and-control": Words("Command and control", "C2 通信"),
    "exfiltration": Words("Exfiltration", "持ち出し"),
    "impact": Words("Impact", "影響"),
}
_TECHNIQUE: Final = re.compile(r"t\d{4}(?:\.\d{3})?")


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique, its tactic, the layer in which it shows, and what shows it: any of ``needs``."""

    id: str
    title: Words
    tactic: str
    layer: Layer
    needs: tuple[Need, ...]


def _technique(number: str, titles: tuple[str, str], tactic: str, layer: Layer, **needs: str) -> Technique:
    """Return a technique; ``needs`` are the columns by the class of events that must have them."""
    by_class = tuple(Need(EventClass(kind), frozenset(columns.split())) for kind, columns in needs.items())
    return Technique(number, Words(*titles), tactic, layer, by_class)


_ENTRY, _INSIDE, _EXIT = Layer.ENTRY, Layer.INSIDE, Layer.EXIT
TECHNIQUES: Final = (
    _technique("T1595", ("Active scanning", "能動的スキャン"), "reconnaissance", _ENTRY, web="src_ip url"),
    _technique(
        "T1190",
        ("Exploit public-facing application", "公開アプリケーションの悪用"),
        "initial-access",
        _ENTRY,
        web="url",
    ),
    _technique("T1078", ("Valid accounts", "正規アカウントの悪用"), "initial-access", _ENTRY, auth="user_key src_ip"),
    _technique(
        "T1133",
        ("External remote services", "外部リモートサービス"),
        "initial-access",
        _ENTRY,
        auth="src_ip",
        conn="src_ip dst_port",
    ),
    _technique("T1566", ("Phishing", "フィッシング"), "initial-access", _ENTRY, mail="email"),
    _technique("T1110", ("Brute force", "総当たり攻撃"), "credential-access", _ENTRY, auth="user_key outcome"),
    _technique(
        "T1110.003",
        ("Password spraying", "パスワードスプレー"),
        "credential-access",
        _ENTRY,
        auth="user_key src_ip outcome",
    ),
    _technique(
        "T1110.004",
        ("Credential stuffing", "パスワードリスト攻撃"),
        "credential-access",
        _ENTRY,
        auth="user_key src_ip outcome",
    ),
    _technique(
        "T1621", ("MFA request generation", "多要素認証の連続要求"), "credential-access", _ENTRY, auth="user_key action"
    ),
    _technique(
        "T1539",
        ("Steal web session cookie", "セッション Cookie の窃取"),
        "credential-access",
        _ENTRY,
        web="session_key user_agent",
        auth="session_key device",
    ),
    _technique(
        "T1185",
        ("Browser session hijacking", "ブラウザーセッションの乗っ取り"),
        "collection",
        _ENTRY,
        web="session_key src_ip",
    ),
    _technique("T1657", ("Financial theft", "金銭の窃取"), "impact", _ENTRY, transfer="user_key beneficiary_key"),
    _technique("T1499", ("Endpoint denial of service", "サービス妨害"), "impact", _ENTRY, web="src_ip status"),
    _technique(
        "T1059",
        ("Command and scripting interpreter", "コマンド・スクリプトの実行"),
        "execution",
        _INSIDE,
        process="process",
    ),
    _technique("T1204", ("User execution", "利用者による実行"), "execution", _INSIDE, process="process", alert="rule"),
    _technique(
        "T1053",
        ("Scheduled task", "スケジュールされたタスク"),
        "persistence",
        _INSIDE,
        process="process",
        auth="event_code",
    ),
    _technique(
        "T1136", ("Create account", "アカウントの作成"), "persistence", _INSIDE, auth="action user_key", api="action"
    ),
    _technique(
        "T1098",
        ("Account manipulation", "アカウントの変更"),
        "persistence",
        _INSIDE,
        auth="action user_key",
        api="action",
    ),
    _technique(
        "T1068",
        ("Exploitation for privilege escalation", "脆弱性による権限昇格"),
        "privilege-escalation",
        _INSIDE,
        alert="rule",
        process="process user_key",
    ),
    _technique(
        "T1562", ("Impair defences", "防御機能の無効化"), "defense-evasion", _INSIDE, api="action", process="process"
    ),
    _technique(
        "T1070", ("Indicator removal", "痕跡の削除"), "defense-evasion", _INSIDE, auth="event_code", process="process"
    ),
    _technique(
        "T1003",
        ("OS credential dumping", "認証情報のダンプ"),
        "credential-access",
        _INSIDE,
        process="process",
        alert="rule",
    ),
    _technique(
        "T1046",
        ("Network service discovery", "ネットワークサービスの探索"),
        "discovery",
        _INSIDE,
        conn="src_ip dst_ip dst_port",
    ),
    _technique(
        "T1580", ("Cloud infrastructure discovery", "クラウド基盤の探索"), "discovery", _INSIDE, api="action src_ip"
    ),
    _technique(
        "T1021",
        ("Remote services", "リモートサービス"),
        "lateral-movement",
        _INSIDE,
        auth="src_ip dst_ip",
        conn="src_ip dst_ip dst_port",
    ),
    _technique(
        "T1530", ("Data from cloud storage", "クラウドストレージからの収集"), "collection", _INSIDE, api="action"
    ),
    _technique(
        "T1486", ("Data encrypted for impact", "データの暗号化"), "impact", _INSIDE, file="action", alert="rule"
    ),
    _technique(
        "T1071.001",
        ("Web protocols", "Web 通信による C2"),
        "command-and-control",
        _EXIT,
        web="src_ip host",
        conn="src_ip domain",
    ),
    _technique("T1071.004", ("DNS", "DNS による C2"), "command-and-control", _EXIT, dns="src_ip dns_query"),
    _technique(
        "T1568.002",
        ("Domain generation algorithms", "ドメイン生成アルゴリズム"),
        "command-and-control",
        _EXIT,
        dns="src_ip dns_query dns_rcode",
    ),
    _technique("T1571", ("Non-standard port", "非標準ポート"), "command-and-control", _EXIT, conn="dst_ip dst_port"),
    _technique("T1573", ("Encrypted channel", "暗号化された通信"), "command-and-control", _EXIT, conn="ja3", web="ja3"),
    _technique(
        "T1105",
        ("Ingress tool transfer", "ツールの持ち込み"),
        "command-and-control",
        _EXIT,
        file="sha256",
        web="url src_ip",
    ),
    _technique(
        "T1041",
        ("Exfiltration over C2 channel", "C2 経路による持ち出し"),
        "exfiltration",
        _EXIT,
        conn="dst_ip bytes_out",
    ),
    _technique(
        "T1567",
        ("Exfiltration over web service", "Web サービスへの持ち出し"),
        "exfiltration",
        _EXIT,
        web="host bytes_out",
        conn="domain bytes_out",
    ),
    _technique(
        "T1048",
        ("Exfiltration over alternative protocol", "別プロトコルによる持ち出し"),
        "exfiltration",
        _EXIT,
        conn="dst_port bytes_out",
        dns="dns_query",
    ),
)
BY_ID: Final = {technique.id: technique for technique in TECHNIQUES}


def tactics_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tactics among the names of ATT&CK tags, in the order of the matrix."""
    names = {tag.lower().replace("_", "-") for tag in tags}
    return tuple(tactic for tactic in TACTICS if tactic in names)


def techniques_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the techniques among the names of ATT&CK tags, as ``T1110.003``."""
    return tuple(tag.upper() for tag in tags if _TECHNIQUE.fullmatch(tag.lower()))


def covers(tagged: str, technique: str) -> bool:
    """Whether a rule with the tag of one technique watches another: itself, or what it is a part of."""
    return tagged == technique or tagged.startswith(f"{technique}.")
