"""Whatever a value says, it adds nothing to an output: no line, rule, field, document or record."""

import base64

import dns.exception
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from intel.domain.outputs.readers import content, indicator, rules, table, written, zeek_rows, zone
from noroshi.intel.domain.observables import ObservableType

EVIL = st.one_of(
    st.text(min_size=1, max_size=60),
    st.sampled_from(
        [
            'x"; sid:1; rev:1;) alert ip any any -> any any (msg:"y"; sid:2;',
            "x\nalert ip any any -> any any (sid:2;)",
            "x\tIntel::ADDR\tother",
            "#fields\tindicator",
            "x CNAME rpz-passthru.\n*.com",
            "$INCLUDE /etc/passwd",
            "x: [y]\n---\ntitle: z",
            "=HYPERLINK(1)",
            "\x85\u2028\x0b\x0c\x1c",
        ]
    ),
)
KINDS = st.sampled_from([kind.value for kind in ObservableType])


@given(KINDS, EVIL)
def test_suricata_when_a_value_is_hostile_then_it_stays_within_its_content(kind, value):
    plain = {"domain": 3, "url": 0, "user_agent": 1}.get(kind, 0)
    found = rules(written("suricata", indicator(kind, value), indicator("domain", "last.example")))
    assert len(found) == plain + 3
    if kind in {"domain", "user_agent"}:
        wanted = {"domain": f".{value}", "user_agent": value}[kind].encode()
        assert {content(dict(options)["content"]) for _header, options in found[:plain]} == {wanted[:255]}


@given(EVIL)
def test_suricata_when_the_path_of_a_url_is_hostile_then_it_stays_within_its_content(path):
    found = rules(written("suricata", indicator("url", f"http://evil.example/{path}")))
    assert [header for header, _options in found] == ["alert http any any -> any any"]


@given(KINDS, EVIL)
def test_data_set_when_a_value_is_hostile_then_it_is_one_line(kind, value):
    lines = written("suricata-dataset", indicator(kind, value)).decode().splitlines()
    plain = kind in {"ipv4", "ipv6", "cidr", "md5", "sha1", "sha256"}
    assert lines in ([], [value]) if plain else base64.b64decode(*lines).decode() == value


@given(KINDS, EVIL)
def test_zeek_when_a_value_is_hostile_then_it_stays_in_its_field(kind, value):
    rows = zeek_rows(written("zeek", indicator(kind, value), indicator("domain", "last.example")))
    assert [len(row) for row in rows] == [5] * len(rows)
    assert rows[-1][0] == "last.example"
    assert kind in {"url", "account"} or rows[0][0] == value


@given(KINDS, EVIL)
def test_lists_when_a_value_is_hostile_then_it_is_one_line_or_left_out(kind, value):
    last = indicator("domain", "last.example")
    lines = written("list", indicator(kind, value), last).decode().splitlines()
    assert lines in ([value, "last.example"], ["last.example"])
    rows = table(written("csv", indicator(kind, value), last))[1:]
    assert [len(row) for row in rows] == [5] * len(rows)
    assert rows[0][1] in (value, f"'{value}".replace("|", "\\|"), "last.example")


@given(KINDS, EVIL)
def test_sigma_when_a_value_is_hostile_then_it_is_a_value(kind, value):
    documents = list(yaml.safe_load_all(written("sigma", indicator(kind, value), indicator("domain", "last.example"))))
    assert len(documents) <= 2 + 2
    assert {document["condition"] for each in documents for document in [each["detection"]]} == {"1 of by_*"}


@given(EVIL)
def test_zone_when_a_name_is_hostile_then_it_is_a_name_below_the_zone_or_left_out(value):
    try:
        names = zone(written("rpz", indicator("domain", value, blocks=True)))
    except dns.exception.DNSException as error:  # pragma: no cover - what must not happen
        pytest.fail(f"dnspython does not read the zone: {error}")
    assert names in ({}, {value: ".", f"*.{value}": "."})
