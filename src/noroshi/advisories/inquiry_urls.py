"""Addresses of the inquiry desk."""

from django.urls import path

from noroshi.advisories.views import answers, inquiries

app_name = "inquiries"

urlpatterns = [
    path("", inquiries.inquiry_list, name="list"),
    path("new", inquiries.inquiry_new, name="new"),
    path("service", inquiries.service, name="service"),
    path("service.csv", inquiries.service_csv, name="service-csv"),
    path("answers/", answers.answer_list, name="answers"),
    path("answers/<uuid:answer_id>/", answers.answer_detail, name="answer"),
    path("answers/<uuid:answer_id>/edit", answers.answer_edit, name="edit-answer"),
    path("answers/<uuid:answer_id>/<slug:verb>", answers.answer_verb, name="answer-verb"),
    path("<uuid:inquiry_id>/", inquiries.inquiry_detail, name="detail"),
    path("<uuid:inquiry_id>/publish", answers.answer_new, name="publish"),
    path("<uuid:inquiry_id>/<slug:verb>", inquiries.inquiry_verb, name="verb"),
]
