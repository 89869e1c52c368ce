import base64

import pytest

from noroshi.advisories.domain.openpgp import fault_in, fingerprint, unarmoured

PRIMARY, PART = "A" * 40, "B" * 40
VALID = f"[GNUPG:] VALIDSIG {PART} 2026-11-01 1793491200 0 4 0 22 8 00 {PRIMARY}\n"


def armoured(body, kind="SIGNATURE", *, headers="", crc="=AAAA\n"):
    text = base64.encodebytes(body).decode()
    return f"-----BEGIN PGP {kind}-----\n{headers}\n{text}{crc}-----END PGP {kind}-----\n".encode()


@pytest.mark.parametrize(
    ("body", "packets"),
    [
        (armoured(b"\x88abc"), b"\x88abc"),
        (armoured(b"x" * 500, headers="Version: 1\nComment: a b\n"), b"x" * 500),
        (armoured(b"abc", crc=""), b"abc"),
        (armoured(b"abc", "PUBLIC KEY BLOCK") + armoured(b"def", "PUBLIC KEY BLOCK"), b"abcdef"),
        (armoured(b"abc").replace(b"\n", b"\r\n"), b"abc"),
        (b"\x88raw", b"\x88raw"),
        (b"-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----", b""),
        (b"-----BEGIN PGP SIGNATURE-----\n\nA\n-----END PGP SIGNATURE-----", b""),
        (b"-----BEGIN", b""),
        (b"", b""),
    ],
)
def test_armour_is_taken_off(body, packets):
    assert unarmoured(body) == packets


@pytest.mark.parametrize(
    ("status", "known", "fault"),
    [
        (f"[GNUPG:] GOODSIG X\n{VALID}", {PRIMARY}, ""),
        (f"[GNUPG:] GOODSIG X\n{VALID}", {PART}, ""),
        (f"[GNUPG:] GOODSIG X\n{VALID}", (), ""),
        (f"[GNUPG:] EXPKEYSIG X\n{VALID}", {PRIMARY}, ""),
        (VALID, {"C" * 40}, "the signature is by a key that the provider does not name"),
        ("[GNUPG:] BADSIG X y", {PRIMARY}, "the signature is of something else"),
        (f"[GNUPG:] REVKEYSIG X\n{VALID}", {PRIMARY}, "the signature is by a key that was revoked"),
        (f"[GNUPG:] EXPSIG X\n{VALID}", {PRIMARY}, "the signature has expired"),
        ("[GNUPG:] ERRSIG X 1\n[GNUPG:] NO_PUBKEY X", (), "the signature is by a key that the provider does not name"),
        ("[GNUPG:] ERRSIG X 1", (), "the signature cannot be checked"),
        (f"{VALID}[GNUPG:] BADSIG X", {PRIMARY}, "the signature is of something else"),
        ("", {PRIMARY}, "it is no signature"),
        ("gpgv: [GNUPG:] VALIDSIG", (), "it is no signature"),
    ],
)
def test_a_signature_is_good_only_by_what_is_said_so(status, known, fault):
    assert fault_in(status, known) == fault


def test_a_fingerprint_is_known_in_any_spelling():
    assert fingerprint(" ".join(["abcd"] * 10)) == "ABCD" * 10
    assert [fingerprint(said) for said in ("", "abcd", "g" * 40, "a" * 41)] == [""] * 4
