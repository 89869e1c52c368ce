import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from noroshi.federation.domain import signatures
from noroshi.federation.domain.signatures import BadSignature

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CALL = {"method": "POST", "path": "/federation/v1/exchange", "body": b"{}"}


def signed(**other):
    return signatures.sign_request(KEY, **{**CALL, "now": NOW, "nonce": "0" * 32, **other})


def verify(headers, **other):
    said = signatures.read_request(headers)
    signatures.verify_request(said, headers, **{**CALL, "now": NOW, **other})
    return said


def test_signature_base_is_that_of_the_standard():
    """RFC 9421, section 2.5: verified here by its words, not by the code that made it."""
    headers = signed()
    digest = "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:"
    params = headers["Signature-Input"].removeprefix("noroshi=")
    base = (
        f'"@method": POST\n"@path": /federation/v1/exchange\n"content-digest": {digest}\n"@signature-params": {params}'
    )
    value = base64.b64decode(headers["Signature"].removeprefix("noroshi=:").removesuffix(":"))
    KEY.public_key().verify(value, base.encode())
    assert headers["Content-Digest"] == digest


@pytest.mark.parametrize(
    "other", [{"method": "GET"}, {"path": "/federation/v1/pair"}, {"body": b"{ }"}, {"now": NOW + timedelta(minutes=6)}]
)
def test_request_when_anything_is_another_then_it_is_refused(other):
    assert verify(signed()).key_id == KEY.public_key().public_bytes_raw().hex()
    with pytest.raises(BadSignature):
        verify(signed(), **other)


@pytest.mark.parametrize("name", ["Signature", "Signature-Input", "Content-Digest"])
@pytest.mark.parametrize("value", ["", "noroshi=:AAAA:", 'noroshi=("@method");created=1;nonce="";keyid=""'])
def test_request_when_a_header_is_wrong_then_it_is_refused(name, value):
    with pytest.raises(BadSignature):
        verify({**signed(), name: value})


def test_answer_answers_one_request_and_no_other():
    said = signatures.read_request(signed())
    answer = signatures.sign_answer(OTHER, status=200, body=b"[]", to=said, now=NOW, nonce="1" * 32)
    check = {"key_id": OTHER.public_key().public_bytes_raw().hex(), "status": 200, "body": b"[]", "now": NOW}
    signatures.verify_answer(answer, **check, to=said.value)
    for wrong in ({"to": signatures.read_request(signed(nonce="2" * 32)).value}, {"status": 201}, {"key_id": "0" * 64}):
        with pytest.raises(BadSignature):
            signatures.verify_answer(answer, **{**check, "to": said.value, **wrong})
