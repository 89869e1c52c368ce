"""Addresses of bulletins."""

from django.urls import path

from noroshi.advisories import views

app_name = "bulletins"

urlpatterns = [
    path("", views.bulletin_list, name="list"),
    path("desk", views.desk, name="desk"),
    path("new", views.bulletin_new, name="new"),
    path("categories/", views.categories, name="categories"),
    path("categories/<uuid:category_id>/", views.categories, name="category"),
    path("templates/", views.templates, name="templates"),
    path("templates/<uuid:template_id>/", views.templates, name="template"),
    path("<uuid:bulletin_id>/", views.bulletin_detail, name="detail"),
    path("<uuid:bulletin_id>/edit", views.bulletin_edit, name="edit"),
    path("<uuid:bulletin_id>/bulletin.pdf", views.bulletin_pdf, name="pdf"),
    path("<uuid:bulletin_id>/<slug:verb>", views.bulletin_verb, name="verb"),
]
