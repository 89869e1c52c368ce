"""Events read and written: what is good goes in, what is bad is named, and no level is lost on the way."""

import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.misp import EVENT, attribute, misp_event, tagged
from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.misp import writing
from noroshi.intel.domain.misp.events import NotMispError, Reason, read_events
from noroshi.intel.domain.misp.reach import COMMUNITY, EVERYBODY, OWN
from noroshi.intel.domain.observables import ObservableType, parse_observable

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def read(event):
    return read_events(json.dumps(event).encode())[0]


def test_event_when_read_then_attributes_objects_proposals_and_sightings_are_in_it():
    sightings = [{"type": "0"}, {"type": "0"}, {"type": 1}, "nonsense"]
    shadow = [attribute("domain", "other.example"), {**attribute("domain", "gone.example"), "proposal_to_delete": True}]
    file = {
        "name": "file",
        "Attribute": [
            attribute("filename", "請求書.exe", object_relation="filename", to_ids=False),
            attribute("sha256", "A" * 64, object_relation="sha256"),
        ],
    }
    event = read(
        misp_event(
            attribute(
                "domain|ip", "evil.example|45.155.205.66", comment="C2", Sighting=sightings, ShadowAttribute=shadow
            ),
            attribute("md5", "0" * 32, deleted=True),
            Object=[file],
            Galaxy=[{"name": "Threat Actor", "GalaxyCluster": [{"value": "Lazarus", "uuid": ""}]}],
            tags=("tlp:green", "PAP:AMBER", "phishing"),
        )
    )
    assert (str(event.uuid), event.info, event.organisation, event.level, event.reach, event.pap) == (
        EVENT,
        "フィッシング: 偽のログイン画面",
        "CIRCL",
        TLP.GREEN,
        EVERYBODY,
        "AMBER",
    )
    assert (event.tags, event.galaxies, event.refused) == (("phishing",), ("Threat Actor: Lazarus",), ())
    first, proposed, name, digest = event.attributes
    assert [each.value for each in first.observables] == ["evil.example", "45.155.205.66"]
    assert (first.seen, first.doubted, first.comment, first.is_to_be_found) == (2, 1, "C2", False)
    assert (proposed.value, proposed.proposed, proposed.is_to_be_found) == ("other.example", True, False)
    assert (name.label, name.value, name.observables) == ("file: filename", "請求書.exe", ())
    assert (digest.label, digest.observables[0].value, digest.is_to_be_found) == ("file: sha256", "a" * 64, True)


def test_event_when_nothing_says_a_level_or_a_reach_then_it_is_amber_and_stays_at_home():
    event = misp_event(attribute("domain", "evil.example"), tags=())
    del event["Event"]["distribution"]
    assert (read(event).level, read(event).reach) == (TLP.AMBER, OWN)


def test_attribute_when_its_tags_or_distribution_differ_then_the_stricter_and_the_narrower_hold():
    event = read(
        misp_event(
            attribute("domain", "a.example", Tag=tagged("TLP:RED"), distribution="5"),
            attribute("domain", "b.example", Tag=tagged("tlp:clear"), distribution="3"),
            attribute("domain", "c.example", distribution="0"),
            tags=("tlp:green", "tlp:amber"),
            distribution="1",
        )
    )
    assert [(each.level, each.reach) for each in event.attributes] == [
        (TLP.RED, COMMUNITY),
        (TLP.AMBER, COMMUNITY),
        (TLP.AMBER, OWN),
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("no attribute", Reason.NO_OBJECT),
        (attribute("domain", None), Reason.NO_VALUE),
        (attribute("domain", {"a": 1}), Reason.NO_VALUE),
        (attribute("", "x"), Reason.NO_VALUE),
        (attribute("ip-dst", "evil.example"), Reason.NOT_ITS_TYPE),
        (attribute("domain", '<script>alert("x")</script>'), Reason.NOT_ITS_TYPE),
        (attribute("domain|ip", "evil.example"), Reason.NOT_ITS_TYPE),
        (attribute("domain", "evil.example\nother.example"), Reason.UNREADABLE),
        (attribute("filename", "invoice\u202efdp.exe"), Reason.UNREADABLE),
        (attribute("url", "http://evil.example/\x00"), Reason.UNREADABLE),
        (attribute("filename", "x" * 6_000), Reason.TOO_LONG),
    ],
)
def test_attribute_when_it_cannot_be_taken_then_it_is_named_and_the_others_go_in(bad, reason):
    event = read(misp_event(bad, attribute("domain", "evil.example")))
    assert [each.value for each in event.attributes] == ["evil.example"]
    assert [(each.place, each.reason) for each in event.refused] == [("Attribute[0]", reason)]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[",
        b"[]",
        b"3",
        b'{"Event": 3}',
        b'{"Event": {"uuid": "x", "info": "y"}}',
        b'{"Event": {"uuid": "5a4cb19a-f550-437f-bd29-48ed950d210f", "Tag": [], "Tag": [], "info": "doubled"}}',
        b'{"a":' * 50_000,
        b"[" * 100_000,
        b'{"Event": {"uuid": "5a4cb19a-f550-437f-bd29-48ed950d210f", "info": "\xff"}}',
    ],
)
def test_file_when_it_holds_no_event_then_it_is_refused(raw):
    with pytest.raises(NotMispError):
        read_events(raw)


def test_file_when_it_holds_many_then_each_is_read_whatever_the_api_put_around_it():
    one = misp_event()
    for whole in ([one, one["Event"]], {"response": [one, one]}):
        assert len(read_events(json.dumps(whole).encode())) == 2
    assert len(read_events(json.dumps({"response": one}).encode())) == 1


NAMES = ["Attribute", "Object", "Tag", "name", "type", "value", "Galaxy", "GalaxyCluster", "Sighting", "timestamp"]
MORE = ["ShadowAttribute", "distribution", "SharingGroup", "SharingGroupOrg", "Organisation", "info", "Orgc"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=8) | st.sampled_from(["tlp:red", "domain", "5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, *MORE]), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["Attribute", "Object", "Tag", "Galaxy", "ShadowAttribute", "timestamp"]), JSON))
def test_event_when_its_parts_are_anything_then_it_is_read_and_no_part_is_lower_than_the_whole(parts):
    event = read({"Event": {"uuid": EVENT, "info": "x", **parts}})
    assert all(each.level >= event.level for each in event.attributes)
    assert all(each.reach.within(event.reach) == each.reach for each in event.attributes)


@pytest.mark.parametrize("level", list(TLP))
def test_event_when_written_and_read_again_then_values_level_and_identifiers_are_the_same(level):
    values = {
        "ipv4": "45.155.205.66",
        "ipv6": "2001:db8::1",
        "cidr": "45.155.205.0/24",
        "domain": "evil.example",
        "url": "https://evil.example/a|b",
        "email": "a@evil.example",
        "md5": "0" * 32,
        "sha1": "0" * 40,
        "sha256": "0" * 64,
        "user_agent": "Mozilla/5.0 (|)",
        "account": "123-4567890",
    }
    found = [parse_observable(ObservableType(kind), value) for kind, value in values.items()]
    out = writing.Outgoing(
        uuid=UUID(EVENT),
        info="狼煙",
        organisation="Bank A",
        date=NOON,
        changed_at=NOON,
        level=level,
        values=[writing.Value(each, to_ids=each.type == "domain") for each in found],
        body="**text**",
        further=["PAP:GREEN"],
        url="https://noroshi.example/signals/1/",
    )
    written = writing.event(out)
    assert written == writing.event(out)
    event = read(written)
    assert (event.level, event.uuid, event.timestamp, event.pap, event.refused) == (level, out.uuid, NOON, "GREEN", ())
    together = [found[3], found[4]]  # the URL and the host in it are one object, which comes after the rest
    rest = [each for each in found if each not in together]
    assert [each.observables[0] for each in event.attributes if each.observables] == [*rest, *reversed(together)]
    assert [each.value for each in event.attributes if each.is_to_be_found] == ["evil.example"]
    reach = {TLP.CLEAR: EVERYBODY, TLP.GREEN: COMMUNITY}.get(level, OWN)
    assert event.reach == reach
    assert writing.event(writing.Outgoing(**{**vars(out), "may_spread": False}))["Event"]["distribution"] == "0"
    head = writing.manifest([out])[EVENT]
    assert head.items() <= written["Event"].items()
    digests = [line.partition(",")[0] for line in writing.hashes([out]).decode().splitlines()]
    assert digests == [hashlib.md5(each.value.encode()).hexdigest() for each in found]


def again(event):
    """The event as we would give it out, read back."""
    values = dict.fromkeys(value for each in event.attributes for value in each.observables)
    out = writing.Outgoing(
        uuid=event.uuid,
        info=event.info,
        organisation=event.organisation,
        date=event.timestamp,
        changed_at=event.timestamp,
        level=event.level,
        values=[writing.Value(value, to_ids=True) for value in values],
    )
    return read(writing.event(out)), list(values)


def test_real_events_when_read_and_written_then_level_and_values_come_back(shared_data):
    files = sorted((shared_data / "misp").rglob("*.json"))
    if not files:
        pytest.skip("no events of MISP among the real samples")
    events = [event for file in files for event in read_events(file.read_bytes())]
    for event in events:
        back, values = again(event)
        assert (back.uuid, back.level, back.timestamp) == (event.uuid, event.level, event.timestamp)
        assert [value for each in back.attributes for value in each.observables] == values
