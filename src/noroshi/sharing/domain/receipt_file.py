"""A receipt as a file: what the ledger has of one signal and who got it, signed, for whoever has no access to it.

It is JSON with sorted keys. `signature` is Ed25519 over the canonical JSON of everything else; `public_key`, in it,
says by whom. In a file for an auditor every entry also has its place in the ledger's chain, so that its link can be
computed again. A file for an author has the digests alone: numbers of a ledger would tell how much others do.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT: Final = "noroshi-receipt/1"
LARGEST: Final = 50_000_000
PARTS: Final = frozenset(
    {"format", "made_at", "made_for", "public_key", "signal", "could_see", "did_see", "entries", "head", "signature"}
)
_CHAINED: Final = frozenset({"position", "previous", "digest"})

Json = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """Whether a file is what an installation signed; `reason` says why not, `public_key` whose it is."""

    holds: bool
    reason: str = ""
    public_key: str = ""
    reference: str = ""
    entries: int = 0


class NoReceipt(ValueError):  # noqa: N818 - reads as what it says
    """The bytes are no receipt at all."""


def sign(content: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """Return the file of `content`, signed."""
    public = key.public_key().public_bytes_raw().hex()
    body = {**content, "format": FORMAT, "public_key": public}
    whole = {**body, "signature": key.sign(canonical(body)).hex()}
    return json.dumps(whole, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def canonical(value: object) -> bytes:
    """Return the bytes that are signed: JSON, sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def verify(file: bytes, *, expected_key: str = "") -> Verdict:
    """Return whether `file` is untouched and, where a key is expected, signed by that one.

    Raises NoReceipt for what is no receipt. Needs no network and no database.
    """
    content = _read(file)
    key = content["public_key"]
    about = {"public_key": key, "reference": str(content["signal"].get("reference", ""))}
    if expected_key and key != expected_key.strip().lower():
        return Verdict(holds=False, reason="it was signed with another key", **about)
    if not _is_signed(content, key):
        return Verdict(holds=False, reason="the signature does not fit: something in it was changed", **about)
    broken = _broken_link(content["entries"], content["head"])
    return Verdict(holds=not broken, reason=broken, entries=len(content["entries"]), **about)


def _read(file: bytes) -> Json:
    if len(file) > LARGEST:
        raise NoReceipt("the file is too large to be a receipt")
    try:
        content = json.loads(file.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NoReceipt("the file is no JSON that names each thing once") from error
    if not isinstance(content, dict) or set(content) != PARTS or content["format"] != FORMAT:
        raise NoReceipt(f"the file is no receipt of the format {FORMAT}")
    typed = isinstance(content["signal"], dict) and isinstance(content["head"], dict)
    if not (typed and isinstance(content["entries"], list) and isinstance(content["public_key"], str)):
        raise NoReceipt("the file is a receipt in name only")
    return content


def _once(pairs: Sequence[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _is_signed(content: Json, key: str) -> bool:
    body = {name: part for name, part in content.items() if name != "signature"}
    try:
        signature = bytes.fromhex(content["signature"])
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, canonical(body))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _broken_link(entries: Sequence[Json], head: Json) -> str:
    """Say what is wrong with the links of the chain, where the file has them."""
    chained = [entry for entry in entries if entry.keys() >= _CHAINED]
    for entry in chained:
        if link(entry["previous"], entry["entry"]) != entry["digest"]:
            return f"entry {entry['position']} is not what the chain has"
        if entry["position"] > head.get("position", 0):
            return f"entry {entry['position']} lies beyond the head of the chain"
    return ""


def link(previous: str, fields: Json) -> str:
    """Return the link that follows `previous`, as `core.ledger.chained` computes it."""
    return hashlib.sha256(previous.encode() + canonical(fields)).hexdigest()
