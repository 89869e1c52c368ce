"""Files, whatever they belong to: looked at before anything is kept, kept once, forgotten when nothing needs them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.sharing import blobs
from noroshi.sharing.domain import archives, cleaning
from noroshi.sharing.domain.file_kinds import ZIPPED, FileKind, Known, Refusal, Unfit
from noroshi.sharing.models import Blob, StoredFile
from noroshi.sharing.queries.attachments import blobs_unneeded, blobs_uploaded_by, is_needed
from noroshi.sharing.wording import ELSEWHERE, refusal_of_file

KEPT_UNNEEDED: Final = timedelta(days=1)
"""How long bytes are left alone that nothing refers to: longer than any upload takes, and than a backup."""


@dataclass(frozen=True)
class Upload:
    """A file as it came: its bytes, the name it came with, and what its sender says of it."""

    data: bytes
    name: str
    without_metadata: bool = True
    sample: bool = False
    """It is malware: it is wrapped into an encrypted archive unless it is one already."""


@dataclass(frozen=True)
class Prepared:
    """A file that was looked at: the bytes to keep, and what is known of them."""

    data: bytes
    known: Known
    name: str
    cleaned: bool = False
    sample_sha256: str = ""


def prepared(upload: Upload, *, strictly: bool = False, samples: bool = True) -> Prepared:
    """Look at a file, clean or wrap it.

    `strictly` where nothing may tell of its maker; without `samples` no malware is taken, wrapped neither.
    Raises InvalidInput with the sentence that says why a file is not taken, TooLarge where it is past a limit.
    """
    if len(upload.data) > settings.FILE_LIMIT:
        limit = settings.FILE_LIMIT // (1024 * 1024)
        raise TooLarge(_("That is too large: a file may have at most %(limit)s MB.") % {"limit": limit})
    try:
        file = _as_sample(upload, strictly=strictly) if upload.sample else _as_document(upload, strictly=strictly)
    except Unfit as unfit:
        raise InvalidInput("file", refusal_of_file(unfit.reason, samples=samples)) from unfit
    if file.known.kind is FileKind.SAMPLE and not samples:
        raise InvalidInput("file", str(ELSEWHERE))
    return file


def _as_sample(upload: Upload, *, strictly: bool) -> Prepared:
    """Wrap a sample; one that comes in an encrypted archive stays as it is, but names and times in it tell."""
    if upload.data.startswith(ZIPPED):
        known = archives.require_encrypted(upload.data)
        if strictly:
            raise Unfit(Refusal.UNCLEANABLE_KIND)
        return Prepared(upload.data, known, upload.name, sample_sha256=blobs.digest(upload.data))
    inner = blobs.digest(upload.data)
    wrapped = archives.wrap(upload.data, f"{inner}.bin")
    return Prepared(wrapped, Known(FileKind.SAMPLE), f"{upload.name}.zip", cleaned=True, sample_sha256=inner)


def _as_document(upload: Upload, *, strictly: bool) -> Prepared:
    known = archives.identify(upload.data, upload.name)
    if known.kind is FileKind.SAMPLE:
        return _as_sample(upload, strictly=strictly)
    wanted = strictly or (upload.without_metadata and cleaning.can_clean(known.kind))
    data = cleaning.clean(upload.data, known.kind) if wanted else upload.data
    return Prepared(data, known, upload.name, cleaned=wanted)


def kept_blob(data: bytes) -> Blob:
    """Keep bytes and return their row, locked: the job that forgets bytes waits, or has removed them before."""
    fresh = {"size": len(data), "created_at": clock.now()}
    blob, _new = Blob.objects.update_or_create(sha256=blobs.digest(data), defaults=fresh)
    blobs.store(data)
    return blob


def require_room(actor: Actor, size: int, of_whole: QuerySet[StoredFile], limit: int, sentence: str) -> None:
    """Raise TooLarge unless `size` bytes more fit beside the files of one whole, and of the actor's organisation.

    `limit` is in bytes; `sentence` says what the whole may weigh, with a place for the `limit` in MB.
    """
    if weight_of(of_whole) + size > limit:
        raise TooLarge(sentence % {"limit": limit // (1024 * 1024)})
    of_house = Blob.objects.filter(pk__in=blobs_uploaded_by(actor.acting_organisation))
    if weight_of(of_house) + size > settings.FILES_PER_ORGANISATION_LIMIT:
        raise TooLarge(_("Your organisation has no room left for files: remove some, or ask the hub."))


def weight_of(rows: QuerySet[StoredFile] | QuerySet[Blob]) -> int:
    """Return how many bytes some files have together."""
    return int(rows.aggregate(weight=Sum("size"))["weight"] or 0)


def forget_unneeded_files() -> int:
    """Remove bytes that nothing refers to any more, and what a broken upload left; return how many files."""
    moment = clock.now() - KEPT_UNNEEDED
    removed = sum(_forget(sha256) for sha256 in blobs_unneeded())
    for name in list(blobs.names_older_than(moment.timestamp())):
        if not Blob.objects.filter(pk=name).exists():
            blobs.remove_stray(name)
            removed += 1
    return removed


@transaction.atomic
def _forget(sha256: str) -> bool:
    """Remove bytes under the lock that an upload of the same bytes would wait for."""
    moment = clock.now() - KEPT_UNNEEDED
    blob = Blob.objects.select_for_update().filter(pk=sha256, created_at__lt=moment).first()
    if blob is None or is_needed(sha256):
        return False
    blob.delete()
    blobs.remove(sha256)
    return True
