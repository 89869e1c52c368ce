"""The walk through the rules: it goes the way of the decision, and stops where that answers."""

from random import Random

from noroshi.core.domain import rules
from noroshi.core.domain.membership import MembershipClass

from .sector import NOW, all_actors, person_actor, random_item


def _walks(number):
    random = Random(20261122)
    actors = all_actors()
    for _ in range(number):
        actor, item = random.choice(actors), random_item(random)
        walk = rules.viewing(actor, NOW)
        yield rules.explain(walk, item), rules.decide(walk, item)


def test_explain_when_compared_with_the_decision_then_the_step_that_holds_is_its_rule():
    answers = set()
    for steps, decision in _walks(3000):
        deciding = [(step.rule, step.allows) for step in steps if step.decides]
        expected = [] if decision.rule == rules.DEFAULT_DENY else [(decision.rule, decision.allowed)]
        assert deciding == expected
        answers.add(decision.rule)

    assert answers == {*(rule.name for rule in rules.viewing(person_actor("a1"), NOW)), rules.DEFAULT_DENY}


def test_explain_when_a_rule_has_answered_then_nothing_behind_it_is_asked():
    for steps, _decision in _walks(500):
        asked = [step.held for step in steps]
        answered = asked.index(True) if True in asked else len(asked)
        assert asked[:answered] == [False] * answered
        assert set(asked[answered + 1 :]) <= {None}


def test_explain_when_the_excluded_or_walled_ask_then_the_walk_ends_before_the_audience():
    supervisor = person_actor("sup")
    assert supervisor.membership is MembershipClass.SUPERVISOR
    item = random_item(Random(1))

    last = [step.rule for step in rules.explain(rules.viewing(supervisor, NOW), item) if step.held is not None][-1]

    assert last in {"world", "channel", "wall"}
