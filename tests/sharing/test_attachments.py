"""Files that belong to signals: who attaches, who gets them, what is left of them."""

import io
import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from factories import files
from factories.audience import COMMUNITY, WORDS, to_person, without
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge
from noroshi.core.models import LedgerEntry
from noroshi.hunting.models import Hunt
from noroshi.members.actions import issue_token
from noroshi.sharing import actions, blobs, queries
from noroshi.sharing.actions import Upload
from noroshi.sharing.domain import archives
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import Attachment, Blob, SignalObservable, SignalVersion

TEXT = Upload("検知した値\n".encode(), "値.txt")


@pytest.fixture
def attach(cast):
    """Attach a file as somebody does."""

    def put(signal, upload=TEXT, name="a1"):
        return actions.attach_file(cast.actor(name), signal, upload=upload)

    return put


def stored():
    folder = blobs._folder()
    return sorted(path.name for path in folder.glob("*/*"))


def test_file_when_attached_to_a_draft_then_its_readers_get_it_once_the_draft_is_out(cast, draft, attach):
    signal = draft("a1")
    file = attach(signal)
    with pytest.raises(NotFound):
        queries.attachment_for(cast.actor("b1"), file.pk)
    actions.publish_signal(cast.actor("a1"), signal)
    seen = queries.attachment_for(cast.actor("b1"), file.pk)
    assert (actions.read_attachment(cast.actor("b1"), seen), seen.name) == (TEXT.data, "値.txt")
    assert stored() == [blobs.digest(TEXT.data)]


def test_file_when_its_draft_was_looked_over_before_then_sending_is_a_conflict(cast, draft, attach):
    signal = draft("a1")
    looked_at = signal.changed_at
    attach(signal)
    with pytest.raises(Conflict):
        actions.publish_signal(cast.actor("a1"), signal, looked_at=looked_at)


@pytest.mark.parametrize("name", ["a2", "b1", "hub_op", "sup"])
def test_file_when_somebody_else_attaches_it_to_a_draft_then_there_is_no_such_draft(draft, attach, name):
    with pytest.raises(NotFound):
        attach(draft("a1"), name=name)
    assert (Attachment.everything.count(), stored()) == (0, [])


def test_file_when_added_to_a_published_signal_then_the_author_may_and_readers_are_told(
    cast, share, attach, ledger, drain
):
    signal = share("a1")
    with pytest.raises(NotAllowed):
        attach(signal, name="b1")
    attach(signal)
    attach(signal, Upload(b"MZ wiper", "wiper.exe", sample=True))
    assert [action for action, _who in ledger(signal)][-1] == "sharing.signal.amended"
    kept = SignalVersion.everything.order_by("number").values_list("number", "title", "reason")
    assert list(kept) == [(number, signal.title, "Its files changed.") for number in (1, 2)]
    drain()
    assert list(Hunt.everything.order_by("version").values_list("version", flat=True)) == [1, 2, 3]  # a hash is new


def test_file_when_the_signal_was_released_then_nothing_is_added_behind_that(cast, share, attach):
    with pytest.raises(NotAllowed):
        attach(share("a1", author_mode=AuthorMode.ANONYMOUS))


def test_file_when_its_signal_is_hidden_or_gone_then_it_is_too(cast, draft, attach, share):
    signal = draft("a1", COMMUNITY, without(cast.outsider))
    file = attach(signal)
    actions.publish_signal(cast.actor("a1"), signal)
    for name in ("o1", "sup", "b_admin", "s1"):
        with pytest.raises(NotFound):
            queries.attachment_for(cast.actor(name), file.pk)
    actions.withdraw_signal(cast.actor("a1"), signal, reason="x")
    with pytest.raises(NotFound):
        queries.attachment_for(cast.actor("b1"), file.pk)


def test_file_when_asked_for_by_a_channel_then_the_table_decides(cast, draft, attach):
    signal = draft("a1", to_person(cast.b1), tlp=TLP.RED)
    file = attach(signal)
    actions.release_signal(cast.actor("hub_op"), actions.publish_signal(cast.actor("a1"), signal))
    got = {}
    for channel in Channel:
        try:
            got[channel] = bool(queries.attachment_for(cast.actor("b1", channel), file.pk))
        except NotFound:
            got[channel] = False
    assert {channel for channel, there in got.items() if there} == {Channel.WEB, Channel.CLI, Channel.FEDERATION}


def test_file_when_the_same_bytes_come_twice_then_they_are_kept_once_and_both_are_handed_out(cast, share, attach):
    first, second = attach(share("a1")), attach(share("b1"), name="b1")
    assert (first.blob_id, len(stored()), Blob.objects.count()) == (second.blob_id, 1, 1)
    actions.remove_attachment(cast.actor("a1"), first)
    assert actions.read_attachment(cast.actor("b1"), second) == TEXT.data


def test_file_when_got_then_the_ledger_says_by_whom_but_not_of_an_author(cast, share, attach, ledger):
    signal = share("a1")
    file = attach(signal)
    for name in ("a1", "b1"):
        actions.read_attachment(cast.actor(name), queries.attachment_for(cast.actor(name), file.pk))
    assert ledger(file) == [("sharing.attachment.added", cast.a1.pk), ("sharing.attachment.downloaded", cast.b1.pk)]


def test_file_of_a_comment_when_said_among_others_then_neither_new_readers_nor_the_public_get_it(
    cast, share, attach, stopped_clock, client
):
    signal = share("a1")
    comment = actions.comment_on_signal(cast.actor("b1"), signal, body="among us")
    among_us = actions.attach_to_comment(cast.actor("b1"), comment, upload=TEXT)
    own = attach(signal)
    stopped_clock.advance(minutes=1)
    for level in ("GREEN", "CLEAR"):
        signal = actions.lower_marking(cast.actor("a1"), signal, tlp=level, reason="public by now")
    stopped_clock.advance(minutes=1)
    comment = actions.comment_on_signal(cast.actor("b1"), signal, body="to all")
    to_all = actions.attach_to_comment(cast.actor("b1"), comment, upload=TEXT)

    def got(reader):
        listed = {file.pk for file in queries.attachments_of(reader, signal)}
        for file in (among_us, own, to_all):
            if file.pk not in listed:
                with pytest.raises(NotFound):
                    queries.attachment_for(reader, file.pk)
        return [file.pk in listed for file in (among_us, own, to_all)]

    readers = {name: got(cast.actor(name)) for name in ("b2", "t1")}
    assert readers == {"b2": [True, True, True], "t1": [False, True, True]}
    assert got(Actor.visitor()) == [False, True, False]
    assert client.get(reverse("sharing:attachment", args=[own.pk])).status_code == 200


# Without a name


def test_anonymous_draft_when_files_come_then_they_are_clean_and_neutrally_named(cast, draft, attach):
    signal = draft("a1", author_mode=AuthorMode.ANONYMOUS)
    kept = [
        attach(signal, Upload(data, f"{files.SECRET}.x", without_metadata=False))
        for data in (files.picture(), files.pdf(), files.office(), TEXT.data)
    ]
    assert [file.name for file in kept] == [
        f"attachment-{n}.{e}" for n, e in enumerate(("jpg", "pdf", "docx", "txt"), 1)
    ]
    everything = b"".join(files.everything_in(blobs.read(file.blob_id)) for file in kept)
    assert files.SECRET.encode() not in everything


@pytest.mark.parametrize(
    "upload",
    [
        Upload(files.zipped({"a.txt": "x"}), "a.zip"),
        Upload(b"\xd4\xc3\xb2\xa1" + b"\0" * 20, "a.pcap"),
        Upload(files.pdf(locked=True), "a.pdf"),
        Upload(archives.wrap(files.PE, files.SECRET), "a.zip", sample=True),
    ],
    ids=["archive", "capture", "locked", "archive of its own"],
)
def test_anonymous_draft_when_a_file_cannot_be_cleaned_then_it_is_refused(draft, attach, upload):
    with pytest.raises(InvalidInput) as refused:
        attach(draft("a1", author_mode=AuthorMode.ANONYMOUS), upload)
    assert (refused.value.field, Attachment.everything.count()) == ("file", 0)


def test_anonymous_files_when_they_are_out_then_the_hour_alone_is_kept_of_when_they_came(
    cast, draft, attach, stopped_clock
):
    stopped_clock.advance(minutes=7)
    signal = draft("a1")
    for _number in range(3):
        attach(signal)
        stopped_clock.advance(minutes=7)
    hidden = Marking(TLP.AMBER, entries=frozenset({COMMUNITY}), author_mode=AuthorMode.ANONYMOUS)
    actions.revise_draft(cast.actor("a1"), signal, content=WORDS, marking=hidden)
    signal = actions.release_signal(cast.actor("hub_op"), actions.publish_signal(cast.actor("a1"), signal))
    comment = actions.comment_on_signal(cast.actor("b1"), signal, body="here", anonymous=True)
    actions.attach_to_comment(cast.actor("b1"), comment, upload=TEXT)
    shown = queries.attachments_of(cast.actor("b2"), signal)
    assert [file.name for file in shown.filter(comment=None)] == [f"attachment-{place}.txt" for place in (1, 2, 3)]
    assert {(file.added_at.minute, file.added_at.second) for file in shown} == {(0, 0)}
    assert {(file.pk.int >> 80) % (24 * 60 * 60 * 1000) for file in shown} == {0}


def test_named_draft_when_it_becomes_anonymous_then_its_files_are_cleaned_before_it_goes(cast, draft, attach):
    signal = draft("a1")
    file = attach(signal, Upload(files.pdf(), f"{files.SECRET}.pdf", without_metadata=False))
    assert PdfReader(io.BytesIO(blobs.read(file.blob_id))).metadata is not None
    signal.author_mode = AuthorMode.ANONYMOUS
    signal.save()
    actions.publish_signal(cast.actor("a1"), signal)
    file = Attachment.everything.get()
    assert (file.name, file.cleaned) == ("attachment-1.pdf", True)
    assert PdfReader(io.BytesIO(blobs.read(file.blob_id))).metadata is None


def test_named_draft_when_it_becomes_anonymous_with_what_cannot_be_cleaned_then_it_stays(cast, draft, attach):
    signal = draft("a1")
    attach(signal, Upload(files.zipped({"a.txt": "x"}), "a.zip"))
    signal.author_mode = AuthorMode.ANONYMOUS
    signal.save()
    with pytest.raises(InvalidInput, match=r"a\.zip"):
        actions.publish_signal(cast.actor("a1"), signal)
    signal.refresh_from_db()
    assert signal.state == "draft"


def test_ledger_when_the_author_is_anonymous_then_no_entry_about_files_names_anybody(cast, draft, attach, share):
    signal = draft("a1", author_mode=AuthorMode.ANONYMOUS)
    kept, gone = attach(signal), attach(signal, Upload(b"other", "b.txt"))
    actions.read_attachment(cast.actor("a1"), kept)
    actions.remove_attachment(cast.actor("a1"), gone)
    entries = LedgerEntry.objects.filter(action__startswith="sharing.attachment")
    assert {(entry.action, entry.person, entry.organisation) for entry in entries} == {
        ("sharing.attachment.added", None, None),
        ("sharing.attachment.removed", None, None),
    }


# Samples


def test_sample_when_attached_then_it_is_wrapped_and_its_hash_is_proposed(cast, draft, attach):
    signal = draft("a1")
    file = attach(signal, Upload(files.PE, "invoice.exe", sample=True))
    assert (file.kind, file.name, file.sample_sha256) == ("sample", "invoice.exe.zip", blobs.digest(files.PE))
    values = SignalObservable.everything.filter(signal=signal).values_list("observable__value", flat=True)
    assert blobs.digest(files.PE) in values
    actions.remove_attachment(cast.actor("a1"), file)
    assert blobs.digest(files.PE) not in values.all()


def test_ledger_when_an_anonymous_author_downloads_then_it_is_written_where_the_audience_s_is(
    cast, draft, attach, share, ledger
):
    files_of = {}
    for name, entries in {"all": [COMMUNITY], "b1": [to_person(cast.b1)]}.items():
        held = draft("a1", *entries, author_mode=AuthorMode.ANONYMOUS)
        files_of[name] = attach(held)
        actions.release_signal(cast.actor("hub_op"), actions.publish_signal(cast.actor("a1"), held))
        for reader in ("a1", "b1"):
            file = queries.attachment_for(cast.actor(reader), files_of[name].pk)
            actions.read_attachment(cast.actor(reader), file)
    downloads = {name: [person for _action, person in ledger(file)[1:]] for name, file in files_of.items()}
    assert downloads == {"all": [cast.a1.pk, cast.b1.pk], "b1": [cast.b1.pk]}


def test_program_when_it_is_no_sample_then_it_is_refused_and_told_how(draft, attach):
    with pytest.raises(InvalidInput, match="This is a malware sample"):
        attach(draft("a1"), Upload(files.PE, "tool.exe"))


def test_report_when_attached_then_its_hash_is_not_hunted(draft, attach):
    signal = draft("a1")
    before = SignalObservable.everything.filter(signal=signal).count()
    attach(signal, Upload(files.pdf(), "report.pdf"))
    assert SignalObservable.everything.filter(signal=signal).count() == before


# Limits


@pytest.mark.parametrize(
    ("limits", "count"),
    [({"FILE_LIMIT": 10}, 0), ({"FILES_PER_SIGNAL_LIMIT": 20}, 1), ({"FILES_PER_ORGANISATION_LIMIT": 20}, 1)],
)
def test_file_when_past_a_limit_then_it_is_refused(draft, attach, settings, limits, count):
    for name, value in limits.items():
        setattr(settings, name, value)
    signal = draft("a1")
    for number in range(count):
        attach(signal, Upload(f"1234567890{number}".encode(), "a.txt"))
    with pytest.raises(TooLarge):
        attach(signal, Upload(b"1234567890x", "a.txt"))
    assert Attachment.everything.count() == count


def test_files_when_there_are_twenty_then_no_more_come(draft, attach):
    signal = draft("a1")
    for number in range(20):
        attach(signal, Upload(str(number).encode(), "a.txt"))
    with pytest.raises(TooLarge):
        attach(signal, TEXT)
    assert Attachment.everything.count() == 20


# What nobody needs


def test_bytes_when_nothing_refers_to_them_then_they_go_after_a_day(cast, draft, attach, stopped_clock):
    signal, other = draft("a1"), draft("a1")
    attach(signal, Upload(b"alone", "a.txt"))
    attach(signal)
    attach(other)
    actions.discard_draft(cast.actor("a1"), signal)
    stray = blobs._folder() / "ab" / "abc.tmp"
    stray.parent.mkdir()
    stray.write_bytes(b"half")
    assert actions.forget_unneeded_files() == 0
    stopped_clock.advance(days=1, seconds=1)
    os.utime(stray, (0, 0))
    assert actions.forget_unneeded_files() == 2
    assert stored() == [blobs.digest(TEXT.data)]


def test_upload_when_it_dies_half_way_then_no_name_leads_to_half_a_file(monkeypatch):
    def dies(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        blobs.store(b"whole")
    assert not blobs.path_of(blobs.digest(b"whole")).exists()


# Pages


def upload(client, signal, content=TEXT.data, name="値.txt", **fields):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("sharing:attach", args=[signal.pk]), {"file": file, **fields}, follow=True)


def test_page_when_a_file_is_sent_then_it_is_listed_and_can_be_removed(cast, draft):
    client, signal = cast.client("a1"), draft("a1")
    page = upload(client, signal, without_metadata="on").content.decode()
    file = Attachment.everything.get()
    assert ("値.txt is attached." in page, reverse("sharing:attachment", args=[file.pk]) in page) == (True, True)
    page = client.post(reverse("sharing:remove-attachment", args=[file.pk]), follow=True).content.decode()
    assert ("The file is gone." in page, Attachment.everything.count()) == (True, 0)


def test_page_when_a_file_is_refused_then_one_sentence_says_why(cast, draft):
    page = upload(cast.client("a1"), draft("a1"), files.PE, "a.exe").content.decode()
    assert "This is a program." in page
    assert Attachment.everything.count() == 0


def test_page_when_a_file_is_too_large_then_it_is_not_taken_in(cast, draft, settings):
    settings.FILE_LIMIT = 1000
    answer = upload(cast.client("a1"), draft("a1"), b"x" * 2000)
    assert (answer.status_code, Attachment.everything.count()) == (413, 0)


def test_download_when_allowed_then_no_browser_shows_or_runs_it(cast, share, attach):
    signal = share("a1", tlp=TLP.CLEAR)
    file = attach(signal, Upload(TEXT.data, '検知 値;".txt'))
    for client in (cast.client("b1"), cast.client("a1")):
        answer = client.get(reverse("sharing:attachment", args=[file.pk]))
        assert answer.content == TEXT.data
        assert {
            name: answer[name] for name in answer.headers if name not in {"X-Request-ID", "Set-Cookie", "Vary"}
        } == {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Disposition": "attachment; filename*=utf-8''%E6%A4%9C%E7%9F%A5%20%E5%80%A4%3B_.txt",
            "Content-Length": str(len(TEXT.data)),
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-store",
            "Content-Language": "en",
            "ETag": f'"{file.pk.hex}"',
        }


def test_download_when_got_already_then_it_is_not_sent_again_but_only_to_a_reader(cast, share, attach, client):
    signal = share("a1")
    file = attach(signal)
    url, headers = reverse("sharing:attachment", args=[file.pk]), {"If-None-Match": f'"{file.pk.hex}"'}
    assert cast.client("b1").get(url, headers=headers).status_code == 304
    assert cast.client("sup").get(url, headers=headers).status_code == 404
    assert client.get(url, headers=headers).status_code == 302


def test_comment_when_files_are_attached_then_only_to_an_own_one(cast, share):
    signal = share("a1")
    comment = actions.comment_on_signal(cast.actor("b1"), signal, body="see this", anonymous=True)
    with pytest.raises(NotAllowed):
        actions.attach_to_comment(cast.actor("a1"), comment, upload=TEXT)
    url = reverse("sharing:attach-to-comment", args=[signal.pk, comment.pk])
    page = (
        cast.client("b1")
        .post(url, {"file": SimpleUploadedFile(f"{files.SECRET}.jpg", files.picture())}, follow=True)
        .content.decode()
    )
    file = Attachment.everything.get()
    assert (file.comment_id, file.name, file.cleaned, file.name in page) == (comment.pk, "attachment-1.jpg", True, True)
    added = LedgerEntry.objects.get(action="sharing.attachment.added")
    assert (added.person, added.organisation) == (None, None)


# API


def test_api_when_a_file_is_sent_and_got_then_the_token_decides(cast, draft):
    def program(name):
        actor = cast.actor(name)
        secret = issue_token(actor, person=cast.people[name], label="x", scopes=["signals.read", "signals.write"])[1]
        return {"Authorization": f"Bearer {secret}", "Accept-Language": "en", "Idempotency-Key": "one"}

    signal, client = draft("a1"), cast.client("b1")
    path = f"/api/v1/signals/{signal.pk}/attachments"
    mine, theirs = program("a1"), program("b1")
    sent = [
        client.post(path, {"file": SimpleUploadedFile("値.txt", TEXT.data)}, headers=mine).json() for _twice in range(2)
    ]
    file = Attachment.everything.get()
    assert (
        sent[0]
        == sent[1]
        == {
            "id": str(file.pk),
            "name": "値.txt",
            "kind": "text",
            "size": len(TEXT.data),
            "cleaned": True,
            "sample": False,
            "sample_sha256": "",
            "comment": None,
        }
    )
    assert [client.get(f"/api/v1/attachments/{file.pk}", headers=who).status_code for who in (mine, theirs)] == [
        200,
        404,
    ]
    actions.publish_signal(cast.actor("a1"), signal)
    got = client.get(f"/api/v1/attachments/{file.pk}", headers=theirs)
    assert (got.content, got["X-Content-Type-Options"]) == (TEXT.data, "nosniff")
    assert client.get(path, headers=theirs).json() == {"items": [sent[0]], "next": None}
    assert client.delete(f"/api/v1/attachments/{file.pk}", headers=theirs).status_code == 403
    gone = client.delete(f"/api/v1/attachments/{file.pk}", headers={**mine, "Idempotency-Key": "two"})
    assert (gone.status_code, Attachment.everything.count()) == (204, 0)


def test_page_when_there_are_one_or_three_files_then_it_asks_as_often(cast, share, attach):
    signal, client, counts = share("a1"), cast.client("b1"), []
    for number in range(3):
        attach(signal, Upload(str(number).encode(), "a.txt"))
        client.get(reverse("sharing:detail", args=[signal.pk]))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("sharing:detail", args=[signal.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[2]
