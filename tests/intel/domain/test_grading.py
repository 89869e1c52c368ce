import pytest

from noroshi.intel.domain.grading import Credibility, Grading, Reliability


@pytest.mark.parametrize(
    ("grading", "code", "given"),
    [
        (Grading(), "", False),
        (Grading(Reliability.USUALLY), "B", True),
        (Grading(None, Credibility.PROBABLY), "2", True),
        (Grading(Reliability.UNJUDGED, Credibility.UNJUDGED), "F6", True),
    ],
)
def test_a_grading_is_written_as_people_say_it(grading, code, given):
    assert (grading.code, bool(grading)) == (code, given)
