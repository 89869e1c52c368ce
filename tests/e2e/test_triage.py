"""A morning's triage by single keys: the row with the focus is taken, held, dropped, and the next one has the focus."""

import pytest

from .conftest import picture, sign_in

pytestmark = pytest.mark.e2e

TITLES = [f"{number}番目の記事" for number in range(1, 7)]
QUEUE = "/advisories/triage/?state=waiting"
FOCUS = "document.activeElement.textContent.trim()"


@pytest.fixture
def operator(portal, sit_down, tmp_path):
    """An operator before a queue of six, which were read in by the pages as a person does."""
    page = sit_down("ja")
    sign_in(page, portal.people["hub_op"])
    items = "".join(f"<item><guid>{title}</guid><title>{title}</title></item>" for title in TITLES)
    file = tmp_path / "feed.xml"
    file.write_text(f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>', encoding="utf-8")
    page.goto("/advisories/sources/add")
    page.fill("[name=name]", "ニュース")
    page.select_option("[name=kind]", "feed")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/sources/*-*/")
    page.goto(f"{page.url}back-fill")
    page.set_input_files("[name=file]", file)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/sources/*-*/")
    page.goto(QUEUE)
    return page


def rows(page):
    return page.locator("[data-rows] > *").count()


def press(page, key):
    """Press a key that sends the page away, and wait until it is back."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_keys_when_pressed_in_the_queue_then_the_row_is_decided_and_the_next_has_the_focus(operator):
    page = operator
    assert rows(page) == len(TITLES)
    picture(page, "triage-queue-ja")
    page.focus("#main")
    page.keyboard.press("j")
    first = page.evaluate(FOCUS)
    assert first in TITLES
    press(page, "2")
    assert (rows(page), page.evaluate(FOCUS)) == (6, first)  # sorted, and still there
    assert "脆弱性情報" in page.locator("[data-rows] > *").first.inner_text()
    for left, key in ((5, "t"), (4, "h"), (3, "d")):
        gone = page.evaluate(FOCUS)
        press(page, key)
        assert rows(page) == left
        assert page.evaluate(FOCUS) in set(TITLES) - {gone}
    page.keyboard.press("j")
    second = page.evaluate(FOCUS)
    press(page, "Enter")
    assert page.locator("h1").inner_text() == second
    picture(page, "triage-story-ja")
    page.go_back()
    page.locator("[name=story]").nth(0).check()
    page.locator("[name=story]").nth(2).check()
    with page.expect_navigation():
        page.locator("button[value=take]").click()
    assert rows(page) == 1
    page.goto("/advisories/triage/rules/")
    picture(page, "triage-rules-ja")
