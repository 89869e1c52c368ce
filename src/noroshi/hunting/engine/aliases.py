"""Which field of a log plays which role: the names products give, in English and Japanese.

Names come from ECS, OCSF, Zeek, Suricata EVE, CloudTrail, W3C extended logs and what Japanese systems export; a format
whose names mean something else has a dialect of its own (see `readers`). Case, full width, blanks and the characters
``_ - . @ ( )`` do not count, but where a name is known as it stands. Within a role the earlier name wins.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Self

from noroshi.hunting.engine.reasons import LakeError
from noroshi.hunting.engine.schema import ROLES

Dialect = Mapping[str, str]
"""Role -> names, in the order of their rank, between blanks; the names of the role "" mean nothing."""

_NAMES: Final[Dialect] = {
    "time": (
        "@timestamp timestamp ts time eventtime event_time datetime date_time time_local time_iso8601 log_time "
        "occurred_at occurred _time event.created creationtime time_dt accessed_at created_at t.$date start_time "
        "requestreceivedtimestamp stagetimestamp "
        "日時 発生日時 アクセス日時 接続日時 記録日時 ログ日時 受付日時 取引日時 操作日時 タイムスタンプ 時刻 時間"
    ),
    "date": "date 日付 年月日 アクセス日 発生日",
    "src_ip": (
        "src_ip source_ip source.ip source.address client_ip client.ip client.address remote_addr remote_ip "
        "remote_host clienthost c-ip id.orig_h src_endpoint.ip sourceipaddress httprequest.clientip src_addr saddr src "
        "ip_address ipaddress ipaddr ip client source srcip peer_ip rhost rip sourceips "
        "request.client_ip request.remote_ip downstream_remote_address "
        "接続元ip 接続元ipアドレス 接続元アドレス 接続元 送信元ip 送信元ipアドレス 送信元アドレス 送信元 "
        "アクセス元ip アクセス元ipアドレス アクセス元 クライアントip クライアントipアドレス ipアドレス ip"
    ),
    "src_port": (
        "src_port source_port source.port client_port client.port id.orig_p src_endpoint.port spt sport srcport "
        "送信元ポート 接続元ポート"
    ),
    "dst_ip": (
        "dst_ip dest_ip destination_ip destination.ip destination.address server.ip s-ip id.resp_h dst_endpoint.ip "
        "dst_addr daddr dst dest destination dstip lip "
        "接続先ip 接続先ipアドレス 宛先ip 宛先ipアドレス 宛先アドレス 送信先ip 宛先"
    ),
    "dst_port": (
        "dst_port dest_port destination_port destination.port server.port s-port id.resp_p dst_endpoint.port dpt dport "
        "dstport 宛先ポート 接続先ポート 送信先ポート"
    ),
    "user": (
        "user_id userid user.id user user_name username user.name login_id loginid login actor.user.uid "
        "actor.user.name useridentity.username useridentity.arn useridentity.principalid remote_user cs-username "
        "customer_id customer user.username acct "
        "ユーザーid ユーザid 利用者id ログインid 会員番号 契約者番号 お客様番号 顧客番号 利用者番号 顧客id 会員id "
        "ユーザー名 ユーザ名 ユーザー ユーザ 利用者"
    ),
    "account": (
        "account account_id account_number account_no accountno from_account payer_account source_account "
        "口座番号 口座 振込元口座番号 振込元口座 送金元口座番号 送金元口座 出金口座 支払口座"
    ),
    "beneficiary": (
        "beneficiary_account beneficiary payee_account payee to_account destination_account creditor_account "
        "振込先口座番号 振込先口座 送金先口座番号 送金先口座 入金先口座 受取口座 受取人口座 振込先 送金先"
    ),
    "amount": "amount transfer_amount transaction_amount 金額 振込金額 送金額 送金金額 取引金額 振込額",
    "currency": "currency currency_code 通貨 通貨コード",
    "session": "session_id sessionid session.id session session.uid セッションid セッション",
    "device": (
        "device_id deviceid device.id device.uid device_fingerprint fingerprint device "
        "端末id デバイスid 端末識別子 端末 デバイス"
    ),
    "user_agent": (
        "user_agent useragent user_agent.original http_user_agent http.http_user_agent http_request.user_agent "
        "cs(user-agent) ua agent request.headers.user-agent ユーザーエージェント ユーザエージェント ブラウザ"
    ),
    "url": (
        "url url.full url.original http.url http_request.url.url_string full_url request_url uri request_uri "
        "http.request.uri cs-uri-stem uri_path url.path request.uri "
        "アクセスurl リクエストurl 要求url アクセス先url アクセス先"
    ),
    "url_query": "cs-uri-query url.query query_string http.request.query",
    "request": "request http_request リクエスト",
    "host": (
        "http_host http.hostname url.domain cs-host cs(host) vhost virtual_host http_request.url.hostname request.host "
        "host hostname requestparameters.host ホスト ホスト名 サイト 接続先ホスト 接続先ホスト名"
    ),
    "referrer": (
        "referrer referer http_referer http_referrer http.http_refer http.request.referrer http_request.referrer "
        "cs(referer) リファラー リファラ 参照元 参照元url 遷移元url"
    ),
    "domain": (
        "domain domain_name destination.domain server_name tls.sni tls.server.name tls.client.server_name sni "
        "dst_endpoint.domain ドメイン ドメイン名 接続先ドメイン"
    ),
    "dns_query": (
        "dns_query dns.question.name dns.rrname dns.query.rrname dns.queries.rrname query.hostname qname rrname query "
        "クエリ 問い合わせ名"
    ),
    "dns_rcode": "rcode_name dns.rcode dns.response_code dns_rcode rcode response_code",
    "email": (
        "email email_address email.from.address mail_from mailfrom smtp.mail_from sender user.email mail from "
        "email.from actor.user.email_addr sender_address "
        "メールアドレス 送信者メールアドレス 差出人 送信者 メール"
    ),
    "md5": "md5 file.hash.md5 fileinfo.md5 hash.md5 file_md5 process.hash.md5",
    "sha1": "sha1 file.hash.sha1 fileinfo.sha1 hash.sha1 file_sha1 process.hash.sha1",
    "sha256": "sha256 file.hash.sha256 fileinfo.sha256 hash.sha256 file_sha256 process.hash.sha256",
    "hash": "hash file_hash ハッシュ ハッシュ値 ファイルハッシュ",
    "hashes": "hashes file.hashes",
    "process": (
        "process.executable process.name process.file.path image exe process comm program "
        "プロセス名 プロセス プログラム"
    ),
    "reporter": "host.name host.hostname agent.hostname observer.hostname observer.name devname dvchost 記録ホスト",
    "country": (
        "country country_code country_iso_code geoip.country_code2 geoip.country_iso_code source.geo.country_iso_code "
        "client.geo.country_iso_code src_endpoint.location.country geo_country 国コード 国 国名"
    ),
    "ja3": "ja3 ja3_hash tls.ja3.hash tls.client.ja3 tls.ja3_hash.value ssl_ja3",
    "ja4": "ja4 tls.ja4 tls.client.ja4 ja4_hash",
    "bytes_out": (
        "bytes_out orig_bytes source.bytes bytes_sent cs-bytes flow.bytes_toserver traffic.bytes_out bytes_toserver "
        "sentbyte sent_bytes 送信バイト数 送信バイト"
    ),
    "event_code": (
        "event.code event_code metadata.event_code winlog.event_id eventid event_id alert.signature_id signature_id "
        "イベントid"
    ),
    "rule": (
        "rule.name alert.signature finding_info.title rule_name signature note rule attack_name threat_name "
        "シグネチャ シグネチャ名 検知名 ルール名"
    ),
    "class": ("class class_uid class_name event.category event_class log_type category 種別 ログ種別"),
    "action": (
        "event.action eventname action activity_name operation http.request.method http.http_method http_method "
        "method request.method event_type event verb type 操作 処理 アクション メソッド イベント 取引種別 取引種類"
    ),
    "outcome": (
        "event.outcome outcome result login_result auth_success alert.action success status_detail "
        "responseelements.consolelogin 結果 処理結果 成否 認証結果"
    ),
    "error": "errorcode error_code エラーコード",
    "status": (
        "status_code http.response.status_code http.status http_response.code sc-status http_status status "
        "ステータスコード ステータス 応答コード"
    ),
    "message": "message msg log event.original メッセージ 本文",
}
_IGNORED = re.compile(r"[\s_\-.@()]+")
_BY_MAPPING, _BY_DIALECT = -2_000, -1_000  # ranks before those of the common names


def folded(name: str) -> str:
    """Return a field name without what does not count."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", name).casefold())


def _ranked(names_by_role: Dialect, first: int = 0) -> dict[str, tuple[int, str]]:
    """Return name -> (rank, role): each name as it stands, and folded unless that is another's."""
    ranked = {
        name: (rank, role)
        for role, names in names_by_role.items()
        for rank, name in enumerate(names.split(), start=first)
    }
    for name, found in list(ranked.items()):
        ranked.setdefault(folded(name), found)
    return ranked


class FieldRoles(dict[str, tuple[int, str] | None]):
    """Field name -> (rank, role), or None for a field without a role; remembers what it was asked.

    ``mapping`` gives the role of named fields (``{"相手先": "account"}``) and beats the names of a ``dialect``, which
    beat the common ones.
    """

    _COMMON = _ranked(_NAMES)
    _REMEMBERED = 10_000

    def __init__(self, mapping: Mapping[str, str] | None = None, dialect: Dialect | None = None) -> None:
        super().__init__()
        for role in (mapping or {}).values():
            if role not in ROLES:
                raise LakeError(f"The mapping names “{role}”; it may name: {', '.join(sorted(ROLES))}.")
        self._mapping = mapping
        self._spoken: dict[int, Self] = {}
        mapped = {folded(name): (_BY_MAPPING, role) for name, role in (mapping or {}).items()}
        self._tables = (mapped, _ranked(dialect or {}, _BY_DIALECT), self._COMMON)

    def in_dialect(self, dialect: Dialect) -> Self:
        """Return the same mapping over the names of a dialect, which is a constant of its reader."""
        if id(dialect) not in self._spoken:
            self._spoken[id(dialect)] = type(self)(self._mapping, dialect)
        return self._spoken[id(dialect)]

    def __missing__(self, name: str) -> tuple[int, str] | None:
        if len(self) >= self._REMEMBERED:  # a hostile file may invent a name a line
            self.clear()
        known = next(self._known(name), None)
        found = self[name] = known if known and known[1] else None
        return found

    def _known(self, name: str) -> Iterator[tuple[int, str]]:
        as_it_stands, key = name.strip().casefold(), folded(name)
        for table in self._tables:
            if found := table.get(as_it_stands) or table.get(key):
                yield found

    def assign(self, fields: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Give each role the value of its best-ranked field that has one."""
        ranks: dict[str, int] = {}
        values: dict[str, str] = {}
        for name, value in fields:
            ranked = self[name]
            if ranked and value and ranked[0] < ranks.get(ranked[1], 1 << 30):
                ranks[ranked[1]], values[ranked[1]] = ranked[0], value
        return values
