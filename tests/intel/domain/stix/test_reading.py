"""Objects out of bytes from outside, whatever somebody wrote there."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.stix import bare
from noroshi.intel.domain.stix.reading import CHUNK, MAX_OBJECT, read_objects

BUNDLE = '"type": "bundle", "id": "bundle--44af6c39-c09b-49c5-9de2-394224b04982"'


class Trickle(io.BytesIO):
    """A stream that gives little at a time, as a network does."""

    def read(self, size=-1):
        return super().read(min(size, 7))


def read(text: bytes | str, stream=io.BytesIO) -> list[tuple[object, list[str]]]:
    """What each element says, or what it breaks."""
    raw = text.encode() if isinstance(text, str) else text
    elements = list(read_objects(stream(raw)))
    assert [element.place for element in elements] == list(range(len(elements)))
    return [(element.value, [problem.rule.value for problem in element.problems]) for element in elements]


A, B = ({"a": 1}, []), ({"b": [{"c": "}],"}]}, [])
JSON_A, JSON_B = '{"a":1}', '{"b":[{"c":"}],"}]}'


@pytest.mark.parametrize("stream", [io.BytesIO, Trickle])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"[{JSON_A},{JSON_B}]", [A, B]),
        (f" [ {JSON_A} ,\n{JSON_B} ] \n", [A, B]),
        ("[]", []),
        (JSON_B, [B]),
        (f"\ufeff{JSON_A}", [A]),
        (f'{{{BUNDLE}, "objects": [{JSON_A}, {JSON_B}]}}', [A, B]),
        (f'{{"objects" : [ {JSON_A} ], {BUNDLE}}}', [A]),
        (f'{{"more": false, "next": {{"objects": [1]}}, "objects": [{JSON_A}]}}', [A]),
        (f"{{{BUNDLE}}}", []),
        ('{"type": "x-a", "objects": [{"a": 1}]}', [({"type": "x-a", "objects": [{"a": 1}]}, [])]),
        ('[1, "a", [2], null]', [(1, []), ("a", []), ([2], []), (None, [])]),
    ],
)
def test_text_when_it_is_a_bundle_an_envelope_a_list_or_an_object_then_each_object_is_found(stream, text, expected):
    assert read(text, stream) == expected


@pytest.mark.parametrize("stream", [io.BytesIO, Trickle])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'[{JSON_A},{{"a":1,"a":2}},{JSON_B}]', [A, (None, ["doubled-key"]), B]),
        (f'[{JSON_A},{{"x":{{"a":1,"\\u0061":2}}}},{JSON_B}]', [A, (None, ["doubled-key"]), B]),
        (
            f'[{JSON_A},{{"a":NaN}},{{"a":-Infinity}},{{"a":01}},{{"a":\'x\'}},{JSON_B}]',
            [A, *[(None, ["json"])] * 4, B],
        ),
        (f'[{JSON_A},{{"a":"\\ud800"}},{{"a":"\\x"}},{JSON_B}]', [A, *[(None, ["json"])] * 2, B]),
        (f"[{JSON_A},{'[' * 300}{']' * 300},{JSON_B}]", [A, (None, ["too-deep"]), B]),
        (f"[{JSON_A},{'[' * 20_000}{']' * 20_000},{JSON_B}]", [A, (None, ["too-deep"]), B]),
    ],
)
def test_element_when_it_is_no_json_or_nested_without_end_then_it_alone_is_refused(stream, text, expected):
    found = read(text, stream)
    assert [(value if value in (A[0], B[0]) else None, rules) for value, rules in found] == [
        (value or None, rules) for value, rules in expected
    ]


def test_elements_when_all_are_broken_then_each_is_refused_and_the_rest_is_read():
    broken = ",".join(['{"a":NaN}'] * 30_000)
    assert read(f"[{broken},{JSON_A},{broken},{JSON_B}]") == [
        *[(None, ["json"])] * 30_000,
        A,
        *[(None, ["json"])] * 30_000,
        B,
    ]


def test_element_when_its_bytes_are_no_utf8_then_it_alone_is_refused():
    assert read(b'[{"a":1},{"a":"\xff"},{"a":1}]') == [A, (None, ["encoding"]), A]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["json"]),
        ("  ", ["json"]),
        ("5", ["json"]),
        ('"a"', ["json"]),
        (f"[{JSON_A},", [[], ["json"]]),
        (f'[{JSON_A},{{"b":"', [[], ["json"]]),
        (f"[{JSON_A} {JSON_B}]", [[], ["json"]]),
        (f"[{JSON_A},]", [[], ["json"]]),
        (f"[{JSON_A}}}", [[], ["json"]]),
        (f"{JSON_A}{JSON_B}", [[], ["json"]]),
        (f"[{JSON_A}] x", [[], ["json"]]),
        (f'{{{BUNDLE}, "objects": [{JSON_A}', [[], ["json"]]),
        (f'{{{BUNDLE}, "objects": [{JSON_A}]', [[], ["json"]]),
        (f'{{{BUNDLE}, "objects": [{JSON_A}], "objects": []}}', [[], ["doubled-key"]]),
        (f'{{"type": "bundle", {BUNDLE}, "objects": [{JSON_A}]}}', [[], ["doubled-key"]]),
        (f'{{"type": "bundle", "objects": [{JSON_A}]}}', [[], ["bundle"]]),
        (f'{{"objects": [{JSON_A}], "type": "report"}}', [[], ["bundle"]]),
        ('{"type": "bundle", "id": "bundle--1"}', ["bundle"]),
    ],
)
def test_text_when_it_breaks_off_or_the_bundle_is_wrong_then_what_came_before_is_kept(text, expected):
    for stream in (io.BytesIO, Trickle):
        found = [rules for _value, rules in read(text, stream)]
        assert found == (expected if isinstance(expected[0], list) else [expected])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_when_it_is_in_another_encoding_then_that_is_said(encoding):
    assert read('[{"a": 1}]'.encode(encoding)) == [(None, ["encoding"])]


def test_object_when_it_is_larger_than_a_chunk_then_it_is_read_and_past_the_bound_it_alone_is_refused():
    large, huge = ('{"a":"%s"}' % ("x" * size) for size in (3 * CHUNK, MAX_OBJECT))
    found = read(f"[{JSON_A},{large},{JSON_A},{huge},{JSON_B}]")
    assert [(rules, len(str(value))) for value, rules in found] == [
        ([], 8),
        ([], 3 * CHUNK + 9),
        ([], 8),
        (["too-large"], 4),
        ([], len(str(B[0]))),
    ]


def test_bytes_when_an_object_was_read_then_they_are_those_that_came():
    texts = [json.dumps(bare("campaign"), indent=indent) for indent in (None, 1, 3)] + ['{"a":1.50,  "b":"\\u65e5"}']
    raw = f"[{', '.join(texts)}]".encode()
    assert [element.raw.decode() for element in read_objects(io.BytesIO(raw))] == texts
    assert [element.raw.decode() for element in read_objects(Trickle(raw))] == texts


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(JSON_VALUES, max_size=6), st.sampled_from((None, 1)), st.booleans())
def test_list_when_it_is_any_json_then_it_reads_as_the_standard_library_does(values, indent, ascii_only):
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    assert read(text) == read(text, Trickle) == [(value, []) for value in values]


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='[]{}",:\\a1 ', max_size=60).map(str.encode))
def test_bytes_when_they_are_anything_then_reading_them_ends(raw):
    assert all(
        rules in ([], *([rule] for rule in ("json", "encoding", "doubled-key", "bundle"))) for _, rules in read(raw)
    )
