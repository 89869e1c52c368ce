"""Zeek's own form and its JSON say the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine.readers import zeek

HEAD = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"


def log(path, *rows, types=None):
    """Write a log of one kind from dictionaries."""
    names = list(rows[0])
    kinds = [(types or {}).get(name, "string") for name in names]
    head = f"#path\t{path}\n#open\t2018-03-24-17-15-20\n" + "\t".join(["#fields", *names]) + "\n"
    lines = "".join("\t".join(row.values()) + "\n" for row in rows)
    return HEAD + head + "\t".join(["#types", *kinds]) + "\n" + lines + "#close\t2018-03-24-18-15-20\n"


ENDS = {
    "ts": "1521911720.865716",
    "id.orig_h": "192.0.2.1",
    "id.orig_p": "4711",
    "id.resp_h": "203.0.113.9",
    "id.resp_p": "53",
}
READ_ENDS = {
    "time": "1521911720.865716",
    "src_ip": "192.0.2.1",
    "src_port": "4711",
    "dst_ip": "203.0.113.9",
    "dst_port": "53",
}
LOGS = [
    ("conn", {"orig_bytes": "39", "service": "-"}, {"class": "conn", "bytes_out": "39"}),
    (
        "dns",
        {"query": "a.example", "qtype_name": "TXT", "rcode_name": "NXDOMAIN"},
        {"class": "dns", "dns_query": "a.example", "action": "TXT", "dns_rcode": "NXDOMAIN"},
    ),
    (
        "http",
        {"method": "GET", "host": "h.example", "uri": "/p", "user_agent": "a\\x09b", "status_code": "200"},
        {"class": "http", "action": "GET", "url": "h.example/p", "user_agent": "a\tb", "status": "200"},
    ),
    (
        "smtp",
        {"mailfrom": "a@b.example", "date": "Sat, 24 Mar", "path": "10.0.0.1"},
        {"class": "smtp", "email": "a@b.example"},
    ),
    ("ssl", {"server_name": "h.example", "ja3": "x"}, {"class": "ssl", "domain": "h.example", "ja3": "x"}),
    ("notice", {"note": "Scan::Port", "msg": "x"}, {"class": "notice", "rule": "Scan::Port"}),
    ("ssh", {"auth_success": "T", "client": "SSH-2.0-x"}, {"class": "ssh", "outcome": "T"}),
]


@pytest.mark.parametrize(("path", "row", "fields"), LOGS, ids=[path for path, *_ in LOGS])
def test_a_log_is_understood_in_both_forms(read, path, row, fields):
    found, refused = read(log(path, ENDS | row))
    assert (found, refused) == ([(9, READ_ENDS | fields)], [])
    values = {name: value.replace("\\x09", "\t") for name, value in row.items() if value != "-"}
    found, refused = read(json.dumps({"_path": path} | ENDS | values) + "\n")
    assert (found, refused) == ([(1, READ_ENDS | fields)], [])


def test_of_a_list_the_first_counts_and_the_head_may_change(read):
    files = {"ts": "1.0", "tx_hosts": "192.0.2.1,192.0.2.2", "sha1": "a" * 40}
    first = log("files", files, types={"tx_hosts": "set[addr]"})
    second = log("known_services", {"ts": "2.0", "host": "192.0.2.3", "port_num": "80", "x": "(empty)"})
    found, refused = read(first + second + "too\tfew\n")
    assert found == [
        (9, {"time": "1.0", "src_ip": "192.0.2.1", "sha1": "a" * 40, "class": "files"}),
        (19, {"time": "2.0", "src_ip": "192.0.2.3", "src_port": "80"}),
    ]
    assert refused == [(21, "COLUMNS")]


def test_another_separator_is_taken_from_the_head(read):
    text = "#separator |\n#fields|ts|id.orig_h\n1.0|192.0.2.1\n"
    assert read(text, zeek.read) == ([(3, {"time": "1.0", "src_ip": "192.0.2.1"})], [])


@given(st.text())
def test_bytes_are_unescaped(text):
    written = "".join(f"\\x{byte:02x}" for byte in text.encode("utf-8", "replace"))
    assert zeek.unescaped(written) == text.encode("utf-8", "replace").decode()


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"))))
def test_any_head_is_survived(lines):
    head = zeek._Head()
    for line in lines:
        head.take(f"#{line}")
        head.cells(line)
