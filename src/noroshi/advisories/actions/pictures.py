"""Pictures of explainers: looked at and drawn anew before anything is kept, kept once, never changed."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories.actions.reviewed import to_revise
from noroshi.advisories.domain.explainers import (
    MAX_PICTURE_BYTES,
    MAX_PICTURE_SIDE,
    MAX_SUMMARY,
    MOST_PICTURES,
    is_picture_name,
    picture_name,
)
from noroshi.advisories.domain.pictures import sides_of
from noroshi.advisories.models import Explainer, Picture
from noroshi.advisories.queries import is_shown, pictures_at_hand
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.sharing import blobs
from noroshi.sharing.actions.files import Prepared, Upload, kept_blob, prepared, require_room
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.file_names import clean_name
from noroshi.sharing.domain.texts import one_line

MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final = 100 * MEGABYTE
"""Of all pictures of one explainer together."""


def add_picture(actor: Actor, row: Explainer, *, upload: Upload, handle: str = "", said: str) -> Picture:
    """Put a picture at hand for a draft and all versions after it; `said` is what can be seen on it.

    Raises InvalidInput that names the field, TooLarge where there is no room left.
    """
    handle = handle.strip().lower() or picture_name(upload.name)
    if not is_picture_name(handle):
        raise InvalidInput("handle", _("Give it a short name of small Latin letters, digits and hyphens."))
    said = checked_sentence("said", one_line(said), MAX_SUMMARY)
    _checked_sides(upload.data)
    file = prepared(upload, strictly=True, samples=False)
    width, height = _checked_sides(file.data)  # drawn anew it may lie on its other side
    with transaction.atomic():
        row = to_revise(actor, row)
        _require_place(actor, row, handle, file)
        picture = Picture.objects.create(
            explainer_id=row.root,
            uploader_id=actor.acting_person,
            handle=handle,
            said=said,
            width=width,
            height=height,
            blob=kept_blob(file.data),
            name=clean_name(f"{handle}.{file.known.kind}", file.known.kind),
            kind=file.known.kind,
            size=len(file.data),
            cleaned=file.cleaned,
        )
        ledger.record(actor, "advisories.picture.added", picture, explainer=row.pk)
    return picture


@transaction.atomic
def remove_picture(actor: Actor, row: Explainer, *, handle: str) -> None:
    """Take a picture away that no version shows, nor ever showed to anybody."""
    row = to_revise(actor, row)
    picture = pictures_at_hand(row).filter(handle=handle).first()
    if picture is None:
        raise NotFound
    if is_shown(picture):
        raise Conflict(_("A version of this explainer shows it: it stays."))
    ledger.record(actor, "advisories.picture.removed", picture, explainer=row.pk)
    picture.delete()


def read_picture(picture: Picture) -> bytes:
    """Return the bytes of a picture that the reader may have."""
    return blobs.read(picture.blob_id)


def _checked_sides(data: bytes) -> tuple[int, int]:
    _require_small(data)
    sides = sides_of(data)
    if sides is None:
        raise InvalidInput("file", _("It is no picture that is taken: PNG, JPEG or WebP."))
    if max(sides) > MAX_PICTURE_SIDE:
        sentence = _("The picture is larger than %(limit)s points on a side.")
        raise InvalidInput("file", sentence % {"limit": f"{MAX_PICTURE_SIDE:,}"})
    return sides


def _require_small(data: bytes) -> None:
    if len(data) > MAX_PICTURE_BYTES:
        limit = MAX_PICTURE_BYTES // MEGABYTE
        raise InvalidInput("file", _("A picture may have at most %(limit)s MB.") % {"limit": limit})


def _require_place(actor: Actor, row: Explainer, handle: str, file: Prepared) -> None:
    there = pictures_at_hand(row)
    if there.filter(handle=handle).exists():
        raise InvalidInput("handle", _("Another picture has this name."))
    if there.count() >= MOST_PICTURES:
        raise InvalidInput("file", _("There are %(limit)s pictures already.") % {"limit": MOST_PICTURES})
    require_room(
        actor, len(file.data), there, MOST_BYTES, _("The pictures of one explainer have at most %(limit)s MB.")
    )
