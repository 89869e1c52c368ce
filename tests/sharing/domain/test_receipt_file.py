import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.receipt_file import NoReceipt, link, sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
FIELDS = {"id": 7, "action": "sharing.signal.published", "payload": {"version": 1}}
CONTENT = {
    "made_at": "2026-11-22T09:00:00+00:00",
    "made_for": "auditor",
    "signal": {"id": "x", "reference": "S-1", "tlp": "RED", "published_at": None},
    "could_see": [{"organisation": "bank", "person": "p", "way": "person"}],
    "did_see": [{"organisation": "bank", "person": None, "count": 3}],
    "entries": [{"position": 3, "previous": "0" * 64, "digest": link("0" * 64, FIELDS), "entry": FIELDS}],
    "head": {"position": 9, "digest": "a" * 64},
}


def signed(**changes):
    return sign({**CONTENT, **changes}, KEY)


def leaves(value, path=()):
    """Every place in a document where something stands."""
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [place for name, part in pairs for place in leaves(part, (*path, name))]
    return [path]


def with_other(document, path):
    document = json.loads(json.dumps(document))
    place = document
    for name in path[:-1]:
        place = place[name]
    before = place[path[-1]]
    place[path[-1]] = before + 1 if isinstance(before, int) else ("b" if before is None else f"{before[:-1]}~")
    return json.dumps(document).encode()


def test_file_when_untouched_then_it_holds_and_says_whose_it_is():
    found = verify(signed(), expected_key=KEY.public_key().public_bytes_raw().hex())
    assert (found.holds, found.reference, found.entries, found.reason) == (True, "S-1", 1, "")
    reordered = json.dumps(dict(reversed(json.loads(signed()).items())), indent=3).encode()
    assert verify(reordered).holds


def test_file_when_any_one_thing_in_it_is_changed_then_it_does_not_hold():
    document = json.loads(signed())
    places = leaves(document)
    assert len(places) == 23
    for path in places:
        try:
            assert not verify(with_other(document, path)).holds, path
        except NoReceipt:
            assert path == ("format",)


def test_file_when_something_is_taken_away_or_added_then_it_does_not_hold():
    document = json.loads(signed())
    for name in ("did_see", "could_see", "entries"):
        assert not verify(json.dumps({**document, name: []}).encode()).holds
    assert not verify(json.dumps({**document, "did_see": document["did_see"] * 2}).encode()).holds
    for name in document:
        with pytest.raises(NoReceipt):
            verify(json.dumps({key: part for key, part in document.items() if key != name}).encode())


def test_file_when_somebody_else_signed_it_then_the_expected_key_finds_that():
    forged = sign(CONTENT, OTHER)
    assert verify(forged).public_key == OTHER.public_key().public_bytes_raw().hex()
    found = verify(forged, expected_key=KEY.public_key().public_bytes_raw().hex())
    assert (found.holds, found.reason) == (False, "it was signed with another key")


def test_file_when_the_installation_itself_signed_a_wrong_link_then_the_chain_finds_that():
    wrong = [{**CONTENT["entries"][0], "entry": {**FIELDS, "action": "sharing.signal.withdrawn"}}]
    assert verify(signed(entries=wrong)).reason == "entry 3 is not what the chain has"
    assert verify(signed(head={"position": 2, "digest": "a"})).reason == "entry 3 lies beyond the head of the chain"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_file_when_it_is_anything_then_it_is_refused_in_words(file):
    with pytest.raises(NoReceipt):
        verify(file)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "[" * 100_000, "NaN", "[]", "null"])
def test_file_when_it_is_hostile_json_then_it_is_refused_in_words(text):
    with pytest.raises(NoReceipt):
        verify(text.encode())
