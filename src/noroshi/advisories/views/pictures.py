"""Pictures of explainers: handed out by a version that shows them, to whoever reads that version."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.models import Explainer
from noroshi.kit.downloads import download
from noroshi.kit.http import ActorRequest


@require_safe
def picture(request: ActorRequest, explainer_id: UUID, handle: str) -> HttpResponse:
    """Hand out a picture of a version that the reader sees and that shows it; of any other there is none."""
    policy.require_member(request.actor)
    row = queries.one_for(request.actor, Explainer, explainer_id)
    found = queries.picture_for(request.actor, row, handle)
    return download(request, found, number=found.pk.hex, content=partial(actions.read_picture, found))
