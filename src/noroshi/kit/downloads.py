"""Files that people brought, handed out: to be saved, never to be shown or run by a browser."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags

POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"


def download(
    request: HttpRequest, *, number: str, name: str, media_type: str, content: Callable[[], bytes]
) -> HttpResponse:
    """Return the answer that carries a file, under its name as RFC 6266 and RFC 8187 write it.

    Its entity tag is made of the `number` under which it was asked for, so it tells nothing of the bytes or of when
    they came. `content` is asked only where the caller has not got them yet.
    """
    tag = f'"{number}"'
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content(), content_type=media_type)
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["ETag"] = tag
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
