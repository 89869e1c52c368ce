"""Bundles: what an installation fetched, carried by hand to one that has no network, and signed by the first.

A bundle is a zip file: ``manifest.json``, ``manifest.sig`` (Ed25519 over the manifest's bytes, RFC 8032, in hex) and,
by the SHA-256 that the manifest names, the bytes of each answer as they came. Whoever trusts the key trusts the
manifest, and by its digests the rest.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT: Final = "noroshi advisories bundle 1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
LARGEST_MANIFEST: Final = 32 * 1024 * 1024
LARGEST_PART: Final = 4 * 1024**3
_KEY_BYTES: Final = 32


class NoBundle(ValueError):  # noqa: N818 - reads as the sentence it is
    """The file is no bundle, or not one of somebody who is trusted."""


class Untrusted(NoBundle):
    """None of the trusted keys signed it."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer: of which source, when and from where it came, and by which digest (SHA-256, hex) it lies there."""

    source: str
    kind: str
    at: datetime
    address: str
    content_type: str
    digest: str
    size: int
    url: str = ""
    zone: str = "UTC"
    language: str = ""
    selector: str = ""
    terms: str = ""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a bundle holds, in the order in which it came."""

    format: str
    made_at: datetime
    made_by: str
    parts: list[Part]


def member_of(digest: str) -> str:
    """Return where in the zip the bytes of a digest lie."""
    return f"answers/{digest}"


def written(manifest: Manifest) -> bytes:
    """Return a manifest as it is signed."""
    return msgspec.json.encode(manifest)


def signer_of(body: bytes, signature: bytes, keys: Collection[str]) -> str:
    """Return which of the public keys (hex) signed these bytes. Raises Untrusted where none of them did."""
    for key in keys:
        try:
            raw = bytes.fromhex(key)
            if len(raw) == _KEY_BYTES:
                Ed25519PublicKey.from_public_bytes(raw).verify(bytes.fromhex(signature.decode("ascii")), body)
                return key
        except (InvalidSignature, ValueError):
            continue
    raise Untrusted("it is not signed by a key that is trusted here")


def read(body: bytes) -> Manifest:
    """Return the manifest that these bytes are. Raises NoBundle."""
    try:
        manifest = msgspec.json.decode(body, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NoBundle(f"its manifest cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise NoBundle(f"its format is {manifest.format[:60]!r}, not {FORMAT!r}")
    return manifest
