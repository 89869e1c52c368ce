"""What a reader makes of a line, and of any line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.readers import delimited, json_text, reader_for, web
from noroshi.hunting.engine.readers.compose import compose
from noroshi.hunting.engine.reasons import FileReason, RefusedFileError

HEAD = "192.0.2.1 - {} [01/Apr/2026:09:00:05 +0900]"
FIELDS = {"src_ip": "192.0.2.1", "user": "-", "time": "[01/Apr/2026:09:00:05 +0900]", "status": "200", "class": "web"}
GET = {"action": "GET", "url": "/p"}
AGENT = {"referrer": "https://r.example/", "user_agent": "Agent/1"}


WEB_LINES = [
    (HEAD.format("-") + ' "GET /p HTTP/1.1" 200 12', FIELDS | GET),
    (HEAD.format("-") + ' "GET /p HTTP/1.1" 200 - "https://r.example/" "Agent/1"', FIELDS | GET | AGENT),
    (HEAD.format("-") + ' "GET /p HTTP/1.1" 200 12 "https://r.example/" "Agent/1" "203.0.113.7"', FIELDS | GET | AGENT),
    (HEAD.format("-") + ' "GET /p" 200 12 "https://r.example/" "Agent/1"', FIELDS | GET | AGENT),
    (HEAD.format("-") + r' "\x16\x03\x01" 200 12 "https://r.example/" "Agent/1"', FIELDS | AGENT),
    (HEAD.format("-") + ' "" 200 0 "https://r.example/" "Agent/1"', FIELDS | AGENT),
    (
        HEAD.format("taro yamada") + r' "GET /p HTTP/2" 200 12 "https://r.example/" "a \"quoted\" agent"',
        FIELDS | GET | AGENT | {"user": "taro yamada", "user_agent": r"a \"quoted\" agent"},
    ),
    (
        HEAD.format("-") + ' "GET /p HTTP/1.1" 200 12 "https://r.example/" "an "unescaped" agent"',
        FIELDS | GET | AGENT | {"user_agent": 'an "unescaped" agent'},
    ),
    (HEAD.format("-") + ' "GET /p HTTP/1.1" 200 12 "https://r.example/" "Agent/1', FIELDS | GET | AGENT),
    (
        "www.bank.example:443 " + HEAD.format("-") + ' "GET /p HTTP/1.1" 200 12 "https://r.example/" "Agent/1"',
        FIELDS | GET | AGENT | {"url": "http://www.bank.example:443/p"},
    ),
]
NOT_WEB = ["", "hello", HEAD.format("-"), HEAD.format("-") + ' "GET /p HTTP/1.1" abc 12', "a b c d e f g"]


@pytest.mark.parametrize(("line", "fields"), WEB_LINES)
def test_web_line_is_read(read, line, fields):
    quoted = {name: value for name, value in fields.items() if name != "time"}
    ((number, found),), refused = read(line + "\n", web.read)
    assert found.pop("time").strip("[]") == fields["time"].strip("[]")
    assert (number, found, refused) == (1, quoted, [])


def test_web_lines_that_are_none_are_refused_by_number(read):
    good = WEB_LINES[0][0]
    found, refused = read("\n".join([good, *NOT_WEB, good]), web.read)
    assert [line for line, _ in found] == [1, 7]
    assert refused == [(line, "NOT_WEB") for line in (3, 4, 5, 6)]


plain = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp", "Zs"], exclude_characters='"\\'), min_size=1
)


@given(user=plain.filter(lambda text: "[" not in text), path=plain, referrer=plain, agent=plain)
def test_web_line_of_any_fields_is_read_back(user, path, referrer, agent):
    line = HEAD.format(user) + f' "POST /{path} HTTP/1.1" 404 9 "{referrer}" "{agent}"'
    fields = web._with_request(web._split(line))
    assert fields == FIELDS | {
        "user": user,
        "status": "404",
        "action": "POST",
        "url": f"/{path}",
        "referrer": referrer,
        "user_agent": agent,
    }


@given(st.text(max_size=300))
def test_web_reader_survives_any_line(line):
    web._split(line)
    web._match(line)


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0\n")), min_size=3, max_size=3), max_size=8
    )
)
def test_csv_of_any_cells_is_read_back(rows):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    lines = iter(enumerate(text.getvalue().split("\n")[:-1], start=1))
    records = [delimited._cells(record, ",") for _, record in delimited._records(lines, pytest.fail)]
    assert records == rows


@pytest.mark.parametrize(
    ("header", "row", "fields"),
    [
        ("日時,接続元IP,ユーザーID", "t,192.0.2.1,u", {"time": "t", "src_ip": "192.0.2.1", "user": "u"}),
        ("タイムスタンプ\t送信元IPアドレス\t宛先IP", "t\ta\tb", {"time": "t", "src_ip": "a", "dst_ip": "b"}),
        ("日付;時刻;口座番号", "2026-04-01;09:00:05;1", {"time": "2026-04-01 09:00:05", "account": "1"}),
        (
            "Date,Time,c-ip,cs(User-Agent),sc-status",
            "2026-04-01,9:00,a,u,200",
            {"time": "2026-04-01 9:00", "src_ip": "a", "user_agent": "u", "status": "200"},
        ),
        ("＠ｔｉｍｅｓｔａｍｐ,SOURCE_IP,extra", "t,a,x", {"time": "t", "src_ip": "a"}),
        ("time,ip,client_ip", "t,second,first", {"time": "t", "src_ip": "first"}),
        ("time,ip,client_ip", "t,second,", {"time": "t", "src_ip": "second"}),
        ("date,time,ip", "Tue 24 Mar,1775001605,a", {"time": "1775001605", "src_ip": "a"}),
    ],
)
def test_csv_header_is_understood(read, header, row, fields):
    assert read(f"{header}\n{row}\n", delimited.read) == ([(2, fields)], [])


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (
            '{"@timestamp": "t", "source": {"ip": "a"}, "url": {"full": "https://h"}, "user_agent": {"original": "u"}}',
            {"time": "t", "src_ip": "a", "url": "https://h", "user_agent": "u", "class": "web"},
        ),
        (
            '{"ts": 1588205199.82437, "id.orig_h": "a", "id.resp_h": "b", "host": "h", "uri": "/p", "method": "GET"}',
            {"time": "1588205199.824370", "src_ip": "a", "dst_ip": "b", "url": "h/p", "action": "GET", "class": "web"},
        ),
        (
            '{"timestamp": "t", "src_ip": "a", "dest_ip": "b", "http": {"hostname": "h", "url": "/p", "status": 200}}',
            {"time": "t", "src_ip": "a", "dst_ip": "b", "url": "h/p", "status": "200", "class": "web"},
        ),
        (
            '{"src_endpoint": {"ip": "a"}, "actor": {"user": {"uid": "u"}}, "http_request": {"user_agent": "x"}}',
            {"src_ip": "a", "user": "u", "user_agent": "x"},
        ),
        ('{"ts": 1, "email": ["a@b", "c@d"], "ok": true, "none": null}', {"time": "1", "email": "a@b"}),
    ],
)
def test_json_names_of_known_products_are_understood(read, line, fields):
    assert read(line + "\n", json_text.read_lines) == ([(1, fields)], [])


def test_json_document_numbers_its_records(read):
    text = '{"Records": [{"eventTime": "t", "sourceIPAddress": "a"}, 7, {"eventTime": "u"}]}'
    assert read(text, json_text.read_document) == (
        [(1, {"time": "t", "src_ip": "a"}), (3, {"time": "u"})],
        [(2, "NOT_JSON")],
    )


@pytest.mark.parametrize(
    ("sample", "reader"),
    [
        (WEB_LINES[0][0], web.read),
        ("\n\n" + WEB_LINES[1][0] + "\n" + "noise\n", web.read),
        ('{"ts": 1}\n{"ts": 2}', json_text.read_lines),
        ('{broken\n{"ts": 2}', json_text.read_lines),
        ('[\n{"ts": 1}]', json_text.read_document),
        ('{\n"ts": 1}', json_text.read_document),
        ('{"Records":[{"eventTime"', json_text.read_document),
        ("time,ip\n", delimited.read),
    ],
)
def test_format_is_recognised_by_content(sample, reader):
    assert reader_for(sample, FieldRoles()) is reader


@pytest.mark.parametrize("sample", ["", "hello world\n", "a,b,c\n1,2,3\n", "time\n1\n"])
def test_unknown_format_is_refused(sample):
    with pytest.raises(RefusedFileError) as refused:
        reader_for(sample, FieldRoles())
    assert refused.value.reason is FileReason.FORMAT


def test_compose_keeps_a_host_that_is_not_the_urls():
    assert compose({"url": "https://a/p", "host": "b"}) == {"url": "https://a/p", "domain": "b", "class": "web"}
    assert compose({"host": "b"}) == {"host": "b"}
    assert compose({"request": "GET /p HTTP/1.1", "host": "b"}) == {"action": "GET", "url": "b/p", "class": "web"}
    assert compose({"hash": "a" * 32}) == {"md5": "a" * 32, "class": "file"}
    assert compose({"hash": "a" * 33}) == {}


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"class": "authentication", "url": "/"}, "authentication"),
        ({"class": "nonsense", "url": "/"}, "web"),
        ({"rule": "ET SCAN", "url": "/", "action": "GET"}, "alert"),
        ({"action": "ログイン失敗", "url": "/login"}, "auth"),
        ({"action": "ConsoleLogin"}, "auth"),
        ({"action": "flow", "dst_port": "443"}, "conn"),
        ({"action": "alert", "url": "/"}, "alert"),
        ({"action": "振込", "account": "1"}, "transfer"),
        ({"amount": "1", "url": "/"}, "transfer"),
        ({"dns_query": "a.example", "dst_port": "53"}, "dns"),
        ({"bytes_out": "1"}, "conn"),
        ({"process": "cmd.exe", "md5": "x"}, "process"),
        ({"user": "u", "outcome": "ok"}, "auth"),
        ({"user": "u"}, None),
    ],
)
def test_class_is_the_logs_own_or_told_by_the_fields(fields, kind):
    assert compose(dict(fields)).get("class") == kind
