"""Addresses of explainers."""

from django.urls import path

from noroshi.advisories.views import explainers, pictures

app_name = "explainers"

urlpatterns = [
    path("", explainers.explainer_list, name="list"),
    path("new", explainers.explainer_new, name="new"),
    path("series/", explainers.serials, name="serials"),
    path("series/<uuid:serial_id>/", explainers.serial, name="serial"),
    path("series/<uuid:serial_id>/change", explainers.serials, name="serial-change"),
    path("<uuid:explainer_id>/", explainers.explainer_detail, name="detail"),
    path("<uuid:explainer_id>/edit", explainers.explainer_edit, name="edit"),
    path("<uuid:explainer_id>/remark", explainers.remark, name="remark"),
    path("<uuid:explainer_id>/pictures/<slug:handle>", pictures.picture, name="picture"),
    path("<uuid:explainer_id>/<slug:verb>", explainers.explainer_verb, name="verb"),
]
