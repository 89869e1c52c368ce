"""The system checks refuse what would lose writes, leak keys or show the installation's insides."""

import pytest
from django.core import checks as django_checks

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


def test_sqlite_pragma_with_spaces_is_understood():
    database = _sqlite()
    database["OPTIONS"]["init_command"] = "pragma JOURNAL_MODE = wal"
    assert checks.missing_options(database) == []


def test_sqlite_without_options_is_refused_with_a_hint(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "django.db.backends.sqlite3"})
    (message,) = checks.sqlite_is_set_for_several_writers()
    assert message.id == "noroshi.E001"
    assert message.is_serious()
    assert message.hint


GOOD = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (GOOD, []),
        (GOOD[:-1], ["noroshi.E002"]),
        ("k" * 64, ["noroshi.E002"]),
        ("django-insecure-" + GOOD, ["noroshi.E002"]),
    ],
)
@pytest.mark.parametrize("name", ["SECRET_KEY", "LAKE_KEY"])
def test_key_that_is_easy_to_guess_is_refused(settings, name, key, found):
    settings.SECRET_KEY = settings.LAKE_KEY = GOOD
    setattr(settings, name, key)
    assert ids(checks.keys_are_hard_to_guess) == found


def test_key_of_the_message_is_named_and_not_shown(settings):
    settings.SECRET_KEY, settings.LAKE_KEY = "secret", GOOD
    (message,) = checks.keys_are_hard_to_guess()
    assert message.msg.startswith("NOROSHI_SECRET_KEY ")
    assert "secret" not in message.msg + (message.hint or "")


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
        ("http://127.0.0.1:8000", False, []),
        ("http://[::1]", False, []),
        ("http://portal.isac.example", False, ["noroshi.W001"]),
        ("http://localhost.isac.example", False, ["noroshi.W001"]),
        ("http://127.0.0.1.isac.example", False, ["noroshi.W001"]),
    ],
)
def test_an_address_beyond_this_machine_wants_https(settings, address, https, found):
    settings.BASE_URL = address
    settings.OPTIONS = settings.OPTIONS | {"HTTPS": https}
    assert ids(checks.portal_is_reached_safely) == found


def test_checks_are_made_by_every_command_that_makes_checks(settings):
    settings.BASE_URL = "http://portal.isac.example"
    found = [message.id for message in django_checks.run_checks()]
    assert "noroshi.W001" in found


@pytest.mark.parametrize("address", ["", "bounces@portal.example", "b@localhost", "B.o_u-n@portal.example"])
def test_mail_may_come_back_to_an_address_with_room_for_a_token(settings, address):
    settings.MAIL_RETURN = address
    assert ids(checks.mail_comes_back_to_an_address) == []


@pytest.mark.parametrize(
    "address", ["bounces", "@x", "a+b@portal.example", "a" * 24 + "@portal.example", "a b@x", "a@x y"]
)
def test_mail_does_not_come_back_to_what_is_none(settings, address):
    settings.MAIL_RETURN = address
    assert ids(checks.mail_comes_back_to_an_address) == ["noroshi.E005"]
