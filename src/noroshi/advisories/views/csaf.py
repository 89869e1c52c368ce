"""CSAF documents, their feeds and what leads to them: by a token, to who is signed in, and to the public."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from noroshi.advisories import csaf
from noroshi.advisories.domain.csaf_documents import hash_file
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.kit.http import ActorRequest
from noroshi.members.domain.scopes import Scope
from noroshi.sharing.views.programs import Answering, for_programs, known_tags, said_to_program

P = ParamSpec("P")


def _for_everybody(view: Answering[P]) -> Callable[Concatenate[ActorRequest, P], HttpResponse]:
    """Let in whoever asks: by the token that is sent, as who is signed in, or as the public."""
    by_token = for_programs(Scope.TOOLS_READ, Channel.TOOLS)(view)

    @wraps(view)
    def answered(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if "Authorization" in request.headers:
            return by_token(request, *args, **kwargs)
        return view(request, request.actor, *args, **kwargs)

    return login_not_required(require_safe(answered))


@_for_everybody
def metadata(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Say who publishes and where the feeds lie."""
    return _answer(request, csaf.metadata())


@_for_everybody
def feed(request: HttpRequest, actor: Actor, label: str) -> HttpResponse:
    """List the documents of a label that the reader may have."""
    return _answer(request, csaf.feed_for(actor, label.upper()))


@_for_everybody
def document(request: HttpRequest, actor: Actor, year: int, file_name: str) -> HttpResponse:
    """Hand out a document."""
    return _answer(request, csaf.document_for(actor, year, file_name))


@_for_everybody
def document_hash(request: HttpRequest, actor: Actor, year: int, file_name: str) -> HttpResponse:
    """Hand out the digest of a document as a reader of it has it."""
    body = hash_file(csaf.document_for(actor, year, file_name), file_name)
    return _answer(request, body, "text/plain; charset=utf-8")


def _answer(request: HttpRequest, body: bytes, media_type: str = "application/json") -> HttpResponse:
    tag = sha256(body).hexdigest()[:32]
    answer = said_to_program(None if tag in known_tags(request) else body, tag, media_type)
    answer["Vary"] = "Authorization, Cookie"
    return answer
