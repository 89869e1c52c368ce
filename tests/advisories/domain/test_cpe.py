import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.cpe import formatted
from noroshi.advisories.domain.matching import product_of


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cpe:/a:maker:thing", "cpe:2.3:a:maker:thing:*:*:*:*:*:*:*:*"),
        (" cpe:/o:maker:thing_os:1.0:sp1\n", "cpe:2.3:o:maker:thing_os:1.0:sp1:*:*:*:*:*:*"),
        ("cpe:/a:maker:thing_%28idc%29", "cpe:2.3:a:maker:thing_\\(idc\\):*:*:*:*:*:*:*:*"),
        ("cpe:2.3:a:maker:thing_%28idc%29:1", "cpe:2.3:a:maker:thing_\\(idc\\):1"),
        ("cpe:/a:maker:thing:1.%02:-", "cpe:2.3:a:maker:thing:1.*:-:*:*:*:*:*:*"),
        ("cpe:/a:maker:thing:8:beta:~~pro~wp~x64~", "cpe:2.3:a:maker:thing:8:beta:*:*:pro:wp:x64:*"),
        ("cpe:/a:maker:%e6%97%a5", "cpe:2.3:a:maker:日:*:*:*:*:*:*:*:*"),
        ("nano 10gx", ""),
        ("", ""),
    ],
)
def test_a_name_of_2_2_is_written_as_2_3(name, said):
    assert formatted(name) == said


@given(st.text("ab%0128:~-_.\\*? é", max_size=30))
def test_whatever_follows_it_is_a_name_of_eleven_fields_for_the_same_product(rest):
    said = formatted(f"cpe:/a:maker:thing:{rest}")
    assert product_of(said) == ("maker", "thing")
