import gzip
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.kev_changes import Change, Edition, State, Verdict, step
from noroshi.advisories.domain.readers import kev
from noroshi.advisories.domain.records import Refused

FIRST = datetime(2099, 1, 1, tzinfo=UTC)


def edition(day, **entries):
    return Edition(FIRST + timedelta(days=day), f"2099.{day}", entries)


def played(*editions):
    state, steps = State(), []
    for each in editions:
        steps.append(step(state, each))
        state = steps[-1].state
    return steps


def told(one):
    return [(changed.name, changed.change) for changed in one.changes]


def test_what_is_new_what_moved_and_what_flipped_is_told_each_for_itself():
    before = {"due": "2099-02-01", "ransomware": False, "action": "Update."}
    after = {"due": "2099-01-20", "ransomware": True, "action": "Update now."}
    _first, second = played(edition(0, a=before), edition(1, a=after, b=before))
    assert told(second) == [("a", Change.RANSOMWARE), ("a", Change.DUE), ("a", Change.EDITED), ("b", Change.ADDED)]
    due = second.changes[1]
    assert (due.before, due.after, due.is_earlier) == ({"due": "2099-02-01"}, {"due": "2099-01-20"}, True)


def test_an_entry_is_gone_only_when_two_newer_files_leave_it_out():
    one, two, three, four = played(
        edition(0, a={}, b={}), edition(1, b={}), edition(2, b={}), edition(3, a={"due": "x"}, b={})
    )
    assert [told(each) for each in (two, three, four)] == [
        [("a", Change.MISSING)],
        [("a", Change.REMOVED)],
        [("a", Change.RETURNED)],
    ]
    assert [sorted(each.state.entries) for each in (one, two, three, four)] == [
        ["a", "b"],
        ["a", "b"],
        ["b"],
        ["a", "b"],
    ]


def test_a_file_that_goes_back_changes_nothing():
    """As on 2025-08-18: the catalogue went from the 14th to the 18th, back to the 14th, and to the 18th again."""
    old, new = edition(14, a={}), edition(18, a={}, b={})
    steps = played(old, new, old, new)
    assert [each.verdict for each in steps] == [Verdict.NEWER, Verdict.NEWER, Verdict.REGRESSED, Verdict.SAME]
    assert [told(each) for each in steps[1:]] == [[("b", Change.ADDED)], [], []]
    assert steps[3].state == steps[1].state


def test_a_release_that_is_used_again_for_something_else_is_taken_and_told_and_removes_nothing():
    steps = played(edition(0, a={}, b={}), edition(1, b={}), edition(1, b={"due": "x"}))
    assert (steps[2].verdict, told(steps[2])) == (Verdict.REUSED, [("b", Change.DUE)])
    assert sorted(steps[2].state.entries) == ["a", "b"]


values = st.dictionaries(st.sampled_from(["due", "ransomware", "action"]), st.integers(0, 2))
files = st.lists(
    st.builds(
        lambda day, entries: edition(day, **entries), st.integers(0, 5), st.dictionaries(st.sampled_from("abc"), values)
    ),
    max_size=8,
)


@given(files)
def test_whatever_is_published_what_is_told_leads_to_what_holds(editions):
    known = set()
    for one in played(*editions):
        for changed in one.changes:
            if changed.change in (Change.ADDED, Change.RETURNED):
                known.add(changed.name)
            elif changed.change is Change.REMOVED:
                known.discard(changed.name)
        assert known == set(one.state.entries)
        assert one.state.missing <= one.state.entries.keys()
        assert one.state.removed.isdisjoint(one.state.entries)


@given(files)
def test_the_same_file_again_tells_nothing(editions):
    for one, each in zip(played(*editions), editions, strict=True):
        assert step(one.state, each).changes == ()


@pytest.mark.parametrize("body", [b"", b"{}", b'{"dateReleased":"soon","vulnerabilities":[]}', b"cveID\n"])
def test_what_says_no_release_is_no_edition(body):
    assert isinstance(kev.edition(body), Refused)


def test_the_real_catalogues_changed_as_they_did(shared_data):
    folder = shared_data / "advisories/kev/history"
    names = (
        "2025-02-18-before-duedate-change",
        "2025-02-18-after-duedate-change",
        "2025-06-06",
        "2025-06-09-after-removal",
    )
    steps = played(*(kev.edition((folder / f"{name}.json.gz").read_bytes()) for name in names))
    due = [changed for changed in steps[1].changes if changed.change is Change.DUE]
    assert [(each.name, each.before["due"], each.after["due"], each.is_earlier) for each in due] == [
        ("CVE-2025-0108", "2025-04-08", "2025-03-11", True)
    ]
    assert [each.name for each in steps[3].changes if each.change is Change.MISSING] == ["CVE-2025-4664"]
    last = json.loads(gzip.decompress((folder / f"{names[3]}.json.gz").read_bytes()))
    assert Counter(each.change for each in steps[3].changes)[Change.ADDED] == (
        last["count"] - len(steps[2].state.entries) + 1
    )
