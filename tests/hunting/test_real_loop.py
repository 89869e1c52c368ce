"""The main loop on real input: phishing addresses reported in Japan, looked for in real logs of several kinds."""

import csv
from itertools import islice

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import Entry, EntryKind
from noroshi.core.domain.tlp import TLP
from noroshi.hunting.actions import ingest_logs
from noroshi.hunting.models import Hit
from noroshi.intel.domain.observables import ObservableType, parse_observable
from noroshi.notify.models import Notice, NoticeKind
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking

VISITED = 7
ADDRESSES = ("83.149.9.216", "24.236.252.67")
"""Two clients of the real web log: 23 lines and one are theirs."""


def phishing_addresses(shared_data, count):
    with (shared_data / "phishing" / "202501.csv").open(encoding="utf-8", newline="") as file:
        rows = islice(csv.DictReader(file), 2_000)
        addresses = dict.fromkeys(row["URL"].strip() for row in rows)
    return [address for address in addresses if address.isascii() and " " not in address][:count]


def canonical(address):
    return parse_observable(ObservableType.URL, address).value


def proxy_log(path, addresses):
    line = '10.1.2.3 - - [20/Nov/2026:09:{0:02}:00 +0900] "GET {1} HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n'
    path.write_text("".join(line.format(minute, address) for minute, address in enumerate(addresses)), encoding="utf-8")
    return path


def test_real_phishing_in_real_logs_alerts_exactly_those_it_touched(cast, drain, shared_data, tmp_path):
    addresses = phishing_addresses(shared_data, 100)
    logs = shared_data / "logs"
    for organisation, source, files in (
        (cast.bank_a, "web", [logs / "web" / "apache_combined_10k.log"]),
        (cast.bank_b, "proxy", [proxy_log(tmp_path / "proxy.log", addresses[:VISITED])]),
        (cast.insurer, "zeek", sorted((logs / "zeek-json").glob("*.json"))[:2]),
    ):
        report = ingest_logs(Actor.system("test"), organisation=organisation, source=source, files=files)
        assert report.refused_files == ()
    author = cast.actor("a1")
    body = "次のURLを確認しました。\n\n" + "\n".join(f"- {address}" for address in addresses)
    body += "\n\n攻撃元は" + "と".join(ADDRESSES) + "です。"
    draft = actions.draft_signal(
        author,
        content=Content("phishing", "customer", "フィッシングサイトの報告", body),
        marking=Marking(TLP.AMBER, entries=frozenset({Entry(EntryKind.COMMUNITY)})),
    )
    actions.publish_signal(author, draft)
    drain()
    hits = Hit.objects.unrestricted(reason="test").values_list("organisation__slug", "type", "value", "count")
    at_bank_a = {(kind, value, count) for slug, kind, value, count in hits if slug == cast.bank_a.slug}
    assert at_bank_a == {("ipv4", "83.149.9.216", 23), ("ipv4", "24.236.252.67", 1)}
    at_bank_b = {value for slug, kind, value, _count in hits if slug == cast.bank_b.slug and kind == "url"}
    assert at_bank_b == {canonical(address) for address in addresses[:VISITED]}
    assert {slug for slug, *_ in hits} == {cast.bank_a.slug, cast.bank_b.slug}
    alerted = Notice.objects.unrestricted(reason="test").filter(kind=NoticeKind.HIT)
    assert set(alerted.values_list("person__organisation__slug", flat=True)) == {cast.bank_a.slug, cast.bank_b.slug}
