"""The system checks refuse what would lose writes, leak keys or show the installation's insides."""

import pytest

from noroshi.site import checks
from noroshi.site.settings import _sqlite


@pytest.fixture(autouse=True)
def _as_installed(settings):
    settings.TESTING = False


def ids(check):
    return [message.id for message in check()]


def test_sqlite_as_it_ships_is_accepted():
    assert checks.missing_options(_sqlite()) == []
    assert ids(checks.sqlite_is_set_for_several_writers) == []


@pytest.mark.parametrize(
    ("option", "value", "missing"),
    [
        ("transaction_mode", "DEFERRED", "transaction_mode IMMEDIATE"),
        ("timeout", 5, "a timeout of 10 seconds"),
        ("init_command", "PRAGMA synchronous=NORMAL;", "journal_mode WAL"),
    ],
)
def test_sqlite_with_an_option_less_is_refused(option, value, missing):
    database = _sqlite()
    database["OPTIONS"][option] = value
    assert checks.missing_options(database) == [missing]


def test_postgresql_needs_none_of_it():
    assert checks.missing_options({"ENGINE": "django.db.backends.postgresql"}) == []


@pytest.mark.parametrize(("length", "found"), [(31, ["noroshi.E002"]), (32, [])])
def test_a_short_key_is_refused(settings, length, found):
    settings.SECRET_KEY = "k" * length
    settings.LAKE_KEY = "k" * 64
    assert ids(checks.key_is_long_enough) == found


def test_debug_with_real_data_is_refused(settings, cast):
    settings.DEBUG = True
    assert ids(checks.debug_is_off_where_data_is_real) == ["noroshi.E003"]


def test_debug_is_allowed_in_a_demo_and_where_nobody_is(settings, db):
    settings.DEBUG = True
    assert ids(checks.debug_is_off_where_data_is_real) == []


def test_debug_in_a_demonstration_is_allowed(settings, cast):
    settings.DEBUG, settings.DEMO = True, True
    assert ids(checks.debug_is_off_where_data_is_real) == []


@pytest.mark.parametrize(
    ("address", "https", "found"),
    [
        ("http://localhost:8000", False, []),
        ("https://portal.isac.example", True, []),
        ("http://portal.isac.example", False, ["noroshi.W001"]),
    ],
)
def test_an_address_beyond_this_machine_wants_https(settings, address, https, found):
    settings.BASE_URL = address
    settings.OPTIONS = settings.OPTIONS | {"HTTPS": https}
    assert ids(checks.portal_is_reached_safely) == found
