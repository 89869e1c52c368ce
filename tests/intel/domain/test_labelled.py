import pytest

from noroshi.intel.domain.extract import extract


def labelled(text: str) -> list[tuple[str, str]]:
    return [(p.observable.value, p.quoted) for p in extract(text) if p.reason.startswith("labelled-")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"),
        ('"user_agent": "curl/8.5.0", "ip": "203.0.113.5"', "curl/8.5.0"),
        ("ユーザーエージェント：python-requests/2.31 を使用", "python-requests/2.31"),
        ("UA「sqlmap/1.8」", None),
        ("UA：「sqlmap/1.8」", "sqlmap/1.8"),
        ("User-Agent: curl/8.5.0, Host: evil.example", "curl/8.5.0"),
        ("quality: good", None),
        ("User-Agent を偽装", None),
    ],
)
def test_user_agent_when_labelled_is_read_to_the_end_of_its_value(text, value):
    assert [found for found, _ in labelled(text)] == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("口座番号 1234567", [("1234567", "1234567")]),
        ("口座番号：１２３４５６７", [("1234567", "１２３４５６７")]),
        ("○○支店（123）普通 7654321 に振込", [("123-7654321", "123）普通 7654321")]),
        ("支店番号123、口座番号は普通1234567です", [("123-1234567", "123、口座番号は普通1234567")]),
        ("記号 12345 番号 12345671", [("12345-12345671", "12345 番号 12345671")]),
        ("Account No. 12345678", [("12345678", "12345678")]),
        ("IBAN: GB82 WEST 1234 5698 7654 32", [("GB82WEST12345698765432", "GB82 WEST 1234 5698 7654 32")]),
        ("IBAN: GB83 WEST 1234 5698 7654 32", []),
        ("会員 1234567 名", []),
        ("口座番号 1234567件", []),
        ("口座番号 123456789012", []),
        ("電話 03-1234-5678", []),
    ],
)
def test_account_only_when_labelled_is_proposed(text, expected):
    assert labelled(text) == expected
