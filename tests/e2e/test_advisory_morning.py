"""One morning of the centre, in Japanese: read, triage, write, let out by a second person, mail; and a member's task.

Sixty items come in, of which two tell of one attack; an hour later a bank knows which of its systems it concerns.
"""

import json
import re
import time
from email import message_from_bytes, policy

import pytest

from .conftest import picture, sign_in

pytestmark = pytest.mark.e2e

CVE = "CVE-2099-1001"
ALERT = f"Quokka Gateに脆弱性({CVE})、攻撃が確認される"
ITEMS = [ALERT, f"Quokka社がGateの修正版を公開({CVE})", *(f"無料ウェビナー第{number}回" for number in range(58))]
QUEUE = "/advisories/triage/?state=waiting"
READER = "joho@kumiai.example"
INVENTORY = """asset_id,name,業務,公開範囲,重要度,vendor,product,version
A001,境界FW,インターネットバンキング,公開,最重要,Quokka,Gate,7.2.4
"""


def test_a_morning_from_sixty_items_to_a_mail_and_a_task(portal, sit_down, tmp_path):
    operator, second, member = (sit_down("ja") for _ in range(3))
    sign_in(operator, portal.people["hub_op"])
    sign_in(second, portal.people["hub_trusted"])
    sign_in(member, portal.people["a1"])
    make_list(operator)
    inventory = read_inventory(member, tmp_path)
    operator.goto("/advisories/triage/rules/")
    send(operator, "form[action$='/usual']")
    load(operator, "CVE", "cve5", record(tmp_path))
    load(operator, "速報", "feed", feed(tmp_path))
    triage(operator)
    address = write(operator)
    second.goto(address)
    send(second, "form[action$='/approve']")
    second.locator("main .page-actions button, main button").filter(has_text="公開").first.click()
    picture(second, "advisory-morning-3-publish")
    with second.expect_navigation():
        second.locator("dialog[open] button.button-primary").click()
    letter = wait_for(lambda: letter_to(portal, READER))
    assert ALERT in letter["Subject"]
    assert "One-Click" in letter["List-Unsubscribe-Post"]
    assert "回避策" in letter.get_body(("plain",)).get_content()
    member.goto(inventory)
    send(member, "form[action$='/match']")
    task = wait_for(lambda: task_about(member))
    assert "境界FW" in task
    assert "3日以内" in task
    member.goto(address)
    assert member.locator("h1").inner_text() == ALERT
    picture(member, "advisory-morning-5-bulletin")


def send(page, form):
    with page.expect_navigation():
        page.locator(f"{form} button[type=submit]").first.click()


def make_list(page):
    page.goto("/magazine/lists/new")
    page.fill("[name=slug]", "kinkyu")
    page.fill("[name=name_ja]", "緊急のお知らせ")
    page.fill("[name=name_en]", "Urgent news")
    page.locator("[name=categories]").first.check()
    page.select_option("[name=ceiling]", "GREEN")
    send(page, "main form:has([name=slug])")
    page.goto(f"{page.url}add")
    page.fill("[name=address]", READER)
    page.fill("[name=reason]", "協同組合の窓口。2026年11月に書面で依頼あり")
    send(page, "main form:has([name=address])")


def read_inventory(page, folder):
    file = folder / "assets.csv"
    file.write_text(INVENTORY, encoding="cp932")
    page.goto("/advisories/inventories/new")
    page.fill("[name=name]", "基幹システム")
    page.set_input_files("[name=file]", file)
    send(page, "main form:has([name=file])")
    return page.url


def load(page, name, kind, file):
    page.goto("/advisories/sources/add")
    page.fill("[name=name]", name)
    page.select_option("[name=kind]", kind)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/sources/*-*/")
    page.goto(f"{page.url}back-fill")
    page.set_input_files("[name=file]", file)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/sources/*-*/")


def feed(folder):
    items = "".join(f"<item><guid>{title}</guid><title>{title}</title></item>" for title in ITEMS)
    file = folder / "feed.xml"
    file.write_text(f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>', encoding="utf-8")
    return file


def record(folder):
    """A CVE record as its list publishes it."""
    span = {"version": "0", "status": "affected", "versionType": "semver", "lessThan": "7.2.5"}
    affected = {"vendor": "Quokka", "product": "Gate", "defaultStatus": "unaffected", "versions": [span]}
    cna = {"title": "Gate", "descriptions": [{"lang": "en", "value": "A flaw."}], "affected": [affected]}
    meta = {"cveId": CVE, "state": "PUBLISHED"}
    whole = {"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": meta, "containers": {"cna": cna}}
    file = folder / "cve.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file


def triage(page):
    """The two that tell one thing are one row, at the top; the others go at once."""
    page.goto(f"{QUEUE}&q=ウェビナー&size=100")
    assert page.locator("[data-rows] > *").count() == 58
    page.locator("[data-choose-all]").click()
    with page.expect_navigation():
        page.locator("button[value=drop]").click()
    page.goto(f"{QUEUE}&q=Quokka")
    picture(page, "advisory-morning-1-queue")
    assert page.locator("[data-rows] > *").count() == 1
    page.focus("#main")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("1")
    page.locator("[data-rows] a").first.click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == ALERT


def write(page):
    send(page, "form[action$='/draft']")
    assert page.input_value("[name=title_ja]") == ALERT
    assert page.input_value("[name=names]") == CVE
    text = page.input_value("[name=body_ja]")
    said = re.sub(r"(?m)^(## (?!参考情報).+)$", r"\1\n\n管理画面を閉じてください。", text)
    page.fill("[name=body_ja]", f"{said}\n\n回避策: 管理画面を閉じてください。")
    picture(page, "advisory-morning-2-draft")
    with page.expect_navigation():
        page.locator("main form:has([name=title_ja]) button.button-primary").click()
    for box in page.locator("[name=line]").all():
        box.check()
    if page.locator("[name=line]").count():
        send(page, "form[action$='/tick']")
    send(page, "form[action$='/submit']")
    return page.url


def letter_to(portal, address):
    for letter in sorted(portal.data.glob("mail/*")):
        parsed = message_from_bytes(letter.read_bytes(), policy=policy.default)
        if address in str(parsed["To"]):
            return parsed
    return None


def task_about(page):
    page.goto("/advisories/tasks/?stage=at_work")
    picture(page, "advisory-morning-4-tasks")
    rows = page.locator("[data-rows] > *").filter(has_text=CVE)
    return rows.first.inner_text() if rows.count() else ""


def wait_for(found, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.5)
    raise AssertionError("it never came")
