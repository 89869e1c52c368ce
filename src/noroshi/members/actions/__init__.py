"""What is done to organisations, people, groups, tokens and ceilings: check, change, ledger entry, in one transaction.

Every verb raises NotFound or NotAllowed when the actor may not, InvalidInput or Conflict when the values do not fit.
"""

from noroshi.members.actions.groups import (
    appoint_coordinator,
    change_group,
    close_group,
    create_group,
    enter_group,
    join_group,
    leave_group,
    write_charter,
)
from noroshi.members.actions.imports import import_groups
from noroshi.members.actions.invitations import accept_invitation, check_password, invite_person, revoke_invitation
from noroshi.members.actions.marks import state_marks
from noroshi.members.actions.meters import forget_meters, lift_alarm
from noroshi.members.actions.organisations import (
    change_membership,
    create_organisation,
    end_membership,
    name_readers,
    reinstate_organisation,
    set_ceiling,
    suspend_organisation,
)
from noroshi.members.actions.people import (
    assign_role,
    change_profile,
    create_person,
    end_account,
    end_sessions,
    reinstate_person,
    suspend_person,
    withdraw_role,
)
from noroshi.members.actions.requests import accept_request, ask_to_join, refuse_request, withdraw_request
from noroshi.members.actions.token_uses import forget_addresses
from noroshi.members.actions.tokens import issue_token, revoke_token

__all__ = [
    "accept_invitation",
    "accept_request",
    "appoint_coordinator",
    "ask_to_join",
    "assign_role",
    "change_group",
    "change_membership",
    "change_profile",
    "check_password",
    "close_group",
    "create_group",
    "create_organisation",
    "create_person",
    "end_account",
    "end_membership",
    "end_sessions",
    "enter_group",
    "forget_addresses",
    "forget_meters",
    "import_groups",
    "invite_person",
    "issue_token",
    "join_group",
    "leave_group",
    "lift_alarm",
    "name_readers",
    "refuse_request",
    "reinstate_organisation",
    "reinstate_person",
    "revoke_invitation",
    "revoke_token",
    "set_ceiling",
    "state_marks",
    "suspend_organisation",
    "suspend_person",
    "withdraw_request",
    "withdraw_role",
    "write_charter",
]
