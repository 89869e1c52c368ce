"""Addresses of the sharing room."""

from django.urls import path, re_path

from noroshi.sharing import views

app_name = "sharing"

urlpatterns = [
    path("", views.signal_list, name="list"),
    path("withdrawn", views.withdrawn_list, name="withdrawn"),
    path("new", views.compose, name="compose"),
    path("preview", views.preview, name="preview"),
    path("receipts", views.receipt_list, name="receipt-list"),
    path("drafts", views.drafts, name="drafts"),
    path("release", views.release_queue, name="release-queue"),
    path("statistics/", views.statistics, name="statistics"),
    re_path(r"^statistics/report\.(?P<form>csv|pdf)$", views.statistics_file, name="statistics-file"),
    path("release/times", views.release_times, name="release-times"),
    path("release/requests", views.canned_requests, name="requests"),
    path("release/requests/<uuid:request_id>/", views.canned_requests, name="request"),
    path("release/requests/<uuid:request_id>/retire", views.retire_request, name="retire-request"),
    path("consultations/", views.consultation_list, name="consultations"),
    path("consultations/ask", views.ask, name="ask"),
    path("answers/", views.reference_list, name="references"),
    path("answers/<uuid:reference_id>/", views.reference_detail, name="reference"),
    path("answers/<uuid:reference_id>/edit", views.reference_edit, name="reference-edit"),
    path("answers/<uuid:reference_id>/<slug:verb>", views.reference_verb, name="reference-verb"),
    path("<uuid:signal_id>/answers/new", views.reference_new, name="reference-new"),
    path("<uuid:signal_id>/answers/<uuid:comment_id>/<slug:verb>", views.answer_verb, name="answer-verb"),
    path("<uuid:signal_id>/reopen", views.reopen, name="reopen"),
    path("<uuid:signal_id>/about", views.file_question, name="file-question"),
    path("<uuid:signal_id>/consents/<uuid:consent_id>", views.consent, name="consent"),
    path("groups/<slug:slug>/", views.group_room, name="group-room"),
    path("<uuid:signal_id>/guests", views.guest_invite, name="guest-invite"),
    path("<uuid:signal_id>/guests/<uuid:guest_id>/end", views.guest_end, name="guest-end"),
    path("<uuid:signal_id>/", views.detail, name="detail"),
    path("<uuid:signal_id>/edit", views.edit, name="edit"),
    path("<uuid:signal_id>/review", views.review, name="review"),
    path("<uuid:signal_id>/amend", views.amend, name="amend"),
    path("<uuid:signal_id>/receipts", views.receipts, name="receipts"),
    path("<uuid:signal_id>/receipt-file", views.receipt_file, name="receipt-file"),
    path("<uuid:signal_id>/raise", views.raise_level, name="raise"),
    path("<uuid:signal_id>/unmask", views.unmask, name="unmask"),
    path("<uuid:signal_id>/related", views.related, name="related"),
    path("<uuid:signal_id>/relate", views.relate, name="relate"),
    path("<uuid:signal_id>/part", views.part, name="part"),
    path("attachments/<uuid:attachment_id>", views.attachment, name="attachment"),
    path("attachments/<uuid:attachment_id>/remove", views.remove_attachment, name="remove-attachment"),
    path("<uuid:signal_id>/attachments", views.attach, name="attach"),
    path("<uuid:signal_id>/comments/<uuid:comment_id>/attachments", views.attach_to_comment, name="attach-to-comment"),
    path("<uuid:signal_id>/<slug:verb>", views.act, name="act"),
]
