"""Pages of the members room."""

from noroshi.members.views.account import profile, token_revoke, tokens
from noroshi.members.views.alarms import alarm_lift, alarm_list
from noroshi.members.views.ceilings import ceilings
from noroshi.members.views.groups import (
    group_answer,
    group_ask,
    group_charter,
    group_close,
    group_detail,
    group_edit,
    group_enter,
    group_join,
    group_list,
    group_new,
    group_requests,
    group_stay,
)
from noroshi.members.views.invitations import invitation_accept, invitation_revoke, invitation_send, invite
from noroshi.members.views.organisations import (
    index,
    organisation_detail,
    organisation_list,
    organisation_marks,
    organisation_membership,
    organisation_new,
    organisation_readers,
    organisation_standing,
)
from noroshi.members.views.people import person_detail, person_list, person_roles, person_sign_out, person_standing

__all__ = [
    "alarm_lift",
    "alarm_list",
    "ceilings",
    "group_answer",
    "group_ask",
    "group_charter",
    "group_close",
    "group_detail",
    "group_edit",
    "group_enter",
    "group_join",
    "group_list",
    "group_new",
    "group_requests",
    "group_stay",
    "index",
    "invitation_accept",
    "invitation_revoke",
    "invitation_send",
    "invite",
    "organisation_detail",
    "organisation_list",
    "organisation_marks",
    "organisation_membership",
    "organisation_new",
    "organisation_readers",
    "organisation_standing",
    "person_detail",
    "person_list",
    "person_roles",
    "person_sign_out",
    "person_standing",
    "profile",
    "token_revoke",
    "tokens",
]
