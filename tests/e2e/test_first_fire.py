"""The first fire, as people see it: one member shares, the permitted one is alerted, another sees nothing."""

import time

import pytest

from .conftest import picture, sign_in

pytestmark = pytest.mark.e2e

TITLES = {"ja": "顧客を狙う偽ログイン画面", "en": "Fake login page aimed at customers"}
WORDS = {
    "ja": {"html": "ja", "amber": "TLP:AMBER", "not_found": "ページが存在しないか、あなたには公開されていません"},
    "en": {"html": "en", "amber": "TLP:AMBER", "not_found": "There is no such page"},
}
AUTHOR = {"ja": "a1", "en": "a2"}
READER = {"ja": "b1", "en": "b2"}
OTHER = {"ja": "i1", "en": "o1"}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_one_members_signal_becomes_anothers_alert(portal, sit_down, language):
    address = share(portal, sit_down(language), language)
    read_as_permitted(portal, sit_down(language), language, address)
    look_as_another(portal, sit_down(language, 390), language, address)


def share(portal, page, language):
    sign_in(page, portal.people[AUTHOR[language]])
    assert page.get_attribute("html", "lang") == language
    picture(page, f"home-{language}")
    page.goto("/signals/new")
    page.fill("[name=title]", TITLES[language])
    page.select_option("[name=kind]", "phishing")
    page.check("[name=target][value=customer]")
    page.fill("[name=body]", "攻撃元は45[.]66.230.9で、hxxps://login.example-bank-secure[.]com/otp に誘導されます。")
    page.check("[name=tlp][value=AMBER]")
    grant(page, "bank_b")
    picture(page, f"compose-{language}")
    page.locator("main button.button-primary[type=submit]").last.click()
    page.wait_for_url("**/review")
    assert page.locator("[name=observable]:checked").count() == 2
    picture(page, f"review-{language}")
    page.locator("main button.button-primary[type=submit]").first.click()
    page.wait_for_url("**/signals/*/")
    assert page.locator("h1").inner_text() == TITLES[language]
    picture(page, f"detail-author-{language}")
    return page.url


def grant(page, slug):
    """Name an organisation in the form, however the form lets one choose it."""
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    option = page.locator(
        f"[name=organisations] option:has-text('{slug}'), label:has-text('{slug}') input[name=organisations]"
    ).first
    if option.evaluate("node => node.tagName") == "OPTION":
        page.select_option("[name=organisations]", option.get_attribute("value"))
    else:
        option.check()


def read_as_permitted(portal, page, language, address):
    sign_in(page, portal.people[READER[language]])
    wait_for_hit(page)
    picture(page, f"inbox-{language}")
    page.goto("/hunting/")
    assert "45[.]66[.]230[.]9" in page.content() or "45[.]66.230.9" in page.content()
    picture(page, f"hits-{language}")
    page.goto(address)
    assert page.locator("h1").inner_text() == TITLES[language]
    assert WORDS[language]["amber"] in page.locator("main").inner_text()
    picture(page, f"detail-reader-{language}")
    page.locator("a[href*='/why/']").first.click()
    page.wait_for_url("**/why/**")
    picture(page, f"why-{language}")


def wait_for_hit(page):
    """The alert is there within seconds; the inbox names the hit and the signal."""
    for _ in range(60):
        page.goto("/hunting/")
        if "45[.]66" in page.content():
            page.goto("/inbox/")
            assert page.locator("main a[href*='/inbox/']").count() >= 2
            return
        time.sleep(0.5)
    raise AssertionError("no alert came")


def look_as_another(portal, page, language, address):
    sign_in(page, portal.people[OTHER[language]])
    page.goto("/signals/")
    assert TITLES[language] not in page.content()
    answer = page.goto(address)
    assert answer.status == 404
    assert WORDS[language]["not_found"] in page.content()
    picture(page, f"not-for-you-{language}-390")
    page.goto("/hunting/")
    assert "45[.]66" not in page.content()
