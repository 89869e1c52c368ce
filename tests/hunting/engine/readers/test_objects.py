"""JSON of known products, and documents of many objects in every form that they are written in."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.hunting.engine.readers import json_text
from noroshi.hunting.engine.reasons import FileReason, RefusedFileError

LOGON = {"TargetUserName": "taro", "SubjectUserName": "dc$", "IpAddress": "192.0.2.1", "IpPort": "4711"}
DEVICE = {"WorkstationName": "PC1"}
READ_LOGON = {
    "time": "2026-04-01T00:00:05Z",
    "class": "auth",
    "action": "logon",
    "outcome": "failure",
    "user": "taro",
    "src_ip": "192.0.2.1",
    "src_port": "4711",
    "reporter": "dc.bank.example",
    "event_code": "4625",
    "device": "PC1",
}
WINDOWS = {
    "winlogbeat": {
        "@timestamp": "2026-04-01T00:00:05Z",
        "message": "An account failed to log on.",
        "winlog": {
            "event_id": 4625,
            "provider_name": "Microsoft-Windows-Security-Auditing",
            "computer_name": "dc.bank.example",
            "event_data": LOGON | DEVICE,
        },
    },
    "evtx_dump": {
        "Event": {
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": {
                "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
                "EventID": 4625,
                "TimeCreated": {"#attributes": {"SystemTime": "2026-04-01T00:00:05Z"}},
                "Computer": "dc.bank.example",
            },
            "EventData": LOGON | DEVICE,
        }
    },
    "evtx_dump with lists": {
        "Event": {
            "System": {
                "EventID": {"#text": 4625},
                "TimeCreated_attributes": {"SystemTime": "2026-04-01T00:00:05Z"},
                "Computer": "dc.bank.example",
            },
            "EventData": {
                "Data": [{"#attributes": {"Name": name}, "#text": text} for name, text in (LOGON | DEVICE).items()]
            },
        }
    },
    "flat": {
        "EventTime": "2026-04-01T00:00:05Z",
        "Hostname": "dc.bank.example",
        "EventID": 4625,
        "Channel": "Security",
        **LOGON,
        **DEVICE,
    },
}


@pytest.mark.parametrize("form", WINDOWS)
def test_a_windows_event_is_understood_in_every_form(read, form):
    assert read(json.dumps(WINDOWS[form]) + "\n") == ([(1, READ_LOGON)], [])


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (
            {"EventID": 4688, "NewProcessName": "C:\\x.exe", "SubjectUserName": "taro"},
            {"class": "process", "action": "process created", "process": "C:\\x.exe", "user": "taro"},
        ),
        (
            {"EventID": 4768, "Status": "0x0"},
            {"class": "auth", "action": "kerberos ticket requested", "outcome": "success"},
        ),
        (
            {"EventID": 4776, "Status": "0xC000006A"},
            {"class": "auth", "action": "credentials validated", "outcome": "failure"},
        ),
        (
            {
                "EventID": 1,
                "Channel": "Microsoft-Windows-Sysmon/Operational",
                "Image": "x",
                "Hashes": f"SHA1={'A' * 40},MD5={'b' * 32},IMPHASH={'c' * 32}",
            },
            {"class": "process", "action": "process created", "process": "x", "sha1": "A" * 40, "md5": "b" * 32},
        ),
        (
            {"EventID": 22, "Channel": "Microsoft-Windows-Sysmon/Operational", "QueryName": "a.example"},
            {"class": "dns", "action": "query", "dns_query": "a.example"},
        ),
        ({"EventID": 9999}, {}),
    ],
)
def test_what_a_windows_event_means_is_known_by_its_id(read, event, fields):
    found, _ = read(json.dumps({"@timestamp": "t", "Channel": "Security"} | event) + "\n")
    assert found == [(1, {"time": "t", "event_code": str(event["EventID"])} | fields)]


CALL = {
    "eventVersion": "1.08",
    "eventTime": "2026-04-01T00:00:05Z",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "eventID": "0-0",
    "sourceIPAddress": "192.0.2.1",
    "userAgent": "aws-cli",
    "userIdentity": {"userName": "taro", "arn": "arn:aws:iam::1:user/taro"},
}
READ_CALL = {
    "time": "2026-04-01T00:00:05Z",
    "class": "api",
    "action": "GetObject",
    "outcome": "success",
    "src_ip": "192.0.2.1",
    "user_agent": "aws-cli",
    "user": "taro",
    "event_code": "s3.amazonaws.com",
}


def test_cloudtrail_is_understood(read):
    sign_in = {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"}
    records = [
        CALL,
        CALL | {"errorCode": "AccessDenied"},
        CALL | sign_in | {"responseElements": {"ConsoleLogin": "Failure"}},
    ]
    signed_in = READ_CALL | {"class": "auth", "action": "ConsoleLogin", "event_code": "signin.amazonaws.com"}
    assert read(json.dumps({"Records": records})) == (
        [
            (1, READ_CALL),
            (2, READ_CALL | {"outcome": "failure"}),
            (3, signed_in | {"outcome": "Failure"}),
        ],
        [],
    )


ENDS = {"timestamp": "t", "src_ip": "192.0.2.1", "src_port": 4711, "dest_ip": "203.0.113.9", "dest_port": 443}
READ_ENDS = {"time": "t", "src_ip": "192.0.2.1", "src_port": "4711", "dst_ip": "203.0.113.9", "dst_port": "443"}


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (
            {"event_type": "alert", "alert": {"signature": "ET SCAN", "signature_id": 7, "action": "blocked"}},
            {"class": "alert", "rule": "ET SCAN", "event_code": "7", "action": "alert", "outcome": "blocked"},
        ),
        (
            {"event_type": "dns", "dns": {"rrname": "a.example", "rcode": "NXDOMAIN"}},
            {"class": "dns", "dns_query": "a.example", "dns_rcode": "NXDOMAIN", "action": "dns"},
        ),
        (
            {"event_type": "dns", "dns": {"version": 3, "queries": [{"rrname": "a.example"}]}},
            {"class": "dns", "dns_query": "a.example", "action": "dns"},
        ),
        (
            {"event_type": "tls", "tls": {"sni": "h.example", "ja3": {"hash": "x"}, "ja4": "y"}},
            {"class": "conn", "domain": "h.example", "ja3": "x", "ja4": "y", "action": "tls"},
        ),
        (
            {"event_type": "flow", "flow": {"bytes_toserver": 39}},
            {"class": "conn", "bytes_out": "39", "action": "flow"},
        ),
        (
            {"event_type": "fileinfo", "fileinfo": {"sha256": "a" * 64}},
            {"class": "file", "sha256": "a" * 64, "action": "fileinfo"},
        ),
    ],
)
def test_suricata_is_understood(read, event, fields):
    assert read(json.dumps(ENDS | event) + "\n") == ([(1, READ_ENDS | fields)], [])


def test_a_message_is_read_where_an_object_names_no_place(read):
    found, _ = read(
        '{"time": "t", "msg": "login failure for user taro from 192.0.2.1"}\n{"time": "t", "ip": "a", "msg": "x"}\n'
    )
    assert found == [
        (
            1,
            {
                "time": "t",
                "class": "auth",
                "action": "login",
                "outcome": "failure",
                "user": "taro",
                "src_ip": "192.0.2.1",
            },
        ),
        (2, {"time": "t", "src_ip": "a"}),
    ]


OBJECTS = [{"ts": 1, "a": {"b": [1, "]}"]}}, {"ts": 2, "text": '\\"[{'}, {"ts": 3}]


def pretty(value):
    return json.dumps(value, indent=2)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(OBJECTS),
        pretty(OBJECTS),
        json.dumps({"Records": OBJECTS}),
        pretty({"Records": OBJECTS}),
        json.dumps({"value": OBJECTS, "@odata.nextLink": "https://x.example/?[{"}),
        "\n".join(map(pretty, OBJECTS)),
        "".join(f"Record {number}\n{pretty(item)}\n" for number, item in enumerate(OBJECTS)),
        "".join(f"\x1e{pretty(item)}\n" for item in OBJECTS).removeprefix("\x1e"),
        json.dumps(OBJECTS[:2]) + "\n" + json.dumps(OBJECTS[2:]) + "\n",
        json.dumps({"Records": OBJECTS[:1]}) + pretty({"Records": OBJECTS[1:]}),
        "\ufeff" + pretty(OBJECTS),
    ],
)
def test_a_document_of_any_form_gives_its_objects(read, text):
    assert read(text) == ([(number, {"time": str(number)}) for number in (1, 2, 3)], [])


@settings(max_examples=40)
@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers()), max_size=8), st.integers(15, 50))
def test_a_document_in_any_pieces_gives_its_objects(items, size):
    for text in (json.dumps(items), json.dumps({"Records": items}, ensure_ascii=False)):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert list(json_text._items(iter(pieces))) == items


@pytest.mark.parametrize("text", ['[{"ts": 1},', '[{"ts": 1}', '[{"ts": 1} x]', '{\n"ts": 1', '[{"a":' * 50_000])
def test_a_broken_document_is_refused_as_a_whole(read, text):
    with pytest.raises(RefusedFileError) as refused:
        read(text)
    assert refused.value.reason is FileReason.DOCUMENT_BROKEN


def test_an_object_beyond_measure_is_refused(read, monkeypatch):
    monkeypatch.setattr(json_text, "MAX_OBJECT", 1 << 20)
    with pytest.raises(RefusedFileError) as refused:
        read('[{"ts": "' + "x" * (3 << 20) + '"}]')
    assert refused.value.reason is FileReason.OBJECT_TOO_LARGE
