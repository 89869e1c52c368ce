"""Bulletins as CSAF: which documents there are for a reader, and what each says."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from noroshi.advisories.domain import csaf_documents
from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.domain.csaf_documents import Entry, Publisher, Revision, Said
from noroshi.advisories.models import Bulletin
from noroshi.advisories.queries import Edition, bulletins_last_out, editions_of
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.members.queries import the_hub

MOST: Final = 1_000
"""Documents of a feed: the newest."""
_FILE: Final = re.compile(r"(?P<series>[a-z0-9]{2,12})-(?P<year>\d{4})-(?P<number>\d{4,9})\.json")
_LEVELS: Final = (TLP.CLEAR, TLP.GREEN, TLP.AMBER, TLP.AMBER_STRICT)


def publisher() -> Publisher:
    """Return who publishes: the organisation that runs the hub. Raises NotFound where none is founded yet."""
    hub = the_hub()
    if hub is None:
        raise NotFound
    return Publisher(hub.name_ja, settings.BASE_URL)


def document_for(actor: Actor, year: int, file_name: str) -> bytes:
    """Return the file of that name. Raises NotFound, also where there is one that `actor` does not see."""
    named = _FILE.fullmatch(file_name)
    if named is None or int(named["year"]) != year:
        raise NotFound
    rows = bulletins_last_out(actor).filter(year=year, number=int(named["number"]))
    row = rows.filter(category__series=named["series"].upper()).first()
    if row is None or csaf_documents.file_name(row.citation) != file_name:
        raise NotFound
    return document_of(actor, row)


def document_of(actor: Actor, bulletin: Bulletin) -> bytes:
    """Return the file of a bulletin that `actor` sees."""
    ((_row, said),) = _each_said(actor, [bulletin])
    return csaf_documents.written(csaf_documents.document(said, publisher()))


def feed_for(actor: Actor, label: str) -> bytes:
    """Return the feed of the documents of a label that `actor` sees, the newest first. Raises NotFound."""
    levels = [level for level in _LEVELS if csaf_documents.LABELS[level] == label]
    if not levels:
        raise NotFound
    rows = bulletins_last_out(actor).filter(tlp__in=levels)[:MOST]
    entries = [Entry(said, settings.BASE_URL + document_address(row)) for row, said in _each_said(actor, rows)]
    return csaf_documents.written(csaf_documents.feed(label, _feed_address(label), entries))


def metadata() -> bytes:
    """Return what programs read first; it names no bulletin. Raises NotFound where no hub is founded yet."""
    hub = the_hub()
    if hub is None:
        raise NotFound
    feeds = {label: _feed_address(label) for label in dict.fromkeys(csaf_documents.LABELS[each] for each in _LEVELS)}
    address = settings.BASE_URL + reverse("csaf:metadata")
    return csaf_documents.written(csaf_documents.provider_metadata(address, publisher(), feeds, hub.created_at))


def document_address(bulletin: Bulletin) -> str:
    """Return where the document of a bulletin lies that went out, on this installation."""
    return reverse("csaf:document", args=[bulletin.year, csaf_documents.file_name(bulletin.citation)])


def _feed_address(label: str) -> str:
    return str(settings.BASE_URL + reverse("csaf:feed", args=[label.lower()]))


def _each_said(actor: Actor, rows: Iterable[Bulletin]) -> Iterator[tuple[Bulletin, Said]]:
    """Yield what a document says of each: in Japanese, as its language says, and the English beside it."""
    held = list(rows)
    editions = editions_of(actor, held)
    with override("ja"):
        for row in held:
            yield row, _said(row, editions[row.pk])


def _said(row: Bulletin, editions: Sequence[Edition]) -> Said:
    gone = row.stage is Stage.WITHDRAWN
    return Said(
        id=row.citation,
        tlp=TLP(row.tlp),
        title=_("%(reference)s was withdrawn") % {"reference": row.citation} if gone else row.title_ja,
        notes=[(_("Withdrawn"), row.withdrawal_reason)] if gone else list(_notes(row)),
        names=() if gone else row.names,
        links=() if gone else row.links,
        url=settings.BASE_URL + reverse("bulletins:detail", args=[row.pk]),
        revisions=list(_revisions(row, editions)),
    )


def _notes(row: Bulletin) -> Iterator[tuple[str, str]]:
    yield row.title_ja, row.body_ja
    if row.title_en:
        yield row.title_en, row.body_en


def _revisions(row: Bulletin, editions: Sequence[Edition]) -> Iterator[Revision]:
    gone = row.stage is Stage.WITHDRAWN
    for each in editions:
        said = "" if gone else each.change
        yield Revision(each.version, each.published_at, said or _("Published as a bulletin"))
    if gone:
        yield Revision(row.version + 1, row.changed_at, _("Withdrawn"))
