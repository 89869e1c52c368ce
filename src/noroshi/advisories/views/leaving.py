"""Leaving a list of the mail magazine, for whoever holds the link of a mail: by a page, or by a mail program itself."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from noroshi.advisories import actions, queries
from noroshi.advisories.magazine_letters import whose_leave
from noroshi.advisories.models import Standing
from noroshi.kit.http import ActorRequest


@login_not_required
@csrf_exempt  # RFC 8058: the mail program sends the request, without a session; the link is the authority
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: ActorRequest, secret: str) -> HttpResponse:
    """Show what is left, which changes nothing: machines follow links. Leave when it is posted."""
    number = whose_leave(secret)
    row = queries.leaving(number) if number is not None else None
    if row is None:
        return render(request, "advisories/leave_void.html", status=404)
    done = request.method == "POST"
    if done:
        actions.leave_list(row.pk)
    context = {"row": row, "done": done or row.state == Standing.LEFT}
    return render(request, "advisories/leave.html", context)
