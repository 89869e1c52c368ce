"""Our keys for peers: made for one pair each, encrypted in the database."""

import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from noroshi.federation.models import Peer
from noroshi.kit.sealing import opened, sealed

PURPOSE = "federation"


def fresh_key() -> tuple[str, str]:
    """Return a new private key, encrypted, and its public one in hex."""
    key = Ed25519PrivateKey.generate()
    return sealed(PURPOSE, key.private_bytes_raw()), key.public_key().public_bytes_raw().hex()


def key_of(peer: Peer) -> Ed25519PrivateKey:
    """Return our private key for a peer."""
    return Ed25519PrivateKey.from_private_bytes(opened(PURPOSE, peer.our_key))


def fresh_nonce() -> str:
    """Return a number to be used once."""
    return secrets.token_hex(16)
