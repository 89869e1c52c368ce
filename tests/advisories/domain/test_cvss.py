import pytest

from noroshi.advisories.domain.cvss import Scores, metrics_of, scores_of, severity_of


@pytest.mark.parametrize(
    ("vector", "scores"),
    [
        # from the examples of FIRST, and counted by hand
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", (9.8, 9.8, 9.8)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", (6.1, 6.1, 6.1)),
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", (6.4, 6.4, 6.4)),
        ("CVSS:3.1/AV:L/AC:L/PR:H/UI:R/S:U/C:H/I:H/A:H", (6.5, 6.5, 6.5)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", (0.0, 0.0, 0.0)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C", (9.8, 8.8, 8.8)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:L", (9.8, 9.8, 8.4)),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", (7.8, 7.8, 7.8)),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", (7.8, 6.4, 6.4)),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", (7.8, 6.4, 9.2)),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C", (10.0, 8.3, 8.3)),
        ("AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/TD:N", (6.2, 4.9, 0.0)),
    ],
)
def test_a_vector_comes_to_its_scores(vector, scores):
    assert scores_of(vector) == Scores(*scores)


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "CVSS:3.1/AV:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H",
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "AV:N/AC:L/Au:N/C:N/I:N",
        "AV:N/AC:L/Au:N/C:N/I:N/A:C/",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
    ],
)
def test_what_is_no_vector_comes_to_nothing(vector):
    assert (metrics_of(vector), scores_of(vector)) == (None, None)


def test_a_score_has_its_word():
    scores = (0, 0.1, 3.9, 4.0, 6.9, 7.0, 8.9, 9.0, 10)
    assert [severity_of(score) for score in scores] == [
        "NONE", "LOW", "LOW", "MEDIUM", "MEDIUM", "HIGH", "HIGH", "CRITICAL", "CRITICAL",
    ]  # fmt: skip
