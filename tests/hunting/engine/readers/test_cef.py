"""CEF and LEEF: what was written is read back, and what is broken is refused by one reason."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.readers import cef
from noroshi.hunting.engine.reasons import BadLineError, LineReason

EXTENSION = "rt=Oct 26 2022 20:01:31 src=192.0.2.1 spt=4711 dst=203.0.113.9 dpt=443 suser=yamada"
keys = st.from_regex(re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,20}", re.ASCII), fullmatch=True).filter(
    lambda key: not key.endswith("Label")
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\t"))


def escaped(text, characters):
    for character in ("\\", *characters):
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")


@given(st.lists(texts.map(str.strip), min_size=7, max_size=7), texts)
def test_a_header_of_any_fields_is_read_back(fields, extension):
    written = "".join(f"{escaped(field, '|')}|" for field in fields)
    read, rest = cef.split_header(written + extension, 7)
    assert (read, rest) == ([field.replace("\n", "n") for field in fields], extension)


@given(st.dictionaries(keys, texts, max_size=8))
def test_a_cef_extension_of_any_values_is_read_back(values):
    written = " ".join(f"{key}={escaped(value, '=')}" for key, value in values.items())
    assert dict(cef.cef_pairs(written)) == values


@pytest.mark.parametrize(("version", "head", "mark"), [("1.0", "", "\t"), ("2.0", "^|", "^"), ("2.0", "x7C|", "|")])
@given(values=st.dictionaries(keys, st.text(st.characters(codec="utf-8", exclude_characters="\t^|")), max_size=8))
def test_a_leef_extension_of_any_values_is_read_back(version, head, mark, values):
    written = mark.join(f"{key}={value}" for key, value in values.items())
    assert dict(cef.leef_pairs(head + written, version)) == values


@given(st.text(), st.sampled_from(["CEF:0|", "CEF: 1|a|b|c|d|e|9|", "LEEF:2.0|a|b|c|d|", "LEEF:1.0|", ""]))
def test_any_record_is_read_or_refused(text, head):
    refused = None
    try:
        cef.read(head + text, FieldRoles())
    except BadLineError as error:
        refused = error.reason
    assert refused in {None, LineReason.NOT_CEF}


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (
            f"CEF:0|Firm|Wall|1|100|Connection|2|{EXTENSION} act=blocked outcome=Failure out=5120",
            {"class": "conn", "action": "blocked", "outcome": "Failure", "bytes_out": "5120", "event_code": "100"},
        ),
        (
            f"CEF:0|Firm|IDS|1|200|SQL\\|injection|8|{EXTENSION} request=https://h.example/?a\\=1",
            {
                "class": "alert",
                "rule": "SQL|injection",
                "action": "SQL|injection",
                "url": "https://h.example/?a=1",
                "event_code": "200",
            },
        ),
        (
            f"CEF:0|Firm|App|1|300|Login|High|{EXTENSION} cat=Authentication cs1Label=ja4 cs1=x outcome=success",
            {"class": "Authentication", "action": "Login", "ja4": "x", "outcome": "success", "event_code": "300"},
        ),
    ],
)
def test_a_cef_record_is_understood(line, fields):
    common = {
        "time": "Oct 26 2022 20:01:31",
        "src_ip": "192.0.2.1",
        "src_port": "4711",
        "dst_ip": "203.0.113.9",
        "dst_port": "443",
        "user": "yamada",
    }
    assert cef.read(line, FieldRoles()) == common | fields


def test_a_leef_record_is_understood():
    line = "LEEF:2.0|Firm|IDS|1|Worm|^|devTime=2022-10-26T20:01:31Z^src=192.0.2.1^usrName=yamada^sev=7^cat=Detection"
    assert cef.read(line, FieldRoles()) == {
        "class": "Detection",
        "time": "2022-10-26T20:01:31Z",
        "src_ip": "192.0.2.1",
        "user": "yamada",
        "event_code": "Worm",
        "action": "Worm",
        "rule": "Worm",
    }


def test_a_mapping_names_a_key_for_itself():
    line = f"CEF:0|Firm|App|1|300|Login|1|{EXTENSION} custom=1234567"
    assert cef.read(line, FieldRoles({"custom": "account", "suser": "session"})).get("session") == "yamada"
