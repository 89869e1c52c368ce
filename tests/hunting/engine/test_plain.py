"""A text that SQL takes as plain means there what it means in Python."""

from datetime import UTC

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.bulk.plain import PLAIN, PSEUDONYM_KEY
from noroshi.hunting.engine.rows import columns_by_role
from noroshi.hunting.engine.schema import SLOTS, STAGED_COLUMNS

KEY = b"a key for tests only...."
COLUMNS = columns_by_role(KEY, UTC)
NOTHINGS = st.sampled_from(sorted(normalise.NOTHING)).flatmap(
    lambda word: st.sampled_from([word, word.upper(), f" {word}"])
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    st.text(st.characters(max_codepoint=126, min_codepoint=9), max_size=12),
    st.from_regex(r"[0-9]{1,20}(\.[0-9]{1,7})?", fullmatch=True),
    st.from_regex(r"[0-9 -]{1,12}", fullmatch=True),
    st.from_regex(r"([0-9]{1,3}\.){3}[0-9]{1,3}", fullmatch=True),
    NOTHINGS,
)
USUAL = {
    **dict.fromkeys(PLAIN, "Mozilla/5.0 (X11)"),
    **dict.fromkeys(("user", "account", "beneficiary", "session"), "Taro-01@Bank.example"),
    **dict.fromkeys(("status", "src_port", "dst_port", "bytes_out"), "443"),
    "amount": "1234.50",
    **dict.fromkeys(("src_ip", "dst_ip"), "192.0.2.255"),
}


@pytest.fixture(scope="module")
def duck():
    with duckdb.connect() as connection:
        connection.execute(f"SET VARIABLE {PSEUDONYM_KEY} = ?", [normalise.pseudonym_key(KEY)]).fetchall()
        yield connection


def plain_ones(duck, role, texts):
    """What SQL makes of those texts of a role that are plain to it."""
    kinds = [STAGED_COLUMNS[name] for name in SLOTS[role]]
    values = ", ".join(f"CAST({value} AS {kind})" for value, kind in zip(PLAIN[role].read("raw"), kinds, strict=True))
    source = f'SELECT unnest(?::VARCHAR[]) AS "{role}"'
    taken = f'SELECT "{role}" AS raw FROM ({source}) WHERE {PLAIN[role].tested(role)} OFFSET 0'
    return {
        raw: tuple(found) for raw, *found in duck.execute(f"SELECT raw, {values} FROM ({taken})", [texts]).fetchall()
    }


@pytest.mark.parametrize("role", PLAIN)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=60, unique=True))
def test_a_plain_text_means_the_same_in_sql(duck, role, texts):
    taken = plain_ones(duck, role, [*texts, USUAL[role]])
    assert taken == {raw: COLUMNS[role](raw) for raw in taken}
    assert USUAL[role] in taken
