"""Syslog of both RFCs: the parts of a line, the year that is not there, and what programs say in it."""

import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine.readers import syslog
from noroshi.hunting.engine.reasons import BadLineError

LATEST = datetime(2024, 3, 2, tzinfo=UTC)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9.]{0,20}", fullmatch=True)
values = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"))
messages = values.map(lambda text: text.removeprefix("\ufeff"))


def parts(line):
    return syslog.split(line, LATEST)


@given(names, names, names, st.dictionaries(names, values, max_size=4), messages)
def test_any_line_of_rfc_5424_is_read_back(host, program, message_id, data, text):
    quoted = "".join(f' {name}="{_escaped(value)}"' for name, value in data.items())
    element = f"[id@32473{quoted}]" if data else "-"
    line = f"<34>1 2023-10-11T22:14:15.003Z {host} {program} 4711 {message_id} {element} \ufeff{text}"
    expected = ("2023-10-11T22:14:15.003Z", host, program, message_id, tuple(data.items()), text)
    assert parts(line) == expected


def _escaped(value):
    for character in '\\"]':
        value = value.replace(character, f"\\{character}")
    return value


@pytest.mark.parametrize(
    ("line", "time", "host", "program", "text"),
    [
        ("<13>Feb  5 17:32:18 h sshd[7]: x", "2024-2-5 17:32:18", "h", "sshd", "x"),
        ("Mar  2 17:32:18 h postfix/smtpd[7]: x", "2024-3-2 17:32:18", "h", "smtpd", "x"),
        ("Mar  3 17:32:18 h app: x", "2023-3-3 17:32:18", "h", "app", "x"),
        ("Dec 31 23:59:59 h app: x", "2023-12-31 23:59:59", "h", "app", "x"),
        ("Feb 29 23:59:59 h app: x", "2024-2-29 23:59:59", "h", "app", "x"),
        ("Feb 31 23:59:59 h app: x", "2024-2-31 23:59:59", "h", "app", "x"),
        ("Oct 26 2022 20:01:31 h app: x", "2022-10-26 20:01:31", "h", "app", "x"),
        ("<189>47: *Feb  1 18:46:11.123 UTC: h x y", "2024-2-1 18:46:11.123", "h", "", "x y"),
        ("2022-02-09T20:53:37+01:00 h tag: a: b", "2022-02-09T20:53:37+01:00", "h", "tag", "a: b"),
        ("58 <34>1 2023-10-11T22:14:15Z h app - - - x", "2023-10-11T22:14:15Z", "h", "app", "x"),
        ("1 2018-03-24T08:59:37-07:00 h app - - -", "2018-03-24T08:59:37-07:00", "h", "app", ""),
    ],
)
def test_a_line_is_taken_apart(line, time, host, program, text):
    assert parts(line)[:3] + parts(line)[-1:] == (time, host, program, text)


@pytest.mark.parametrize("line", ["", "hello world", "<34>", "Foo  1 10:00:00 h x", "2023-10-11 22:14:15 INFO started"])
def test_what_is_no_syslog_is_refused(line):
    with pytest.raises(BadLineError):
        parts(line)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for line in (text, f"<34>1 2023-10-11T22:14:15Z {text}", f"Feb  5 17:32:18 {text}"):
        try:
            parts(line)
        except BadLineError:
            continue


def test_a_year_is_the_last_in_which_the_line_is_not_younger_than_its_file(lake, write):
    log = write("auth.log", "Dec 31 23:00:00 h sshd[1]: Invalid user a from 192.0.2.1\nJan  1 01:00:00 h app: b\n")
    os.utime(log, (1_640_995_200 + 86_400,) * 2)  # the 2nd of January 2022
    assert lake.ingest("bank-a", "ssh", [log], timezone="UTC").events == 2
    (status,) = lake.status()
    assert (status.first_event, status.last_event) == (
        datetime(2021, 12, 31, 23, tzinfo=UTC),
        datetime(2022, 1, 1, 1, tzinfo=UTC),
    )


def test_what_a_line_wraps_is_read_and_its_host_and_program_kept(read):
    head = "<34>1 2023-10-11T22:14:15Z fw app 1 ID7"
    found, refused = read(
        "\n".join(
            [
                f'{head} [meta src_ip="192.0.2.1" x="y"] hello',
                f"{head} - CEF:0|V|P|1|9|Name|1|rt=1697062455000 src=192.0.2.2",
                f'{head} - {{"src_ip": "192.0.2.3", "url": "https://h.example/"}}',
                f"{head} - CEF:0|broken 192.0.2.4",
                "no syslog at all",
                "CEF:0|V|P|1|9|Name|1|rt=1697062455000 src=192.0.2.5",
                "CEF:0|broken",
            ]
        )
    )
    by = {"reporter": "fw", "process": "app"}
    here = {"time": "2023-10-11T22:14:15Z", **by}
    then = {"time": "1697062455000", "event_code": "9", "action": "Name"}
    assert found == [
        (1, {"src_ip": "192.0.2.1", "event_code": "ID7"} | here),
        (2, {"src_ip": "192.0.2.2", **then, **by}),
        (3, {"src_ip": "192.0.2.3", "url": "https://h.example/", "class": "web", "event_code": "ID7"} | here),
        (4, {"src_ip": "192.0.2.4", "event_code": "ID7"} | here),
        (6, {"src_ip": "192.0.2.5", **then}),
    ]
    assert refused == [(5, "NOT_SYSLOG"), (7, "NOT_CEF")]
