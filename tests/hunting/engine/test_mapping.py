"""A mapping file says how to read a log, or in which line it does not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine import LakeError, Reading
from noroshi.hunting.engine.mapping import read_mapping

FIELDS = {"いつ": "time", "1": "src_ip"}


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("いつ: time\n1: src_ip\n", Reading(FIELDS)),
        (json.dumps(FIELDS), Reading(FIELDS)),
        ("format: csv\ntimezone: UTC\nfields:\n  いつ: time\n  1: src_ip\n", Reading(FIELDS, "csv", "UTC")),
        ("\ufefffields: {}\n", Reading({})),
    ],
)
def test_mapping_is_read(text, reading):
    assert read_mapping(text.encode(), "roles.yaml") == reading


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("# nothing\n", 1, "A mapping file is one small mapping of names and values."),
        ("- time\n", 1, "A mapping file is one small mapping of names and values."),
        ("a: time\n---\nb: src_ip\n", 3, "A mapping file is one document."),
        ("a: time\nb: srcip\n", 2, "“srcip” is no role: use account, action, amount,"),
        ("fields:\n  a: time\n  b: [src_ip]\n", 3, "“['src_ip']” is no role: use account,"),
        ("fields:\n  a: time\n  a: src_ip\n", 3, "“a” stands twice."),
        ("fields: time\n", 1, "“fields” gives each field of the log a role."),
        ("format: xml\nfields:\n  a: time\n", 1, "“xml” is no log format: use zeek,"),
        ("fields:\n  a: time\ntimezone: Mars/Base\n", 3, "“Mars/Base” is not a time zone."),
        ("fields:\n  a: time\nzone: UTC\n", 3, "“zone” is not known: use fields, format and timezone."),
        ("fields:\n  a: &x time\n  b: *x\n", 3, "Anchors and aliases are not read: write the value out."),
        ("fields: {", 1, "This is not YAML: "),
    ],
)
def test_mapping_that_is_none_is_refused_by_file_and_line(text, line, sentence):
    with pytest.raises(LakeError) as refused:
        read_mapping(text.encode(), "roles.yaml")
    assert str(refused.value).startswith(f"roles.yaml:{line}: {sentence}")


@given(st.binary() | st.text().map(str.encode))
def test_any_content_is_read_or_refused(content):
    try:
        read_mapping(content, "x")
    except LakeError as refused:
        assert str(refused).startswith("x:")  # noqa: PT017 - what is not refused is no failure
