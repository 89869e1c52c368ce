"""The environment in which a person would call the command line."""

import os

from django.conf import settings

OURS = ("NOROSHI_", "DJANGO_")
"""Settings of this test run, and what the browser's event loop asks of Django in it: a person's shell has neither."""


def fresh_environment(**chosen: str) -> dict[str, str]:
    """Return this process's environment without what the tests have set in it, and with `chosen`.

    The cache is shared with this process: what can be made again is not made for each of the tests.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return clean | {"NOROSHI_CACHE_DIR": str(settings.CACHE_DIR)} | chosen
