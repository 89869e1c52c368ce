"""Pages of the portal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Show what needs the reader."""
    return render(request, "portal/home.html")
