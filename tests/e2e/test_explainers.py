"""An explainer in a real browser: written with a preview and a picture, looked over, let out, read."""

import pytest

from factories.files import picture

from .conftest import picture as screenshot
from .conftest import sign_in

pytestmark = pytest.mark.e2e


def test_explainer_is_written_with_a_picture_looked_over_and_read(portal, sit_down, tmp_path):
    flow = tmp_path / "Flow.png"
    flow.write_bytes(picture("PNG", (640, 320)))
    writer = sit_down("ja")
    sign_in(writer, portal.people["hub_op"])
    writer.goto("/explainers/")
    writer.get_by_role("link", name="解説記事を書く").click()
    writer.select_option("[name=category]", index=1)
    writer.fill("[name=title_ja]", "不正送金のしくみ")
    writer.fill("[name=summary_ja]", "送金がどのように悪用されるかを説明します。")
    writer.fill("[name=body_ja]", "## はじめに\n\n送金の**流れ**を見ます。")
    writer.get_by_role("button", name="表示を確認").click()
    writer.locator("#preview strong", has_text="流れ").wait_for()
    assert writer.url.endswith("/explainers/new")
    writer.fill("[name=body_ja]", "## はじめに\n\n送金の**全体**を見ます。")
    writer.locator("#preview strong", has_text="全体").wait_for()
    writer.get_by_role("button", name="内容を確認する").click()
    writer.get_by_role("heading", name="不正送金のしくみ", level=1).wait_for()
    place = writer.url

    writer.get_by_role("link", name="修正する").click()
    writer.fill("[name=body_ja]", "## はじめに\n\n![送金の流れ](image:flow)")
    writer.locator("summary", has_text="画像").click()
    writer.set_input_files("[name=file]", flow)
    writer.fill("[name=said]", "送金の流れ")
    writer.get_by_role("button", name="画像を追加").click()
    writer.get_by_text("![送金の流れ](image:flow)").first.wait_for()
    assert writer.locator("[name=body_ja]").input_value().endswith("![送金の流れ](image:flow)")
    screenshot(writer, "explainer-writing")
    writer.get_by_role("button", name="内容を確認する").click()
    writer.get_by_role("button", name="確認を依頼").click()

    other = sit_down("ja")
    sign_in(other, portal.people["hub_trusted"])
    other.goto(place)
    other.fill("[name=text]", "図が分かりやすいです。")
    other.get_by_role("button", name="コメントする").click()
    other.locator(".prose", has_text="図が分かりやすいです。").wait_for()
    other.get_by_role("button", name="公開する").click()
    other.get_by_text("公開しました。").wait_for()

    reader = sit_down("ja")
    sign_in(reader, portal.people["b1"])
    reader.goto("/explainers/")
    reader.get_by_role("link", name="不正送金のしくみ").click()
    shown = reader.get_by_role("img", name="送金の流れ")
    shown.scroll_into_view_if_needed()
    reader.wait_for_function("document.querySelector('article img').naturalWidth === 640")
    assert reader.get_by_text("図が分かりやすいです。").count() == 0
    screenshot(reader, "explainer-reading")
    reader.set_viewport_size({"width": 360, "height": 800})
    assert reader.evaluate("document.documentElement.scrollWidth") <= 360
