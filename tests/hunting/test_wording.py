"""Every sentence of the engine has its words in the portal: a new one cannot be forgotten."""

from django.utils.translation import override

from noroshi.hunting import wording
from noroshi.hunting.domain.harmless import HARMLESS
from noroshi.hunting.engine import DiskReason, FileReason, LineReason, NeedleReason, ScanReason
from noroshi.intel.domain.observables import ObservableType


def test_every_reason_is_known_by_its_own_words():
    reasons = [*FileReason, *LineReason, *NeedleReason, *ScanReason, *DiskReason, HARMLESS]
    with override(None):
        assert {str(key): str(value) for key, value in wording.REASONS.items()} == {str(r): str(r) for r in reasons}


def test_every_reason_has_other_words_in_japanese():
    with override("ja"):
        same = [
            reason
            for reason in (*FileReason, *LineReason, *NeedleReason, *DiskReason)
            if wording.in_words(reason) == reason
        ]
    assert same == []


def test_every_type_of_value_has_a_name():
    with override("en"):
        names = [wording.type_name(kind.value) for kind in ObservableType]
    assert len(set(names)) == len(ObservableType)


def test_an_unknown_reason_is_shown_as_it_is():
    assert wording.in_words("The disk is full.") == "The disk is full."


def test_a_line_without_a_reason_named_no_value():
    with override("en"):
        assert wording.in_words("") == "Nothing that can be looked for was recognised in it."
