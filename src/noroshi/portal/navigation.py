"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the base template."""
    del request
    return {"demo_mode": settings.DEMO}
