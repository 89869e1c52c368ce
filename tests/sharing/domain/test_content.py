"""What an author hands over."""

from uuid import UUID

import pytest

from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, State
from noroshi.core.domain.tlp import TLP
from noroshi.kit.markdown import MAX_CHARACTERS
from noroshi.sharing.domain.content import MAX_BODY, Marking
from noroshi.sharing.domain.release import Gravity, gravity

SOMEBODY = UUID(int=1)


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
