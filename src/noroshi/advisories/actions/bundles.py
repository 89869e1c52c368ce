"""Bundles for closed networks: made of what was fetched here, and taken in where nothing can be fetched."""

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy, raw
from noroshi.advisories.actions.reading import read_fetch
from noroshi.advisories.actions.sources import SourceSaid, add_source
from noroshi.advisories.domain import bundles
from noroshi.advisories.domain.bundles import Manifest, NoBundle, Part, Untrusted
from noroshi.advisories.domain.documents import documents
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import Fetch, Origin, Outcome, Source
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.core.signing import signing_key
from noroshi.kit.domain.durable import publish

_PIECE: Final = 1024 * 1024
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError)
"""What zipfile raises for a file that is cut off, lacks a member, or is packed in a way that it does not know."""
_CARRIED: Final = (Origin.NET, Origin.FILE)


@dataclass(frozen=True)
class Packed:
    """What became of an export: how much went in, and of how many answers the bytes are not kept."""

    parts: int
    gone: int


@dataclass(frozen=True)
class TakenIn:
    """An answer of a bundle as it was read here: now, or before, where it `is_known`."""

    fetch: Fetch
    is_known: bool


def export_bundle(actor: Actor, path: Path, *, since: datetime | None = None) -> Packed:
    """Write what was taken in to a file, whole or not at all: the last answer of each source, or all since a moment."""
    policy.require_source_keeper(actor)
    fetches = _fetches(actor, since)
    kept = [fetch for fetch in fetches if raw.is_kept(fetch.digest)]
    manifest = Manifest(bundles.FORMAT, clock.now(), settings.BASE_URL, [_part(fetch) for fetch in kept])
    body = bundles.written(manifest)
    partial = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(bundles.MANIFEST, body)
            archive.writestr(bundles.SIGNATURE, signing_key().sign(body).hex())
            for digest in dict.fromkeys(fetch.digest for fetch in kept):
                with raw.opened(digest) as file, archive.open(bundles.member_of(digest), "w", force_zip64=True) as out:
                    _copy(file, out)
        publish(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    with transaction.atomic():
        ledger.record(actor, "advisories.bundle.exported", parts=len(kept), sha256=hashlib.sha256(body).hexdigest())
    return Packed(len(kept), len(fetches) - len(kept))


def _fetches(actor: Actor, since: datetime | None) -> list[Fetch]:
    """Return the answers that are carried, the oldest first; of the same bytes of a source, the last."""
    rows = Fetch.objects.filter(outcome=Outcome.GOOD, origin__in=_CARRIED, source__world=actor.world)
    rows = rows.exclude(digest="").select_related("source").order_by("at", "pk")
    if since is not None:
        rows = rows.filter(at__gte=since)
    wanted: dict[object, Fetch] = {}
    for fetch in rows:
        name = (fetch.source_id, fetch.digest) if since is not None else fetch.source_id
        wanted.pop(name, None)
        wanted[name] = fetch
    return list(wanted.values())


def _part(fetch: Fetch) -> Part:
    source = fetch.source
    return Part(
        source=source.name,
        kind=source.kind,
        at=fetch.at,
        address=fetch.address,
        content_type=str(fetch.headers.get("content-type", "")),
        digest=fetch.digest,
        size=fetch.size,
        url=source.url,
        zone=source.zone,
        language=source.language,
        selector=source.selector,
        terms=source.terms,
    )


def import_bundle(actor: Actor, path: Path, *, keys: Collection[str]) -> list[TakenIn]:
    """Take in what a bundle holds, in its order, and return how each answer went; what is known is not read again.

    Nothing is read before the signature and every digest hold. What is interrupted goes on where it ended. Raises
    InvalidInput where it is no bundle of one of `keys` (Ed25519, hex), Conflict where a source is of another kind.
    """
    policy.require_source_keeper(actor)
    try:
        with zipfile.ZipFile(path) as archive:
            manifest, signer = _proven(archive, keys)
            _record(actor, manifest, signer)
            return [_taken_in(actor, archive, part) for part in manifest.parts]
    except _UNREADABLE as error:
        raise InvalidInput("file", _("The file is no whole bundle: %(reason)s") % {"reason": error}) from error
    except Untrusted as error:
        raise InvalidInput("file", _("The file is not signed by a key that is trusted here.")) from error
    except NoBundle as error:
        raise InvalidInput("file", _("The file is refused: %(reason)s") % {"reason": error}) from error


@transaction.atomic
def _record(actor: Actor, manifest: Manifest, signer: str) -> None:
    ledger.record(
        actor, "advisories.bundle.imported", parts=len(manifest.parts), made_by=manifest.made_by[:200], key=signer
    )


def _proven(archive: zipfile.ZipFile, keys: Collection[str]) -> tuple[Manifest, str]:
    """Return the manifest and who signed it, once everything that it names is there as it says."""
    body = _small(archive, bundles.MANIFEST)
    signer = bundles.signer_of(body, _small(archive, bundles.SIGNATURE), keys)
    manifest = bundles.read(body)
    for part in {part.digest: part for part in manifest.parts}.values():
        if part.kind not in set(SourceKind):
            raise NoBundle(f"the kind {part.kind[:40]!r} is not known here")
        with archive.open(bundles.member_of(part.digest)) as stream:
            if _digest(stream) != part.digest:
                raise NoBundle(f"the answer of {part.source[:100]!r} is not what the manifest says")
    return manifest, signer


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        body = stream.read(bundles.LARGEST_MANIFEST + 1)
    if len(body) > bundles.LARGEST_MANIFEST:
        raise NoBundle(f"{name} is too large")
    return body


def _taken_in(actor: Actor, archive: zipfile.ZipFile, part: Part) -> TakenIn:
    fetch = _fetch_of(actor, part)
    if fetch.outcome != Outcome.READING:
        return TakenIn(fetch, is_known=True)
    with tempfile.TemporaryFile() as file:
        with archive.open(bundles.member_of(part.digest)) as stream:
            _copy(stream, file)
        file.seek(0)
        raw.keep(file)
        return TakenIn(read_fetch(fetch, documents(file, SourceKind(part.kind), part.address)), is_known=False)


@transaction.atomic
def _fetch_of(actor: Actor, part: Part) -> Fetch:
    """Return the fetch of an answer that was carried: the one before, if it came already."""
    source = _source_of(actor, part)
    known = Fetch.objects.filter(source=source, digest=part.digest).exclude(outcome=Outcome.FAILED).order_by("at")
    if (found := known.first()) is not None:
        return found
    return Fetch.objects.create(
        source=source,
        origin=Origin.FILE,
        address=part.address[:2000],
        digest=part.digest,
        size=part.size,
        headers={"content-type": part.content_type[:500]},
    )


def _source_of(actor: Actor, part: Part) -> Source:
    """Return the source of the part's name, made where there is none: it is asked nothing before it is switched on."""
    found = Source.everything.filter(name=part.source, world=actor.world).first()
    if found is None:
        said = SourceSaid(
            part.source,
            part.kind,
            url=part.url,
            zone=part.zone,
            language=part.language,
            selector=part.selector,
            terms=part.terms,
        )
        return add_source(actor, said=said, carried=True)
    if found.kind != part.kind:
        raise Conflict(_("The source %(name)s is of another kind here.") % {"name": found.name})
    return found


def _digest(stream: IO[bytes]) -> str:
    found, size = hashlib.sha256(), 0
    while piece := stream.read(_PIECE):
        found.update(piece)
        size += len(piece)
        if size > bundles.LARGEST_PART:
            raise NoBundle("an answer is too large")
    return found.hexdigest()


def _copy(stream: IO[bytes], out: IO[bytes]) -> None:
    while piece := stream.read(_PIECE):
        out.write(piece)
