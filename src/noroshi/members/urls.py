"""Addresses of the members room."""

from django.urls import path, re_path, register_converter

from noroshi.members import views

app_name = "members"


class StandingVerb:
    """What is done to a standing."""

    regex = "suspend|reinstate|end"

    def to_python(self, value: str) -> str:
        """Return the verb."""
        return value

    def to_url(self, value: str) -> str:
        """Return the verb."""
        return value


class StayVerb(StandingVerb):
    """What is done to a stay in a group."""

    regex = "leave|appoint|relieve"


class RequestVerb(StandingVerb):
    """What is done to a request to join."""

    regex = "accept|refuse|withdraw"


register_converter(StandingVerb, "standing")
register_converter(StayVerb, "stay")
register_converter(RequestVerb, "request")

urlpatterns = [
    path("", views.index, name="index"),
    path("organisations/", views.organisation_list, name="organisation-list"),
    path("organisations/new/", views.organisation_new, name="organisation-new"),
    path("organisations/<slug:slug>/", views.organisation_detail, name="organisation-detail"),
    path("organisations/<slug:slug>/membership/", views.organisation_membership, name="organisation-membership"),
    path("organisations/<slug:slug>/marks/", views.organisation_marks, name="organisation-marks"),
    path("organisations/<slug:slug>/readers/", views.organisation_readers, name="organisation-readers"),
    path("organisations/<slug:slug>/invite/", views.invite, name="invite"),
    path("organisations/<slug:slug>/<standing:verb>/", views.organisation_standing, name="organisation-standing"),
    path("invitations/<uuid:invitation_id>/send/", views.invitation_send, name="invitation-send"),
    path("invitations/<uuid:invitation_id>/revoke/", views.invitation_revoke, name="invitation-revoke"),
    re_path(r"^invitation/(?P<secret>[\w-]{20,100})/$", views.invitation_accept, name="invitation-accept"),
    path("people/", views.person_list, name="person-list"),
    path("people/<uuid:person_id>/", views.person_detail, name="person-detail"),
    path("people/<uuid:person_id>/roles/", views.person_roles, name="person-roles"),
    path("people/<uuid:person_id>/sign-out/", views.person_sign_out, name="person-sign-out"),
    path("people/<uuid:person_id>/<standing:verb>/", views.person_standing, name="person-standing"),
    path("groups/", views.group_list, name="group-list"),
    path("groups/new/", views.group_new, name="group-new"),
    path("groups/<slug:slug>/", views.group_detail, name="group-detail"),
    path("groups/<slug:slug>/join/", views.group_join, name="group-join"),
    path("groups/<slug:slug>/edit/", views.group_edit, name="group-edit"),
    path("groups/<slug:slug>/charter/", views.group_charter, name="group-charter"),
    path("groups/<slug:slug>/enter/", views.group_enter, name="group-enter"),
    path("groups/<slug:slug>/ask/", views.group_ask, name="group-ask"),
    path("groups/<slug:slug>/requests/", views.group_requests, name="group-requests"),
    path("groups/requests/<uuid:request_id>/<request:verb>/", views.group_answer, name="group-answer"),
    path("groups/<slug:slug>/close/", views.group_close, name="group-close"),
    path("groups/<slug:slug>/<uuid:person_id>/<stay:verb>/", views.group_stay, name="group-stay"),
    path("profile/", views.profile, name="profile"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", views.token_revoke, name="token-revoke"),
    path("alarms/", views.alarm_list, name="alarms"),
    path("alarms/<uuid:alarm_id>/lift/", views.alarm_lift, name="alarm-lift"),
    path("ceilings/", views.ceilings, name="ceilings"),
]
