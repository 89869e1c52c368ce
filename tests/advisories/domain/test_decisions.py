import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.decisions import (
    BOD_26_04,
    HOUSE,
    SSVC_DEPLOYER,
    Due,
    Outcome,
    Shape,
    TableError,
    decide,
    importance_of,
    is_replayed,
    read_table,
    tables,
)

TABLES = tables()
SHAPE = Shape(
    "T", "1", {"a": ("no", "yes"), "b": ("low", "high")}, (Outcome("later", Due(None)), Outcome("now", Due(1)))
)
WHOLE = "a,b,outcome\nno,low,later\nno,high,later\nyes,low,later\nyes,high,now\n"


def of(shape):
    return TABLES[f"{shape.name} {shape.version}"]


@st.composite
def questions(draw):
    table = draw(st.sampled_from(list(TABLES.values())))
    values = {
        name: draw(st.none() | st.sampled_from(list(values)) | st.just("nonsense"))
        for name, values in table.shape.inputs.items()
    }
    return table, values


@given(questions())
def test_a_decision_is_replayed_from_what_is_stored(question):
    table, known = question
    stored = json.loads(json.dumps(decide(table, known).stored))
    assert is_replayed(table, stored)
    assert not is_replayed(table, {**stored, "outcome": "something else"})


@given(questions(), st.data())
def test_whoever_learns_more_never_finds_that_it_was_graver(question, data):
    table, known = question
    decision = decide(table, known)
    gravity = [outcome.name for outcome in table.shape.outcomes]
    learnt = {
        **decision.known,
        **{n: data.draw(st.sampled_from(list(table.shape.inputs[n]))) for n in decision.not_known},
    }
    assert gravity.index(decide(table, learnt).outcome.name) <= gravity.index(decision.outcome.name)
    assert decide(table, learnt).not_known == ()


@given(questions(), st.data())
def test_in_no_table_does_a_graver_value_lead_to_more_time(question, data):
    table, _known = question
    gravity = [outcome.name for outcome in table.shape.outcomes]
    row = data.draw(st.sampled_from(sorted(table.rows)))
    for place, values in enumerate(table.shape.inputs.values()):
        graver = values[min(values.index(row[place]) + 1, len(values) - 1)]
        other = (*row[:place], graver, *row[place + 1 :])
        assert gravity.index(table.rows[other]) >= gravity.index(table.rows[row])


@pytest.mark.parametrize(
    ("shape", "known", "outcome", "due"),
    [
        (
            BOD_26_04,
            {"kev": "yes", "exposed": "yes", "automatable": "yes", "impact": "total"},
            "3 days, forensics",
            (3, True),
        ),
        (BOD_26_04, {"kev": "yes", "exposed": "no", "automatable": "no", "impact": "partial"}, "14 days", (14, False)),
        (
            BOD_26_04,
            {"kev": "no", "exposed": "no", "automatable": "no", "impact": "total"},
            "next upgrade",
            (None, False),
        ),
        (BOD_26_04, {"kev": "no", "exposed": "no"}, "60 days", (60, False)),
        (BOD_26_04, {}, "3 days, forensics", (3, True)),
        (
            SSVC_DEPLOYER,
            {"exploitation": "active", "exposure": "open", "automatable": "yes", "importance": "very high"},
            "immediate",
            (3, False),
        ),
        (HOUSE, {"exploitation": "none", "exposure": "small", "importance": "low"}, "next upgrade", (None, False)),
    ],
)
def test_known_rows_of_the_tables(shape, known, outcome, due):
    decision = decide(of(shape), known)
    assert (decision.outcome.name, decision.outcome.due) == (outcome, Due(*due))
    assert decision.not_known == tuple(name for name in shape.inputs if name not in known)


def test_the_published_tables_are_as_they_were_published(shared_data):
    folder = shared_data / "advisories/policy"
    with (folder / "cisa_bod_26_04_1_0_0.csv").open() as file:
        rows = list(csv.reader(file))[1:]
    days = {
        "fix on system upgrade": (None, False),
        "60 days": (60, False),
        "14 days": (14, False),
        "3 days": (3, False),
    }
    days["3 days & forensic investigation"] = (3, True)
    names = list(BOD_26_04.inputs)
    found = [decide(of(BOD_26_04), dict(zip(names, row[1:5], strict=True))).outcome.due for row in rows]
    assert found == [Due(*days[row[5]]) for row in rows]
    with (folder / "ssvc_deployer_patch_application_priority_1_0_0.csv").open() as file:
        rows = list(csv.reader(file))[1:]
    assert of(SSVC_DEPLOYER).rows == {
        (row[1].removeprefix("public "), *row[2:5]): row[5].replace("-", " ") for row in rows
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (WHOLE.replace("a,b", "a,c"), "no column b"),
        (WHOLE.replace("yes,high,now\n", ""), "1 combinations have no row: yes, high"),
        (WHOLE + "yes,high,later\n", "line 6: another row says 'now' of the same"),
        (WHOLE.replace("now", "soon"), "line 5: no outcome 'soon'"),
        (WHOLE.replace("yes,low", "maybe,low"), "line 4: a has no value 'maybe'"),
        ("", "no column a"),
        ("a,b,outcome\n" + "no,low,later\n" * 20_001, "more than 20,000 rows"),
    ],
)
def test_a_table_that_cannot_decide_is_refused_with_its_line(text, sentence):
    with pytest.raises(TableError) as error:
        read_table(SHAPE, text)
    assert str(error.value) == sentence


def test_a_table_of_the_house_is_read_with_the_mark_that_spreadsheets_write():
    assert decide(read_table(SHAPE, "\ufeff" + WHOLE), {"a": "yes"}).outcome.due == Due(1)


@pytest.mark.parametrize(
    ("availability", "confidentiality", "importance"),
    [("low", "low", "low"), ("medium", "high", "high"), ("very high", "low", "very high"), ("", "low", "very high")],
)
def test_the_graver_of_two_losses_is_how_important_a_system_is(availability, confidentiality, importance):
    assert importance_of(availability, confidentiality) == importance
