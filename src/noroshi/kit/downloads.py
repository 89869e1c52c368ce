"""Files that people brought, handed out: to be saved, never to be shown or run by a browser."""

from collections.abc import Callable
from typing import Final, Protocol

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags

POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"


class File(Protocol):
    """What a file says of itself."""

    @property
    def name(self) -> str:
        """Return the name under which it is saved."""

    @property
    def media_type(self) -> str:
        """Return what it is, as RFC 6838 writes it."""


def download(request: HttpRequest, file: File, *, number: str, content: Callable[[], bytes]) -> HttpResponse:
    """Return the answer that carries a file, under its name as RFC 6266 and RFC 8187 write it.

    Its entity tag is made of the `number` under which it was asked for, so it tells nothing of the bytes or of when
    they came. `content` is asked only where the caller has not got them yet.
    """
    tag = f'"{number}"'
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content(), content_type=file.media_type)
        disposition = content_disposition_header(as_attachment=True, filename=file.name)
        answer["Content-Disposition"] = disposition or "attachment"
    answer["ETag"] = tag
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
