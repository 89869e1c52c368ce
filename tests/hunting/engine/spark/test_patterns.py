"""Regular expressions for Java: what has no twin is refused. `test_rules` asks whether the others find the same."""

import pytest

from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason
from noroshi.hunting.engine.detections.starting_pack import pack_rules

pytest.importorskip("pyspark", reason="no Spark without pyspark")
from noroshi.hunting.engine.spark.patterns import java_pattern


@pytest.mark.parametrize(
    ("pattern", "java"),
    [
        ("a.b$", r"a.b\z"),
        (r"\d+?\.\w{2,}", r"[0-9]+?\x{2E}[0-9A-Za-z_]{2,}"),
        (r"(?i)[^\s/*(]", r"(?i)[^\t\n\f\r \x{2F}\x{2A}\x{28}]"),
        (r"[a-z&&[b]", r"[\x{61}-\x{7A}\x{26}\x{26}\x{5B}b]"),
        (r"[]x-]|[+--]", r"[\x{5D}x\x{2D}]|[\x{2B}-\x{2D}]"),
        (r"(?P<path>/\x2fa)(?i:b)", r"(\x{2F}\x{2F}a)(?i:b)"),
        ("x{,3}{", r"x\x{7B}\x{2C}3\x{7D}\x{7B}"),
        ("あİ", r"\x{3042}\x{10FFFE}"),
        (r"[À-ǿ\v]", r"[\x{C0}-\x{1FF}\x{10FFFE}\x{10FFFF}\x{B}]"),
        (r"[\W]", r"[\W]"),
    ],
)
def test_signs_are_written_as_java_means_them(pattern, java):
    assert java_pattern(pattern) == f"(?du){java}"


@pytest.mark.parametrize(
    ("pattern", "sign"),
    [
        ("(?m)^a", "(?m"),
        ("a(?=b)", "(?="),
        ("a++", "++"),
        (r"a\B", r"\B"),
        (r"\Z", r"\Z"),
        (r"(a)\1", r"\1"),
        (r"\pL", r"\p"),
        ("[[:alpha:]]", "[:"),
        (r"[a-\d]", r"\d"),
        (r"(?i)[\W_]", r"\W"),
        ("(?i)[À-ǿ]", "À-ǿ"),
        ("(?i)straße", "ß"),
        ("[", "["),
    ],
)
def test_a_sign_without_a_twin_is_refused_by_its_name(pattern, sign):
    with pytest.raises(RuleError) as refused:
        java_pattern(pattern)
    assert (refused.value.reason, refused.value.words["name"]) == (RuleReason.JAVA, sign)


def test_every_pattern_of_the_starting_pack_has_its_twin():
    values = [value for rule in pack_rules() for value in rule.episodes().values.values() if isinstance(value, str)]
    assert len([java_pattern(value) for value in values if value.startswith("(?i)")]) == 10
