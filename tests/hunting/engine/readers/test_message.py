"""What programs say: sign-ins, queries, pairs and prose become fields; no text hangs or breaks a reader."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.readers import auth, keyvalue, message, objects, syslog, text, web
from noroshi.hunting.engine.reasons import BadLineError

LATEST = datetime(2024, 3, 2, tzinfo=UTC)
AUTH = {"class": "auth"}
FAILED = AUTH | {"action": "login", "outcome": "failure"}
PASSED = AUTH | {"action": "login", "outcome": "success"}
FROM = {"src_ip": "192.0.2.1"}
PORT = FROM | {"src_port": "4711"}


@pytest.mark.parametrize(
    ("program", "said", "fields"),
    [
        ("sshd", "Accepted publickey for taro from 192.0.2.1 port 4711 ssh2: RSA x", PASSED | PORT | {"user": "taro"}),
        ("sshd", "Failed password for taro from 192.0.2.1 port 4711 ssh2", FAILED | PORT | {"user": "taro"}),
        ("sshd", "Failed none for invalid user a b from 192.0.2.1 port 4711 ssh2", FAILED | PORT | {"user": "a b"}),
        ("sshd-session", "Invalid user  from 192.0.2.1", FAILED | FROM),
        (
            "sshd",
            "message repeated 5 times: [ Failed password for root from 192.0.2.1 port 4711 ssh2]",
            FAILED | PORT | {"user": "root"},
        ),
        (
            "sshd",
            "Disconnected from authenticating user root 192.0.2.1 port 4711 [preauth]",
            AUTH | PORT | {"user": "root", "action": "disconnect"},
        ),
        ("sshd", "Connection closed by 192.0.2.1 port 4711 [preauth]", AUTH | PORT | {"action": "disconnect"}),
        (
            "sshd",
            "reverse mapping checking getaddrinfo for a.example [192.0.2.1] failed - POSSIBLE BREAK-IN ATTEMPT!",
            AUTH | FROM | {"action": "probe", "domain": "a.example"},
        ),
        (
            "sshd",
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 tty=ssh ruser= rhost=192.0.2.1  user=root",
            FAILED | FROM | {"user": "root"},
        ),
        (
            "cron",
            "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
            AUTH | {"action": "session opened", "outcome": "success", "user": "root"},
        ),
        (
            "sudo",
            "  taro : TTY=pts/0 ; PWD=/home/taro ; USER=root ; COMMAND=/usr/bin/cat secret",
            AUTH | {"action": "sudo", "outcome": "success", "user": "taro", "process": "/usr/bin/cat"},
        ),
        (
            "sudo",
            "taro : 3 incorrect password attempts ; TTY=pts/0 ; USER=root ; COMMAND=/bin/su",
            AUTH | {"action": "sudo", "outcome": "failure", "user": "taro"},
        ),
        ("su", "FAILED SU (to root) taro on pts/0", AUTH | {"action": "su", "outcome": "failure", "user": "taro"}),
        ("login", "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure", FAILED | {"user": "root"}),
    ],
)
def test_a_sign_in_is_understood(program, said, fields):
    assert auth.read(program, said) == fields


def test_what_is_no_sign_in_is_left_to_others():
    assert auth.read("sshd", "Server listening on 0.0.0.0 port 22.") is None
    assert auth.read("nginx", "Accepted publickey for taro from 192.0.2.1 port 4711 ssh2") is None


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (
            "client @0x7f 192.0.2.1#4711 (a.example): query: b.example IN A +E(0)K (10.0.0.1)",
            PORT | {"class": "dns", "dns_query": "b.example"},
        ),
        (
            "client 192.0.2.1#4711: query (cache) 'b.example/ANY/IN' denied",
            PORT | {"class": "dns", "dns_query": "b.example"},
        ),
        ("query[AAAA] b.example from 192.0.2.1", FROM | {"class": "dns", "dns_query": "b.example"}),
        (
            "[1:0] info: 192.0.2.1 b.example. A IN NXDOMAIN 0.1 1 40",
            FROM | {"class": "dns", "dns_query": "b.example.", "dns_rcode": "NXDOMAIN"},
        ),
        (
            "[1.5] IN=e OUT= SRC=192.0.2.1 DST=203.0.113.9 PROTO=TCP SPT=4711 DPT=80",
            PORT | {"class": "conn", "dst_ip": "203.0.113.9", "dst_port": "80"},
        ),
        (
            "imap-login: Disconnected (auth failed, 1 attempts): user=<taro@a.example>, rip=192.0.2.1, lip=10.0.0.1",
            FAILED | FROM | {"user": "taro@a.example", "dst_ip": "10.0.0.1", "email": "taro@a.example"},
        ),
        (
            'open() failed, client: 192.0.2.1, server: _, request: "GET /p HTTP/1.1", host: "h.example"',
            FROM | {"class": "web", "action": "GET", "url": "h.example/p"},
        ),
        ("system,error login failure for user admin from 192.0.2.1 via winbox", FAILED | FROM | {"user": "admin"}),
        ("Verbindung von ::ffff:192.0.2.1 nach 2001:db8::9.", {"src_ip": "::ffff:192.0.2.1", "dst_ip": "2001:db8::9"}),
        ("listening on [::]:80 version 1.2.3", {}),
        ('{"src_ip": "192.0.2.1", "class": "dns"}', FROM | {"class": "dns"}),
        ('@cee: {"src_ip": "192.0.2.1", "class": "dns"}', FROM | {"class": "dns"}),
        ('{"src_ip": broken 192.0.2.1', FROM),
    ],
)
def test_a_message_is_understood(said, fields):
    assert message.read(said, "", FieldRoles()) == fields


def test_windows_xml_in_a_message_is_understood(read):
    found, _ = read(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>4625</EventID>"
        "<TimeCreated SystemTime='2022-04-29T12:36:01.9Z'/><Computer>dc.bank.example</Computer></System><EventData>"
        "<Data Name='TargetUserName'>taro &amp; co</Data><Data Name='IpAddress'>192.0.2.1</Data></EventData></Event>\n"
    )
    assert found == [
        (
            1,
            {
                "class": "auth",
                "action": "logon",
                "outcome": "failure",
                "time": "2022-04-29T12:36:01.9Z",
                "user": "taro & co",
                "src_ip": "192.0.2.1",
                "reporter": "dc.bank.example",
                "event_code": "4625",
            },
        )
    ]


@pytest.mark.parametrize(
    ("line", "time", "fields"),
    [
        (
            "2023-04-23 21:53:37.311 -05:00 [WRN] Failed login attempt. 192.0.2.1",
            "2023-04-23 21:53:37.311 -05:00",
            FAILED | FROM,
        ),
        ("[Fri Oct 08 17:08:41.2 2021] [core:error] [client 192.0.2.1:14532] x", "Oct 08 17:08:41.2 2021", FROM),
        (
            "2022-01-28T16:04:05.4Z stdout F src=192.0.2.1 dpt=22",
            "2022-01-28T16:04:05.4Z",
            FROM | {"class": "conn", "dst_port": "22"},
        ),
        ("19-Oct-2022 05:34:02.425 from 192.0.2.1", "19-Oct-2022 05:34:02.425", FROM),
        (
            'type=SYSCALL msg=audit(1684329817.579:2995): success=yes exe="/usr/bin/perl"',
            "1684329817.579",
            {"class": "process", "action": "SYSCALL", "outcome": "yes", "process": "/usr/bin/perl"},
        ),
        (
            'h 2023-04-26T12:23:00.1Z app 192.0.2.1:4711 "GET https://h.example:443/p HTTP/1.1" "curl/8"',
            "2023-04-26T12:23:00.1Z",
            FROM | {"class": "web", "action": "GET", "url": "https://h.example:443/p"},
        ),
    ],
)
def test_a_line_with_a_time_somewhere_is_understood(read, line, time, fields):
    assert read(line + "\n") == ([(1, {"time": time} | fields)], [])


keys = st.from_regex(re.compile(r"[A-Za-z_][\w.-]{0,20}", re.ASCII), fullmatch=True)


@given(st.dictionaries(keys, st.text(), max_size=6))
def test_quoted_pairs_of_any_values_are_read_back(pairs):
    def quoted(value):
        return value.replace("\\", "\\\\").replace('"', '\\"')

    written = " ".join(f'{key}="{quoted(value)}"' for key, value in pairs.items())
    assert dict(keyvalue.pairs(written)) == pairs


@given(st.text())
def test_any_message_is_read(said):
    for program in ("sshd", "sudo", "su", "login", ""):
        message.read(said, program, FieldRoles())


HOSTILE = [
    "a" * 1_000_000,
    "a=" * 500_000,
    'a="' * 300_000,
    'a="\\' * 250_000,
    '" 200 1 "' * 100_000,
    "[" * 1_000_000,
    '[a x="' * 150_000,
    "1.1.1." * 150_000,
    ":::" * 300_000,
    "client 1#1: " * 80_000,
    "PAM: x for y from " * 50_000,
    "a@b." * 250_000,
    "2023-01-01 " * 90_000,
    "Oct 08 17:08:41 " * 60_000,
    "<Data Name='x'>" * 60_000,
    "http://" * 140_000,
    "user " * 200_000,
    "CEF:0|" + "a=" * 400_000,
    "CEF:0|1|2|3|4|5|6|7|" + "\\" * 999_999,
    "LEEF:2.0|1|2|3|4|" + "a=b\t" * 200_000,
]


@pytest.mark.parametrize("said", HOSTILE, ids=lambda said: said[:12])
def test_no_line_of_a_mebibyte_keeps_a_reader_busy(said, read):
    roles = FieldRoles()
    for head in ("", "Feb  5 17:32:18 h sshd[1]: ", "<34>1 2023-10-11T22:14:15Z h sshd 1 - ", "192.0.2.1 - - ["):
        line = (head + said)[: 1 << 20]
        web.read_line(line)
        message.read(line, "sshd", roles)
        for recognises in (web.recognises, syslog.recognises, text.recognises):
            recognises([line])
        try:
            syslog._fields(syslog.split(line, LATEST), roles) if head else objects.parsed(line)
        except BadLineError:
            continue
