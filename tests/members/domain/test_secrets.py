from noroshi.members.domain import scopes, secrets
from noroshi.members.wording import SCOPES


def test_token_is_marked_long_and_never_the_same():
    first, second = secrets.new_token(), secrets.new_token()
    assert first.startswith("nrs_")
    assert len(first) == 4 + 43
    assert first != second


def test_digest_is_sha256_in_hex():
    assert secrets.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_unknown_scopes_are_named_in_their_order():
    assert scopes.unknown(["b", "signals.read", "a"]) == ["b", "a"]


def test_every_scope_has_words():
    assert [value for value, _ in SCOPES] == [scope.value for scope in scopes.Scope]
