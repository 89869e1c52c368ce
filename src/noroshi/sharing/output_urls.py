"""Addresses at which tools fetch what they look for or block."""

from django.urls import path

from noroshi.sharing import views

app_name = "outputs"

urlpatterns = [
    path("", views.outputs, name="overview"),
    path("<slug:collection>/<slug:output_format>", views.output, name="output"),
]
