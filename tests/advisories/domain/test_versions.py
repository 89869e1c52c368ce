"""Keys have the order of the versions: held against the rules of each scheme, written down once more and plainly."""

import json
import re
from itertools import pairwise, zip_longest

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from packaging.version import Version

from noroshi.advisories.domain.affected import Scheme
from noroshi.advisories.domain.versions import ENCODERS, LONGEST, compare, end_of_series, key

RISING = {
    Scheme.SEMVER: "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 "
    "1.0.1 1.2 1.10.0 2",
    Scheme.GENERIC: "0.9 1.0-dev1 1.0-alpha1 1.0b2 1.0-rc1 1.0 1.0a 1.0p1 1.0.1 1.9 1.10 2.8.123 2.8.123e 2.8.124 "
    "2019.1 2019.10",
    Scheme.PYTHON: "1.0.dev1 1.0a1.dev1 1.0a1 1.0a1.post1 1.0b2 1.0rc1 1.0 1.0+abc 1.0+abc.1 1.0+1 1.0.post1.dev1 "
    "1.0.post1 1.0.1 1.10 2 1!0.1",
    Scheme.MAVEN: "1.0-alpha-1 1.0-beta-1 1.0-milestone-1 1.0-rc-1 1.0-SNAPSHOT 1.0 1.0-sp 1.0-whatever 1.0.1 1.2 1.10",
    Scheme.RPM: "1.a-1 1.0~rc1-1 1.0-1 1.0-1.el8 1.0-2 1.0^git1-1 1.0.1-1 1.1-1 1.10-1 1:0.1-1",
    Scheme.DEB: "1.0~rc1 1.0 1.0-1 1.0-1ubuntu1 1.0-1+b1 1.0-2 1.0a 1.0+dfsg 1.1 1.10 1:0.1",
    Scheme.OPENSSL: "1.0.2-beta1 1.0.2-pre1 1.0.2-pre2 1.0.2 1.0.2a 1.0.2z 1.0.2za 1.0.2zb 1.1.0 1.10.0 3.0.0",
}


@pytest.mark.parametrize("scheme", RISING)
def test_each_version_comes_before_the_next(scheme):
    versions = RISING[scheme].split()
    assert [(one, other) for one, other in pairwise(versions) if compare(scheme, one, other) != -1] == []


@pytest.mark.parametrize(
    ("scheme", "same"),
    [
        (Scheme.SEMVER, "v1.2 1.2.0 1.2.0+build.5"),
        (Scheme.GENERIC, "1.2 v1.2 1.2.0 1-2 1_2.0.0 01.02"),
        (Scheme.GENERIC, "1.0rc1 1-RC1 1.0.0-rc.1 1cr1"),
        (Scheme.PYTHON, "1.0 1 1.0.0 v1.0"),
        (Scheme.MAVEN, "1.0 1 1.0-ga 1.0.Final 1-release"),
        (Scheme.MAVEN, "1.0-rc1 1.0-cr1 1-rc-1"),
        (Scheme.RPM, "1.0-1 0:1.0-1 1.00-01"),
        (Scheme.DEB, "1.0 0:1.0 1.0-0 1.00"),
    ],
)
def test_what_is_one_version_has_one_key(scheme, same):
    assert len({key(scheme, version) for version in same.split()}) == 1


@pytest.mark.parametrize(
    ("scheme", "version"),
    [
        (Scheme.SEMVER, "1.2.3.4"),
        (Scheme.SEMVER, "1.0 SP2"),
        (Scheme.GENERIC, "all versions"),
        (Scheme.GENERIC, "< 2.0"),
        (Scheme.GENERIC, "1" * (LONGEST + 1)),
        (Scheme.PYTHON, "1.0-x!"),
        (Scheme.OPENSSL, "1.0"),
        (Scheme.DEB, "1.0 1"),
        (Scheme.RPM, "1 0"),
        (Scheme.OPAQUE, "1.0"),
        (Scheme.GENERIC, " "),
    ],
)
def test_what_a_scheme_cannot_read_has_no_key(scheme, version):
    assert key(scheme, version) is None
    assert compare(scheme, version, "1.0.0") is None


@given(st.sampled_from(list(ENCODERS)), st.text(max_size=30))
def test_whatever_is_written_has_a_key_or_none(scheme, text):
    found = key(scheme, text)
    assert found is None or isinstance(found, bytes)


def sign(value) -> int:
    return (value > 0) - (value < 0)


def semver_order(one: str, other: str) -> int:
    """Section 11, word by word."""
    (left, _, before_left), (right, _, before_right) = (text.partition("-") for text in (one, other))
    numbers = [tuple(map(int, text.split("."))) for text in (left, right)]
    if numbers[0] != numbers[1]:
        return sign((numbers[0] > numbers[1]) - (numbers[0] < numbers[1]))
    if not (before_left and before_right):
        return sign(bool(before_right) - bool(before_left))
    for a, b in zip_longest(before_left.split("."), before_right.split(".")):
        if a == b:
            continue
        if a is None or b is None:
            return -1 if a is None else 1
        if a.isdigit() and b.isdigit():
            return sign(int(a) - int(b))
        if a.isdigit() or b.isdigit():
            return -1 if a.isdigit() else 1
        return -1 if a < b else 1
    return 0


def debian_weight(letter: str) -> int:
    return -1 if letter == "~" else 0 if not letter else ord(letter) if letter.isalpha() else ord(letter) + 256


def debian_order(one: str, other: str) -> int:
    """Policy 5.6.12, of upstream versions alone: no epoch, no revision."""
    while one or other:
        (left, one), (right, other) = (re.match(r"(\D*)(.*)", text).groups() for text in (one, other))
        for a, b in zip_longest(left, right, fillvalue=""):
            if debian_weight(a) != debian_weight(b):
                return sign(debian_weight(a) - debian_weight(b))
        (left, one), (right, other) = (re.match(r"(\d*)(.*)", text).groups() for text in (one, other))
        if int(left or 0) != int(right or 0):
            return sign(int(left or 0) - int(right or 0))
    return 0


def rpm_weight(part: str | None) -> tuple[int, int, str]:
    """A tilde, the end, a caret, letters, a number."""
    if part is None or part in "~^":
        return {"~": 0, None: 1, "^": 2}[part], 0, ""
    return (4, int(part), "") if part.isdigit() else (3, 0, part)


def rpm_order(one: str, other: str) -> int:
    """rpmvercmp, of versions alone."""
    left, right = (re.findall(r"\d+|[a-zA-Z]+|~|\^", text) for text in (one, other))
    for a, b in zip_longest(left, right):
        if rpm_weight(a) != rpm_weight(b):
            return -1 if rpm_weight(a) < rpm_weight(b) else 1
    return 0


numbers = st.integers(0, 12).map(str)
semvers = st.builds(
    lambda release, before: ".".join(release) + ("-" + ".".join(before) if before else ""),
    st.tuples(numbers, numbers, numbers),
    st.lists(numbers | st.sampled_from(["alpha", "rc", "a1"]), max_size=3),
)
signs = st.text(st.sampled_from("01289ab~.+"), min_size=1, max_size=8).map(lambda text: "1" + text)
rpms = st.text(st.sampled_from("0129ab~^."), min_size=1, max_size=8).map(lambda text: "1" + text)
pythons = st.builds(
    "{}{}{}{}".format,
    st.lists(numbers, min_size=1, max_size=3).map(".".join),
    st.sampled_from(["", "a1", "b2", "rc1", "rc11"]),
    st.sampled_from(["", ".post1", ".post10"]),
    st.sampled_from(["", ".dev1", "+abc", "+1", "+1.a"]),
)


@given(semvers, semvers)
def test_semantic_versions_have_the_order_of_the_standard(one, other):
    assert compare(Scheme.SEMVER, one, other) == semver_order(one, other)


@given(signs, signs)
def test_debian_versions_have_the_order_of_the_policy(one, other):
    assert compare(Scheme.DEB, one, other) == debian_order(one, other)


@given(rpms, rpms)
def test_rpm_versions_have_the_order_of_rpm(one, other):
    assert compare(Scheme.RPM, one, other) == rpm_order(one, other)


@given(pythons, pythons)
def test_python_versions_have_the_order_of_their_installer(one, other):
    left, right = Version(one), Version(other)
    assert compare(Scheme.PYTHON, one, other) == (left > right) - (left < right)


@given(st.lists(numbers, min_size=1, max_size=4), st.lists(numbers, min_size=1, max_size=4))
def test_the_end_of_a_series_is_behind_all_of_it_and_before_the_next(series, version):
    text, beginning = ".".join(version), version[: len(series)]
    assume(len(version) >= len(series))
    inside = beginning == series
    found = key(Scheme.GENERIC, text) < end_of_series(".".join(series) + ".*")
    earlier = list(map(int, beginning)) <= list(map(int, series))
    assert found is (inside or earlier)


@pytest.mark.parametrize("text", ["x.*", "1.x.*", ".*", "*"])
def test_what_is_no_series_has_no_end(text):
    assert end_of_series(text) is None


def test_the_collected_versions_of_openssl(shared_data):
    wrong = []
    for case in json.loads((shared_data / "advisories/versions/openssl_version_cmp.json").read_text()):
        one, other = case["input"]["versions"]
        found = compare(Scheme.OPENSSL, one, other)
        order = [one, other] if found in (-1, 0) else [other, one]
        if (found == 0 if case["test_type"] == "equality" else order) != case["expected_output"]:
            wrong.append(case)
    assert wrong == []
