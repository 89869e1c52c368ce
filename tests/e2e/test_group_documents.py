"""A group's document, in a real browser: the charter lets members add, one does, another takes it."""

import pytest

from .conftest import sign_in

pytestmark = pytest.mark.e2e


def test_member_adds_a_document_and_another_downloads_it(portal, sit_down, tmp_path):
    desks = tmp_path / "当番表.txt"
    desks.write_text("夜間当番\n", encoding="utf-8")
    hub = sit_down("ja")
    sign_in(hub, portal.people["hub_op"])
    hub.goto("/members/groups/wg_incident/charter/")
    hub.fill("[name=text_ja]", "ここで話したことは外に出さない。")
    hub.check("[name=members_add_documents]")
    hub.locator("form:has([name=text_ja]) button[type=submit]").click()
    hub.goto("/signals/groups/wg_incident/documents/")
    hub.get_by_role("link", name="文書を登録").click()
    hub.fill("[name=title]", "夜間当番表")
    hub.set_input_files("[name=file]", desks)
    hub.get_by_role("button", name="登録する").click()
    hub.wait_for_url("**/signals/documents/*/")
    hub.set_input_files("[name=file]", desks)
    hub.fill("[name=note]", "連絡先を更新")
    hub.get_by_role("button", name="登録する").click()
    hub.get_by_text("連絡先を更新").wait_for()

    member = sit_down("ja")
    sign_in(member, portal.people["a1"])
    member.goto("/signals/groups/wg_incident/documents/")
    member.get_by_role("link", name="夜間当番表").click()
    with member.expect_download() as taken:
        member.get_by_role("link", name="当番表.txt").first.click()
    assert (taken.value.suggested_filename, taken.value.path().read_text(encoding="utf-8")) == (
        "当番表.txt",
        "夜間当番\n",
    )
