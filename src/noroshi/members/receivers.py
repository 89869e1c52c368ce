"""What sign-in (allauth) does to an account goes into the ledger."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.db import transaction
from django.dispatch import receiver

from noroshi.core import ledger
from noroshi.members.models import Person
from noroshi.members.queries import actor_of


@receiver(user_logged_in)
def note_sign_in(user: Person, **_: Any) -> None:
    """Record that a person signed in."""
    _record(user, "members.person.signed_in")


@receiver([password_changed, password_reset, password_set])
def note_password(user: Person, **_: Any) -> None:
    """Record that a password was changed."""
    _record(user, "members.password.changed")


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def note_factor(signal: Any, user: Person, authenticator: Any, **_: Any) -> None:
    """Record that a second factor came or went."""
    verb = {authenticator_added: "added", authenticator_removed: "removed"}.get(signal, "reset")
    _record(user, f"members.factor.{verb}", kind=authenticator.type)


@transaction.atomic
def _record(person: Person, action: str, **payload: str) -> None:
    ledger.record(actor_of(person), action, person, **payload)
