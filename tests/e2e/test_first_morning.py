"""A newcomer's first morning, in Japanese: from the invitation's mail to the first signal, reading no manual.

Every step is one that the page in front of the person offers; the picture of each is kept.
"""

import re
import time
from email import message_from_bytes, policy

import pytest

from .conftest import code_of, picture, sign_in

pytestmark = pytest.mark.e2e

NEWCOMER = "tanaka.yoko@bank-a.example"
PASSWORD = "静かな湖に三羽の白鳥がいた"


def test_newcomer_when_invited_then_shares_a_first_signal(portal, sit_down):
    invite(portal, sit_down("ja"))
    page = sit_down("ja")
    page.goto(link_in_mail(portal))
    open_account(page)
    set_up_second_factor(page)
    share(page)
    assert page.locator("h1").inner_text() == "当行の顧客に偽の督促SMS"
    assert "TLP:AMBER" in page.locator("main").inner_text()


def invite(portal, page):
    sign_in(page, portal.people["a_admin"])
    page.goto("/members/organisations/bank_a/")
    page.locator("main a[href$='/invite/']").first.click()
    page.fill("[name=email]", NEWCOMER)
    page.fill("[name=name]", "田中洋子")
    page.check("[name=roles][value=analyst]")
    page.locator("main button.button-primary[type=submit]").click()


def link_in_mail(portal):
    """The address in the invitation: the one thing that the newcomer has."""
    for _ in range(150):
        for letter in sorted(portal.data.glob("mail/*")):
            parsed = message_from_bytes(letter.read_bytes(), policy=policy.default)
            if NEWCOMER in str(parsed["To"]):
                return re.search(r"https?://\S+", parsed.get_body().get_content()).group()
        time.sleep(0.2)
    raise AssertionError("no invitation was mailed")


def open_account(page):
    picture(page, "morning-1-invitation")
    page.fill("[name=name]", "田中洋子")
    page.select_option("select[name=language]", "ja")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button.button-primary[type=submit]").click()
    page.wait_for_load_state()
    if page.locator("[name=login]").count():
        page.fill("[name=login]", NEWCOMER)
        page.fill("[name=password]", PASSWORD)
        page.locator("form:has([name=password]) button[type=submit]").click()
        page.wait_for_load_state()


def set_up_second_factor(page):
    picture(page, "morning-2-second-factor")
    if page.locator("[name=code]").count() == 0:
        page.locator("main a[href*='totp/activate']").first.click()
    secret = page.locator("main code").first.inner_text().replace(" ", "")
    picture(page, "morning-3-authenticator")
    page.fill("[name=code]", code_of(secret))
    page.locator("form:has([name=code]) button[type=submit]").first.click()
    page.wait_for_load_state()


def share(page):
    page.goto("/")
    picture(page, "morning-4-home")
    page.locator("a[href='/signals/new']").first.click()
    picture(page, "morning-5-compose")
    page.fill("[name=title]", "当行の顧客に偽の督促SMS")
    page.select_option("[name=kind]", "phishing")
    page.check("[name=target][value=customer]")
    page.fill("[name=body]", "誘導先は hxxps://pay-limit-check[.]com/otp です。")
    page.check("[name=tlp][value=AMBER]")
    page.check("[name=community]")
    picture(page, "morning-6-written")
    page.locator("main button.button-primary[type=submit]").last.click()
    page.wait_for_url("**/review")
    picture(page, "morning-7-review")
    page.locator("main button.button-primary[type=submit]").first.click()
    page.wait_for_url("**/signals/*/")
    picture(page, "morning-8-sent")
