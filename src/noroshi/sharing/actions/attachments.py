"""Files: attached, cleaned, wrapped, taken away, read, forgotten.

A file is looked at before anything is kept of it. It belongs to the signal (or a comment on it) and is seen by whoever
sees that. Where nobody is shown as the author, a file goes out without its metadata and under a neutral name, or not
at all.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.intel.domain.extract import Proposal
from noroshi.sharing import blobs, policy
from noroshi.sharing.actions.files import Prepared, Upload, kept_blob, prepared, require_room
from noroshi.sharing.actions.receipts import note_read, opened_by
from noroshi.sharing.actions.rows import keep_version, locked, make_comment_searchable, make_searchable
from noroshi.sharing.actions.values import follow_words, proposals_of_samples
from noroshi.sharing.domain import cleaning
from noroshi.sharing.domain.file_kinds import FileKind, Refusal, Unfit
from noroshi.sharing.domain.file_names import clean_name, neutral_name
from noroshi.sharing.domain.moments import to_the_hour
from noroshi.sharing.models import Attachment, Comment, Signal
from noroshi.sharing.wording import refusal_of_file

MOST_FILES: Final = 20
_OF_FILES: Final = (
    "uploader_id",
    "blob_id",
    "name",
    "kind",
    "charset",
    "size",
    "cleaned",
    "sample_sha256",
    "added_at",
)
"""What a file keeps when its signal is issued anew."""


def attach_file(actor: Actor, signal: Signal, *, upload: Upload) -> Attachment:
    """Attach a file to a draft, or to a published signal as an amendment: its author alone, as with the words.

    Raises InvalidInput with the sentence that says why a file is not taken, TooLarge where it is past a limit.
    """
    hidden = signal.author_mode != AuthorMode.NAMED
    file = prepared(upload, strictly=hidden)
    with transaction.atomic():
        signal = locked(actor, signal)
        policy.require(actor, _verb_of(signal), signal)
        attachment = _keep(actor, signal, file, hidden=signal.author_mode != AuthorMode.NAMED)
        follow_words(signal, [], proposals_of_file(attachment))
        ledger.record(_who(actor, signal), "sharing.attachment.added", attachment, signal=signal.pk)
        _changed(actor, signal)
    return attachment


def attach_to_comment(actor: Actor, comment: Comment, *, upload: Upload) -> Attachment:
    """Attach a file to an own comment."""
    hidden = comment.author_mode != AuthorMode.NAMED
    file = prepared(upload, strictly=hidden)
    with transaction.atomic():
        signal = locked(actor, comment.signal)
        policy.require(actor, "comment", signal)
        policy.require_own_comment(actor, comment)
        attachment = _keep(actor, signal, file, hidden=hidden, comment=comment)
        who = actor.veiled() if hidden or policy.is_hidden_author(actor, signal) else actor
        make_comment_searchable(comment)
        ledger.record(who, "sharing.attachment.added", attachment, signal=signal.pk)
    return attachment


@transaction.atomic
def remove_attachment(actor: Actor, attachment: Attachment) -> None:
    """Take a file away: from a draft or a published signal by its author; from a comment by who wrote that."""
    signal = locked(actor, attachment.signal)
    if attachment.comment is None:
        policy.require(actor, _verb_of(signal), signal)
        follow_words(signal, proposals_of_file(attachment), [])
        ledger.record(_who(actor, signal), "sharing.attachment.removed", attachment, signal=signal.pk)
        attachment.delete()
        _changed(actor, signal)
        return
    policy.require_own_comment(actor, attachment.comment)
    hidden = attachment.comment.author_mode != AuthorMode.NAMED
    ledger.record(actor.veiled() if hidden else actor, "sharing.attachment.removed", attachment, signal=signal.pk)
    attachment.delete()
    make_comment_searchable(attachment.comment)


def read_attachment(actor: Actor, attachment: Attachment) -> bytes:
    """Return the bytes of a file, and write down who got them; what is done with an own file is nobody's.

    An anonymous author who reads it like the audience is written down like it.
    """
    note_read(actor, [attachment.signal])
    if opened_by(actor, [attachment.signal]) and not _signs(actor, attachment):
        with transaction.atomic():
            ledger.record(actor, "sharing.attachment.downloaded", attachment, signal=attachment.signal_id)
    return blobs.read(attachment.blob_id)


def hand_on_files(actor: Actor, signal: Signal, anew: Signal) -> None:
    """Give the files of a signal to the draft that is issued in its place: the same bytes, names and state.

    Each gets a number of its own, so that the address by which it was known leads nowhere any more.
    """
    for row in Attachment.everything.filter(signal=signal, comment=None).order_by("added_at", "id").values(*_OF_FILES):
        file = Attachment.everything.create(signal=anew, **row)
        follow_words(anew, [], proposals_of_file(file))
        ledger.record(_who(actor, anew), "sharing.attachment.added", file, signal=anew.pk)


def prepare_files_for_sending(signal: Signal) -> None:
    """Make sure that the files of an anonymous signal say nothing of its author: cleaned, neutrally named, to the hour.

    A draft may become anonymous after its files came. Raises InvalidInput where one cannot be cleaned.
    """
    if signal.author_mode == AuthorMode.NAMED:
        return
    rows = Attachment.everything.filter(signal=signal, comment=None).order_by("added_at", "id")
    for place, attachment in enumerate(rows, start=1):
        if not attachment.cleaned:
            _clean_kept(attachment)
        attachment.name = neutral_name(place, FileKind(attachment.kind), attachment.name)
        attachment.added_at = _hour_and(place)
        attachment.save(update_fields=["name", "blob", "size", "cleaned", "added_at"])


def proposals_of_file(attachment: Attachment) -> list[Proposal]:
    """Return the observable that a file is: the hash of a sample. The hash of a report would find the report."""
    return proposals_of_samples([attachment.sample_sha256])


def _verb_of(signal: Signal) -> str:
    return "edit" if signal.state == State.DRAFT else "amend"


def _signs(actor: Actor, attachment: Attachment) -> bool:
    """Whether the file is of a comment that the actor wrote by name."""
    comment = attachment.comment
    return comment is not None and comment.author_mode == AuthorMode.NAMED and comment.author_id == actor.person


def _keep(actor: Actor, signal: Signal, file: Prepared, *, hidden: bool, comment: Comment | None = None) -> Attachment:
    """Write the row of a file within the limits; its bytes are on the disk before the row that names them."""
    if hidden and not file.cleaned:
        raise InvalidInput("file", refusal_of_file(Refusal.UNCLEANABLE_KIND))
    _check_room(actor, signal, len(file.data))
    place = Attachment.everything.filter(signal=signal, comment=comment).count() + 1
    name = neutral_name(place, file.known.kind, file.name) if hidden else clean_name(file.name, file.known.kind)
    return Attachment.everything.create(
        signal=signal,
        comment=comment,
        uploader_id=actor.acting_person,
        blob=kept_blob(file.data),
        name=name,
        kind=file.known.kind,
        charset=file.known.charset,
        size=len(file.data),
        cleaned=file.cleaned,
        sample_sha256=file.sample_sha256,
        added_at=_hour_and(place) if hidden else clock.now(),
    )


def _hour_and(place: int) -> datetime:
    """Return all that is kept of when a file without an author came: the hour, and its place among the others."""
    return to_the_hour(clock.now()) + timedelta(microseconds=place)


def _check_room(actor: Actor, signal: Signal, size: int) -> None:
    of_signal = Attachment.everything.filter(signal=signal)
    if of_signal.count() >= MOST_FILES:
        raise TooLarge(_("A signal has at most %(limit)s files.") % {"limit": MOST_FILES})
    sentence = _("The files of one signal may have at most %(limit)s MB together.")
    require_room(actor, size, of_signal, settings.FILES_PER_SIGNAL_LIMIT, sentence)


def _who(actor: Actor, signal: Signal) -> Actor:
    """Return whom the ledger names: of a draft nobody, since it may become anonymous until it is sent."""
    return actor.veiled() if signal.state == State.DRAFT else actor


def _changed(actor: Actor, signal: Signal) -> None:
    """Note that a signal's files changed: a draft must be looked over again; a published one has a new version."""
    fresh = ["changed_at"]
    if signal.state != State.DRAFT:
        keep_version(signal, _("Its files changed."))
        signal.version += 1
        fresh.append("version")
    signal.changed_at = clock.now()
    signal.save(update_fields=fresh)
    if signal.state != State.DRAFT:
        make_searchable(signal)
        ledger.record(actor, "sharing.signal.amended", signal, version=signal.version)


def _clean_kept(attachment: Attachment) -> None:
    try:
        data = cleaning.clean(blobs.read(attachment.blob_id), FileKind(attachment.kind))
    except Unfit as unfit:
        sentence = f"{attachment.name}: {refusal_of_file(unfit.reason)}"
        raise InvalidInput("file", sentence) from unfit
    attachment.blob, attachment.size, attachment.cleaned = kept_blob(data), len(data), True
