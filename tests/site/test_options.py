import pytest

from noroshi.site.options import OptionError, read_options


def test_limits_are_two_numbers():
    assert read_options({})["READING_LIMITS"] == (500, 3000)
    assert read_options({"NOROSHI_READING_LIMITS": " 5, 5"})["READING_LIMITS"] == (5, 5)


@pytest.mark.parametrize("text", ["", "300", "300,", ",300", "0,5", "-1,5", "5,4", "5,x", "1,2,3", "１,２"])
def test_limits_that_mean_nothing_stop_the_start(text):
    with pytest.raises(OptionError, match="NOROSHI_READING_LIMITS"):
        read_options({"NOROSHI_READING_LIMITS": text})
