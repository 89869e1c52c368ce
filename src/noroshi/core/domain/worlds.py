"""Worlds: an object is real, or belongs to one exercise; the two never meet."""

REAL = "real"


def exercise(number: str) -> str:
    """Return the name of the world of exercise `number`: `exercise:42`."""
    return f"exercise:{number}"
