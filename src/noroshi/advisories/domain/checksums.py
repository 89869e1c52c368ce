"""The checksum that lies beside a document (CSAF 2.0, 7.1.18): ``x.json.sha512`` says what ``x.json`` comes to."""

import hashlib
import re
from typing import Final

from noroshi.advisories.domain.records import Refused, RefusedBecause

LARGEST: Final = 4_096
"""Bytes of the file of a checksum."""
ENDINGS: Final = {".sha512": "sha512", ".sha256": "sha256"}
"""The stronger first."""
_HEX: Final = re.compile(rb"\s*\\?([0-9A-Fa-f]{64,128})(?:\s|$)")


def is_checksum(name: str) -> bool:
    """Whether a file of this name holds one."""
    return name.endswith(tuple(ENDINGS))


def against(body: bytes, ending: str, said: bytes) -> Refused | None:
    """Return the refusal of a document that is not what its checksum says, or whose checksum is none."""
    kind = ENDINGS[ending]
    found = _HEX.match(said[:LARGEST])
    is_so = hashlib.new(kind, body).hexdigest()
    if found is not None and found[1].decode().lower() == is_so:
        return None
    detail = f"{kind}: {found[1].decode()[:32]}… is said, {is_so[:32]}… it is" if found else f"{kind}: none is said"
    return Refused(0, RefusedBecause.CHECKSUM, detail)
