"""A bank's analyst searches the own logs, watches the list grow, stops it, and allows what is harmless."""

import sqlite3
import uuid
from contextlib import closing

import pytest

from .conftest import picture, sign_in

pytestmark = pytest.mark.e2e

ADDRESS = "45.66.230.9"
DEFANGED = "45[.]66[.]230[.]9"
OTHERS = ("100.64.0.1", "100.64.0.2")
WHO = {"ja": ("b1", 1280), "en": ("b2", 390)}
WORDS = {
    "ja": {"stopped": "検索を中止しました", "suppressed": "許可リストで抑止した値", "reason": "自組織の診断機器"},
    "en": {"stopped": "stopped the search", "suppressed": "Suppressed by our allow-list", "reason": "our own scanner"},
}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_search_grows_before_its_readers_eyes_is_stopped_and_harmless_values_are_allowed(portal, sit_down, language):
    name, width = WHO[language]
    page = sit_down(language, width)
    sign_in(page, portal.people[name])
    address = search(page)
    grow(portal, page, address, language)
    allow(page, language)
    look_again(page, language)


def search(page):
    """The page of a search loads itself once the worker is through with it."""
    page.goto("/hunting/searches/new")
    page.fill("[name=values]", "\n".join((ADDRESS, *OTHERS)))
    page.check("[name=harmless_too]")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/hunting/searches/*-*/")
    page.wait_for_selector(f"main td >> text={DEFANGED}")
    assert page.locator("main [data-rows] tr").count() == 1 + len(OTHERS)
    return page.url


def grow(portal, page, address, language):
    """As a worker that is at it for long: what it writes is on the page without a new one, until somebody stops it."""
    hunt = address.rstrip("/").rpartition("/")[2].replace("-", "")
    with closing(sqlite3.connect(portal.data / "noroshi.sqlite3", timeout=30, isolation_level=None)) as database:
        of_hunt = "FROM hunting_hit WHERE hunt_id = ? AND value"
        kept = database.execute(f"SELECT * {of_hunt} = ?", (hunt, OTHERS[0])).fetchone()
        database.execute(f"DELETE {of_hunt} <> ?", (hunt, ADDRESS))
        at_it = "state = 'running', parts = 3, files = 40, files_read = 10"
        database.execute(f"UPDATE hunting_hunt SET {at_it} WHERE id = ?", (hunt,))
        page.goto(address)
        page.wait_for_selector("progress[value='25']")
        assert page.locator("main [data-rows] tr").count() == 1
        picture(page, f"search-running-{language}")
        page.evaluate("window.sameDocument = true")
        database.execute(
            f"INSERT INTO hunting_hit VALUES ({', '.join('?' * len(kept))})", (uuid.uuid4().hex, *kept[1:])
        )
        database.execute("UPDATE hunting_hunt SET files_read = 30 WHERE id = ?", (hunt,))
        page.wait_for_selector("progress[value='75']")
        page.wait_for_selector("main td >> text=100[.]64[.]0[.]1")
        assert page.evaluate("window.sameDocument")
    page.locator("form[action$='/stop'] button").click()
    page.wait_for_selector(f"main >> text={WORDS[language]['stopped']}")
    assert page.locator("main [data-rows] tr").count() == 2
    picture(page, f"search-stopped-{language}")


def allow(page, language):
    page.locator(f"main td a >> text={DEFANGED}").click()
    page.wait_for_url("**/hunting/hits/*/")
    page.locator("a[href*='/hunting/allowed/add']").click()
    assert page.input_value("[name=values]") == f"ipv4: {ADDRESS}"
    page.fill("[name=reason]", WORDS[language]["reason"])
    picture(page, f"allow-{language}")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/hunting/allowed/")
    assert page.locator("main [data-rows] tr").count() == 1
    picture(page, f"allowed-{language}")


def look_again(page, language):
    """A new search shows the value as suppressed; off the list, it is a hit again."""
    search_for = page.url
    page.goto("/hunting/searches/new")
    page.fill("[name=values]", ADDRESS)
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/hunting/searches/*-*/")
    page.wait_for_selector(f"main >> text={WORDS[language]['suppressed']}")
    address = page.url
    assert page.locator("main [data-rows] tr").count() == 0
    picture(page, f"search-suppressed-{language}")
    page.goto(search_for)
    page.locator("main [data-rows] a.mono").click()
    page.wait_for_url("**/hunting/allowed/*-*/")
    picture(page, f"allowed-value-{language}")
    page.locator("button[commandfor=remove]").first.click()
    page.locator("dialog form [type=submit]").click()
    page.wait_for_url("**/hunting/allowed/")
    page.goto(address)
    assert page.locator("main [data-rows] tr").count() == 1
