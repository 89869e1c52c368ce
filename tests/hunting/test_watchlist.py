"""What is watched for follows the signals, and what was read once is not read again."""

import pytest

from factories.lakes import EVIL_ADDRESS, event, fill_lake, share
from noroshi.hunting import queries
from noroshi.hunting.engine import Needle, key_files
from noroshi.sharing.actions import amend_signal, withdraw_signal


def domain(number):
    return Needle("domain", f"evil{number}-bank.example.com")


@pytest.fixture
def told(cast, drain):
    """Share one signal for each number that is given, and hunt for all."""

    def share_each(*numbers):
        signals = [share(cast.actor("i1"), f"{domain(number).value} です") for number in numbers]
        drain()
        return signals

    return share_each


def layers():
    return [{needle.value for needle in layer.hunts} for layer in queries.watchlist().layers]


def met(cast):
    return {needle.value for needle in queries.watchlist().met_since("bank_a", 0)}


def values(*numbers):
    return {domain(number).value for number in numbers}


def arrive(cast, *numbers):
    fill_lake(cast.bank_a, [event(host=domain(number).value) for number in numbers])


def test_a_signal_that_goes_out_is_a_layer_above_what_was_read(cast, told):
    told(1, 2, 3)
    first = queries.watchlist().layers[0]
    assert layers() == [values(1, 2, 3)]
    told(4)
    assert layers() == [values(1, 2, 3), values(4)]
    assert queries.watchlist().layers[0] is first
    arrive(cast, 1, 4, 5)
    assert met(cast) == values(1, 4)


def test_many_thin_layers_become_one(cast, told, monkeypatch):
    monkeypatch.setattr("noroshi.hunting.queries.watched.THIN", 2)
    told(1, 2, 3, 4, 5, 6)
    first = queries.watchlist().layers[0]
    for number in (7, 8):
        told(number)
        queries.watchlist()
    assert layers() == [values(1, 2, 3, 4, 5, 6), values(7), values(8)]
    told(9)
    assert layers() == [values(1, 2, 3, 4, 5, 6), values(7, 8, 9)]
    assert queries.watchlist().layers[0] is first
    arrive(cast, 1, 7, 9)
    assert met(cast) == values(1, 7, 9)


def test_layers_that_outgrow_the_first_are_laid_together(told):
    told(1)
    assert layers() == [values(1)]
    told(2, 3)
    assert layers() == [values(1, 2, 3)]
    for number in (4, 5, 6, 7):
        told(number)
        assert layers() == [values(1, 2, 3), *(values(each) for each in range(4, number + 1))]
    told(8)
    assert layers() == [values(*range(1, 9))]


def test_what_is_withdrawn_or_amended_is_not_asked_for_though_its_layer_stays(cast, told, drain):
    kept, withdrawn, amended, _other = told(1, 2, 3, 5)
    queries.watchlist()
    withdraw_signal(cast.actor("i1"), withdrawn, reason="resolved")
    amend_signal(cast.actor("i1"), amended, title="More", body=f"{domain(4).value} です", reason="another name")
    drain()
    arrive(cast, 1, 2, 3, 4)
    assert layers() == [values(1, 2, 3, 5), values(4)]
    assert met(cast) == values(1, 4)
    known = queries.watchlist()
    assert {len(known.hunts_for([domain(number)])) for number in (2, 3)} == {0}
    withdraw_signal(cast.actor("i1"), kept, reason="resolved")
    assert layers() == [values(4, 5)]  # most of the first is over: all is read anew


def test_keys_whose_file_is_gone_are_made_anew(cast, told, monkeypatch):
    monkeypatch.setattr(key_files, "FEW", 1)
    told(1, 2, 3)
    file = queries.watchlist().layers[0].keys.file
    assert file.is_file()
    arrive(cast, 1)
    file.unlink()
    assert met(cast) == values(1)
    assert file.is_file()


def test_a_signal_for_the_same_value_is_asked_beside_the_first(cast, told, drain):
    told(1, 2)
    queries.watchlist()
    share(cast.actor("b1"), f"{domain(1).value} と {EVIL_ADDRESS}")
    drain()
    known = queries.watchlist()
    assert [len(known.hunts_for([domain(number)])) for number in (1, 2)] == [2, 1]
