"""JSON from outside, read strictly."""

from typing import Any

import jiter


def decode(raw: bytes) -> Any:
    """Return what the bytes of one JSON value say; raise ValueError where it is none.

    Doubled keys are refused: others silently keep the last (`{"tlp": "red", "tlp": "clear"}` would be read differently
    here and elsewhere).
    """
    return jiter.from_json(raw, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys")
