from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.pseudonyms import NAMES, names_in

KEY = b"k" * 32
PEOPLE = st.lists(st.uuids(), unique=True, max_size=90)
FEW = 40


@given(st.uuids(), PEOPLE)
def test_names_when_many_speak_in_a_thread_then_nobody_shares_one(thread, people):
    names = names_in(KEY, thread, people)
    assert list(names) == people
    assert len(set(names.values())) == len(people)


@given(st.uuids(), PEOPLE, st.integers(0, 90))
def test_names_when_more_people_join_then_those_before_keep_theirs(thread, people, cut):
    before = names_in(KEY, thread, people[:cut])
    after = names_in(KEY, thread, people)
    assert {person: after[person] for person in before} == before


@given(st.uuids(), st.uuids(), st.integers(1, 5))
def test_name_when_somebody_speaks_again_then_it_is_the_same(thread, person, times):
    assert names_in(KEY, thread, [person] * times) == names_in(KEY, thread, [person])


def test_names_when_one_person_speaks_in_many_threads_then_they_are_spread_as_those_of_many_people():
    person = UUID(int=7)
    names = [names_in(KEY, UUID(int=number), [person])[person] for number in range(1, 781)]
    assert {names.count(name) for name in NAMES} <= set(range(1, FEW))  # ten each on average: no thread tells another


def test_name_when_the_key_differs_then_it_cannot_be_foretold():
    threads = [UUID(int=number) for number in range(1, 201)]
    person = UUID(int=7)
    same = [names_in(KEY, thread, [person]) == names_in(b"other", thread, [person]) for thread in threads]
    assert sum(same) < FEW


def test_names_when_listed_then_each_stands_once_in_both_languages():
    assert len({name.japanese for name in NAMES}) == len({name.english for name in NAMES}) == len(NAMES)
