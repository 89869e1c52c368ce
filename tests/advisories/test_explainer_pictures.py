"""Pictures of explainers: what is taken, who gets one by which version, what is kept of it and for how long."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from factories.audience import COMMUNITY, to_group, without
from factories.files import PE, SECRET, picture
from noroshi.advisories import actions, queries
from noroshi.advisories.actions import Article, Draft
from noroshi.advisories.domain.bulletins import Words
from noroshi.advisories.domain.explainers import MAX_PICTURE_BYTES
from noroshi.advisories.domain.pictures import sides_of
from noroshi.advisories.models import Category, Explainer, Picture
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.sharing import blobs
from noroshi.sharing.actions import Upload, forget_unneeded_files
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import Blob

pytestmark = pytest.mark.usefixtures("beginnings")

SHOWN = "図です\n\n![送金の流れ](image:flow)"
FLOW = picture("PNG")


def article(body=SHOWN, *, entries=(COMMUNITY,), tlp=TLP.GREEN, change="") -> Article:
    marking = Marking(tlp, entries=frozenset(entries))
    text = Draft(Category.objects.get(series="VULN"), Words("題", body), marking, change=change)
    return Article(text, "要約")


@pytest.fixture
def written(cast):
    """Write a draft as hub_op does, with a picture at hand."""

    def write(*args, **said) -> Explainer:
        row = actions.draft_explainer(cast.actor("hub_op"), article(*args, **said))
        actions.add_picture(cast.actor("hub_op"), row, upload=Upload(FLOW, "Flow.png"), said="送金の流れ")
        return row

    return write


@pytest.fixture
def let_out(cast):
    """Bring a draft out: hub_op hands it over, hub_trusted lets it out."""

    def send(row: Explainer) -> Explainer:
        return actions.publish_explainer(cast.actor("hub_trusted"), actions.submit_explainer(cast.actor("hub_op"), row))

    return send


def status(cast, name: str, row: Explainer, handle="flow") -> int:
    return cast.client(name).get(f"/explainers/{row.pk}/pictures/{handle}").status_code


def test_a_picture_is_drawn_anew_and_handed_out_under_its_name_and_digest(cast, written, let_out):
    row = let_out(written())
    kept = Picture.objects.get()
    assert (kept.handle, kept.name, kept.kind, kept.width, kept.height) == ("flow", "flow.png", "png", 24, 16)
    answer = cast.client("b1").get(f"/explainers/{row.pk}/pictures/flow")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert blobs.digest(answer.content) == kept.blob_id
    assert SECRET.encode() in FLOW
    assert SECRET.encode() not in answer.content
    page = cast.client("b1").get(f"/explainers/{row.pk}/").content.decode()
    assert f'<img src="/explainers/{row.pk}/pictures/flow" alt="送金の流れ" loading="lazy">' in page


def test_a_picture_is_for_those_who_read_a_version_that_shows_it_and_by_that_version_alone(cast, written, let_out):
    first = written(entries=(COMMUNITY, without(cast.bank_b)))
    actions.add_picture(cast.actor("hub_op"), first, upload=Upload(picture("JPEG"), "x.jpg"), handle="unused", said="x")
    everybody = ("hub_op", "hub_trusted", "hub_reader", "a1", "b1", "i1", "v1", "sup")

    def readers(row: Explainer, handle="flow") -> set[str]:
        return {name for name in everybody if status(cast, name, row, handle) == 200}

    assert (readers(first), readers(first, "unused")) == ({"hub_op"}, {"hub_op"})
    actions.submit_explainer(cast.actor("hub_op"), first)
    assert (readers(first), readers(first, "unused")) == ({"hub_op", "hub_trusted"}, set())
    first = actions.publish_explainer(cast.actor("hub_trusted"), first)
    inside = {"hub_op", "hub_trusted", "hub_reader", "a1", "i1"}
    assert (readers(first), readers(first, "unused")) == (inside, set())
    second = actions.renew_explainer(cast.actor("hub_op"), first)
    group = (to_group(cast.wg_incident),)
    anew = article("![別](image:unused)", entries=group, tlp=TLP.AMBER, change="図を差し替え")
    second = let_out(actions.revise_explainer(cast.actor("hub_op"), second, anew))
    seen = {name for name in everybody if Explainer.objects.visible_to(cast.actor(name)).filter(pk=second.pk).exists()}
    assert "b1" in seen
    assert (readers(second), readers(second, "unused")) == (set(), seen)
    assert (readers(first), readers(first, "unused")) == (inside, set())
    actions.withdraw_explainer(cast.actor("hub_op"), second, reason="誤り")
    assert readers(second, "unused") == set()


def test_where_there_is_none_and_where_one_may_not_the_answer_is_the_same(cast, written, let_out):
    row = let_out(written(entries=(COMMUNITY, without(cast.bank_b))))
    assert status(cast, "a1", row) == 200
    answers = [cast.client("b1").get(f"/explainers/{row.pk}/pictures/{name}") for name in ("flow", "none")]
    pages = [each.content.decode().replace("/pictures/none", "/pictures/flow") for each in answers]
    assert [each.status_code for each in answers] == [404, 404]
    assert "flow.png" not in pages[0]
    assert "送金" not in pages[0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_is_taken_loses_what_it_tells_of_its_maker(cast, written, kind):
    row = written()
    kept = actions.add_picture(
        cast.actor("hub_op"), row, upload=Upload(picture(kind), "a.x"), handle=kind.lower(), said="x"
    )
    data = actions.read_picture(kept)
    assert SECRET.encode() not in data
    assert sides_of(data) == (24, 16)


def wide() -> bytes:
    out = io.BytesIO()
    Image.new("L", (6_001, 1)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said", "handle", "field"),
    [
        (picture("GIF"), "x", "g", "file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x", "g", "file"),
        (PE, "x", "g", "file"),
        (b"", "x", "g", "file"),
        (FLOW[:60], "x", "g", "file"),
        (FLOW + b"\0" * MAX_PICTURE_BYTES, "x", "g", "file"),
        (wide(), "x", "g", "file"),
        (FLOW, " ", "g", "said"),
        (FLOW, "x", "../g", "handle"),
        (FLOW, "x", "図", "handle"),
        (FLOW, "x", "flow", "handle"),
    ],
)
def test_what_is_not_taken_is_refused_by_its_field_and_nothing_is_kept(cast, written, data, said, handle, field):
    row = written()
    before = Blob.objects.count()
    with pytest.raises(InvalidInput) as refused:
        actions.add_picture(cast.actor("hub_op"), row, upload=Upload(data, "g.png"), handle=handle, said=said)
    assert refused.value.field == field
    assert (Picture.objects.count(), Blob.objects.count()) == (1, before)


def test_only_who_writes_adds_pictures_and_only_while_it_is_a_draft(cast, written, let_out):
    row = written()
    upload = Upload(FLOW, "g.png")
    for name, error in (("hub_trusted", NotFound), ("a1", NotAllowed), ("hub_reader", NotAllowed)):
        with pytest.raises(error):
            actions.add_picture(cast.actor(name), row, upload=upload, said="x")
    row = let_out(row)
    with pytest.raises(Conflict):
        actions.add_picture(cast.actor("hub_op"), row, upload=upload, said="x")
    assert Picture.objects.count() == 1


def test_a_picture_that_a_version_shows_stays_and_another_is_taken_away(cast, written, let_out):
    row = let_out(written())
    draft = actions.renew_explainer(cast.actor("hub_op"), row)
    actions.add_picture(cast.actor("hub_op"), draft, upload=Upload(picture("JPEG"), "x.jpg"), handle="other", said="x")
    draft = actions.revise_explainer(cast.actor("hub_op"), draft, article("図なし", change="図を外した"))
    with pytest.raises(Conflict, match="it stays"):
        actions.remove_picture(cast.actor("hub_op"), draft, handle="flow")
    actions.remove_picture(cast.actor("hub_op"), draft, handle="other")
    with pytest.raises(NotFound):
        actions.remove_picture(cast.actor("hub_op"), draft, handle="other")
    assert [each.handle for each in queries.pictures_at_hand(draft)] == ["flow"]
    names = LedgerEntry.objects.filter(action__startswith="advisories.picture.").order_by("id")
    assert list(names.values_list("action", flat=True)) == [
        "advisories.picture.added",
        "advisories.picture.added",
        "advisories.picture.removed",
    ]


def test_bytes_that_a_picture_needs_are_kept_and_those_of_a_discarded_draft_are_forgotten(cast, written, stopped_clock):
    row = written()
    name = Picture.objects.get().blob_id
    stopped_clock.advance(days=2)
    forget_unneeded_files()
    assert blobs.is_whole(name)
    actions.discard_explainer(cast.actor("hub_op"), row)
    forget_unneeded_files()
    assert (Picture.objects.count(), blobs.is_whole(name), Blob.objects.filter(pk=name).exists()) == (0, False, False)


def test_a_picture_is_added_while_writing_and_what_was_typed_is_not_lost(cast):
    row = actions.draft_explainer(cast.actor("hub_op"), article("文"))
    client = cast.client("hub_op")
    place = f"/explainers/{row.pk}/edit"
    typed = {"title_ja": "新しい題", "body_ja": "まだ保存していない文", "summary_ja": "", "tlp": "GREEN"}
    file = SimpleUploadedFile("Flow.png", FLOW)
    answer = client.post(place, {**typed, "attach": "1", "file": file, "said": "送金の流れ"})
    page = answer.content.decode()
    assert (answer.status_code, Picture.objects.count()) == (200, 1)
    assert "![送金の流れ](image:flow)" in page
    assert "まだ保存していない文</textarea>" in page
    assert "field-error" not in page
    again = SimpleUploadedFile("Flow.png", FLOW)
    refused = client.post(place, {**typed, "attach": "1", "file": again, "said": "x"}).content.decode()
    assert "Another picture has this name." in refused
    assert "まだ保存していない文</textarea>" in refused
    without_file = client.post(place, {**typed, "attach": "1", "said": "x"}).content.decode()
    assert "This field is required." in without_file
    shown = client.post(place, {**typed, "body_ja": "![図](image:flow)", "preview": "1"}).content.decode()
    assert f'<img src="/explainers/{row.pk}/pictures/flow" alt="図"' in shown
    gone = client.post(place, {**typed, "drop": "flow"}).content.decode()
    assert Picture.objects.count() == 0
    assert "まだ保存していない文</textarea>" in gone
    row.refresh_from_db()
    assert row.body_ja == "文"


def test_pictures_from_elsewhere_stay_words(cast, written):
    row = written("![外](https://x.example/a.png) ![図][f]\n\n[f]: image:flow")
    page = cast.client("hub_op").get(f"/explainers/{row.pk}/").content.decode()
    body = page[page.index("<article") : page.index("</article>")]
    assert "<p>外 図</p>" in body
