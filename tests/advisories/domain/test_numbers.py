"""Many numbers in little memory: what is in, is in, and nothing else."""

from random import Random

from noroshi.advisories.domain import numbers
from noroshi.advisories.domain.numbers import Numbers, Pairs

EDGES = [-(2**63), -1, 0, 1, 2**63 - 1]


def test_what_was_taken_in_is_there_and_nothing_else(monkeypatch):
    monkeypatch.setattr(numbers, "RUN", 7)
    chance = Random(1)
    some = [*EDGES, *(chance.randrange(-(2**63), 2**63) for _ in range(100))]
    held = Numbers()
    for number in some:
        assert number not in held
        held.add(number)
    assert all(number in held for number in some)
    assert not any(number + 1 in held for number in some if number + 1 not in some and number < 2**63 - 1)


def test_a_number_is_found_by_its_own_and_by_no_other():
    pairs = Pairs((number, place) for place, number in enumerate(sorted(EDGES)))
    assert [pairs.get(number) for number in sorted(EDGES)] == [0, 1, 2, 3, 4]
    assert [pairs.get(2), Pairs().get(0)] == [None, None]
