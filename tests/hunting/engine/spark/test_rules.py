"""Spark answers every rule as DuckDB does: the starting pack over its own cases, and conditions of every kind."""

import json
import random
import re
import unicodedata
import warnings
from dataclasses import replace
from datetime import date

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hunting.conftest import KEY
from hunting.engine.detections.cases import CASES
from hunting.engine.detections.conditions_table import plain, rule_of
from hunting.engine.detections.test_reading import together
from noroshi.hunting.engine import Lake
from noroshi.hunting.engine.detections.conditions import Values, Writer
from noroshi.hunting.engine.detections.fields import field
from noroshi.hunting.engine.detections.reading import read_rules
from noroshi.hunting.engine.detections.reasons import RuleError
from noroshi.hunting.engine.detections.rules import Query, Rule
from noroshi.hunting.engine.detections.running import Window
from noroshi.hunting.engine.detections.starting_pack import pack_rules
from noroshi.hunting.engine.engines import AskError, DuckEngine, MovedError
from noroshi.hunting.engine.manifest import Manifest
from noroshi.hunting.engine.plan import Store
from noroshi.hunting.engine.schema import COLUMNS
from noroshi.hunting.lake import open_lake

pytest.importorskip("pyspark", reason="no Spark without pyspark")
from noroshi.hunting.engine.spark.dialect import SPARK

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Spark leaves its socket to the garbage collector
]

NOON = "2026-11-20T12:00:00Z"
EVERYTHING = Window(0, 4_000_000_000_000_000)
UNSAID = rule_of({"it": {"url|re": r"a\B"}})
BEACON = "Connections at even intervals to one destination"  # uneven ones to the same address hide it


@pytest.fixture(scope="module")
def lakes(tmp_path_factory, spark):
    """A lake in which every rule of the pack hits and nearly hits, as DuckDB and as Spark reads it."""
    folder = tmp_path_factory.mktemp("sector")
    lake = Lake(folder / "lake", key=KEY)
    for number, (title, logs) in enumerate(CASES.items()):
        for kind, log in zip(("true", "false"), logs, strict=True):
            file = folder / f"{number}-{kind}.log"
            file.write_text(log)
            lake.ingest("other" if (title, kind) == (BEACON, "false") else "bank", "log", [file])
    lake.compact("bank", date(2026, 12, 1))
    return lake, Lake(folder / "lake", key=KEY, engine=spark)


@pytest.fixture
def sessions(lakes):
    with lakes[0].detections("bank", EVERYTHING) as duck, lakes[1].detections("bank", EVERYTHING) as spark:
        yield duck, spark


def found(session, rule):
    outcome = session.detect(rule, EVERYTHING)
    return outcome.episodes, outcome.capped, outcome.late, outcome.error


def test_every_rule_of_the_pack_is_answered_alike_with_the_events_behind_it(sessions):
    duck, spark = sessions
    for rule in pack_rules():
        episodes, *trouble = found(duck, rule)
        assert (rule.title.en, found(spark, rule)) == (rule.title.en, (episodes, False, False, ""))
        assert (len(episodes) > 0, trouble) == (True, [False, False, ""])
    window = Window(episodes[0].first, episodes[0].last + 1)
    behind = [session.behind(rule, episodes[0].keys, window, 3) for session in sessions]
    assert behind[0] == behind[1]
    assert len(behind[0]) == 3


def test_even_intervals_are_told_from_uneven_ones_alike(lakes):
    rule = next(rule for rule in pack_rules() if rule.title.en == BEACON)
    for lake in lakes:
        with lake.detections("other", EVERYTHING) as session:
            assert found(session, replace(rule, threshold=5)) == ((), False, False, "")


def test_what_has_no_key_and_what_is_too_much_is_answered_alike(sessions, monkeypatch):
    monkeypatch.setattr("noroshi.hunting.engine.detections.running.MAX_FOUND", 3)
    rule = rule_of({"it": {"source|exists": True}}, noroshi={"timespan": "1s"})
    answers = [found(session, rule) for session in sessions]
    assert answers[0] == answers[1]
    assert answers[1][1:] == (True, False, "")


TRAFFIC = """\
title: Traffic
name: traffic
logsource: {category: firewall}
detection: {any: {dst_port|exists: true}, condition: any}
---
title: Lookups
name: lookups
logsource: {category: dns}
detection: {any: {dns_query|exists: true}, condition: any}
"""
COUNTED = """\
title: Counted
id: 5b0d9b6e-0d4e-4d66-9a41-0c2b5a1f0002
correlation:
  type: %s
  rules: [traffic, lookups]
  timespan: 10m
  condition: {gte: 400, field: dst_port}
"""


@pytest.mark.parametrize("kind", ["value_sum", "value_avg", "temporal"])
def test_correlations_that_the_pack_does_not_use_are_answered_alike(sessions, kind):
    rule = read_rules(together(TRAFFIC, COUNTED % kind))[0]
    duck, spark = (found(session, rule) for session in sessions)
    assert spark == duck
    assert (len(duck[0]) > 0, duck[1:]) == (True, (False, False, ""))


class Endless(Rule):
    """A rule whose query no cluster ends."""

    def episodes(self, dialect):
        return Query("SELECT sum(a.id * b.id) FROM range(1000000000) AS a, range(1000000000) AS b", {})


def endless(rule):
    return Endless(**{name: getattr(rule, name) for name in Rule.__dataclass_fields__})


def test_a_rule_that_takes_too_long_breaks_or_cannot_be_said_leaves_the_next_one_be(sessions):
    _duck, spark = sessions
    plain_rule = rule_of({"it": {"source|exists": True}})
    assert spark.detect(endless(plain_rule), EVERYTHING, seconds=1).late is True
    assert spark.detect(UNSAID, EVERYTHING).error == (
        r"“A rule”: Spark would read “\B” in a pattern differently: write it another way."
    )
    assert found(spark, plain_rule)[1:] == (False, False, "")


def test_settings_send_rules_to_the_cluster(tmp_path, write, spark, settings):
    settings.LAKE_DIR, settings.LAKE_SPARK = tmp_path / "lake", spark.master
    open_lake().ingest("bank", "log", [write("log", CASES[BEACON][0])])
    refused = []
    for megabytes in (0, 1):
        settings.LAKE_SPARK_RULES_FROM = megabytes
        with open_lake().detections("bank", EVERYTHING) as session:
            refused.append("Spark" in session.detect(UNSAID, EVERYTHING).error)
    assert refused == [True, False]


def test_a_part_that_was_rewritten_meanwhile_is_told_from_a_query_that_fails(tmp_path, spark):
    part, store = tmp_path / "events.parquet", Store(tmp_path, Manifest(tmp_path), "512MB")
    write_part([{}], part)
    events = spark.events(store, [part])
    with pytest.raises(AskError, match="no_such_column"):
        events.rows("SELECT no_such_column FROM events", {}, 60)
    part.unlink()
    with pytest.raises(MovedError):
        events.rows("SELECT * FROM events", {}, 60)


# Conditions: many in one query, each a column of the answer.

MADE = ["url_decoded", "cs-uri-query", "url.query", "url.path"]
ATOMS = ["a", "B", "%", "_", "^", "\\", "'", '"', "$v0", ":v0", "ａ", "Ａ", "あ", "日本", "İ", "ı", "Σ", "ς", "ß", "é"]
ATOMS += [
    " ",
    "\n",
    "\t",
    "?",
    "*",
    "/",
    "😀",
    "(",
    "[",
    ".",
    "=",
    "%41",
    "%2",
    "%zz",
    "%E3%81%82",
    "%ff",
    "%252e",
    "+",
]
TEXTS = st.lists(st.sampled_from(ATOMS), max_size=4).map("".join)
SIGNS = [r"\b", r"\w", r"\s", r"\d", r"\W", r"\S", ".", "^", "$", "a", "B", "あ", "[^a-c]", r"[\w.]", r"[\s/]", "(a|B)"]
SIGNS += ["{2}", "*", "+?", "?", "|", "%", "İ", "[あ-ん]", r"\.", "(?i)", "é", "(?:_|/)"]
HOW = ["", "|contains", "|startswith", "|endswith", "|cased", "|contains|cased"]


def compiles(pattern):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(re.compile(pattern))
        except re.error:
            return False


PATTERNS = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=6).map("".join).filter(compiles)
CONDITIONS = st.one_of(
    st.builds(
        lambda field, how, text: {f"{field}{how}": text},
        st.sampled_from(["url", "user_agent", *MADE]),
        st.sampled_from(HOW),
        TEXTS,
    ),
    st.builds(lambda flag, text: {f"user_agent|re{flag}": text}, st.sampled_from(["", "|i", "|s"]), PATTERNS),
    st.builds(lambda op, n: {f"status{op}": n}, st.sampled_from(["", "|gt", "|lte", "|neq"]), st.integers(-2, 600)),
    st.sampled_from(
        [
            {"url": None},
            {"status|gt": 403.5},
            {"bytes_out|gte": 2**40},
            {"status": 10**30},
            {"status": "4?4"},
            {"url|exists": False},
            {"src_ip|cidr": ["10.0.0.0/8", "2001:db8::/65"]},
            {"src_ip|cidr": "::/0"},
            {"src_ip": "2001:DB8::1"},
            {"src_ip|startswith": "10."},
            {"user": "taro"},
            {"user_agent|fieldref": "url"},
            {"user_agent|fieldref|startswith": "url"},
            {"user_agent|fieldref|endswith": "url"},
            {"user_agent|fieldref|contains": "url"},
            {"time|hour": 3},
            {"time|week": 47},
            {"time|contains": ":00.5+00"},
            {"time": "2026-11-20 18:30:00+00"},
        ]
    ),
)
SHOWN = st.fixed_dictionaries({}, optional={"url": TEXTS, "user_agent": TEXTS, "status": st.sampled_from([200, 404])})
FIXED = [
    {"src_ip": "10.0.0.1", "src_v4": 167772161, "bytes_out": 2**41},
    {"src_ip": "2001:db8::1", "src_v6_hi": 0x20010DB8 << 32, "src_v6_lo": 1, "user_key": "x"},
    {"time": "2026-11-20T18:30:00Z"},
    {"time": "2026-11-20T12:00:00.5Z"},
]


@pytest.fixture(scope="module")
def ask(tmp_path_factory, spark):
    """Ask both engines which of some events meet which of some detections."""
    folder = tmp_path_factory.mktemp("conditions")
    store = Store(folder, Manifest(folder), "512MB")

    def answers(detections, rows):
        part = folder / "events.parquet"
        write_part(rows, part)
        asked = [condition for detection in detections for condition in parsed(detection, store, part)]
        return [ask_one(engine, asked, store, part) for engine in (DuckEngine(), spark)]

    return answers


def write_part(rows, part):
    """Write events as a part has them."""
    events = [
        {"time": NOON, "line": line, **{k: v for k, v in row.items() if v != ""}} for line, row in enumerate(rows)
    ]
    text = part.with_suffix(".json")
    text.write_text("\n".join(map(json.dumps, events)))
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        read = f"SELECT * FROM read_json('{text}', columns = {COLUMNS})"
        connection.execute(f"COPY ({read}) TO '{part}' (FORMAT parquet)").fetchall()


def parsed(detection, store, part):
    """The condition of a detection, if both engines can say it."""
    try:
        rule = rule_of({"it": detection})
        if any("|re" in name for name in detection):
            ask_one(DuckEngine(), [rule.searches[0]], store, part)
            rule.written(SPARK)
    except (RuleError, AskError):
        return []
    return [rule.searches[0]]


def ask_one(engine, asked, store, part):
    """What the fields made of others say of each event, and the numbers of the events that meet each condition."""
    events = engine.events(store, [part])
    values = Values()
    writer = Writer(values, events.dialect)
    columns = [f"{writer.sql(field(name))} AS f{place}" for place, name in enumerate(MADE)]
    columns.append(f"{events.dialect.folded('user_agent')} AS folded")
    columns += [f"{search.written(writer).where} IS TRUE AS c{place}" for place, search in enumerate(asked)]
    given = {name: plain(value) for name, value in values.named.items()}
    sql = f"SELECT line, {', '.join(columns)} FROM events ORDER BY line"
    try:
        rows = events.rows(sql, given | ({"zone": "Asia/Tokyo"} if "$zone" in sql else {}), 60)
    finally:
        events.close()
    met = [[row["line"] for row in rows if row[f"c{place}"]] for place in range(len(asked))]
    return [{name: value for name, value in row.items() if name[0] == "f"} for row in rows], met


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # shrinking takes hours
@given(st.lists(CONDITIONS, min_size=40, max_size=80), st.lists(SHOWN, min_size=10, max_size=40))
def test_conditions_of_every_kind_are_met_by_the_same_events(ask, detections, rows):
    duck, spark = ask(detections, rows + FIXED)
    assert spark == duck


def test_letters_of_every_script_are_folded_alike(ask):
    known = unicodedata.ucd_3_2_0  # what came into Unicode later than Java or DuckDB may be folded by one of them alone
    letters = [letter for letter in map(chr, range(1, 0x30000)) if known.category(letter) in {"Lu", "Ll", "Lt"}]
    letters += [f"{letter}\u3042" for letter in random.Random(4).sample(letters, 100)]
    sought = {"user_agent": [*letters[::3]]}, {"user_agent|re": r"(?i)^[a-z]$"}, {"user_agent|re": r"(?i)\w\b"}
    duck, spark = ask([*sought, {"user_agent|re|i": "σ|ǆ|k"}], [{"user_agent": letter} for letter in letters])
    assert spark == duck
    assert len(duck[1][0]) > 600
