"""What TAXII 2.1 asks and answers, without HTTP and without a database."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain.taxii import moments, resources
from noroshi.intel.domain.taxii.media import accepts_taxii, is_taxii
from noroshi.intel.domain.taxii.query import MOST, Fault, MalformedQueryError, Query, read_query
from noroshi.intel.domain.wanted import Version, Wanted

ONE = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
TWO = "url--c1477287-23ac-5971-a010-5c287877fa60"
FIELDS = ("id", "type", "version", "spec_version")


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "application/taxii+json;version=2.1",
        "application/taxii+json",
        "application/taxii+json; version=2.1",
        'Application/TAXII+json ; Version="2.1"',
        "text/html, application/taxii+json;version=2.1",
        "application/taxii+json;version=2.0, application/taxii+json;version=2.1;q=0.5",
        "application/taxii+json;version=2.1,application/stix+json;version=2.1",
        "*/*",
        "application/*;q=0.1",
    ],
)
def test_accept_when_taxii_is_among_it_then_it_is_answered(accept):
    assert accepts_taxii(accept)


@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/json", "application/taxii+json;version=2.0", "application/taxii+json;q=0.000", ", x"],
)
def test_accept_when_taxii_is_not_among_it_then_it_is_not(accept):
    assert not accepts_taxii(accept)


@pytest.mark.parametrize(
    ("kind", "is_ours"),
    [
        ("application/taxii+json;version=2.1", True),
        ("application/taxii+json", True),
        ("application/taxii+json; version=2.1; charset=utf-8", True),
        ("application/taxii+json;version=2.0", False),
        ("application/json", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_content_type_when_read_then_taxii_of_this_version_is_taken(kind, is_ours):
    assert is_taxii(kind) == is_ours


@given(st.text(max_size=60))
def test_media_types_when_anything_is_sent_then_reading_ends(text):
    assert isinstance(accepts_taxii(text), bool)
    assert isinstance(is_taxii(text), bool)


LATEST = datetime(9999, 12, 31, tzinfo=UTC)


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - with a zone
def test_moment_when_written_then_it_has_microseconds_and_is_read_back(moment):
    number = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    text = moments.written(number)
    assert (len(text), text[19], text[-1]) == (27, ".", "Z")
    assert moments.read(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T00:00:00.5Z", 500_000),
        ("1970-01-01T00:00:00.1234567Z", 123_456),
        ("1970-01-01T00:00:00.000000", None),
        ("1970-01-01 00:00:00.000000Z", None),
        ("1970-01-01T00:00:00.000000+00:00", None),
        ("1970-02-30T00:00:00.000000Z", None),
        ("1970-01-01T25:00:00.000000Z", None),
        ("1970-01-01T00:00:00.Z", None),
        ("１970-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_moment_when_read_then_only_utc_is_one(text, number):
    assert moments.read(text) == number


def query(text="", fields=FIELDS, stix_id=""):
    return read_query(parse_qs(text, keep_blank_values=True), fields=fields, stix_id=stix_id)


def test_query_when_nothing_is_asked_then_the_last_version_of_everything_is_meant():
    assert query() == Query(Wanted(), 0, MOST)


def test_query_when_everything_is_asked_then_everything_is_read():
    text = f"match[id]={ONE},{TWO}&match[type]=indicator,url&match[version]=first,2016-01-01T01:01:01Z,last&limit=7"
    assert query(f"{text}&added_after=1970-01-01T00:00:00.000009Z&next=12") == Query(
        Wanted(
            frozenset({ONE, TWO}),
            frozenset({"indicator", "url"}),
            frozenset({Version.FIRST, Version.LAST, 1_451_610_061_000_000}),
        ),
        12,
        7,
    )


@pytest.mark.parametrize(
    ("text", "fault", "parameter"),
    [
        ("limit=0", Fault.LIMIT, "limit"),
        ("limit=-1", Fault.LIMIT, "limit"),
        ("limit=1.0", Fault.LIMIT, "limit"),
        ("limit=", Fault.LIMIT, "limit"),
        ("limit=٣", Fault.LIMIT, "limit"),
        ("limit=1&limit=1", Fault.TWICE, "limit"),
        ("next=x", Fault.PLACE, "next"),
        ("next=-1", Fault.PLACE, "next"),
        ("next=1&next=2", Fault.TWICE, "next"),
        ("next=" + "9" * 19, Fault.PLACE, "next"),
        ("added_after=yesterday", Fault.MOMENT, "added_after"),
        ("added_after=1970-01-01T00:00:00Z&added_after=1970-01-01T00:00:00Z", Fault.TWICE, "added_after"),
        ("match[type]=url&match[type]=url", Fault.TWICE, "match[type]"),
        ("match[other]=1&match[other]=2", Fault.TWICE, "match[other]"),
        ("match[type]=", Fault.EMPTY, "match[type]"),
        ("match[type]=url,,ipv4-addr", Fault.EMPTY, "match[type]"),
        ("match[type]=" + ",".join(["url"] * 501), Fault.MANY, "match[type]"),
        ("match[version]=newest", Fault.VERSION, "match[version]"),
        ("match[version]=2016-13-01T00:00:00Z", Fault.VERSION, "match[version]"),
        ("match[version]=last,last", Fault.REPEATED, "match[version]"),
        ("match[version]=all,first", Fault.ALL, "match[version]"),
    ],
)
def test_query_when_a_parameter_is_malformed_then_it_is_named(text, fault, parameter):
    with pytest.raises(MalformedQueryError) as refused:
        query(text)
    assert (refused.value.fault, refused.value.parameter) == (fault, parameter)


@pytest.mark.parametrize(
    "text",
    ["match[spec_version]=2.0", "match[id]=x", "match[type]=No Type", "match[id]=%00", "match[spec_version]=2.0,3.0"],
)
def test_query_when_nothing_can_be_meant_then_that_is_no_error(text):
    assert query(text).wanted is None


def test_query_when_a_field_is_none_of_the_endpoint_then_it_is_ignored():
    assert query("match[type]=&match[version]=x&other=1", fields=("spec_version",), stix_id=ONE) == Query(
        Wanted(frozenset({ONE})), 0, MOST
    )
    assert query("match[spec_version]=2.0,2.1", fields=("spec_version",)).wanted == Wanted()


def test_query_when_more_is_asked_than_one_answer_holds_then_it_is_cut():
    assert query("limit=999999999").limit == MOST


@given(st.dictionaries(st.sampled_from(["limit", "next", "added_after", "match[id]", "match[version]"]), st.text()))
def test_query_when_anything_is_asked_then_it_is_read_or_refused(parameters):
    try:
        read = read_query({name: [value] for name, value in parameters.items()}, fields=FIELDS)
    except MalformedQueryError:
        return
    assert read.after >= 0
    assert 0 < read.limit <= MOST


def test_envelope_when_written_then_objects_are_the_bytes_that_came():
    raw = [b'{"a" : 1.0}', '{"b":"狼煙"}'.encode()]
    assert resources.envelope(raw, following="7") == b'{"more":true,"next":"7","objects":[%s,%s]}' % tuple(raw)
    assert resources.envelope(raw[:1], following="") == b'{"objects":[{"a" : 1.0}]}'


def test_resources_when_there_is_nothing_then_they_are_empty_objects():
    assert resources.envelope([], following="") == b"{}"
    assert resources.manifest([], following="") == b"{}"
    assert resources.versions([], following="") == b"{}"
    assert resources.encoded(collections=[]) == b"{}"


def test_manifest_when_written_then_the_version_is_as_the_object_writes_it():
    raws = [b'{"created":"2016-01-01T00:00:00.0Z","modified":"2017-01-01T00:00:00.000Z"}', b'{"created":"x"}', b"{}"]
    records = [resources.record_of(ONE, 1, raw) for raw in raws]
    told = json.loads(resources.manifest(records, following=""))
    assert [each.pop("version") for each in told["objects"]] == ["2017-01-01T00:00:00.000Z", "x", resources.UNVERSIONED]
    assert told["objects"] == 3 * [
        {
            "id": ONE,
            "date_added": "1970-01-01T00:00:00.000001Z",
            "media_type": "application/stix+json;version=2.1",
        }
    ]


def test_error_when_written_then_its_status_is_a_string():
    assert json.loads(resources.error("Not Found", "", 404)) == {"title": "Not Found", "http_status": "404"}
