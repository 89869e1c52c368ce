"""What TAXII 2.1 answers, as bytes of JSON: no empty list, no null (section 2). Objects go out as they came in."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from noroshi.intel.domain.taxii import moments
from noroshi.intel.domain.taxii.media import STIX, TAXII

UNVERSIONED: Final = "1970-01-01T00:00:00.000Z"
"""The version of what has none, a cyber-observable: the same wherever it is asked for (3.4.1, 5.3.1)."""

_encode: Final = msgspec.json.Encoder().encode


class _Dated(msgspec.Struct):
    """When an object was changed and made, as it says."""

    modified: str = ""
    created: str = ""


_dated: Final = msgspec.json.Decoder(_Dated).decode


class ManifestRecord(msgspec.Struct):
    """What is said of one version of an object (5.3.1)."""

    id: str
    date_added: str
    version: str
    media_type: str = STIX


class Detail(msgspec.Struct, omit_defaults=True):
    """What became of one object that was sent (4.3.1)."""

    id: str
    version: str
    message: str = ""


class Status(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What became of a request to add objects (4.3.1): done by the time it is answered, so nothing is pending."""

    id: UUID
    status: str
    request_timestamp: str
    total_count: int
    success_count: int
    failure_count: int
    pending_count: int
    successes: Sequence[Detail] = ()
    failures: Sequence[Detail] = ()


def encoded(**properties: Any) -> bytes:
    """Return a resource with those of its properties that are something; False and 0 are."""
    return _encode({name: value for name, value in properties.items() if value not in (None, "", [])})


def api_root(*, title: str, description: str, max_content_length: int) -> bytes:
    """Return the resource of an API root (4.2.1)."""
    return encoded(title=title, description=description, versions=[TAXII], max_content_length=max_content_length)


def envelope(objects: Iterable[bytes], *, following: str) -> bytes:
    """Return an envelope (3.7) of objects as they came; `following` is where to go on, empty at the end."""
    return _paged(b'"objects":[', b",".join(objects), following)


def manifest(records: Sequence[ManifestRecord], *, following: str) -> bytes:
    """Return a manifest (5.3.1). It has a `next` as an envelope has: the committee's client asks for ever without."""
    return _paged(b'"objects":[', _encode(records)[1:-1], following)


def versions(names: Sequence[str], *, following: str) -> bytes:
    """Return the versions of an object (5.8.1)."""
    return _paged(b'"versions":[', _encode(names)[1:-1], following)


def status(resource: Status) -> bytes:
    """Return a status (4.3.1)."""
    return _encode(resource)


def error(title: str, description: str, http_status: int) -> bytes:
    """Return an error message (3.6.1)."""
    return encoded(title=title, description=description, http_status=str(http_status))


def version_of(raw: bytes) -> str:
    """Return the version of an object as it writes it: `modified`, else `created`."""
    dated = _dated(raw)
    return dated.modified or dated.created or UNVERSIONED


def record_of(stix_id: str, added: int, raw: bytes) -> ManifestRecord:
    """Return what a manifest says of one version of an object."""
    return ManifestRecord(stix_id, moments.written(added), version_of(raw))


def _paged(opening: bytes, inner: bytes, following: str) -> bytes:
    if not inner:
        return b"{}"
    more = b'"more":true,"next":%s,' % _encode(following) if following else b""
    return b"{%s%s%s]}" % (more, opening, inner)
