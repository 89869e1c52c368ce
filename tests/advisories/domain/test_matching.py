import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status
from noroshi.advisories.domain.matching import (
    Answer,
    Component,
    Confidence,
    identity,
    judge,
    of_version,
    package_of,
    product_of,
)
from noroshi.advisories.domain.readers import cve5
from noroshi.advisories.domain.records import ClaimKind

WORDS = {"affected": Answer.AFFECTED, "unaffected": Answer.NOT_AFFECTED, "unknown": Answer.UNKNOWN}
THING = Product("Maker", "Thing")


def said(*ranges, scheme=Scheme.SEMVER, otherwise=Status.UNKNOWN, text="", product=THING):
    return Affected(product, ranges, scheme, otherwise, text)


def answer(affected, version):
    verdict = of_version(affected, version)
    return verdict.answer, verdict.confidence


def test_the_collected_cases_of_the_schema(shared_data):
    cases = json.loads((shared_data / "advisories/synthetic/vectors/cve5_status.json").read_text())
    found = []
    for case in cases:
        block = {"product": "thing", **case["affected"]}
        containers = {"cna": {"affected": [block]}}
        body = json.dumps({"cveMetadata": {"cveId": "CVE-2099-0001"}, "containers": containers}).encode()
        (claim,) = (each for each in cve5.read_one(body).claims if each.kind is ClaimKind.AFFECTED)
        found.append(of_version(Affected.read(claim.value), case["version"]).answer)
    assert found == [WORDS[case["expect"]] for case in cases]
    assert len(found) == 37


@pytest.mark.parametrize(
    ("affected", "version", "found"),
    [
        (said(Range("1.0.0", "2.0.0")), "1.5.0", (Answer.AFFECTED, Confidence.RANGED)),
        (said(Range("1.0.0", "2.0.0")), "2.0.0", (Answer.UNKNOWN, Confidence.NAME_ONLY)),
        (said(Range("1.0.0", "2.0.0"), otherwise=Status.UNAFFECTED), "2.0.0", (Answer.NOT_AFFECTED, Confidence.RANGED)),
        (said(Range("1.0.0", "1.0.0", high_included=True)), "v1.0.0", (Answer.AFFECTED, Confidence.EXACT)),
        (said(Range("1.0", "2.0", status=Status.FIXED)), "1.1", (Answer.FIXED, Confidence.RANGED)),
        (said(Range("1.0", "2.0", low_included=False)), "1.0", (Answer.UNKNOWN, Confidence.NAME_ONLY)),
        (said(Range("1.0", "2.0"), scheme=Scheme.GENERIC), "1.1", (Answer.AFFECTED, Confidence.RANGED)),
        (said(Range("1.0", "2.0"), scheme=Scheme.GENERIC), "1.1-p3", (Answer.AFFECTED, Confidence.HEURISTIC)),
        (said(Range("1.0", "2.0")), "1.1.2.3-x_y", (Answer.AFFECTED, Confidence.HEURISTIC)),
        (said(Range("abc", "def"), scheme=Scheme.OPAQUE), "abd", (Answer.UNKNOWN, Confidence.NAME_ONLY)),
        (
            said(Range("abc", "abc", high_included=True), scheme=Scheme.OPAQUE),
            "abc",
            (Answer.AFFECTED, Confidence.EXACT),
        ),
        (said(Range("1.0", "2.0")), "", (Answer.UNKNOWN, Confidence.NAME_ONLY)),
        (said(Range("1.0", "2.0")), "latest", (Answer.UNKNOWN, Confidence.NAME_ONLY)),
        (said(text="Before v2.24.1", otherwise=Status.UNAFFECTED), "1.0", (Answer.UNKNOWN, Confidence.NAME_ONLY)),
        (said(Range()), "anything at all", (Answer.AFFECTED, Confidence.RANGED)),
        (said(otherwise=Status.AFFECTED), "1.0", (Answer.AFFECTED, Confidence.NAME_ONLY)),
    ],
)
def test_a_version_is_judged_by_what_can_be_compared(affected, version, found):
    assert answer(affected, version) == found


def test_a_range_that_cannot_be_compared_takes_the_answer_of_those_behind_it():
    opaque = Range("release one", "release two", status=Status.UNAFFECTED)
    assert answer(said(opaque, Range("1.0", "2.0")), "1.1") == (Answer.UNKNOWN, Confidence.NAME_ONLY)
    assert answer(said(Range("1.0", "2.0"), opaque), "1.1") == (Answer.AFFECTED, Confidence.RANGED)


@pytest.mark.parametrize(
    ("component", "product", "sure"),
    [
        (Component("thing", vendor="MAKER, Inc."), THING, True),
        (Component("Ｔｈｉｎｇ", vendor="株式会社Maker"), THING, True),
        (Component("thing"), THING, False),
        (Component("thing", vendor="Other"), THING, None),
        (Component("other", vendor="Maker"), THING, None),
        (Component("x", cpe="cpe:2.3:a:maker:thing:1.0:*:*:*:*:*:*:*"), THING, True),
        (Component("x", cpe="cpe:/a:maker:thing:1.0"), Product(cpe="cpe:2.3:a:maker:thing:*:*:*:*:*:*:*:*"), True),
        (Component("x", purl="pkg:pypi/Some_Thing@1.0"), Product(purl="pkg:pypi/some-thing"), True),
        (Component("x", purl="pkg:npm/%40scope/thing@1.0?a=b"), Product(purl="pkg:npm/@scope/thing"), True),
        (Component("x", purl="pkg:npm/thing@1.0"), Product(purl="pkg:pypi/thing"), None),
        (Component(""), Product(), None),
        (Component("n/a", vendor="n/a"), Product("n/a", "n/a"), None),
    ],
)
def test_a_product_is_known_by_package_by_cpe_by_vendor_and_name_or_uncertainly_by_name(component, product, sure):
    link = identity(component, product)
    assert (None if link is None else link.is_sure) is sure


def test_what_is_known_by_its_name_alone_opens_no_task():
    affected = said(Range("1.0.0", "2.0.0"))
    sure, unsure = judge(Component("Thing", "1.1.0", "Maker"), affected), judge(Component("Thing", "1.1.0"), affected)
    assert (sure.confidence, sure.opens_task) == (Confidence.RANGED, True)
    assert (unsure.confidence, unsure.opens_task) == (Confidence.HEURISTIC, False)
    assert sure.rule == "product maker/thing; >= 1.0.0 < 2.0.0: affected"
    assert judge(Component("Other", "1.1.0", "Maker"), affected) is None


@pytest.mark.parametrize(
    ("cpe", "names"),
    [
        ("cpe:2.3:a:acme\\:co:my\\-app:1:*", ("acme_co", "my_app")),
        ("cpe:/a:acme%2ecom:app", ("acme_com", "app")),
        ("cpe:2.3:a", None),
        ("cpe:/a:acme", None),
        ("nonsense", None),
    ],
)
def test_cpe_names_are_read_in_both_forms(cpe, names):
    assert product_of(cpe) == names


@given(st.text(max_size=40))
def test_whatever_is_written_is_a_name_or_none(text):
    product_of(f"cpe:/{text}")
    product_of(f"cpe:2.3:{text}")
    package_of(f"pkg:{text}")


ends = st.sampled_from(["", "1.0", "1.5", "2.0", "2.*", "x y", "1.0-rc1"])
ranges = st.builds(Range, ends, ends, st.booleans(), st.booleans(), st.sampled_from(Status))
affecteds = st.builds(
    Affected,
    st.just(THING),
    st.lists(ranges, max_size=3).map(tuple),
    st.sampled_from(Scheme),
    st.sampled_from(Status),
    st.sampled_from(["", "words"]),
)


@given(affecteds, st.sampled_from(["1.0", "1.0.0", "1.7", "2.0", "2.9", "3", "x y", ""]))
def test_nobody_is_called_safe_because_something_could_not_be_compared(affected, version):
    verdict = of_version(affected, version)
    if verdict.answer is Answer.NOT_AFFECTED:
        said_so = [each for each in affected.ranges if each.status is Status.UNAFFECTED]
        assert said_so or (affected.otherwise is Status.UNAFFECTED and not affected.text)
