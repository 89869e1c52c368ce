"""Calls that are safe to repeat: the same key and the same call have one effect and one answer, for a day.

Whoever got no answer (a line that broke, a time-out) cannot know whether the call took effect. With an
`Idempotency-Key` it simply calls again. The claim of a key, the effect and the kept answer are one transaction: of two
calls at the same moment the second waits for the first, and a call that fails leaves its key free.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from noroshi.core import clock
from noroshi.core.errors import InvalidInput
from noroshi.kit.models import AnsweredCall

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
KEPT: Final = timedelta(days=1)
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


def key_of(request: HttpRequest) -> str:
    """Return the key that a call came with, empty if none; raise InvalidInput for one that is no key."""
    key = request.headers.get(HEADER, "")
    if key and not _KEY.fullmatch(key):
        raise InvalidInput(HEADER, _("An idempotency key has 1 to 200 visible ASCII characters."))
    return key


def answer_once(request: HttpRequest, holder: str, key: str, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return the answer of `call`, made now, or kept from when `holder` made the same call with the same key.

    Raises InvalidInput where the key was used for another call.
    """
    fingerprint = fingerprint_of(request)
    with transaction.atomic():
        AnsweredCall.objects.filter(holder=holder, key=key, at__lt=clock.now() - KEPT).delete()
        kept, new = AnsweredCall.objects.get_or_create(holder=holder, key=key, defaults={"fingerprint": fingerprint})
        if new:
            return _answer_and_keep(kept, call)
    if kept.fingerprint != fingerprint:
        raise InvalidInput(HEADER, _("This idempotency key was used for another call. Take a new one for each call."))
    answer = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type)
    answer[REPLAYED] = "true"
    return answer


def _answer_and_keep(claim: AnsweredCall, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Make the call; what it refused or broke is undone with the claim, so the key is free for another try."""
    answer = call()
    if answer.status_code >= HTTPStatus.BAD_REQUEST or not isinstance(answer, HttpResponse):
        transaction.set_rollback(True)
        return answer
    claim.status, claim.body = answer.status_code, answer.content
    claim.content_type = answer.headers.get("Content-Type", "")
    claim.save()
    return answer


def fingerprint_of(request: HttpRequest) -> str:
    """Return SHA-256 over method, address and body; of a form over its fields and files, whatever parts them."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if (request.content_type or "") != "multipart/form-data":
        found.update(request.body)
        return found.hexdigest()
    for name, values in sorted(request.POST.lists()):
        found.update(repr((name, values)).encode("utf-8", "surrogatepass"))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            found.update(repr((name, file.name, file.size)).encode("utf-8", "surrogatepass"))
            for chunk in file.chunks():
                found.update(chunk)
            file.seek(0)
    return found.hexdigest()


def forget_calls() -> int:
    """Forget the answers that are older than a day; return how many."""
    return AnsweredCall.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
