from datetime import UTC, datetime
from uuid import UUID

import pytest

from noroshi.advisories.domain.bulletins import Check, Checklist, Stage, Words, digest, frozen, reference, stage_of
from noroshi.core.domain.audience import State

ONE, OTHER = UUID(int=1), UUID(int=2)
BOTH = Words("題名", "本文", "Title", "Text")
JAPANESE = Words("題名", "本文")


@pytest.mark.parametrize(
    ("words", "language", "said"),
    [
        (BOTH, "ja", ("題名", "本文")),
        (BOTH, "en", ("Title", "Text")),
        (JAPANESE, "en", ("題名", "本文")),
        (BOTH, "fr", ("題名", "本文")),
    ],
)
def test_words_are_those_of_the_readers_language_where_there_are_any(words, language, said):
    assert (words.title(language), words.body(language)) == said


@pytest.mark.parametrize(
    ("words", "half"),
    [(BOTH, False), (JAPANESE, False), (Words("a", "b", "c"), True), (Words("a", "b", "", "d"), True)],
)
def test_half_a_translation_is_told(words, half):
    assert words.is_half_translated is half


def test_who_ticked_a_line_first_stays_named_until_it_is_unticked():
    begun = Checklist((Check("い", "a"), Check("ろ", "b")))
    ticked = begun.ticked(frozenset({0}), ONE)
    assert [line.by for line in ticked.lines] == [str(ONE), ""]
    both = ticked.ticked(frozenset({0, 1}), OTHER)
    assert [line.by for line in both.lines] == [str(ONE), str(OTHER)]
    assert both.open == ()
    assert both.ticked(frozenset({1}), ONE).open == (Check("い", "a"),)
    assert Checklist.of(both.stored) == both


@pytest.mark.parametrize(
    ("state", "approved", "superseded", "stage"),
    [
        (State.DRAFT, False, False, Stage.DRAFT),
        (State.HELD, False, False, Stage.REVIEW),
        (State.HELD, True, False, Stage.APPROVED),
        (State.PUBLISHED, True, False, Stage.PUBLISHED),
        (State.PUBLISHED, True, True, Stage.SUPERSEDED),
        (State.WITHDRAWN, True, False, Stage.WITHDRAWN),
        (State.WITHDRAWN, True, True, Stage.WITHDRAWN),
    ],
)
def test_the_stage_follows_from_what_is_stored(state, approved, superseded, stage):
    assert stage_of(state, approved=approved, superseded=superseded) is stage


def test_a_later_version_says_so_in_its_number():
    assert (reference("ALERT", 2026, 7, 1), reference("ALERT", 2026, 7, 2)) == ("ALERT-2026-0007", "ALERT-2026-0007 v2")


def test_what_was_frozen_is_told_from_anything_else():
    kept = frozen(BOTH, {"ja": "<p>本文</p>"}, reference="A-1", tlp="GREEN", published=datetime(2099, 1, 1, tzinfo=UTC))
    assert digest(kept) == kept["sha256"]
    assert digest({**kept, "tlp": "CLEAR"}) != kept["sha256"]
