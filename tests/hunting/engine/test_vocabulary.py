"""Each product's word becomes the lake's own, and no text stops it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine import vocabulary
from noroshi.hunting.engine.schema import EventClass


@pytest.mark.parametrize(
    ("read", "raw", "found"),
    [
        (vocabulary.event_class, "Authentication", "auth"),
        (vocabulary.event_class, "intrusion_detection", "alert"),
        (vocabulary.event_class, "4003", "dns"),
        (vocabulary.event_class, "HTTP Activity", "web"),
        (vocabulary.event_class, "振込", "transfer"),
        (vocabulary.event_class, "weather", None),
        (vocabulary.outcome, "成功", "success"),
        (vocabulary.outcome, "Accepted password", "success"),
        (vocabulary.outcome, "true", "success"),
        (vocabulary.outcome, "Unsuccessful", "failure"),
        (vocabulary.outcome, "認証失敗", "failure"),
        (vocabulary.outcome, "AccessDenied", "failure"),
        (vocabulary.outcome, "NG", "failure"),
        (vocabulary.outcome, "pending", "pending"),
        (vocabulary.outcome, "-", None),
        (vocabulary.dns_rcode, "nxdomain", "NXDOMAIN"),
        (vocabulary.dns_rcode, "3", "NXDOMAIN"),
        (vocabulary.dns_rcode, "99", None),
        (vocabulary.currency, " jpy", "JPY"),
        (vocabulary.currency, "円", None),
        (vocabulary.amount_band, "0", 0),
        (vocabulary.amount_band, "0.99", 0),
        (vocabulary.amount_band, "１，２３４，５６７円", 1_000_000),
        (vocabulary.amount_band, "¥-4,999.50", 2_000),
        (vocabulary.amount_band, "5000", 5_000),
        (vocabulary.amount_band, "1e999999", vocabulary.MAX_AMOUNT),
        (vocabulary.amount_band, "NaN", None),
        (vocabulary.amount_band, "much", None),
        (vocabulary.country, "jp", "JP"),
        (vocabulary.country, "日本", "日本"),
        (vocabulary.ja3, "E7D705A3286E19EA42F587B344EE6865", "e7d705a3286e19ea42f587b344ee6865"),
        (vocabulary.ja3, "e7d7", None),
        (vocabulary.ja4, "t13d1516h2_8daaf6152771_02713d6af862", "t13d1516h2_8daaf6152771_02713d6af862"),
        (vocabulary.ja4, "t13d1516h2", None),
    ],
)
def test_word_of_a_log_becomes_the_lakes_own(read, raw, found):
    assert read(raw) == found


@given(st.decimals(min_value=0, max_value=10**14, allow_nan=False))
def test_band_of_an_amount_lies_below_it_by_less_than_a_factor_of_three(amount):
    band = vocabulary.amount_band(str(amount))
    assert band <= amount
    assert amount < max(1, Decimal("2.5") * band)


@given(st.text())
def test_no_text_stops_a_word(raw):
    assert vocabulary.event_class(raw) in {None, *EventClass}
    for read in (
        vocabulary.outcome,
        vocabulary.dns_rcode,
        vocabulary.currency,
        vocabulary.amount_band,
        vocabulary.country,
        vocabulary.ja3,
        vocabulary.ja4,
        vocabulary.class_of_action,
    ):
        read(raw)
