"""Messages are taken apart the same wherever the network cuts them, and none breaks a line."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.domain import syslog
from noroshi.hunting.domain.syslog import MAX_MESSAGE, Framer, as_lines

MESSAGES = [b"<13>one", b"<34>1 - - - - - - two", b"<1>\nthree\x00", b"<190>" + b"x" * 300]


def counted(message):
    return b"%d " % len(message) + message


def ended(message):
    return message.replace(b"\n", b" ") + b"\n"


def fed(pieces):
    framer = Framer()
    found = [message for piece in pieces for message in framer.feed(piece)]
    return found + framer.end(), framer.too_long


@given(
    st.lists(st.tuples(st.sampled_from(MESSAGES), st.booleans()), max_size=6),
    st.lists(st.integers(0, 2_000), max_size=8),
)
def test_both_framings_side_by_side_are_read_wherever_they_are_cut(chosen, cuts):
    stream = b"".join(counted(message) if count else ended(message) for message, count in chosen)
    expected = [message if count else ended(message)[:-1] for message, count in chosen]
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert fed(stream[a:b] for a, b in pairwise(places)) == (expected, 0)


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_no_bytes_of_the_network_break_the_framer_or_a_line(pieces):
    for line in as_lines(fed(pieces)[0]):
        assert (line.count(b"\n"), line[-1:], line[:1]) == (1, b"\n", b"<")
        assert not any(byte < 32 and byte != 9 for byte in line[:-1])


@pytest.mark.parametrize("frame", [counted, ended])
def test_a_message_that_is_too_long_is_passed_over_and_the_next_one_is_read(monkeypatch, frame):
    monkeypatch.setattr(syslog, "MAX_MESSAGE", 100)
    stream = frame(b"<1>" + b"x" * 5_000) + frame(b"<2>next")
    assert fed([stream]) == ([b"<2>next"], 1)
    assert fed(stream[at : at + 7] for at in range(0, len(stream), 7)) == ([b"<2>next"], 1)


def test_nothing_without_an_end_is_held_beyond_the_limit():
    framer = Framer()
    for _ in range(40):
        framer.feed(b"x" * 65_536)
        assert len(framer._held) <= MAX_MESSAGE
    assert (framer.too_long, framer.end()) == (1, [])


def test_what_the_end_of_the_connection_ends_is_a_message_unless_it_was_counted():
    assert fed([b"<13>no line feed"]) == ([b"<13>no line feed"], 0)
    assert fed([b"50 <13>cut"]) == ([], 0)


def test_lines_are_as_rsyslog_writes_them():
    assert as_lines([b"<13>a\nb\x00c\td\r\n", b"no priority", b" \r\n", b"\x1f\x8b gzip?"]) == [
        b"<13>a#012b#000c\td\n",
        b"<13>no priority\n",
        b"<13>#037\x8b gzip?\n",
    ]
