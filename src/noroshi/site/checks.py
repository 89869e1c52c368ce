"""What an installation must not be: settings under which it would lose writes, leak its keys or show its insides."""

import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from shutil import which
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's own name
from django.db import DatabaseError

SHORTEST_KEY: Final = 32
FEWEST_CHARACTERS: Final = 8
SHORTEST_TIMEOUT: Final = 10
_RETURN: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,22})@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE)
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@register()
def sqlite_is_set_for_several_writers(**_: Any) -> Iterable[CheckMessage]:
    """SQLite under a web server and a worker loses writes unless they queue (WAL, IMMEDIATE, a timeout)."""
    if missing := missing_options(settings.DATABASES["default"]):
        yield Error(
            f"SQLite is used without {', '.join(missing)}: under load, writes would fail.",
            hint="Leave the database settings as they ship, or set NOROSHI_DATABASE_URL to a PostgreSQL.",
            id="noroshi.E001",
        )


def missing_options(database: Mapping[str, Any]) -> list[str]:
    """Return what a SQLite database lacks to be written by several at once; nothing for another engine."""
    options = database.get("OPTIONS", {})
    given = {
        "transaction_mode IMMEDIATE": options.get("transaction_mode") == "IMMEDIATE",
        "journal_mode WAL": "journal_mode=wal" in options.get("init_command", "").lower().replace(" ", ""),
        f"a timeout of {SHORTEST_TIMEOUT} seconds": options.get("timeout", 0) >= SHORTEST_TIMEOUT,
    }
    return [name for name, there in given.items() if not there] if "sqlite" in database["ENGINE"] else []


@register()
def keys_are_hard_to_guess(**_: Any) -> Iterable[CheckMessage]:
    """Whoever guesses a signing key has every session, and by the lake's key every pseudonym."""
    for name in ("SECRET_KEY", "LAKE_KEY"):
        if not settings.TESTING and _is_guessable(getattr(settings, name)):
            yield Error(
                f"NOROSHI_{name} is easy to guess: shorter than {SHORTEST_KEY} characters, or of very few of them.",
                hint=f"Leave NOROSHI_{name} out: a good one is made once and kept in the data directory.",
                id="noroshi.E002",
            )


def _is_guessable(key: str) -> bool:
    return len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS or key.startswith("django-insecure-")


@register()
def debug_is_off_where_data_is_real(**_: Any) -> Iterable[CheckMessage]:
    """The developer's error pages show settings and rows to whoever causes an error."""
    if settings.DEBUG and not settings.DEMO and _holds_data():
        yield Error(
            "NOROSHI_DEBUG is on, and this installation holds real data.",
            hint="Take NOROSHI_DEBUG away. To look at an error, read the log by the number that its page shows.",
            id="noroshi.E003",
        )


@register()
def spark_can_be_asked(**_: Any) -> Iterable[CheckMessage]:
    """Hunts that go to a cluster need PySpark, an extra, and the Java that it runs on."""
    missing = [name for name, here in (("PySpark", find_spec("pyspark")), ("Java", which("java"))) if not here]
    if settings.LAKE_SPARK and missing:
        yield Error(
            f"NOROSHI_LAKE_SPARK names a cluster, and {' and '.join(missing)} is not here: no hunt would be answered.",
            hint="Install the extra `spark` and Java 17, or take NOROSHI_LAKE_SPARK away.",
            id="noroshi.E004",
        )


@register()
def mail_comes_back_to_an_address(**_: Any) -> Iterable[CheckMessage]:
    """A mail with a sender that no server can write to is refused, or its return is lost."""
    if settings.MAIL_RETURN and not _RETURN.fullmatch(settings.MAIL_RETURN):
        yield Error(
            "NOROSHI_MAIL_RETURN is no address behind whose name a token finds room.",
            hint="Give it as in bounces@portal.example: at most 23 letters, digits, dots and hyphens before the @.",
            id="noroshi.E005",
        )


@register()
def portal_is_reached_safely(**_: Any) -> Iterable[CheckMessage]:
    """Beyond this machine, the portal is reached by HTTPS alone."""
    if not settings.OPTIONS["HTTPS"] and urlsplit(settings.BASE_URL).hostname not in LOOPBACK:
        yield Warning(
            "The portal has an address beyond this machine, and HTTPS is not asked for.",
            hint="Put a web server with a certificate in front, and set NOROSHI_HTTPS=yes.",
            id="noroshi.W001",
        )


def _holds_data() -> bool:
    """Whether somebody has an account: an installation with nobody in it has nothing to show."""
    from noroshi.members.models import Person

    try:
        return Person.objects.exists()
    except DatabaseError:  # not migrated yet
        return False
