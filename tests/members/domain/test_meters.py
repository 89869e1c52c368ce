import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.members.domain.meters import Bounds, origin_of


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("", ""),
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ],
)
def test_origin_is_an_address_or_the_network_in_which_a_machine_changes_it(address, origin):
    assert origin_of(address) == origin


@given(st.ip_addresses(v=6).map(str))
def test_origin_of_any_address_fits_its_column(address):
    assert len(origin_of(address)) <= 45


def test_bounds_tell_above_the_first_and_refuse_above_the_second():
    bounds = Bounds(2, 3)
    assert [(bounds.is_told(count), bounds.is_refused(count)) for count in (2, 3, 4)] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert not Bounds(2).is_refused(1_000_000)
