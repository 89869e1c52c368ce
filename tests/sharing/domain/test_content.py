"""What an author hands over, and how it is made readable."""

import unicodedata
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, State
from noroshi.core.domain.tlp import TLP
from noroshi.kit.markdown import MAX_CHARACTERS
from noroshi.sharing.domain.content import MAX_BODY, Marking, one_line, readable
from noroshi.sharing.domain.release import Gravity, gravity

SOMEBODY = UUID(int=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("  two\r\nlines\rthree ", "two\nlines\nthree"),
        ("tab\tstays", "tab\tstays"),
        ("nul\x00 bell\x07 escape\x1b[31m del\x7f c1\x9b", "nul bell escape[31m del c1"),
        ("report\u202efdp.exe", "report[U+202E]fdp.exe"),
        ("\u2066isolate\u2069 \u200emark\u200f \u061calm", "[U+2066]isolate[U+2069] [U+200E]mark[U+200F] [U+061C]alm"),
        ("half \ud800 character", "half  character"),
        ("日本語　全角", "日本語　全角"),
        ("e\u0301 👩‍💻", "e\u0301 👩‍💻"),
    ],
)
def test_readable_when_given_a_text_then_nothing_in_it_acts(text, expected):
    assert readable(text) == expected


@given(st.text())
def test_readable_when_given_anything_then_it_is_writable_and_turns_nothing(text):
    shown = readable(text)
    shown.encode()
    assert not {unicodedata.bidirectional(letter) for letter in shown} & {
        *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }
    assert {letter for letter in shown if unicodedata.category(letter) == "Cc"} <= {"\n", "\t"}
    assert readable(shown) == shown


def test_one_line_when_given_several_then_they_are_joined():
    assert one_line(" a\n\nb\t c ") == "a b c"


def test_body_when_as_long_as_it_may_be_then_a_page_shows_all_of_it():
    assert MAX_BODY <= MAX_CHARACTERS


@pytest.mark.parametrize(
    ("tlp", "mode", "reasons"),
    [
        (TLP.AMBER, AuthorMode.NAMED, ()),
        (TLP.AMBER_STRICT, AuthorMode.NAMED, ()),
        (TLP.RED, AuthorMode.NAMED, (Gravity.RED,)),
        (TLP.GREEN, AuthorMode.ANONYMOUS, (Gravity.ANONYMOUS,)),
        (TLP.RED, AuthorMode.UNLINKABLE, (Gravity.RED, Gravity.ANONYMOUS)),
    ],
)
def test_gravity_when_red_or_without_a_name_then_it_waits(tlp, mode, reasons):
    assert gravity(tlp, mode) == reasons


@pytest.mark.parametrize("kind", list(EntryKind))
def test_marking_when_it_has_a_line_then_it_is_a_grant_an_exclusion_or_no_author_s(kind):
    marking = Marking(TLP.AMBER, entries=frozenset({Entry(kind, SOMEBODY)}))
    grants = {EntryKind.COMMUNITY, EntryKind.ORGANISATION, EntryKind.GROUP, EntryKind.PERSON}
    excluding = {EntryKind.EXCLUDED_ORGANISATION, EntryKind.EXCLUDED_PERSON}
    assert marking.has_grant == (kind in grants)
    assert marking.is_of_an_author == (kind in grants | excluding)
    assert marking.targets(kind) == {SOMEBODY}


def test_marking_when_clear_then_nobody_need_be_named():
    assert Marking(TLP.CLEAR).has_grant


def test_marking_when_made_an_item_then_it_is_a_draft_with_everything_in_it():
    entries = frozenset({Entry(EntryKind.COMMUNITY)})
    item = Marking(TLP.GREEN, entries=entries, author_mode=AuthorMode.ANONYMOUS).as_draft(SOMEBODY, UUID(int=2), "real")
    assert (item.owner, item.author, item.tlp, item.audience) == (SOMEBODY, UUID(int=2), TLP.GREEN, entries)
    assert (item.state, item.author_mode, item.world) == (State.DRAFT, AuthorMode.ANONYMOUS, "real")
