"""What is left of an object that is taken back: an object like any other, and nothing of what it said."""

import json

import pytest

from factories.stix_store import CREATED, indicator, report
from noroshi.intel.domain.stix.check import check_object
from noroshi.intel.domain.stix.revoking import gone

HIDDEN = "zanzibar"
ID = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
A, B = f"malware--{ID}", f"tool--{ID}"


def made(kind, **properties):
    known = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{ID}", "created": CREATED, "modified": CREATED}
    return {**known, "labels": [HIDDEN], **properties}


SAID = [
    made("malware", name=HIDDEN, is_family=True, aliases=[HIDDEN]),
    made("threat-actor", name=HIDDEN, goals=[HIDDEN]),
    made("grouping", context="suspicious-activity", object_refs=[A]),
    made("note", content=HIDDEN, abstract=HIDDEN, object_refs=[A]),
    made("opinion", opinion="strongly-agree", explanation=HIDDEN, object_refs=[A]),
    made("relationship", relationship_type="uses", source_ref=A, target_ref=B),
    made("sighting", sighting_of_ref=A, count=3),
    made("malware-analysis", product=HIDDEN, result="malicious"),
    made(
        "observed-data", first_observed=CREATED, last_observed=CREATED, number_observed=7, object_refs=[f"file--{ID}"]
    ),
    made("x-ours", x_word=HIDDEN),
    indicator(description=HIDDEN, pattern=f"[domain-name:value = '{HIDDEN}.example']"),
    indicator(pattern=f"rule {HIDDEN} {{}}", pattern_type="yara", pattern_version="4"),
    report(made("malware"), name=HIDDEN, report_types=[HIDDEN]),
]


@pytest.mark.parametrize("value", SAID, ids=[each["type"] for each in SAID])
def test_what_is_revoked_is_an_object_of_its_type_that_says_nothing(value):
    assert check_object(value) == []
    left = gone(value)
    assert (check_object(left), left["id"], left["revoked"]) == ([], value["id"], True)
    assert HIDDEN not in json.dumps(left)
    assert gone(left) == left


@pytest.mark.parametrize(
    "value",
    [
        {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{ID}", "value": "198.51.100.7"},
        made("location", country="jp"),
        made("language-content", object_ref=A, contents={"ja": {"name": HIDDEN}}),
    ],
    ids=["cyber-observable", "location", "language-content"],
)
def test_what_cannot_be_revoked_without_what_it_said_is_not(value):
    assert gone(value) is None
