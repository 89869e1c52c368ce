"""Lists, search and comments by single keys: not while one writes or composes, nor when they are turned off."""

import pytest

from .conftest import picture, sign_in

pytestmark = pytest.mark.e2e

FOCUS = "(document.activeElement.id || document.activeElement.textContent.trim())"
PRESS = """({composing, code}) => document.activeElement.dispatchEvent(
    new KeyboardEvent('keydown', {key: 'j', keyCode: code, isComposing: composing, bubbles: true, cancelable: true}))"""
LIST = "/signals/?q=偽メール"
TITLES = ["三通目の偽メール", "二通目の偽メール", "一通目の偽メール"]


@pytest.fixture
def reader(portal, sit_down):
    """Somebody who has signed in, on whose lists are three signals: told once to the community, read by each test."""

    def sign(name):
        writer = sit_down("ja")
        page = sit_down("ja")
        sign_in(page, portal.people[name])
        page.goto(LIST)
        if page.locator("[data-rows] > *").count() == 0:
            sign_in(writer, portal.people["a1"])
            for title in reversed(TITLES):
                share(writer, title)
            page.goto(LIST)
        page.focus("#main")
        return page

    return sign


def share(page, title):
    page.goto("/signals/new")
    page.fill("[name=title]", title)
    page.click("[name=target][value=customer]")
    page.fill("[name=body]", "顧客に届いた。")
    page.click("[name=community]")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/review")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/signals/*/")


def until_told(page):
    """The inbox, as soon as the worker has put the three there."""
    for _ in range(100):
        page.goto("/inbox/")
        if page.locator("[data-rows] > *").filter(has_text="偽メール").count() >= len(TITLES):
            return
        page.wait_for_timeout(200)


def focus(page):
    return page.evaluate(FOCUS)


def pressed(page, *keys):
    """Where the focus is after each of `keys`."""
    seen = []
    for key in keys:
        page.keyboard.press(key)
        seen.append(focus(page))
    return seen


def test_keys_when_pressed_then_lists_search_and_comments_are_reached(reader):
    page = reader("hub_op")
    first, second, third = TITLES
    assert pressed(page, "j", "j", "k", "k", "j", "j", "j") == [first, second, first, first, second, third, third]
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    picture(page, "keys-list-ja")
    page.keyboard.press("Enter")
    page.wait_for_selector("#comment")
    assert page.locator("h1").inner_text() == third
    assert pressed(page, "c") == ["id_body"]
    page.keyboard.type("j/k?c")
    assert page.input_value("#id_body") == "j/k?c"

    page.goto("/signals/")
    assert pressed(page, "/") == ["search-box"]
    page.keyboard.type("偽メール")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert pressed(page, "j", "j") == TITLES[:2]

    until_told(page)
    assert pressed(page, "j", "j") == TITLES[:2]
    page.keyboard.press("Enter")
    page.wait_for_url("**/signals/*/")
    assert page.locator("h1").inner_text() == second


def test_keys_when_somebody_writes_composes_or_looks_at_a_dialog_then_they_are_not_heard(reader):
    page = reader("hub_trusted")
    seen = []
    for composing, code in ((True, 74), (False, 229), (False, 74)):
        page.evaluate(PRESS, {"composing": composing, "code": code})
        seen.append(focus(page))
    assert seen == ["main", "main", TITLES[0]]
    page.focus("#main")
    assert pressed(page, "Control+j", "Alt+k") == ["main", "main"]
    page.focus("#search-box")
    page.keyboard.type("j/?")
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "かk", "selectionStart": 2, "selectionEnd": 2})
    keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229})
    keys.send("Input.insertText", {"text": "火"})
    assert (focus(page), page.input_value("#search-box")) == ("search-box", "j/?火")
    page.focus(".list-tools select")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"

    page.focus("#main")
    page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="キーボード操作")
    assert "検索欄へ移動" in shown.inner_text()
    picture(page, "keys-overlay-ja")
    page.keyboard.press("j")
    assert shown.is_visible()
    assert focus(page) not in TITLES
    page.keyboard.press("Escape")
    assert not shown.is_visible()
    assert pressed(page, "j") == TITLES[:1]
    assert page.get_attribute("#search-box", "aria-keyshortcuts") == "/"


def test_keys_when_turned_off_then_none_does_anything(reader):
    page = reader("o1")
    assert pressed(page, "j") == TITLES[:1]
    page.goto("/members/profile/")
    page.uncheck("[name=single_keys]")
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()
    page.goto(LIST)
    page.focus("#main")
    assert pressed(page, "j", "/", "?") == ["main", "main", "main"]
    assert page.locator("#keys").count() == 0
    assert page.locator("[aria-keyshortcuts]").count() == 0
