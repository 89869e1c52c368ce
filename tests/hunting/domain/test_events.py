"""Log events as a person reads them."""

from datetime import UTC, datetime

import pytest

from noroshi.hunting.domain.events import as_log_event

ROW = {
    "time": datetime(2026, 11, 20, 1, tzinfo=UTC),
    "organisation": "bank_a",
    "source": "proxy",
    "file": "a.log",
    "file_digest": "00" * 32,
    "line": 7,
}


def test_an_event_says_when_and_where_and_leaves_out_what_serves_the_lake():
    event = as_log_event({**ROW, "status": 200})
    assert (event.time, event.source, event.file, event.line) == (ROW["time"], "proxy", "a.log", 7)
    assert event.fields == {"status": "200"}


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("src_ip", "45.1.1.1", "45[.]1[.]1[.]1"),
        ("dst_ip", "2001:db8::1", "2001[:]db8[:][:]1"),
        ("host", "evil.example.com", "evil[.]example[.]com"),
        ("url", "evil.example.com:8080/a.html?b=c.d", "evil[.]example[.]com[:]8080/a.html?b=c.d"),
        ("url", "/only/a/path.html", "/only/a/path.html"),
        ("referrer", "evil.example.com/", "evil[.]example[.]com/"),
        ("email", "a@evil.example.com", "a[@]evil[.]example[.]com"),
        ("user_agent", "Mozilla/5.0 (X11; rv:1.0)", "Mozilla/5.0 (X11; rv:1.0)"),
        ("sha256", "e3b0", "e3b0"),
    ],
)
def test_what_could_be_clicked_is_defanged(column, value, shown):
    assert as_log_event({**ROW, column: value}).fields == {column: shown}
