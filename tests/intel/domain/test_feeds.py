"""Walking through collections of servers that page well, and of those that do not."""

from datetime import timedelta

import pytest

from noroshi.intel.domain.feeds import Place, Walk, read_envelope
from noroshi.intel.domain.remote import RemoteError, Trouble, pause_after

TAXII = "application/taxii+json;version=2.1"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def page(*objects, more=False, **said):
    listed = ",".join(f'{{"id":"{each}"}}' for each in objects)
    following = f',"next":"{said["next"]}"' if "next" in said else ""
    return read_envelope(f'{{"more":{str(more).lower()},"objects":[{listed}]{following}}}'.encode(), TAXII)


def test_a_walk_goes_on_by_next_and_ends_behind_the_last_moment():
    walk = Walk(Place("t0"))
    assert (walk.turn(page("a", more=True, next="n1"), "t1"), walk.place) == (True, Place("t0", "n1"))
    assert (walk.turn(page("b"), "t2"), walk.place, walk.complaint) == (False, Place("t2"), None)
    assert (walk.turn(page(), ""), walk.place) == (False, Place("t2"))


def test_without_next_the_moment_brings_it_on_and_where_that_stands_still_the_server_is_blamed():
    walk = Walk(Place("t0"))
    assert (walk.turn(page("a", more=True), "t1"), walk.place) == (True, Place("t1"))
    assert (walk.turn(page("b", more=True), "t1"), walk.complaint) == (False, Trouble.STUCK)


@pytest.mark.parametrize("again", [page("a", more=True, next="n2"), page(more=True, next="n3")])
def test_a_server_that_turns_in_circles_is_left_with_what_it_gave(again):
    walk = Walk(Place())
    assert walk.turn(page("a", more=True, next="n1"), "t1")
    assert (walk.turn(again, "t1"), walk.complaint, walk.place) == (False, Trouble.ENDLESS, Place("t1"))


@pytest.mark.parametrize(
    ("body", "media_type"),
    [(b"<html>", "text/html"), (b"<html>", TAXII), (b'{"objects":{}}', TAXII), (b"\xff", TAXII), (b"[" * 9_999, TAXII)],
)
def test_what_is_no_envelope_is_said_to_be_none(body, media_type):
    with pytest.raises(RemoteError) as refusal:
        read_envelope(body, media_type)
    assert refusal.value.trouble is Trouble.NO_ENVELOPE


def test_an_ailing_server_is_asked_less_and_less_and_left_as_long_as_it_wants():
    assert [pause_after(number, HOUR) for number in (1, 2, 9)] == [2 * HOUR, 4 * HOUR, DAY]
    assert pause_after(1, HOUR, timedelta(hours=5)) == timedelta(hours=5)
    assert pause_after(1, timedelta(days=7)) == timedelta(days=7)
