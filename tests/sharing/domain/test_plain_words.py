"""What somebody without technical staff has to do: something for every kind, and never what its author forbids."""

from itertools import product

import pytest

from noroshi.sharing.domain.handling import Caveat, Handling, Pap
from noroshi.sharing.domain.plain_words import Haste, Step, haste_of, numbered, steps_for
from noroshi.sharing.models import Kind, Target

FREE = Handling()


@pytest.mark.parametrize(("kind", "target"), list(product(Kind.values, Target.values)))
def test_every_kind_and_target_has_something_to_do_and_a_date(kind, target):
    steps = steps_for(kind, target, FREE)
    assert len(set(steps)) == len(steps) > 0
    assert (haste_of(kind) is Haste.NONE) is (steps in [(Step.READ,), (Step.ANSWER,)])


def test_customers_are_helped_and_own_computers_unplugged():
    assert Step.UNPLUG in steps_for("phishing", "own_system", FREE)
    assert Step.UNPLUG not in steps_for("phishing", "customer", FREE)
    assert Step.HELP_CUSTOMERS in steps_for("phishing", "customer", FREE)


def test_what_the_author_forbids_stands_last():
    handling = Handling(Pap.AMBER, frozenset({Caveat.NO_CONTACT, Caveat.NO_SUBMISSION, Caveat.PROTECTION}))
    assert steps_for("news", "customer", handling) == (
        Step.READ,
        Step.NO_BLOCKING,
        Step.NO_CONTACT,
        Step.NO_SUBMISSION,
    )


def test_steps_are_numbered():
    assert numbered(["one", "two"]) == "1. one\n2. two"
