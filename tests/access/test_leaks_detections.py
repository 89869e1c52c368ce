"""What rules saw in one bank's logs, and what it made of its rules, changes no answer to anybody else."""

import pytest

from factories.lakes import fill_lake
from hunting.test_detections import burst, spray
from hunting.test_rules import NUMBER, OWN
from noroshi.hunting import actions, queries

from .leak_channels import mentions
from .test_wall import told_apart, walked

pytestmark = pytest.mark.slow

WORDS = ("203.0.113.9", "203[.]0[.]113[.]9", "Root logs in", str(NUMBER), "okapireason")


def detect(cast, drain):
    """All that can happen to detections and rules in bank_a."""
    actions.ask_for_run(cast.bank_a)
    drain()
    actor = cast.actor("a1")
    actions.save_rules(actor, name="okapi.yml", content=OWN.encode())
    for detection, state in zip(queries.detections_for(actor), ("seen", "aside"), strict=True):
        actions.handle_detection(actor, detection, state=state, reason="okapireason")
    actions.tune_rule(actor, queries.rule_for(actor, NUMBER), enabled=True, threshold=None)
    drain()


@pytest.mark.parametrize("reader", ["a1", "a_reader", "b1", "hub_op", "sup"])
def test_detections_are_seen_by_their_own_analysts_and_change_no_answer_to_others(cast, drain, stopped_clock, reader):
    fill_lake(cast.bank_a, burst() + spray(4000))
    fill_lake(cast.bank_b, burst(count=3))
    for bank in (cast.bank_a, cast.bank_b):
        actions.watch_arrivals(bank)  # how far a watch has come is on a page too
    empty, full = walked(cast, reader, lambda: detect(cast, drain), "hunting")
    if reader == "a1":
        assert len(mentions(full, WORDS)) > 5
    else:
        assert mentions(full, WORDS) == {}
        assert told_apart(empty, full) == {}
