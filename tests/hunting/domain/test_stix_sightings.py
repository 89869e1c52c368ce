"""What was found is STIX 2.1 that a stranger's parser takes, and says no more than value, place, count and times."""

from datetime import UTC, datetime

import pytest
import stix2

from noroshi.hunting.domain.stix_sightings import MOST, sightings_bundle
from noroshi.hunting.engine import HitRow
from noroshi.intel.domain.stix.check import check_object

AT = datetime(2026, 11, 26, tzinfo=UTC)
FIRST, LAST = datetime(2026, 11, 20, 1, 2, 3, 400_000, UTC), datetime(2026, 11, 21, tzinfo=UTC)
VALUES = [
    ("ipv4", "198.51.100.7"),
    ("ipv6", "2001:db8::7"),
    ("cidr", "198.51.100.0/24"),
    ("domain", "evil.example"),
    ("url", "http://evil.example/it's"),
    ("email", "a@evil.example"),
    ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
    ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("user_agent", "evil's \\ agent"),
    ("account", "7654321"),
]


def bundle_of(*values, count=12, organisation="bank_a"):
    return sightings_bundle([HitRow(organisation, *value, count, FIRST, LAST) for value in values], AT)


def kinds(bundle):
    return sorted(made["type"] for made in bundle.get("objects", []))


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[0])
def test_every_kind_of_value_is_a_valid_sighting(value):
    bundle = bundle_of(value)
    assert [check_object(made) for made in bundle["objects"]] == [[]] * len(bundle["objects"])
    stix2.parse(bundle, version="2.1")
    sighting = bundle["objects"][-1]
    told = sighting["count"], sighting["first_seen"], sighting["last_seen"]
    assert told == (12, "2026-11-20T01:02:03.400Z", "2026-11-21T00:00:00.000Z")
    assert ("observed_data_refs" in sighting) is (value[0] not in {"user_agent", "account"})


def test_two_values_at_two_organisations_are_four_sightings_of_two_indicators():
    hits = [HitRow(bank, *value, 1, FIRST, LAST) for bank in ("bank_a", "bank_b") for value in VALUES[:2]]
    assert kinds(sightings_bundle(hits, AT)) == [
        *["identity"] * 2,
        *["indicator"] * 2,
        "ipv4-addr",
        "ipv6-addr",
        "marking-definition",
        *["observed-data"] * 4,
        *["sighting"] * 4,
    ]


def test_the_same_hits_make_the_same_objects_and_none_make_an_empty_bundle():
    assert bundle_of(*VALUES) == bundle_of(*VALUES)
    assert kinds(bundle_of()) == []
    assert bundle_of(VALUES[0], count=MOST * 5)["objects"][-1]["count"] == MOST


def test_every_object_bears_the_strictest_level_below_red():
    marking, *objects = bundle_of(*VALUES)["objects"]
    assert (marking["type"], marking["name"]) == ("marking-definition", "TLP:AMBER+STRICT")
    assert {tuple(made["object_marking_refs"]) for made in objects} == {(marking["id"],)}
