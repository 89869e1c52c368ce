"""What a text may not want to say: each kind is found in every width, and ordinary reports raise nothing."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain.extract import extract
from noroshi.sharing.domain.scan import Finding, FindingKind, Marks, is_iban, is_luhn, is_my_number, scan

MARKS = Marks(
    names=frozenset({"株式会社みなと銀行", "Minato Bank, Ltd.", "minato-bank", "MinatoNet"}),
    domains=frozenset({"minatobank.co.jp"}),
    ranges=(ipaddress.ip_network("203.0.113.0/24"), ipaddress.ip_network("2001:db8:7::/48")),
    staff=frozenset({"佐藤 花子", "Taro Yamashita", "林"}),
    members=frozenset({"南みなと銀行", "あおぞら信用金庫", "Aoi Insurance Co., Ltd."}),
)
REPORT = """11月20日10時30分、45.155.205.66 から hxxps://login.evil-bank[.]com/otp?id=4111111111111111 への誘導を確認。
同時刻に 185.220.101.4:8443 と 2a02:6b8::2:242 へ接続。検体 SHA256
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855、MD5 d41d8cd98f00b204e9800998ecf8427e。
ログ: 202611201030 1763602200000 CVE-2026-12345 バージョン 10.0.19045.3693 要求 ID 550e8400-e29b-41d4-a716-446655440000
2026-11-20 10:30:15.123456 +0900 pid=1234567 bytes=1234567890123456 0120-444-555 金額 1,234,567,890,123 円
被害は三行、件数 1234 5678、ポート 3389-4444、郵便番号 100-0005、User-Agent Mozilla/5.0 (Windows NT 10.0; Win64; x64)"""


def found(text, marks=MARKS):
    values = [proposal.observable for proposal in extract(text)]
    return [(finding.kind.value, finding.text) for finding in scan(text, marks, values)]


def test_scan_when_a_report_of_an_attack_is_written_then_nothing_is_found():
    assert found(REPORT) == []


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("当社みなと銀行では", "own_name", "みなと銀行"),
        ("ﾐﾅﾄNet と MINATONET", "own_name", "minatonet"),
        ("ＭＩＮＡＴＯ　ＢＡＮＫの顧客", "own_name", "minato bank"),
        ("みな\u200bと銀行", "own_name", "みなと銀行"),
        ("mx1.minatobank[.]co[.]jp から", "own_domain", "mx1.minatobank.co.jp"),
        ("連絡先 CSIRT@minatobank.co.jp", "own_domain", "csirt@minatobank.co.jp"),
        ("宛先は203[.]0.113.9です", "own_range", "203.0.113.9"),
        ("http://203.0.113.9:8080/x を確認", "own_range", "http://203.0.113.9:8080/x"),
        ("2001:db8:7:1::5 から", "own_range", "2001:db8:7:1::5"),
        ("担当の佐藤花子が", "own_staff", "佐藤花子"),
        ("佐藤　花子", "own_staff", "佐藤 花子"),
        ("by TARO YAMASHITA.", "own_staff", "taro yamashita"),
        ("あおぞら信用金庫でも", "member", "あおぞら信用金庫"),
        ("Aoi Insurance confirmed", "member", "aoi insurance"),
        ("被害者は taro@example.com です", "mail", "taro@example.com"),
        ("電話 03-1234-5678 まで", "phone", "03-1234-5678"),
        ("携帯０９０－１２３４－５６７８", "phone", "090-1234-5678"),
        ("携帯 09012345678 です", "phone", "09012345678"),
        ("+81-90-1234-5678", "phone", "+81-90-1234-5678"),
        ("個人番号 1234 5678 9018", "my_number", "1234 5678 9018"),
        ("普通 1234567 宛", "account", "普通 1234567"),
        ("支店番号 001 口座 1234567", "account", "支店番号 001 口座 1234567"),
        ("0005-123-7654321 へ", "account", "0005-123-7654321"),
        ("記号 14040 番号 1234567", "account", "記号 14040 番号 1234567"),
        ("カード 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("カード 3782 822463 10005", "card", "3782 822463 10005"),
        ("DE89 3704 0044 0532 0130 00", "iban", "de89 3704 0044 0532 0130 00"),
    ],
)
def test_scan_when_something_is_named_in_any_width_then_it_is_found_once(text, kind, shown):
    assert found(text) == [(kind, shown)]


@pytest.mark.parametrize(
    "text",
    [
        "港銀行ではない",
        "minatobankers and xminatonet",
        "notminatobank.co.jp.evil.example は偽",
        "minatobank.co.jp.evil-login.com",
        "203.0.114.9",
        "林業と森林",
        "1234 5678 9012",
        "4111 1111 1111 1112",
        "DE89 3704 0044 0532 0130 01",
        "user[@]evil",
        "1234-5678-9018-0000",
        "0570-012-345",
    ],
)
def test_scan_when_it_only_looks_alike_then_nothing_is_found(text):
    assert found(text) == []


def test_scan_when_one_name_lies_in_another_then_the_longer_one_is_meant():
    assert found("南みなと銀行から") == [("member", "南みなと銀行")]


def test_findings_when_they_name_the_own_house_then_they_reveal_the_author():
    revealing = {kind for kind in FindingKind if Finding(kind, "").reveals}
    assert revealing == {"own_name", "own_domain", "own_range", "own_staff"}


def to_full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([str.upper, str.lower, to_full_width, str.title]))
def test_own_name_when_it_stands_anywhere_in_any_form_then_it_is_found(before, after, form):
    text = f"{before}。{form('Minato Bank')}。{after}"
    assert FindingKind.OWN_NAME in {finding.kind for finding in scan(text, MARKS)}


@given(st.integers(min_value=10**10, max_value=10**11 - 1))
def test_my_number_when_eleven_digits_are_given_then_one_check_digit_fits_alone(number):
    fitting = [digit for digit in range(10) if is_my_number(f"{number}{digit}")]
    assert len(fitting) == 1 or (len(set(str(number))) == 1 and fitting == [])


@given(st.integers(min_value=10**14, max_value=10**15 - 1))
def test_luhn_when_fifteen_digits_are_given_then_one_check_digit_fits_alone(number):
    fitting = [digit for digit in range(10) if is_luhn(f"{number}{digit}")]
    assert len(fitting) == 1 or len(set(str(number))) == 1


@given(st.text("0123456789", min_size=18, max_size=18), st.integers(0, 17))
def test_iban_when_one_digit_is_another_then_it_is_none(account, place):
    digits = 98 - int(f"{account}131400") % 97
    good = f"DE{digits:02}{account}"
    wrong = account[:place] + str((int(account[place]) + 1) % 10) + account[place + 1 :]
    assert (is_iban(good), is_iban(f"DE{digits:02}{wrong}")) == (True, False)
