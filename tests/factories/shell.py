"""The environment in which a person would call the command line."""

import os

OURS = ("NOROSHI_", "DJANGO_")
"""Settings of this test run, and what the browser's event loop asks of Django in it: a person's shell has neither."""


def fresh_environment(**settings: str) -> dict[str, str]:
    """Return this process's environment without what the tests have set in it, and with `settings`."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)} | settings
