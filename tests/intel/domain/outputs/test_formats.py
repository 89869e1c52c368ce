"""Each format says what was given, as tools read it."""

import base64
from datetime import timedelta

import dns.zone
import pytest

from intel.domain.outputs.readers import NOON, content, indicator, rules, sigma_values, table, written, zeek_rows, zone
from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.outputs.formats import FORMATS
from noroshi.intel.domain.outputs.indicators import Naming, Sheet, gather

ADDRESS = indicator("ipv4", "45.155.205.66")
DOMAIN = indicator("domain", "evil.example", blocks=True)
URL = indicator("url", "https://user@evil.example:8443/a?b=*\\c#d")


def test_values_when_several_signals_name_one_then_it_stands_once_and_as_the_strictest_wants_it():
    value, other = Observable(ObservableType.DOMAIN, "evil.example"), Observable(ObservableType.IPV4, "1.2.3.4")
    namings = [
        Naming(other, "S-2", TLP.CLEAR, blocks=False),
        Naming(value, "S-2", TLP.GREEN, blocks=True),
        Naming(value, "S-1", TLP.AMBER, blocks=False),
    ]
    assert [(each.observable, each.references, each.level, each.blocks) for each in gather(namings)] == [
        (value, ("S-1", "S-2"), TLP.AMBER, True),
        (other, ("S-2",), TLP.CLEAR, False),
    ]
    forbidding = Naming(value, "S-3", TLP.GREEN, blocks=False, forbids_blocking=True)
    assert [each.blocks for each in gather([*namings, forbidding])] == [False, False]


def test_list_and_table_when_read_then_every_value_is_a_line():
    assert written("list", ADDRESS, DOMAIN) == b"45.155.205.66\nevil.example\n"
    assert table(written("csv", ADDRESS, DOMAIN)) == [
        ["type", "value", "objective", "tlp", "signals"],
        ["ipv4", "45.155.205.66", "detect", "AMBER", "S-12AB34CD"],
        ["domain", "evil.example", "block", "AMBER", "S-12AB34CD"],
    ]


def test_suricata_when_read_then_a_blocked_domain_is_dropped_with_all_below_it_and_an_address_alerts():
    found = rules(written("suricata", ADDRESS, DOMAIN))
    assert [header for header, _options in found] == [
        "alert ip any any <> 45.155.205.66 any",
        "drop dns any any -> any any",
        "drop tls any any -> any any",
        "drop http any any -> any any",
    ]
    options = dict(found[1][1])
    assert content(options["content"]) == b".evil.example"
    assert {"dns.query", "dotprefix", "endswith"} <= options.keys()
    assert options["msg"] == '"Noroshi domain S-12AB34CD"'
    assert options["metadata"] == "tlp amber, objective block"
    numbers = [dict(options)["sid"] for _header, options in found]
    assert len(set(numbers)) == 4
    assert [dict(options)["sid"] for _header, options in rules(written("suricata", DOMAIN, ADDRESS))][-1] == numbers[0]


def test_suricata_when_a_url_is_looked_for_then_by_host_and_request_without_user_and_fragment():
    [(_header, options)] = rules(written("suricata", URL))
    looked_for = [content(value) for name, value in options if name == "content"]
    assert looked_for == [b"evil.example", b"/a?b=*\\c"]
    assert [name for name, _value in options][1:9] == [
        *("http.host", "content", "bsize", "http.uri.raw", "content", "startswith", "endswith", "metadata"),
    ]
    [(_header, options)] = rules(written("suricata", indicator("url", f"http://evil.example/{'a' * 400}")))
    assert (len(content(options[5][1])), "endswith" in dict(options)) == (255, False)


def test_data_set_when_read_then_text_is_base64_and_hashes_are_as_they_are():
    lines = written("suricata-dataset", DOMAIN, indicator("md5", "0" * 32)).decode().splitlines()
    assert lines == [base64.b64encode(b"evil.example").decode(), "0" * 32]


def test_zeek_when_read_then_types_are_its_own_and_urls_have_no_scheme():
    note = "TLP:AMBER detect S-12AB34CD"
    rows = zeek_rows(written("zeek", ADDRESS, URL, indicator("user_agent", "-"), indicator("account", "1234-567")))
    assert rows == [
        ["45.155.205.66", "Intel::ADDR", "noroshi", note, "T"],
        ["evil.example:8443/a?b=*\\c", "Intel::URL", "noroshi", note, "T"],
        ["-", "Intel::SOFTWARE", "noroshi", note, "T"],
    ]


def test_sigma_when_read_by_pysigma_then_its_wildcards_are_letters():
    found = sigma_values(written("sigma", DOMAIN, URL, indicator("sha256", "a" * 64), indicator("cidr", "1.2.3.0/24")))
    assert found == [
        ("Noroshi: networks in firewall logs shared to detect", "dst_ip", "1.2.3.0/24"),
        ("Noroshi: networks in firewall logs shared to detect", "src_ip", "1.2.3.0/24"),
        ("Noroshi: domains in DNS logs shared to block", "query", "evil.example"),
        ("Noroshi: domains in DNS logs shared to block", "query", "*.evil.example"),
        ("Noroshi: domains in proxy logs shared to block", "cs-host", "evil.example"),
        ("Noroshi: domains in proxy logs shared to block", "cs-host", "*.evil.example"),
        ("Noroshi: URLs in proxy logs shared to detect", "c-uri", "https://user@evil.example:8443/a\\?b=\\*\\c#d"),
        ("Noroshi: SHA-256 hashes of processes shared to detect", "Hashes", f"*SHA256={'a' * 64}*"),
    ]


@pytest.mark.parametrize(
    ("kind", "value", "names"),
    [
        ("domain", "evil.example", ["evil.example", "*.evil.example"]),
        ("ipv4", "192.0.2.1", ["32.1.2.0.192.rpz-ip"]),
        ("cidr", "192.0.2.0/24", ["24.0.2.0.192.rpz-ip"]),
        ("ipv6", "2001:db8::1", ["128.1.zz.db8.2001.rpz-ip"]),
        ("cidr", "2001:db8::/32", ["32.zz.db8.2001.rpz-ip"]),
        ("ipv6", "2001:db8:0:1:1:1:1:0", ["128.0.1.1.1.1.0.db8.2001.rpz-ip"]),
        ("ipv6", "::ffff:192.0.2.1", ["128.201.c000.ffff.zz.rpz-ip"]),
        ("url", "https://evil.example/", []),
        ("domain", f"{'a' * 60}." * 4 + "example", []),
    ],
)
def test_zone_when_read_by_dnspython_then_it_has_what_is_to_be_blocked_and_nothing_else(kind, value, names):
    assert zone(written("rpz", indicator(kind, value, blocks=True), ADDRESS)) == dict.fromkeys(names, ".")


def test_zone_when_what_it_says_changes_later_then_its_serial_grows():
    def serial(moment):
        text = FORMATS["rpz"].write(Sheet([DOMAIN], moment)).decode()
        return dns.zone.from_text(text, origin="rpz.example.").get_soa().serial

    assert serial(NOON + timedelta(seconds=1)) == serial(NOON) + 1
