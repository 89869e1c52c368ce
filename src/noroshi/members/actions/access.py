"""Taking access away at once: sessions ended, tokens and open invitations revoked."""

from collections.abc import Collection
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q

from noroshi.core import clock
from noroshi.members.models import GroupMembership, Invitation, Token


def end_sessions_of(people: Collection[UUID]) -> int:
    """Sign the people out everywhere; return of how many sessions."""
    known = UserSession.objects.filter(user__in=people)
    Session.objects.filter(session_key__in=list(known.values_list("session_key", flat=True))).delete()
    ended, _ = known.delete()
    return int(ended)


def revoke_invitations(chosen: Q) -> int:
    """Revoke the open invitations among `chosen`; return how many."""
    still_open = Invitation.objects.filter(chosen, accepted_at__isnull=True, revoked_at__isnull=True)
    return still_open.update(revoked_at=clock.now())


def revoke_tokens(chosen: Q) -> int:
    """Revoke the usable tokens among `chosen`; return how many."""
    return Token.objects.filter(chosen, revoked_at__isnull=True).update(revoked_at=clock.now())


def end_stays(people: Collection[UUID]) -> int:
    """End the people's stays in all groups; return how many."""
    return GroupMembership.objects.filter(person__in=people, left_at__isnull=True).update(left_at=clock.now())
