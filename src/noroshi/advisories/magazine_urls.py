"""Addresses of the mail magazine."""

from django.urls import path

from noroshi.advisories.views import joining, leaving, magazine, returns

app_name = "magazine"

urlpatterns = [
    path("", magazine.mailing_lists, name="lists"),
    path("lists/new", magazine.mailing_list_edit, name="new"),
    path("lists/<uuid:mailing_list_id>/", magazine.mailing_list_detail, name="list"),
    path("lists/<uuid:mailing_list_id>/change", magazine.mailing_list_edit, name="change"),
    path("lists/<uuid:mailing_list_id>/add", magazine.subscriber_add, name="add"),
    path("lists/<uuid:mailing_list_id>/import", magazine.subscribers_import, name="import"),
    path("lists/<uuid:mailing_list_id>/test", magazine.try_out, name="test"),
    path("subscribers/<uuid:subscriber_id>/<slug:verb>", magazine.subscriber_verb, name="subscriber-verb"),
    path("mailings/", magazine.mailings, name="mailings"),
    path("mailings/<uuid:mailing_id>/", magazine.mailing, name="mailing"),
    path("mailings/<uuid:mailing_id>/stop", magazine.mailing_stop, name="stop"),
    path("mailings/<uuid:mailing_id>/resend", magazine.mailing_resend, name="resend"),
    path("returned/", returns.returned, name="returned"),
    path("returned/mailbox", returns.return_box_edit, name="return-box"),
    path("returned/mailbox/switch", returns.return_box_switch, name="switch-return-box"),
    path("returned/mailbox/read", returns.return_box_read, name="read-return-box"),
    path("join/", joining.join, name="join"),
    path("confirm/<str:secret>", joining.confirm, name="confirm"),
    path("leave/<str:secret>", leaving.leave, name="leave"),
]
