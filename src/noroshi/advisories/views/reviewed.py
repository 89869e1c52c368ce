"""What the pages of every text have in common that one operator writes and another lets out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from noroshi.advisories import policy
from noroshi.advisories.forms.bulletins import BulletinForm
from noroshi.advisories.models import Reviewed
from noroshi.advisories.wording import STAGES, TONES
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit.http import ActorRequest
from noroshi.kit.markdown import render as as_html
from noroshi.sharing.queries import foretold_to

Verb = Callable[[Actor, Any, QueryDict], Reviewed | None]
AsHtml = Callable[[str], SafeString]


@dataclass(frozen=True)
class Place:
    """Where a kind of text is: the page of each, the page one comes back to, and the verbs with what they answer."""

    page: str
    back: str
    verbs: Mapping[str, tuple[Verb, Promise]]


def usual_verbs(
    *, submit: Any, hand_back: Any, publish: Any, renew: Any, withdraw: Any, discard: Any
) -> dict[str, tuple[Verb, Promise]]:
    """Return the verbs that every kind has."""
    return {
        "submit": (lambda actor, row, _typed: submit(actor, row), _("It waits for another operator.")),
        "hand-back": (
            lambda actor, row, typed: hand_back(actor, row, reason=typed.get("reason", "")),
            _("It is a draft again."),
        ),
        "publish": (lambda actor, row, _typed: publish(actor, row), _("It is out.")),
        "renew": (lambda actor, row, _typed: renew(actor, row), _("This is the draft of the next version.")),
        "withdraw": (
            lambda actor, row, typed: withdraw(actor, row, reason=typed.get("reason", "")),
            _("It is withdrawn."),
        ),
        "discard": (lambda actor, row, _typed: discard(actor, row), _("The draft is thrown away.")),
    }


def do_verb(request: ActorRequest, place: Place, row: Reviewed, verb: str) -> HttpResponse:
    """Do one of the verbs to a text, and say what came of it on its page."""
    if verb not in place.verbs:
        raise NotFound
    act, done = place.verbs[verb]
    try:
        left = act(request.actor, row, request.POST)
    except (InvalidInput, Conflict) as error:
        messages.error(request, error.message)
        return redirect(place.page, row.pk)
    messages.success(request, str(done))
    return redirect(place.page, left.pk) if left else redirect(place.back)


PREVIEWED: Final = (("ja", "title_ja", "body_ja"), ("en", "title_en", "body_en"))


def written(
    request: ActorRequest,
    form: BulletinForm,
    write: Callable[[], Reviewed],
    place: Place,
    template: str,
    context: Mapping[str, Any],
    *,
    preview: AsHtml = as_html,
) -> HttpResponse:
    """Keep what was written, show it as it would read, or say at its fields what is wrong: nothing typed is lost."""
    if "preview" in request.POST:
        return unfinished(request, form, template, {**context, "preview": _preview(request.POST, preview)})
    if form.is_valid():
        try:
            return redirect(place.page, write().pk)
        except InvalidInput as error:
            form.blame(error)
    return render(request, template, {**context, "form": form}, status=422 if form.errors else 200)


def unfinished(request: ActorRequest, form: BulletinForm, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Show a form with all that was typed and without complaints: it is not handed in yet."""
    form.errors.clear()
    return render(request, template, {**context, "form": form})


def _preview(typed: QueryDict, as_shown: AsHtml) -> list[tuple[str, str, SafeString]]:
    said = [(language, typed.get(title, ""), typed.get(body, "")) for language, title, body in PREVIEWED]
    return [(language, title, as_shown(body)) for language, title, body in said if title or body]


def shown(actor: Actor, row: Reviewed) -> dict[str, Any]:
    """Return what the page of every text shows: where it stands, who will see it, and what the actor may do."""
    at_work = row.stage in policy.AT_WORK
    allowed = {
        "may_revise": policy.may_revise,
        "may_approve": policy.may_approve,
        "may_hand_back": policy.may_hand_back,
        "may_follow_up": policy.may_follow_up,
    }
    return {
        "stage": STAGES[row.stage],
        "tone": TONES[row.stage],
        "at_work": at_work,
        "readers": foretold_to(actor, row.as_item()) if at_work else None,
        **{name: may(actor, row) for name, may in allowed.items()},
    }


def in_other_language(row: Reviewed, as_shown: AsHtml = as_html) -> tuple[str, SafeString] | None:
    """Return title and text in the language that the reader does not read, for whoever looks it over."""
    other = "ja" if get_language() == "en" else "en"
    words = row.words
    return (words.title(other), as_shown(words.body(other))) if other in words.languages and words.title_en else None
