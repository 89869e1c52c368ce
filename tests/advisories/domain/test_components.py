"""How important an asset is, of what lists say: one word for it, or what its loss and its disclosure would do."""

import pytest

from noroshi.advisories.domain.components import importance_said
from noroshi.advisories.domain.inventory.assets import Asset
from noroshi.advisories.domain.inventory.tables import read_table


@pytest.mark.parametrize(
    ("said", "importance"),
    [
        (("", "高", "低"), "high"),
        (("", "低", "極めて高"), "very high"),
        (("", "中", ""), "medium"),
        (("", "", "low"), "low"),
        (("低", "高", "高"), "low"),
        (("", "", ""), ""),
        (("", "?", "中"), "medium"),
    ],
)
def test_importance_is_what_the_list_calls_it_else_the_graver_of_the_two_losses(said, importance):
    assert importance_said(*said) == importance


def test_the_two_columns_are_found_in_both_languages():
    for headings in ("可用性,機密性", "Availability,Confidentiality"):
        (row,) = read_table(f"product,{headings}\nGate,高,低\n".encode())
        assert isinstance(row, Asset)
        assert (row.availability, row.confidentiality, row.other) == ("高", "低", {})
