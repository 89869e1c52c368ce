"""HTTP Message Signatures (RFC 9421) in one fixed shape, with Ed25519 and the digest of RFC 9530.

A request is signed over method, path and digest of its body, with time and nonce; an answer over status, digest and
the signature of the request that it answers, so that it answers no other. Nothing but this shape is read.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SKEW: Final = timedelta(minutes=5)
"""How far the clocks of two installations may be apart."""

DIGEST: Final = "Content-Digest"
INPUT: Final = "Signature-Input"
SIGNATURE: Final = "Signature"

_REQUEST: Final = '("@method" "@path" "content-digest")'
_ANSWER: Final = '("@status" "signature";req;key="noroshi" "content-digest")'
_PARAMS: Final = re.compile(r'noroshi=(\(.{1,80}?\));created=(\d{1,12});nonce="([0-9a-f]{32})";keyid="([0-9a-f]{64})"')
_SIGNED: Final = re.compile(r"noroshi=:([A-Za-z0-9+/]{86}==):")


class BadSignature(ValueError):  # noqa: N818 - reads as the sentence it is
    """What was sent is not signed as it must be."""


@dataclass(frozen=True)
class Signed:
    """What a signature says besides the words: by which key (hex), when, and a number used once."""

    key_id: str
    created: datetime
    nonce: str
    value: str
    """The signature itself, in base64."""


def sign_request(
    key: Ed25519PrivateKey, *, method: str, path: str, body: bytes, now: datetime, nonce: str
) -> dict[str, str]:
    """Return the headers that sign a request. `nonce`: 32 hex digits, never used before."""
    return _headers(key, _REQUEST, _request_lines(method, path), body, now, nonce)


def sign_answer(
    key: Ed25519PrivateKey, *, status: int, body: bytes, to: Signed, now: datetime, nonce: str
) -> dict[str, str]:
    """Return the headers that sign the answer to the request signed by `to`."""
    return _headers(key, _ANSWER, _answer_lines(status, to.value), body, now, nonce)


def read_request(headers: Mapping[str, str]) -> Signed:
    """Return who claims to have signed a request; nothing is verified yet. Raise BadSignature."""
    return _read(headers, _REQUEST)


def read_answer(headers: Mapping[str, str]) -> Signed:
    """Return who claims to have signed an answer. Raise BadSignature."""
    return _read(headers, _ANSWER)


def verify_request(
    signed: Signed, headers: Mapping[str, str], *, method: str, path: str, body: bytes, now: datetime
) -> None:
    """Raise BadSignature unless the key that `signed` names signed this very request, about now."""
    _verify(signed, _request_lines(method, path), headers, body, now)


def verify_answer(headers: Mapping[str, str], *, key_id: str, status: int, body: bytes, to: str, now: datetime) -> None:
    """Raise BadSignature unless `key_id` signed this answer to the request with the signature `to` (base64)."""
    signed = _read(headers, _ANSWER)
    if signed.key_id != key_id:
        raise BadSignature("another key signed the answer")
    _verify(signed, _answer_lines(status, to), headers, body, now)


def value_of(headers: Mapping[str, str]) -> str:
    """Return the signature among headers that were just made."""
    return headers[SIGNATURE].removeprefix("noroshi=:").removesuffix(":")


def _request_lines(method: str, path: str) -> list[str]:
    return [f'"@method": {method}', f'"@path": {path}']


def _answer_lines(status: int, to: str) -> list[str]:
    return [f'"@status": {status}', f'"signature";req;key="noroshi": :{to}:']


def _headers(
    key: Ed25519PrivateKey, covered: str, lines: list[str], body: bytes, now: datetime, nonce: str
) -> dict[str, str]:
    key_id = key.public_key().public_bytes_raw().hex()
    params = f'{covered};created={int(now.timestamp())};nonce="{nonce}";keyid="{key_id}"'
    value = base64.b64encode(key.sign(_base(lines, _digest(body), params))).decode()
    return {DIGEST: _digest(body), INPUT: f"noroshi={params}", SIGNATURE: f"noroshi=:{value}:"}


def _read(headers: Mapping[str, str], covered: str) -> Signed:
    params = _PARAMS.fullmatch(headers.get(INPUT, ""))
    value = _SIGNED.fullmatch(headers.get(SIGNATURE, ""))
    if params is None or value is None or params[1] != covered:
        raise BadSignature("it is not signed in the form that this program reads")
    return Signed(params[4], datetime.fromtimestamp(int(params[2]), UTC), params[3], value[1])


def _verify(signed: Signed, lines: list[str], headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    if abs(now - signed.created) > SKEW:
        raise BadSignature("it was signed too long ago, or the clocks are apart")
    digest = _digest(body)
    if headers.get(DIGEST) != digest:
        raise BadSignature("the body is another than the one that was signed")
    params = headers[INPUT].removeprefix("noroshi=")
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed.key_id))
        key.verify(base64.b64decode(signed.value), _base(lines, digest, params))
    except (InvalidSignature, ValueError):
        raise BadSignature("the signature does not hold") from None


def _base(lines: list[str], digest: str, params: str) -> bytes:
    """The signature base (RFC 9421, section 2.5): each component on a line, in the order in which they are named."""
    return "\n".join([*lines, f'"content-digest": {digest}', f'"@signature-params": {params}']).encode()


def _digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
